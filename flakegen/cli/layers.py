"""`flakegen layers SPEC`: how what is built is divided into caching layers, and these between machines."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakegen.plan.build_graph import BuildGraph


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a spec")
    parser.add_argument("--system", metavar="SYSTEM", help="of the spec's systems (default: this machine's)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print everything, for programs")
    log = "print a table of times for the spec instead, from what `nix build --log-format internal-json 2>&1 | ts %%.s` said"
    how.add_argument("--times-from", metavar="LOG", type=Path, help=log)


def run(arguments: argparse.Namespace) -> int:
    """Print the table on standard output."""
    from flakegen.cli import asked  # noqa: PLC0415  # after the arguments
    from flakegen.cli.layers_text import as_json, as_text  # noqa: PLC0415  # after the arguments
    from flakegen.cli.remembered import known_scans  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline.project import Project  # noqa: PLC0415  # after the arguments

    project = Project(arguments.spec, known_scans(arguments.spec))

    def answer() -> str:
        system = asked.system_of(project, arguments.system)
        asked.require_units(project, "layers are only known")
        graph = asked.graph_of(project, system)
        if arguments.times_from is not None:
            return _times(graph, arguments.times_from)
        return as_json(graph) if arguments.json else as_text(graph)

    return asked.print_answer(project, answer)


def _times(graph: BuildGraph, log: Path) -> str:
    from flakegen.cli.asked import wrong  # noqa: PLC0415  # after the arguments
    from flakegen.plan import build_log  # noqa: PLC0415  # one way's own

    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            found = build_log.measured(graph, build_log.seconds_of_builds(lines))
    except OSError as error:
        why = (error.strerror or "unreadable").lower()
        raise wrong(f"cannot read {log}: {why}", "name a log of nix build") from None
    if not found:
        raise wrong(
            f"{log} tells of no unit of this project that was built",
            "make it with: nix build --log-format internal-json … 2>&1 | ts %.s",
        )
    return build_log.times_text(found)

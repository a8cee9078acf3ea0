"""`flakegen layers SPEC`: how what is built is divided into caching layers, and these between machines."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a spec")
    parser.add_argument("--system", metavar="SYSTEM", help="of the spec's systems (default: this machine's)")
    parser.add_argument("--json", action="store_true", help="print everything, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the table on standard output."""
    from flakegen.cli.asked import graph_of, require_units, system_of  # noqa: PLC0415  # after the arguments
    from flakegen.cli.blame import attempt  # noqa: PLC0415  # after the arguments
    from flakegen.cli.console import Console, Verbosity  # noqa: PLC0415  # after the arguments
    from flakegen.cli.layers_text import as_json, as_text  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline import Project  # noqa: PLC0415  # after the arguments

    console = Console(verbosity=Verbosity.NORMAL, json=False)
    project = Project(arguments.spec)
    wrong: list[Diagnostic] = []

    def answer() -> str:
        system = system_of(project, arguments.system)
        require_units(project, "layers are only known")
        graph = graph_of(project, system)
        return as_json(graph) if arguments.json else as_text(graph)

    text = console.working(f"reading {project.path}", lambda: attempt(answer, wrong))
    if wrong:
        console.blame(wrong)
    if text is None:
        return Exit.BAD_INPUT
    print(text, end="")
    return Exit.FINE

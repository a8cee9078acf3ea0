"""`flakegen impact SPEC …`: what a change rebuilds, why, and how much of the whole that is."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakegen.impact.change import Impact
    from flakegen.pipeline.project import Project

_FORMATS = ("text", "json", "dot", "mermaid")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a spec")
    what = "a file or folder that changes, there or not, or a crate (name or name@version)"
    parser.add_argument("changed", nargs="*", metavar="PATH|CRATE", help=what)
    parser.add_argument("--since", metavar="REV", help="what has changed since a git revision")
    parser.add_argument("--lock", metavar="OLD", type=Path, help="what has changed since an older Cargo.lock")
    parser.add_argument("--system", metavar="SYSTEM", help="of the spec's systems (default: this machine's)")
    parser.add_argument("--format", choices=_FORMATS, default="text")


def run(arguments: argparse.Namespace) -> int:
    """Print the answer on standard output."""
    from flakegen.cli.asked import print_answer, system_of  # noqa: PLC0415  # after the arguments
    from flakegen.cli.impact_text import shown  # noqa: PLC0415  # after the arguments
    from flakegen.cli.remembered import known_scans  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline.project import Project  # noqa: PLC0415  # after the arguments

    project = Project(arguments.spec, known_scans(arguments.spec))

    def answer() -> str:
        system = system_of(project, arguments.system)
        return shown(_impact(project, system, arguments), arguments.format, project)

    return print_answer(project, answer)


def _impact(project: Project, system: str, arguments: argparse.Namespace) -> Impact:
    from flakegen.cli.asked import graph_of, require_units, wrong  # noqa: PLC0415  # after the arguments
    from flakegen.impact.change import of_files  # noqa: PLC0415  # after the arguments
    from flakegen.impact.question import question  # noqa: PLC0415  # after the arguments

    ways = [bool(arguments.changed), arguments.since is not None, arguments.lock is not None]
    if sum(ways) != 1:
        raise wrong(
            "what changes must be said in one way",
            "name files and crates, or --since REV, or --lock OLD",
        )

    require_units(project, "what a change rebuilds is only known")
    if arguments.since is not None:
        from flakegen.cli.impact_states import since  # noqa: PLC0415  # two ways' own

        return since(project, system, arguments.since)
    if arguments.lock is not None:
        if not arguments.lock.is_file():
            raise wrong(
                f"there is no lock {arguments.lock}",
                "name a Cargo.lock, as git has it: git show REV:Cargo.lock",
            )
        from flakegen.cli.impact_states import with_lock  # noqa: PLC0415  # two ways' own

        return with_lock(project, system, arguments.lock)
    graph = graph_of(project, system)
    asked = question(arguments.changed, graph, str(project.spec.layout.root), os.getcwd())  # noqa: PTH109
    return of_files(graph, asked.touched, asked.units)

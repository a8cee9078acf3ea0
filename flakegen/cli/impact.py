"""`flakegen impact SPEC …`: what a change rebuilds, why, and how much of the whole that is."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakegen.impact.change import Impact
    from flakegen.impact.state import State
    from flakegen.impact.tree import DiskTree
    from flakegen.pipeline.project import Project
    from flakegen.plan.build_graph import BuildGraph
    from flakegen.plan.derivation_inputs import DerivationInputs

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
    from flakegen.cli.remembered import known_scans  # noqa: PLC0415  # after the arguments

    require_units(project, "what a change rebuilds is only known")
    if arguments.since is not None:
        return _since(project, system, arguments.since)
    if arguments.lock is not None:
        if not arguments.lock.is_file():
            raise wrong(
                f"there is no lock {arguments.lock}",
                "name a Cargo.lock, as git has it: git show REV:Cargo.lock",
            )
        scans = known_scans(project.path, keep=False)
        old = type(project)(project.path, scans, lock=arguments.lock)
        return _with_lock(old, project, system)
    graph = graph_of(project, system)
    asked = question(arguments.changed, graph, str(project.spec.layout.root), os.getcwd())  # noqa: PTH109
    return of_files(graph, asked.touched, asked.units)


def _with_lock(old: Project, new: Project, system: str) -> Impact:
    """Compare two locks of one tree, of which only those files are read that one of them brings in."""
    from flakegen.cli.asked import inputs_of  # noqa: PLC0415  # after the arguments
    from flakegen.impact.change import of_two_states  # noqa: PLC0415  # after the arguments
    from flakegen.impact.state import state_of  # noqa: PLC0415  # after the arguments
    from flakegen.impact.tree import SameTree  # noqa: PLC0415  # after the arguments

    before, now = inputs_of(old, system), inputs_of(new, system)
    trees = (SameTree(one[0], other[0], _disk(new, one[0])) for one, other in ((before, now), (now, before)))
    return of_two_states(state_of(*before, next(trees)), state_of(*now, next(trees)))


def _state(project: Project, graph: BuildGraph, inputs: DerivationInputs) -> State:
    from flakegen.impact.state import state_of  # noqa: PLC0415  # after the arguments

    return state_of(graph, inputs, _disk(project, graph))


def _disk(project: Project, graph: BuildGraph) -> DiskTree:
    from flakegen.impact.tree import DiskTree  # noqa: PLC0415  # after the arguments

    layout = project.spec.layout
    return DiskTree(graph, layout.root, Path(layout.output), Path(layout.runtime))


def _since(project: Project, system: str, revision: str) -> Impact:
    """Compare with the project as it was: its files are written to a folder that is gone afterwards."""
    import tempfile  # noqa: PLC0415  # one way's own

    from flakegen.cli.asked import inputs_of, wrong  # noqa: PLC0415  # after the arguments
    from flakegen.files import git  # noqa: PLC0415  # one way's own
    from flakegen.impact.change import of_two_states  # noqa: PLC0415  # after the arguments

    root = project.spec.layout.root.resolve()
    spec = Path(project.path).resolve()
    with tempfile.TemporaryDirectory(prefix="flakegen-") as folder:
        try:
            top = git.top_folder(root).resolve()
            git.export(root, git.commit_of(root, revision), Path(folder))
        except git.GitError as error:
            raise wrong(
                f"cannot tell what has changed: {error}", "--since needs a git repository and a revision"
            ) from None
        before = Path(folder) / "tree" / os.path.relpath(spec, top)
        if not before.is_file():
            raise wrong(f"there was no {project.path} in {revision}", "name a revision that has the spec")
        old = type(project)(str(before))
        if system not in {each.value for each in old.spec.project.systems}:
            raise wrong(f"there was no system {system} in {revision}", "name another one with --system")
        return of_two_states(
            _state(old, *inputs_of(old, system, project.path)), _state(project, *inputs_of(project, system))
        )

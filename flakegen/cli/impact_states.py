"""The two states of a project that `flakegen impact --since` and `--lock` compare, with no more read than may differ."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from flakegen.cli.asked import cause_of, inputs_of, wrong
from flakegen.cli.remembered import known_scans
from flakegen.files import git
from flakegen.impact.change import Impact, of_two_states
from flakegen.impact.state import State, state_of
from flakegen.impact.tree import DiskTree, SameTree
from flakegen.pipeline.project import Project
from flakegen.plan.build_graph import BuildGraph
from flakegen.plan.derivation_inputs import DerivationInputs
from flakegen.plan.project import paths_of

Inputs: TypeAlias = tuple[BuildGraph, DerivationInputs]

_SETTINGS = (".toml", ".lock")
_TOOLCHAIN = "rust-toolchain"


def with_lock(project: Project, system: str, lock: Path) -> Impact:
    """Compare with an older lock in the same tree."""
    old = Project(project.path, known_scans(project.path, keep=False), lock=lock)
    return _mostly_same(old, inputs_of(old, system), project, inputs_of(project, system))


def since(project: Project, system: str, revision: str) -> Impact:
    """Compare with the project as it was in a revision.

    Raises:
        DiagnosticError: there is no git, no such revision, or no such project in it.
    """
    root = project.spec.layout.root.resolve()
    with tempfile.TemporaryDirectory(prefix="flakegen-") as folder, _told():
        commit = git.commit_of(root, revision)
        modified = git.modified_files(root, commit)
        now = inputs_of(project, system)
        if modified is not None and _say_nothing_of_the_build(modified, project, now[0]):
            git.export(root, commit, Path(folder), modified)
            top = Path(folder) / "tree" / os.path.relpath(root, git.top_folder(root).resolve())
            contents = {path: (top / path).read_bytes() for path in modified}
            old = Project(project.path, known_scans(project.path, keep=False), contents=contents)
            if not _are_vendored(modified, old):
                is_alike = (cause := cause_of(old)) is not None and cause == cause_of(project)
                return _mostly_same(old, now if is_alike else inputs_of(old, system), project, now, modified)
    return _other_tree(project, system, revision)


def _say_nothing_of_the_build(paths: Iterable[str], project: Project, graph: BuildGraph) -> bool:
    """Tell whether files are none that say what is built, or with what: those are read by more than a scan."""
    layout = project.spec.layout
    named = {*graph.guard, *paths_of(project.spec), str(layout.facts)}
    output = {str(layout.output)}
    return not any(
        path in named
        or path.endswith(_SETTINGS)
        or path.rpartition("/")[2] == _TOOLCHAIN
        or _is_at_or_below(path, output)
        for path in paths
    )


def _are_vendored(paths: Iterable[str], project: Project) -> bool:
    """Tell whether some of these files are other people's crates, whose manifests count."""
    files, origins = project.files, project.origins
    places = set() if files is None or origins is None else {*files.vendored, *origins.files()}
    return any(_is_at_or_below(path, places) for path in paths)


def _is_at_or_below(path: str, places: set[str]) -> bool:
    parts = path.split("/")
    return not places.isdisjoint("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def _mostly_same(
    old: Project, before: Inputs, new: Project, now: Inputs, modified: tuple[str, ...] = ()
) -> Impact:
    trees = (
        SameTree(before[0], now[0], _disk(old, before[0]), modified),
        SameTree(now[0], before[0], _disk(new, now[0]), modified),
    )
    return of_two_states(state_of(*before, trees[0]), state_of(*now, trees[1]))


def _other_tree(project: Project, system: str, revision: str) -> Impact:
    """Compare with the files of then, which are written to a folder that is gone afterwards."""
    root = project.spec.layout.root.resolve()
    with tempfile.TemporaryDirectory(prefix="flakegen-") as folder:
        with _told():
            top = git.top_folder(root).resolve()
            git.export(root, git.commit_of(root, revision), Path(folder))
        before = Path(folder) / "tree" / os.path.relpath(Path(project.path).resolve(), top)
        if not before.is_file():
            raise wrong(f"there was no {project.path} in {revision}", "name a revision that has the spec")
        old = Project(str(before))
        if system not in {each.value for each in old.spec.project.systems}:
            raise wrong(f"there was no system {system} in {revision}", "name another one with --system")
        return of_two_states(
            _state(old, *inputs_of(old, system, project.path)), _state(project, *inputs_of(project, system))
        )


def _state(project: Project, graph: BuildGraph, inputs: DerivationInputs) -> State:
    return state_of(graph, inputs, _disk(project, graph))


def _disk(project: Project, graph: BuildGraph) -> DiskTree:
    layout = project.spec.layout
    return DiskTree(graph, layout.root, Path(layout.output), Path(layout.runtime), project.contents)


@contextmanager
def _told() -> Iterator[None]:
    """Tell people what git cannot say."""
    try:
        yield
    except git.GitError as error:
        raise wrong(
            f"cannot tell what has changed: {error}", "--since needs a git repository and a revision"
        ) from None

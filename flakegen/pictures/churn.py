"""How often what a build is made of has changed: commits of git's history, by crate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from flakegen.files import git
from flakegen.plan.build_graph import BuildGraph, UnitNode

MOST_COMMITS = 2000
"""Further back, a project says little of what will change."""

_COMMIT = "//"  # no path in a repository is like this
_NAME = re.compile(r'^.name = "([^"]*)"$')
_VERSION = re.compile(r'^[+-]version = "[^"]*"$')


class Churn(Struct, frozen=True, kw_only=True):
    """Commits by crate, as in `CargoPlan.crates`; and of how many the history is that was looked at."""

    commits: Mapping[str, int]
    history: int


def churn_of(graph: BuildGraph, root: Path, lock: str) -> Churn:
    """Count the commits that touched each package's folder, or what the lock says of a fetched crate.

    Args:
        graph: whose crates are counted.
        root: the project's folder.
        lock: Cargo.lock, relative to it.

    Raises:
        git.GitError: there is no history, or no git.
    """
    crates = {unit.crate: unit for unit in graph.units.values()}
    changed = list(_changed_files(root))
    by_folder = _by_folder(crates, changed)
    bumps = _bumps(root, lock) if any(lock in paths for paths in changed) else {}
    commits = {
        crate: by_folder.get(unit.directory, 0) if unit.directory is not None else bumps.get(unit.name, 0)
        for crate, unit in crates.items()
    }
    return Churn(commits=commits, history=len(changed))


def _changed_files(root: Path) -> Iterator[set[str]]:
    """Yield for each commit the files below the project that it changed; none of a merge."""
    said = git.log(root, MOST_COMMITS, "-z", "--name-only", f"--format=tformat:{_COMMIT}", paths=["."])
    paths: set[str] | None = None
    for word in said.split("\0"):
        path = word.removeprefix("\n")
        if path == _COMMIT:
            if paths is not None:
                yield paths
            paths = set()
        elif path and paths is not None:
            paths.add(path)
    if paths is not None:
        yield paths


def _by_folder(crates: Mapping[str, UnitNode], changed: Iterable[set[str]]) -> dict[str, int]:
    """Return how many commits touched each package's folder; a file belongs to the innermost package that it is in."""
    folders = {unit.directory for unit in crates.values() if unit.directory is not None}
    home: dict[str, str | None] = {}
    counts: dict[str, int] = {}
    for paths in changed:
        for folder in {_home(path, folders, home) for path in paths}:
            if folder is not None:
                counts[folder] = counts.get(folder, 0) + 1
    return counts


def _home(path: str, folders: set[str], known: dict[str, str | None]) -> str | None:
    """Return the innermost of the folders that a path is in; the project's own is `.` or empty."""
    above = path.rpartition("/")[0]
    if above not in known:
        known[above] = above if above in folders else _home(above, folders, known) if above else None
        if not above and "." in folders:
            known[above] = "."
    return known[above]


def _bumps(root: Path, lock: str) -> dict[str, int]:
    """Return how many commits changed which versions of a crate the lock has, by the crate's name."""
    said = git.log(root, MOST_COMMITS, "--patch", "--unified=1", f"--format=tformat:{_COMMIT}", paths=[lock])
    counts: dict[str, int] = {}
    for commit in f"\n{said}".split(f"\n{_COMMIT}\n"):
        for name in _bumped(commit.split("\n")):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _bumped(lines: Iterable[str]) -> set[str]:
    found: set[str] = set()
    name = ""
    for line in lines:
        named = _NAME.match(line)
        if named is not None:
            name = named[1]
        elif line.startswith("@@"):
            name = ""
        elif name and _VERSION.match(line):
            found.add(name)
    return found

"""What git knows of a project: a tree as it was, and nothing more than reading it."""

# ruff: noqa: S607
# git is whichever the user's PATH has

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path


class GitError(Exception):
    """git cannot say; the message is a lowercase phrase."""


def top_folder(folder: Path) -> Path:
    """Return the top of the repository that a folder is in.

    Raises:
        GitError: it is in none, or there is no git.
    """
    return Path(_git(folder, "rev-parse", "--show-toplevel").removesuffix("\n"))


def commit_of(folder: Path, revision: str) -> str:
    """Return the full name of the commit that a revision names.

    Raises:
        GitError: there is no such revision.
    """
    try:
        return _git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        ).strip()
    except GitError:
        raise GitError(f"git knows no revision {revision!r}") from None


def modified_files(folder: Path, commit: str) -> tuple[str, ...] | None:
    """Return the regular files below a folder, relative to it, that have held something else in a commit.

    None if that is not all: some are new, gone, or of another kind, those included that git does not ignore.

    Raises:
        GitError: git fails.
    """
    if _git(folder, "ls-files", "-z", "--others", "--exclude-standard"):
        return None
    options = (
        "--raw",
        "-z",
        "--no-renames",
        "--no-ext-diff",
        "--no-color",
        "--relative",
        "--ignore-submodules=none",
    )
    said = _git(folder, "-c", "core.fileMode=true", "diff", *options, commit, "--").split("\0")[:-1]
    found = []
    for about, path in zip(said[::2], said[1::2], strict=True):
        before, now, _, _, status = about.split(" ")
        if status != "M" or before != f":{now}" or not now.startswith("100"):
            return None
        found.append(path)
    return tuple(found)


def export(folder: Path, commit: str, into: Path, only: Iterable[str] | None = None) -> None:
    """Write a folder as it was in a commit, with all below it, where it lies in the repository, under ``into``.

    Args:
        folder: of a repository.
        commit: its full name.
        into: a folder.
        only: files relative to the folder, if not all of them are wanted.

    Raises:
        GitError: git fails.
    """
    index = {"GIT_INDEX_FILE": str(into / "index")}
    top = top_folder(folder)
    _git(top, "read-tree", commit, **index)
    inside = os.path.relpath(folder.resolve(), top.resolve())
    if only is None:
        names = _git(top, "ls-files", "-z", "--cached", "--", inside, **index)
    else:
        names = "".join(f"{os.path.normpath(os.path.join(inside, path))}\0" for path in only)  # noqa: PTH118
    target = into / "tree"
    target.mkdir()
    _git(top, "checkout-index", "-z", "--stdin", "-q", f"--prefix={target}/", said=names, **index)


def log(folder: Path, most: int, *options: str, paths: Iterable[str]) -> str:
    """Return what `git log` says of the last commits that changed some paths, relative to a folder.

    What a user has configured for their own reading of logs counts for nothing.

    Raises:
        GitError: there are no commits, or no git.
    """
    return _git(
        folder,
        *("-c", "log.follow=false", "-c", "log.showRoot=true", "-c", "log.showSignature=false"),
        *(
            "-c",
            "diff.noprefix=false",
            "-c",
            "diff.mnemonicPrefix=false",
        ),
        *("log", f"--max-count={most}", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv"),
        *(
            "--no-notes",
            "--no-decorate",
            "-O/dev/null",
            "--relative",
            "--diff-algorithm=myers",
            *options,
            "--",
            *paths,
        ),
    )


def tracked_files(folder: Path) -> frozenset[str]:
    """Return the files below a folder that the index has, relative to it, those of submodules as well.

    Raises:
        GitError: the folder is in no repository, or there is no git.
    """
    return frozenset(_git(folder, "ls-files", "-z", "--cached", "--recurse-submodules").split("\0"))


def ignored_files(folder: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return those of a few untracked files that git would not add unless it is forced to.

    Raises:
        GitError: git fails.
    """
    question = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", *paths)
    return frozenset(_git(folder, *question).split("\0"))


def _git(folder: Path, *arguments: str, said: str | None = None, **environment: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "--literal-pathspecs", *arguments],
            cwd=folder,
            env={**_surroundings(), "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", **environment},
            input=None if said is None else said.encode("utf-8", "surrogateescape"),
            stdin=subprocess.DEVNULL if said is None else None,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise GitError("git is not to be found") from None
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(words[0].removeprefix("fatal: ") if words else f"git {arguments[0]} failed")
    return done.stdout.decode("utf-8", "surrogateescape")


def _surroundings() -> dict[str, str]:
    """Return the environment without what a hook is told of the repository that it runs for."""
    return {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}


_OF_HOOKS = frozenset(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"))

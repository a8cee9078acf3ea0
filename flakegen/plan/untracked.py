"""Files that a build reads and git does not know: a flake in a git repository holds none of them.

Nix says nothing of them: a new migration that was not added to git is simply not built in.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, Severity
from flakegen.diagnostics.text import quoted
from flakegen.embed.disk import Disk
from flakegen.embed.hashes import EntryKind, listing
from flakegen.embed.inputs import PackageInputs
from flakegen.plan.cargo import WorkspaceFiles

_MOST = 5  # files that are named, where there are more


def untracked(disk: Disk, files: WorkspaceFiles) -> Iterator[Diagnostic]:
    """Yield a warning if something that is read is not known to git; nothing where there is no repository, or no git."""
    folder = Path(files.project_root)
    if not any((above / ".git").exists() for above in (folder, *folder.parents)):
        return
    from flakegen.files import git  # noqa: PLC0415  # only in a repository

    try:
        tracked = git.tracked_files(folder)
        found = sorted(path for path in _read(disk, files) if path not in tracked and _is_there(disk, path))
        if found:
            yield _diagnostic(found, git.ignored_files(folder, found[:_MOST]))
    except git.GitError:
        return


def _diagnostic(found: list[str], ignored: frozenset[str]) -> Diagnostic:
    named = ", ".join(quoted(path, longest=200) for path in found[:_MOST])
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    what = "a file that is built is" if len(found) == 1 else f"{len(found)} files that are built are"
    words = " ".join(shlex.quote(path) for path in found[:_MOST])
    option = "--force " if any(path in ignored for path in found) else ""
    hint = f"run: git add {option}{words}{' …' if more else ''}"
    pronoun = "it" if len(found) == 1 else "them"
    return Diagnostic(
        code=Code.UNTRACKED,
        severity=Severity.WARNING,
        message=f"{what} not known to git, so the flake does not hold {pronoun}: {named}{more}",
        span=None,
        hint=hint,
    )


def _read(disk: Disk, files: WorkspaceFiles) -> set[str]:
    """Return what a build reads, as far as it is told by name: not the fixtures that tests may look for."""
    found = {*files.guard, *files.named, *files.rustfmt, *(p for each in files.clippy.values() for p in each)}
    for directory, inputs in files.inputs.items():
        found.update(_of_package(disk, inputs))
        found.update(e.path for e in files.embedded[directory] if e.kind is not EntryKind.FOLDER)
    return found


def _of_package(disk: Disk, inputs: PackageInputs) -> Iterator[str]:
    for target in inputs.targets:
        yield from (*target.modules, *target.test_modules, *target.files, *target.test_files)
        for folder in target.test_folders:
            yield from listing(disk, folder)
    if inputs.build_script_inputs is not None:
        yield from inputs.build_script_inputs.files


def _is_there(disk: Disk, path: str) -> bool:
    return disk.is_file(path) or disk.is_link(path)

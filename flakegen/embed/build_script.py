"""What the run of a build script reads, told from its string literals.

Cargo's rule (Cargo book, "Change detection"): without any `rerun-if` line the whole package is watched. With one, the
existing paths that the script's literals name are taken: scripts pass them to `rerun-if-changed` and to code generators.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flakegen.embed.disk import PathKind
from flakegen.embed.inputs import FolderInput, ScriptInputs, TargetInputs
from flakegen.embed.lexer import string_value, strings_in, trees
from flakegen.embed.paths import is_inside, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flakegen.embed.disk import Disk

_DECLARATION = re.compile(r"rerun-if-(?:changed|env-changed)")
_PREFIX = re.compile(r"\s*cargo::?rerun-if-changed=")
_BUILD_OUTPUT = "target"
_VERSION_CONTROL = ".git"


def script_inputs(disk: Disk, package_dir: str, script: TargetInputs) -> ScriptInputs:
    """The inputs of the run, given what the script's compilation reads."""
    literals = list(_literals(disk, script.modules))
    if not any(_DECLARATION.search(literal) for literal in literals):
        return ScriptInputs(
            declared=False,
            whole_package=True,
            files=script.modules,
            folders=(FolderInput(path=package_dir),),
            excluded=tuple(sorted(_foreign_folders(disk, package_dir, package_dir))),
        )
    files = set(script.modules)
    folders: set[str] = set()
    absent: set[str] = set()
    for literal in literals:
        _take(disk, package_dir, literal, files, folders, absent)
    outermost = [
        item for item in folders if not any(item != other and is_inside(item, other) for other in folders)
    ]
    around = [item for item in outermost if is_inside(package_dir, item)]
    return ScriptInputs(
        declared=True,
        files=tuple(sorted(files)),
        folders=tuple(FolderInput(path=path) for path in sorted(outermost)),
        optional_files=tuple(sorted(absent)),
        excluded=tuple(
            sorted({path for item in around for path in _foreign_folders(disk, item, package_dir)})
        ),
    )


def _literals(disk: Disk, modules: Iterable[str]) -> Iterator[str]:
    for module in modules:
        for token in strings_in(trees(disk.text_of(module) or "")):
            value = string_value(token.text)
            if value is not None:
                yield value


def _take(
    disk: Disk, package_dir: str, literal: str, files: set[str], folders: set[str], absent: set[str]
) -> None:
    declared = _PREFIX.match(literal)
    name = literal[declared.end() :].strip("\n") if declared else literal
    if not name or len(name) > 4096 or "\0" in name or "{" in name or name.startswith("/"):
        return
    path = join(package_dir, name)
    # What git says of a commit is no source: it changes with every commit, and a flake's copy has no `.git`.
    if path is None or _VERSION_CONTROL in path.split("/"):
        return
    look = disk.look(path)
    if look.kind is PathKind.FILE:
        files.update((look.real, *look.links))
    elif look.kind is PathKind.FOLDER and _worth_taking(
        path, name, package_dir, declared=declared is not None
    ):
        folders.add(look.real)
        files.update(look.links)
    elif look.kind is PathKind.ABSENT and declared:
        absent.add(path)


def _worth_taking(path: str, name: str, package_dir: str, *, declared: bool) -> bool:
    """A bare `..` or `.` in a join is a step of a path, not an input; declared it means what it says."""
    if declared:
        return True
    return bool(path) and path != package_dir and not is_inside(package_dir, path) and name.strip("./") != ""


def _foreign_folders(disk: Disk, top: str, package_dir: str) -> Iterator[str]:
    """Folders below `top` that are other packages, build output or version control."""
    queue = [top]
    while queue:
        here = queue.pop()
        entries = disk.entries(here)
        is_package = any(name == "Cargo.toml" for name, _, _ in entries)
        if is_package and not is_inside(package_dir, here):
            yield here
            continue
        for name, is_folder, _ in entries:
            path = f"{here}/{name}" if here else name
            if not is_folder:
                continue
            if name == _VERSION_CONTROL or (name == _BUILD_OUTPUT and is_inside(package_dir, here)):
                yield path
            else:
                queue.append(path)

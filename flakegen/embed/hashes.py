"""Rebuild hashes: one text that changes exactly when an embedded file, its absence or a folder's listing changes."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from flakegen.embed.disk import Disk
from flakegen.embed.inputs import InputRole, PackageInputs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flakegen.embed.inputs import FolderInput, TargetInputs


def rebuild_hash(root: Path | Disk, inputs: PackageInputs, role: InputRole = InputRole.PRODUCTION) -> str:
    """`sha256-<base64>` over the embedded files of one package, without its modules.

    Covers the paths and contents of single files (absent ones marked as such), and the listing and contents of
    folders; for PRODUCTION also what a declaring build script reads. The TEST hash covers only what is read by tests.
    """
    disk = root if isinstance(root, Disk) else Disk(root)
    files, folders = _gather(inputs, role)
    script = inputs.build_script_inputs
    excluded = (*(script.excluded if script is not None else ()), *inputs.ignored)
    entries = [_file_entry(disk, path) for path in sorted(files)]
    for folder in sorted(folders, key=_folder_key):
        entries.append(f"folder {folder.path} {int(folder.recursive)} {folder.pattern or ''}")
        entries += [_file_entry(disk, path) for path in listing(disk, folder, excluded)]
    text = "".join(f"{len(entry)} {entry}\n" for entry in entries)
    return "sha256-" + base64.b64encode(sha256(text.encode("utf-8", "surrogateescape")).digest()).decode()


def _gather(inputs: PackageInputs, role: InputRole) -> tuple[set[str], set[FolderInput]]:
    files: set[str] = set()
    folders: set[FolderInput] = set()
    modules: set[str] = set()
    for target in inputs.targets:
        modules.update(target.modules, target.test_modules)
        for part_files, part_folders in _parts(target, role):
            files.update(part_files)
            folders.update(part_folders)
    script = inputs.build_script_inputs
    if role is InputRole.PRODUCTION and script is not None and script.declared:
        files.update(script.files, script.optional_files)
        folders.update(script.folders)
    return files - modules, folders


def _parts(
    target: TargetInputs, role: InputRole
) -> Iterator[tuple[tuple[str, ...], tuple[FolderInput, ...]]]:
    """The files and folders of a target that have this role."""
    if target.target.kind.role is role:
        yield target.files + target.optional_files, target.folders
    if role is InputRole.TEST:
        yield target.test_files + target.test_optional_files, target.test_folders


def _folder_key(folder: FolderInput) -> tuple[str, bool, str]:
    return folder.sort_key()


def _file_entry(disk: Disk, path: str) -> str:
    look = disk.look(path)
    if path in look.links:
        return f"link {path} {disk.link_target(path)}"
    raw = disk.bytes_of(path)
    return f"absent {path}" if raw is None else f"file {path} {sha256(raw).hexdigest()}"


def listing(disk: Disk, folder: FolderInput, excluded: tuple[str, ...] = ()) -> list[str]:
    """The files (and links) that belong to a folder input, sorted; empty when it is absent.

    What is in `excluded` is left out (see `ScriptInputs.excluded`), unless the input is one of them.
    """
    wanted = re.compile(folder.pattern) if folder.pattern is not None else None
    found: list[str] = []
    queue = [folder.path]
    while queue:
        here = queue.pop()
        for name, is_folder, _ in disk.entries(here):
            path = f"{here}/{name}" if here else name
            if is_folder:
                if folder.recursive and path not in excluded:
                    queue.append(path)
            elif (wanted is None or wanted.fullmatch(name)) and path not in excluded:
                found.append(path)
    return sorted(found)

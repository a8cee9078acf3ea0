"""What a compilation could have read, besides this program: what `freshness` keeps an eye on.

It is more than what was read: whole folders, so that a file which is not there yet is noticed when it comes.
"""

# ruff: noqa: PTH118, PTH120
# plain strings, as `freshness` wants them

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flakegen.embed.inputs import FolderInput, PackageInputs

_CONFIG = ("config", "config.toml")
_SETTINGS = ("clippy.toml", ".clippy.toml", "rustfmt.toml", ".rustfmt.toml")


class Watched(NamedTuple):  # a dataclass would load inspect, which a run without changes has no time for
    """Absolute paths.

    Attributes:
        root: the project's folder; links out of it are not followed.
        files: single files; of a folder, only that it is one.
        trees: folders of source code, in which build output and other programs' folders are passed over.
        folders: embedded folders, of which every file counts: path, whether folders in it count too, and which do not.
        apart: folders of other people's crates, which trees pass over.
        outputs: the folders and files that are written, never an input.
    """

    root: str
    files: tuple[str, ...]
    trees: tuple[str, ...]
    folders: tuple[tuple[str, bool, tuple[str, ...]], ...]
    apart: tuple[str, ...]
    outputs: tuple[str, ...]


def watched_files(
    root: Path,
    outputs: Iterable[str],
    spec_files: Iterable[str],
    *,
    without: str,
    workspace: str | None,
    inputs: Iterable[PackageInputs],
    apart: Iterable[str],
) -> Watched:
    """Return what to watch.

    Args:
        root: the project's folder.
        outputs: the folders and files that are written.
        spec_files: the spec, the files that it names, and all that guard against change, relative to the root.
        without: the facts file, which is watched as something written.
        workspace: the Cargo workspace's folder, relative to the root.
        inputs: what the scanner found of each local package.
        apart: folders of other people's crates, relative to the root.
    """
    top = str(root)
    files, trees = set(spec_files) - {without}, set[str]()
    folders = set[tuple[str, bool, tuple[str, ...]]]()
    if workspace is not None:
        trees.add(workspace)
    for package in inputs:
        trees.add(package.package_dir)
        files.update(_files_of(package))
        folders.update(
            (_join(top, folder.path), folder.recursive, tuple(_join(top, path) for path in without))
            for folder, without in _folders_of(package)
        )
    absolute_trees = {_join(top, tree) for tree in trees}
    return Watched(
        root=top,
        files=tuple(sorted({_join(top, path) for path in files} | set(_above(absolute_trees)))),
        trees=tuple(sorted(tree for tree in absolute_trees if not _is_below(tree, absolute_trees))),
        folders=tuple(sorted(folders)),
        apart=tuple(sorted(_join(top, folder) for folder in apart)),
        outputs=tuple(sorted(outputs)),
    )


def _files_of(package: PackageInputs) -> Iterator[str]:
    for target in package.targets:
        yield from (*target.modules, *target.test_modules, *target.files, *target.test_files)
        yield from (*target.optional_files, *target.test_optional_files)
    script = package.build_script_inputs
    if script is not None:
        yield from (*script.files, *script.optional_files)


def _folders_of(package: PackageInputs) -> Iterator[tuple[FolderInput, tuple[str, ...]]]:
    """Yield folders, each with those inside that do not belong to it."""
    for target in package.targets:
        for folder in (*target.folders, *target.test_folders):
            yield folder, ()
    script = package.build_script_inputs
    if script is not None:
        for folder in script.folders:
            yield folder, script.excluded


def _above(trees: Iterable[str]) -> Iterator[str]:
    """Yield where cargo, clippy and rustfmt look upwards from a package: for the workspace's root, and for settings."""
    for folder in {above for tree in trees for above in _parents(tree)}:
        yield _join(folder, "Cargo.toml")
        yield from (_join(folder, f".cargo/{name}") for name in _CONFIG)
        yield from (_join(folder, name) for name in _SETTINGS)


def _parents(path: str) -> Iterator[str]:
    while (above := os.path.dirname(path)) != path:
        yield above
        path = above


def _is_below(path: str, others: set[str]) -> bool:
    return any(parent in others for parent in _parents(path))


def _join(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path))

"""Where the project lies around its spec, and paths in the spec as paths in the project."""

# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH119, PTH120
# os.path answers False where pathlib raises (names too long), and abspath keeps symlinks

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.text import quoted
from flakegen.spec.schema import OnDisk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flakegen.diagnostics.diagnostic import Collector
    from flakegen.spec.keypath import KeyPath
    from flakegen.spec.source import SpecSource

Found = TypeVar("Found")


class Files(Protocol):
    """What the decoder asks of a file system."""

    def is_file(self, path: str) -> bool:
        """Return whether ``path`` is a file, through symlinks."""

    def is_folder(self, path: str) -> bool:
        """Return whether ``path`` is a folder, through symlinks."""

    def real(self, path: str) -> str:
        """Return ``path`` without symlinks."""


class DiskFiles:
    """The file system of this machine."""

    def is_file(self, path: str) -> bool:
        """Return whether ``path`` is a file, through symlinks."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """Return whether ``path`` is a folder, through symlinks."""
        return os.path.isdir(path)

    def real(self, path: str) -> str:
        """Return ``path`` without symlinks."""
        return os.path.realpath(path)


class PathProblem(Exception):  # noqa: N818 - a problem with the input, told as a diagnostic
    """A path that cannot stand where it does."""

    def __init__(self, code: Code, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


_RUNTIME = PurePosixPath("cargo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The folders of a project.

    ``root`` is absolute. ``spec`` and ``output`` are relative to it and normal. ``runtime`` is where in the output folder
    the files lie that build cargo units; ``command`` is what a user runs to write all of it again.
    """

    root: Path
    spec: PurePosixPath
    output: PurePosixPath
    runtime: PurePosixPath = _RUNTIME
    command: str

    @property
    def is_shared(self) -> bool:
        """Whether the output folder holds more than what is written: the spec itself, and what it is about."""
        return self.output in self.spec.parents

    @property
    def facts(self) -> PurePosixPath:
        """Where the facts about fetched crates are kept: beside the spec."""
        return self.spec.with_suffix(".crates.json")

    @property
    def generated(self) -> tuple[str, ...]:
        """The files and folders, relative to the root, that nothing may be built from: they are made of the rest."""
        if not self.is_shared:
            return (str(self.output), str(self.spec), str(self.facts))
        inside = [self.output / name for name in (*_SHARED_FILES, self.runtime)]
        return (*(str(path) for path in inside), str(self.facts))

    @property
    def folder(self) -> PurePosixPath:
        """The spec's folder, relative to the root; paths in the spec start here."""
        return self.spec.parent

    def relative(self, written: str) -> PurePosixPath:
        """Return ``written``, relative to the spec's folder, as a normal path relative to the root.

        Raises:
            PathProblem: when it is absolute, empty or leads out of the root.
        """
        check_form(written)
        joined = posixpath.normpath(posixpath.join(str(self.folder), written))
        if joined == ".." or joined.startswith("../"):
            raise PathProblem(
                Code.PATH_LEAVES_ROOT, f"path {quoted(written)} leaves the project root", _LEAVES
            )
        return PurePosixPath(joined)

    def absolute(self, relative: PurePosixPath) -> str:
        """Return the path on this machine of a path relative to the root."""
        return os.path.join(self.root, relative)

    def holds(self, relative: PurePosixPath, files: Files) -> bool:
        """Return whether ``relative`` stays in the root when symlinks are followed."""
        root = files.real(str(self.root))
        real = files.real(self.absolute(relative))
        return real == root or real.startswith(root.rstrip("/") + "/")


# What a flake's folder holds of ours, and of Nix's, beside the runtime files.
_SHARED_FILES = ("flake.nix", "flake.lock", "Cargo.nix")
_RELATIVE = "paths are relative to the spec's folder"
_LEAVES = "what the flake reads must lie in the project"


def check_form(written: str) -> None:
    """Refuse what is no relative path with forward slashes.

    Raises:
        PathProblem: when ``written`` is not.
    """
    if written.startswith(("/", "~")):
        raise PathProblem(Code.PATH_LEAVES_ROOT, f"path {quoted(written)} is not relative", _RELATIVE)
    if "\\" in written:
        raise PathProblem(
            Code.BAD_PATH, f"path {quoted(written)} has a backslash", "separate folders with '/'"
        )


def kind_problem(path: str, wanted: OnDisk, files: Files) -> str | None:
    """Return how ``path`` differs from what it must be (``is a folder, not a file``), or None."""
    if wanted is OnDisk.ANYTHING:
        return None
    is_file, is_folder = files.is_file(path), files.is_folder(path)
    if wanted is OnDisk.FILE and is_folder:
        return "is a folder, not a file"
    if wanted is OnDisk.FOLDER and is_file:
        return "is a file, not a folder"
    if wanted is OnDisk.NIX and is_folder and not files.is_file(os.path.join(path, "default.nix")):
        return "is a folder without a default.nix"
    return None if is_file or is_folder else "does not exist"


def layout_of(source: SpecSource, project: Any, files: Files, problems: Collector) -> Layout:
    """Return the layout that the raw ``[project]`` table asks for; what is wrong with it becomes the default."""
    written = project if isinstance(project, dict) else {}
    spec = os.path.abspath(source.file)
    root = _reported(source, problems, ("project", "root"), lambda: _root(spec, written.get("root"), files))
    root = root or _default_root(os.path.dirname(spec))
    relative = PurePosixPath(os.path.relpath(spec, root))
    layout = Layout(
        root=Path(root),
        spec=relative,
        output=PurePosixPath("generated", relative.stem),
        command=f"flakegen compile {relative}",
    )
    output = _reported(
        source, problems, ("project", "output"), lambda: _output(layout, written.get("output"), files)
    )
    return replace(layout, output=output) if output else layout


def _reported(
    source: SpecSource, problems: Collector, where: KeyPath, find: Callable[[], Found]
) -> Found | None:
    try:
        return find()
    except PathProblem as problem:
        problems.add(source.diagnose(where, problem.code, problem.message, hint=problem.hint))
        return None


def _default_root(folder: str) -> str:
    return os.path.dirname(folder) if os.path.basename(folder) == "specs" else folder


def _root(spec: str, written: Any, files: Files) -> str | None:
    if not isinstance(written, str) or not _is_plain(written):
        return None  # absent, or reported as the key is decoded
    check_form(written)
    folder = os.path.dirname(spec)
    root = os.path.normpath(os.path.join(folder, written))
    if problem := kind_problem(root, OnDisk.FOLDER, files):
        raise PathProblem(Code.MISSING_FILE, f"{quoted(written)} {problem}")
    if not f"{folder}/".startswith(root.rstrip("/") + "/"):
        raise PathProblem(Code.BAD_PATH, f"the project root {quoted(written)} does not hold the spec")
    return root


def _output(layout: Layout, written: Any, files: Files) -> PurePosixPath | None:
    if not isinstance(written, str) or not _is_plain(written):
        return None
    output = layout.relative(written)
    if not layout.holds(output, files):
        message = f"path {quoted(written)} leaves the project root through a symlink"
        raise PathProblem(Code.PATH_LEAVES_ROOT, message)
    if output in (layout.spec, *layout.spec.parents):
        message = f"the output folder {quoted(written)} holds the spec itself"
        raise PathProblem(Code.BAD_PATH, message, "give flakegen a folder of its own, as 'generated/name'")
    return output


def _is_plain(written: str) -> bool:
    return bool(written.strip()) and "\0" not in written

"""Every file that local packages embed: what it is, who reads it, and its content now. No unit graph is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from msgspec import Struct

from flakegen.cargo.package import Package
from flakegen.embed.disk import Disk
from flakegen.embed.hashes import listing
from flakegen.embed.inputs import FolderInput, InputRole, PackageInputs, ScanTarget, TargetKind, Use, UseKind

_NAMES = {
    TargetKind.LIB: "lib",
    TargetKind.BIN: "bin",
    TargetKind.TEST: "test",
    TargetKind.BENCH: "bench",
    TargetKind.EXAMPLE: "example",
    TargetKind.BUILD_SCRIPT: "build script",
}
_NAMELESS = frozenset((TargetKind.LIB, TargetKind.BUILD_SCRIPT))
_RUN = "build script run"


class Content(Struct, frozen=True, kw_only=True):
    """One file as it is now: the SHA-256 of what it holds, in hex, or of a link what it leads to."""

    path: str
    sha256: str | None = None
    link: str | None = None


class Include(Struct, frozen=True, kw_only=True):
    """One use of files.

    Attributes:
        use: what is read, by which rule, and where that stands.
        units: the units that read it: `lib`, `lib test` (compiled for its tests), `bin x`, `test y`, `build script`,
            `build script run` and so on; sorted.
        contents: the file, or all that the folder holds; empty where nothing is there.
    """

    use: Use
    units: tuple[str, ...]
    contents: tuple[Content, ...]


class CrateIncludes(Struct, frozen=True, kw_only=True):
    """What one package embeds, by path and then by place."""

    name: str
    version: str
    directory: str
    rebuild_hash: str
    includes: tuple[Include, ...]


def includes_of(package: Package, found: PackageInputs, disk: Disk, rebuild_hash: str) -> CrateIncludes:
    """Return what a package embeds, given what the scanner found of it and its rebuild hash."""
    units: dict[Use, set[str]] = {}
    for use, unit in _uses(found):
        units.setdefault(use, set()).add(unit)
    contents = _Contents(disk, found)
    return CrateIncludes(
        name=package.id.name,
        version=package.id.version,
        directory=found.package_dir,
        rebuild_hash=rebuild_hash,
        includes=tuple(
            Include(use=use, units=tuple(sorted(units[use])), contents=contents.of(use))
            for use in sorted(units, key=lambda use: (use.path, use.kind.value, *use.sort_key()))
        ),
    )


def _uses(found: PackageInputs) -> Iterator[tuple[Use, str]]:
    for target in found.targets:
        for use in target.uses:
            yield use, unit_name(target.target, use.role)
    if found.build_script_inputs is not None:
        for use in found.build_script_inputs.uses:
            yield use, _RUN


def unit_name(target: ScanTarget, role: InputRole) -> str:
    """Return what people call the unit of a target that reads files of a role; what is read in both is the plain one's."""
    name = _NAMES[target.kind]
    if target.kind not in _NAMELESS:
        name = f"{name} {target.name}"
    return f"{name} test" if role is not target.kind.role else name


class _Contents:
    """The contents of files, each looked at once."""

    def __init__(self, disk: Disk, found: PackageInputs) -> None:
        self._disk = disk
        script = found.build_script_inputs
        self._ignored = found.ignored
        self._excluded = (*found.ignored, *(script.excluded if script is not None else ()))
        self._known: dict[str, Content] = {}
        self._folders: dict[tuple[FolderInput, bool], tuple[Content, ...]] = {}

    def of(self, use: Use) -> tuple[Content, ...]:
        if not use.present:
            return ()
        if use.kind is not UseKind.FOLDER:
            return (self._file(use.path),)
        folder = FolderInput(path=use.path, recursive=use.recursive, pattern=use.pattern)
        key = (folder, use.rule == "build.rs")
        if key not in self._folders:
            excluded = self._excluded if key[1] else self._ignored
            self._folders[key] = tuple(map(self._file, listing(self._disk, folder, excluded)))
        return self._folders[key]

    def _file(self, path: str) -> Content:
        if path not in self._known:
            self._known[path] = _content(self._disk, path)
        return self._known[path]


def _content(disk: Disk, path: str) -> Content:
    look = disk.look(path)
    if path in look.links:
        return Content(path=path, link=disk.link_target(path))
    raw = disk.bytes_of(path)
    return Content(path=path, sha256=None if raw is None else sha256(raw).hexdigest())


def to_json(crate: CrateIncludes) -> Mapping[str, object]:
    """Return what a crate embeds as a JSON value; see docs/includes.md."""
    return {
        "name": crate.name,
        "version": crate.version,
        "directory": crate.directory,
        "rebuild-hash": crate.rebuild_hash,
        "includes": [_include_to_json(include) for include in crate.includes],
    }


def _include_to_json(include: Include) -> Mapping[str, object]:
    use = include.use
    is_folder = use.kind is UseKind.FOLDER
    files = [_content_to_json(content) for content in include.contents]
    return {
        "path": use.path,
        "kind": use.kind.value,
        "present": use.present,
        "named": use.named,
        "rule": use.rule,
        "file": use.file,
        "line": use.line,
        "column": use.column,
        "role": use.role.value,
        "units": list(include.units),
        **({"recursive": use.recursive, "pattern": use.pattern, "files": files} if is_folder else {}),
        **({} if is_folder or not files else files[0]),
    }


def _content_to_json(content: Content) -> Mapping[str, object]:
    if content.link is not None:
        return {"path": content.path, "link": content.link}
    return {"path": content.path, "sha256": content.sha256}

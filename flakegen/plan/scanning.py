"""What the disk says of a workspace's own packages: embedded files, rebuild hashes, and what guards against change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from posixpath import relpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flakegen.cargo.package import DependencyKind, Package, SourceKind
from flakegen.cargo.workspace import Workspace
from flakegen.embed.cache import ScanCache
from flakegen.embed.disk import Disk, PathKind
from flakegen.embed.hashes import entries, hash_of
from flakegen.embed.inputs import PREPARED, FolderInput, PackageInputs, ScanTarget, TargetInputs, TargetKind
from flakegen.plan.cargo import VendoredFiles, WorkspaceFiles, join
from flakegen.plan.cargo_plan import FolderPlan, RustfmtPlan, SourcePlan
from flakegen.plan.code_sizes import code_sizes
from flakegen.plan.configuration import (
    clippy_settings,
    environments,
    files_of_environment,
    rustfmt_settings,
)
from flakegen.plan.prepared_queries import prepared_queries
from flakegen.plan.scan_settings import Told
from flakegen.plan.scan_variables import given_variables, package_variables
from flakegen.plan.sources import Extra, embedded_parts, folder_plan

if TYPE_CHECKING:
    from pathlib import Path

_READMES = ("README.md", "README.txt", "README")


class OutsideProjectError(Exception):
    """A file that the build needs lies outside the project's root, where no flake can see it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} lies outside the project root")
        self.path = path


def scan_workspace(
    disk: Disk,
    workspace: Workspace,
    project_root: Path,
    told: Told,
    generated: Iterable[str],
    vendored: VendoredFiles,
    cache: ScanCache,
    lock: Path | None = None,
) -> WorkspaceFiles:
    """Scan every local package of a workspace.

    Args:
        disk: the project's root folder.
        workspace: the loaded workspace.
        project_root: absolute; what paths in the answer are relative to.
        told: what the spec says that a scan cannot know.
        generated: files and folders that are made of all this, and part of no source.
        vendored: what is other people's in the project.
        cache: what earlier runs have found.
        lock: what the workspace was loaded with instead of its own Cargo.lock.

    Raises:
        OutsideProjectError: a package, or a file that the workspace is made from, lies outside the project.
    """
    root = _relative(workspace.root, project_root)
    cache.open(disk)
    inputs = scan_packages(disk, workspace, project_root, told, cache)
    guarded = {
        workspace.root / "Cargo.lock",
        workspace.root / "Cargo.toml",
        *workspace.manifests,
        *workspace.config.files,
    }
    clippy = {directory: clippy_settings(disk, directory) for directory in inputs}
    rustfmt = rustfmt_settings(
        disk, [join(d, target.target.src_path) for d, found in inputs.items() for target in found.targets]
    )
    named = files_of_environment(disk, workspace, project_root)
    nested = _nested_folders(inputs, generated, vendored)
    extras = _extras(disk, workspace, project_root, told, generated)
    embedded = {d: entries(disk, embedded_parts(found, nested[d], extras[d])) for d, found in inputs.items()}
    guard = dict(_guard(disk, path, project_root) for path in sorted(guarded))
    if lock is not None:
        guard[join(root, "Cargo.lock")] = hashlib.sha256(lock.read_bytes()).hexdigest()
    cache.save(disk)
    return WorkspaceFiles(
        root=root,
        project_root=str(project_root),
        inputs=inputs,
        rebuild_hashes={directory: hash_of(found) for directory, found in embedded.items()},
        embedded=embedded,
        guard=guard,
        extras=extras,
        noticed=(
            *(p for d in inputs for name in _READMES if disk.is_file(p := join(d, name))),
            *sorted({path for found in clippy.values() for path in found}),
            *rustfmt,
            *named,
            *(path for path in vendored.files if disk.is_file(path)),
        ),
        nested=nested,
        vendored=vendored.folders,
        members=tuple(sorted(join(root, package.directory) for package in workspace.member_packages())),
        environments=environments(workspace, project_root),
        named=named,
        clippy=clippy,
        rustfmt=rustfmt,
        prepared=prepared_queries(inputs.values(), root, disk).folders,
        sizes={directory: code_sizes(disk, found) for directory, found in inputs.items()},
    )


def rebuild_hashes(
    disk: Disk,
    workspace: Workspace,
    project_root: Path,
    told: Told,
    generated: Iterable[str],
    inputs: Mapping[str, PackageInputs],
) -> dict[str, str]:
    """Return the rebuild hash of each local package; else as `scan_workspace`, for a workspace that vendors nothing."""
    nested = _nested_folders(inputs, generated, VendoredFiles())
    extras = _extras(disk, workspace, project_root, told, generated)
    return {
        d: hash_of(entries(disk, embedded_parts(found, nested[d], extras[d]))) for d, found in inputs.items()
    }


def scan_packages(
    disk: Disk, workspace: Workspace, project_root: Path, told: Told, cache: ScanCache
) -> dict[str, PackageInputs]:
    """Return what each local package reads, by its directory relative to the project root; else as `scan_workspace`."""
    inputs: dict[str, PackageInputs] = {}
    told = replace(told, variables=given_variables(workspace, project_root, told.variables))
    handed: dict[int, frozenset[str]] = {}
    for index in _dependencies_first(workspace):
        package = workspace.packages[index]
        directory = _relative(workspace.directory(package), project_root)
        # Local packages may hand on what they depend on: `pub use sqlx`.
        reached = frozenset[str]().union(*(handed.get(i, ()) for i in _needed(workspace, index)))
        names = reached.union(name for each in package.dependencies for name in (each.name, each.package))
        handed[index] = _handed_on(workspace, index, handed)
        inputs[directory] = _scan(disk, workspace, index, inputs, project_root, names, told, cache)
    return inputs


def by_crate(workspace: Workspace, files: WorkspaceFiles) -> dict[str, list[PackageInputs]]:
    """Return what was found of each local package, by name; two may have the same one."""
    found: dict[str, list[PackageInputs]] = {}
    for package in workspace.packages:
        if _is_local(package):
            found.setdefault(package.id.name, []).append(files.inputs[files.directory(package)])
    return found


def _extras(
    disk: Disk, workspace: Workspace, project_root: Path, told: Told, generated: Iterable[str]
) -> dict[str, Extra]:
    local = (package for package in workspace.packages if _is_local(package))
    names = {_relative(workspace.directory(package), project_root): package.id.name for package in local}
    return {d: _extra(disk, told.extra.get(name, ()), generated) for d, name in names.items()}


def _nested_folders(
    inputs: Iterable[str], generated: Iterable[str], vendored: VendoredFiles
) -> dict[str, tuple[str, ...]]:
    known = tuple(inputs)
    return {d: _nested(d, (*known, *generated, *vendored.folders)) for d in known}


def _guard(disk: Disk, path: Path, project_root: Path) -> tuple[str, str]:
    relative = _relative(path, project_root)
    known = disk.digest_of(relative)  # none of a link that leaves the project
    return relative, hashlib.sha256(path.read_bytes()).hexdigest() if known is None else known


def _extra(disk: Disk, paths: Iterable[str], generated: Iterable[str]) -> Extra:
    known = sorted({"" if path == "." else path for path in paths})
    files = tuple(path for path in known if not disk.is_folder(path))
    return Extra(
        files=files,
        absent=tuple(path for path in files if disk.look(path).kind is PathKind.ABSENT),
        folders=tuple(FolderInput(path=path) for path in known if disk.is_folder(path)),
        generated=tuple(sorted(generated)),
    )


def _nested(directory: str, others: Iterable[str]) -> tuple[str, ...]:
    inside = f"{directory}/" if directory else ""
    return tuple(sorted(other for other in others if other != directory and other.startswith(inside)))


def rustfmt_plan(workspace: Workspace, files: WorkspaceFiles) -> RustfmtPlan:
    """Return what `cargo fmt --all` formats: every target of every member."""
    targets: dict[str, list[str]] = {}
    directories = []
    for package in workspace.member_packages():
        directory = files.directory(package)
        directories.append(directory)
        for target in package.targets:
            path = relpath(join(directory, target.src_path), files.root or ".")
            targets.setdefault(target.edition, []).append(path)
    return RustfmtPlan(
        targets={edition: tuple(sorted(paths)) for edition, paths in targets.items()},
        source=SourcePlan(
            files=files.rustfmt,
            rust=tuple(sorted(directories)),
            folders=(),
            without=(
                join(files.root, "target"),
                *files.vendored,
            ),  # build scripts write .rs files to the first
        ),
    )


def everything_read(files: WorkspaceFiles) -> SourcePlan:
    """Return all that a compilation reads of a workspace, as one source."""
    targets = [target for found in files.inputs.values() for target in found.targets]
    scripts = [s for found in files.inputs.values() if (s := found.build_script_inputs) is not None]
    single = {path for target in targets for path in _files_of(target)}
    single.update(path for script in scripts for path in (*script.files, *script.optional_files))
    folders = {
        folder_plan(folder, package.package_dir)
        for package in files.inputs.values()
        for folder in _folders_of(package)
    }
    folders.update(FolderPlan(path=each, recursive=False, match=PREPARED) for each in files.prepared)
    for directory, extra in files.extras.items():
        single.update(extra.files)
        folders.update(folder_plan(folder, directory) for folder in extra.folders)
    folders_of_rust = {files.root, *files.inputs}
    rust = tuple(sorted(f for f in folders_of_rust if not _is_below(f, folders_of_rust)))
    beyond = {path for path in single if not (path.endswith(".rs") and _is_below(path, folders_of_rust))}
    return SourcePlan(
        files=tuple(sorted({*files.guard, *files.noticed, *beyond})),
        rust=rust,
        folders=tuple(sorted(folders, key=lambda f: (f.path, f.recursive, f.match or "", f.package or ""))),
        without=files.vendored,
    )


def _is_below(path: str, folders: AbstractSet[str]) -> bool:
    """Tell whether a path lies in one of some folders, of which the empty one holds all others."""
    while path:
        path = path.rpartition("/")[0]
        if path in folders:
            return True
    return False


def _folders_of(package: PackageInputs) -> Iterator[FolderInput]:
    for target in package.targets:
        yield from (*target.folders, *target.test_folders)
    script = package.build_script_inputs
    if script is not None and not script.whole_package:
        yield from script.folders


def _files_of(target: TargetInputs) -> Iterator[str]:
    for field in ("modules", "test_modules", "files", "test_files", "optional_files", "test_optional_files"):
        yield from getattr(target, field)


def _dependencies_first(workspace: Workspace) -> list[int]:
    """Order local packages so that macros are known before they are called; dev-dependencies may form circles."""
    order: dict[int, None] = {}
    entered: set[int] = set()

    def visit(index: int) -> None:
        if index in entered:
            return
        entered.add(index)
        for needed in _needed(workspace, index):
            visit(needed)
        order[index] = None

    for index, package in enumerate(workspace.packages):
        if _is_local(package):
            visit(index)
    return list(order)


def _needed(workspace: Workspace, index: int) -> list[int]:
    """Return the local packages that a package depends on, in any way."""
    found = {dependency.package for dependency in workspace.dependencies[index]}
    return sorted(i for i in found if i is not None and _is_local(workspace.packages[i]))


def _handed_on(workspace: Workspace, index: int, known: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """Return the crates that can be named through a package: development and build dependencies cannot."""
    found: set[str] = set()
    for resolved in workspace.dependencies[index]:
        dependency = resolved.dependency
        if dependency.kind is DependencyKind.NORMAL:
            found.update((dependency.name, dependency.package))
            found.update(known.get(resolved.package, ()) if resolved.package is not None else ())
    return frozenset(found)


def _is_local(package: Package) -> bool:
    return package.id.source.kind is SourceKind.PATH


def _scan(
    disk: Disk,
    workspace: Workspace,
    index: int,
    done: Mapping[str, PackageInputs],
    project_root: Path,
    names: frozenset[str],
    told: Told,
    cache: ScanCache,
) -> PackageInputs:
    package = workspace.packages[index]
    needed = [workspace.packages[other] for other in _needed(workspace, index)]
    found = [done.get(_relative(workspace.directory(other), project_root)) for other in needed]
    return cache.scan(
        disk,
        _relative(workspace.directory(package), project_root),
        [
            ScanTarget(
                name=target.name,
                kind=TargetKind(target.kind.value),
                src_path=target.src_path,
                edition=target.edition,
            )
            for target in package.targets
        ],
        dependency_names=names,
        workspace_dir=_relative(workspace.root, project_root),
        variables=package_variables(package, told.variables_of(package.id.name)),
        imported_macros=[macro for inputs in found if inputs is not None for macro in inputs.exported_macros],
        rules=told.rules(package.id.name),
    )


def _relative(path: Path, project_root: Path) -> str:
    text, above = str(path), f"{project_root}/"
    if text.startswith(above) and ".." not in text:  # nearly always, and pathlib takes its time
        return text.removeprefix(above)
    if not path.is_relative_to(project_root):
        raise OutsideProjectError(path)
    relative = relpath(text, str(project_root))
    return "" if relative == "." else relative

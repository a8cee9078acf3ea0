"""The source of a whole local package: what cargo needs to build it where its workspace stands.

Cargo loads a workspace as a whole, so the manifests of all members and the main files of all targets are in every source;
beyond them a source holds what its own package reads.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from flakegen.cargo.package import Package, SourceKind, TargetKind
from flakegen.cargo.workspace import Workspace
from flakegen.embed.hashes import left_out
from flakegen.embed.paths import is_inside
from flakegen.plan.cargo import WorkspaceFiles, join
from flakegen.plan.cargo_plan import FolderPlan, SourcePlan
from flakegen.plan.package_set import LocalSource
from flakegen.plan.sources import script_source, source_of_test, target_source

_PRODUCTS = frozenset((TargetKind.LIB, TargetKind.BIN, TargetKind.CUSTOM_BUILD))


def package_sources(
    workspace: Workspace, files: WorkspaceFiles, indices: Iterable[int]
) -> dict[int, LocalSource]:
    """Return the sources of the local packages among ``indices``."""
    frame = set(workspace_frame(workspace, files))
    found: dict[int, LocalSource] = {}
    for index in indices:
        package = workspace.packages[index]
        if package.id.source.kind is SourceKind.PATH:
            is_member = index in workspace.members
            own = set() if is_member else _frame([package], files)
            without = frame if is_member else set()
            directory = files.root if is_member else files.directory(package)
            found[index] = LocalSource(
                directory=directory,
                build=_less(_source(package, files, own, with_tests=False), without),
                tests=_less(_source(package, files, own, with_tests=True), without),
            )
    return found


def workspace_frame(workspace: Workspace, files: WorkspaceFiles) -> tuple[str, ...]:
    """Return what cargo must see of a workspace to load it, sorted."""
    members = [workspace.packages[index] for index in workspace.members]
    return tuple(sorted(_frame(members, files) | {join(files.root, "Cargo.toml")}))


def _less(source: SourcePlan, frame: set[str]) -> SourcePlan:
    """Leave out what the frame has already."""
    return replace(
        source,
        files=tuple(file for file in source.files if file not in frame),
        without=tuple(path for path in source.without if path not in frame),
    )


def _frame(packages: Iterable[Package], files: WorkspaceFiles) -> set[str]:
    """Return what cargo must see of packages to load them: manifests, and the targets' main files."""
    found: set[str] = set()
    for package in packages:
        directory = files.directory(package)
        found.add(join(directory, "Cargo.toml"))
        found |= {join(directory, target.src_path) for target in package.targets}
    return found


def _source(package: Package, files: WorkspaceFiles, frame: set[str], *, with_tests: bool) -> SourcePlan:
    directory = files.directory(package)
    inputs, nested = files.inputs[directory], files.nested[directory]
    extra = files.extras[directory]
    parts = [target_source(target, inputs, extra) for target in package.targets if target.kind in _PRODUCTS]
    if inputs.build_script_inputs is not None:
        parts.append(script_source(inputs, inputs.build_script_inputs, nested, extra))
    if not with_tests:
        return _united(parts, frame, (), ())
    parts += [source_of_test(target, inputs, nested, extra) for target in package.targets]
    whole = FolderPlan(path=directory, recursive=True, match=None, package=directory)
    beyond = [_outside(part, directory) if directory else replace(part, packages=()) for part in parts]
    return _united(beyond, frame, (whole,), (*nested, *left_out(inputs)))


def _outside(source: SourcePlan, directory: str) -> SourcePlan:
    """Leave out what a folder holds that is taken as a whole."""
    inside = f"{directory}/"
    return SourcePlan(
        files=tuple(file for file in source.files if not file.startswith(inside)),
        rust=tuple(folder for folder in source.rust if not f"{folder}/".startswith(inside)),
        folders=tuple(folder for folder in source.folders if not f"{folder.path}/".startswith(inside)),
        without=tuple(path for path in source.without if not path.startswith(inside)),
        optional=source.optional,
    )


def _united(
    parts: list[SourcePlan], frame: set[str], more: Iterable[FolderPlan], without: Iterable[str]
) -> SourcePlan:
    """Return one source for several: what any of them holds."""
    named = {*frame, *(file for part in parts for file in part.files)}
    folders = {*more, *(folder for part in parts for folder in part.folders)}
    optional = {path for part in parts for path in part.optional}
    unwanted = {path for part in parts for path in part.without if not _is_held(path, parts)} | set(without)
    return SourcePlan(
        files=tuple(sorted(named)),
        rust=tuple(sorted({folder for part in parts for folder in part.rust})),
        folders=tuple(sorted(folders, key=lambda f: (f.path, f.recursive, f.match or "", f.package or ""))),
        without=tuple(sorted(unwanted - named)),
        packages=tuple(sorted({folder for part in parts for folder in part.packages})),
        optional=tuple(sorted(optional & named)),
    )


def _is_held(path: str, parts: Iterable[SourcePlan]) -> bool:
    """Whether some part has a path that another one leaves out."""
    return any(
        path not in part.without
        and (
            any(path.startswith(f"{folder}/") for folder in part.rust)
            or any(is_inside(path, f.path) for f in part.folders if f.recursive)
            or any(is_inside(path, folder) for folder in part.packages)
        )
        for part in parts
    )

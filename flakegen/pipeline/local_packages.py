"""A workspace's own packages and what they embed, with or without a spec; nothing is asked of any other crate."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from flakegen.cargo.facts import Facts
from flakegen.cargo.package import Package, SourceKind
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.embed.cache import ScanCache
from flakegen.embed.disk import Disk
from flakegen.embed.inputs import PackageInputs
from flakegen.pipeline.project import Project
from flakegen.pipeline.workspace_project import WorkspaceProject, common_root, workspace_folder
from flakegen.plan.scan_settings import Told, told_by
from flakegen.plan.scanning import OutsideProjectError, rebuild_hashes, scan_packages


class LocalPackages(Struct, frozen=True, kw_only=True):
    """Local packages, by name and directory, each with what it reads; paths are relative to ``root``, an absolute folder.

    ``workspace`` is the workspace's.
    """

    root: str
    workspace: str = ""
    disk: Disk
    packages: tuple[tuple[Package, PackageInputs], ...]
    hashes: Mapping[str, str]  # rebuild hashes, by the package's folder


def of_spec(path: str) -> LocalPackages:
    """Return the local packages of a spec's workspace; none where the spec has no workspace.

    Raises:
        DiagnosticError: the spec or the workspace is wrong.
    """
    project = Project(path)
    spec = project.spec
    root = str(spec.layout.root)
    if spec.cargo is None:
        return LocalPackages(root=root, disk=Disk(root), packages=(), hashes={})
    workspace = project.cargo_inputs.workspace(Facts())
    try:
        return _scanned(workspace, root, told_by(spec.cargo), spec.layout.generated)
    except OutsideProjectError as error:
        hint = "set project.root to a folder that holds both"
        where = ("cargo", "workspace")
        found = spec.diagnose(where, Code.PATH_LEAVES_ROOT, str(error), hint=hint)
        raise DiagnosticError([found]) from None


def of_manifest(path: str) -> LocalPackages:
    """Return the local packages of the workspace that a manifest belongs to.

    Raises:
        DiagnosticError: there is no such manifest, or the workspace is wrong.
    """
    if not os.path.isfile(path):  # noqa: PTH113
        hint = "name a Cargo.toml"
        message = f"there is no manifest at {path}"
        raise DiagnosticError([Diagnostic(code=Code.MISSING_FILE, message=message, span=None, hint=hint)])
    top = workspace_folder(os.path.dirname(path) or ".")  # noqa: PTH120
    workspace = WorkspaceProject(top, None).cargo_inputs.workspace(Facts())
    return _scanned(workspace, common_root(Path(top), workspace), Told())


def _scanned(workspace: Workspace, root: str, told: Told, generated: tuple[str, ...] = ()) -> LocalPackages:
    disk = Disk(root)
    inputs = scan_packages(disk, workspace, Path(root), told, ScanCache(None, ""))
    found = (
        (package, inputs[directory]) for package, directory in _local(workspace, root) if directory in inputs
    )
    packages = sorted(found, key=lambda each: (each[0].id.name, each[1].package_dir))
    hashes = rebuild_hashes(disk, workspace, Path(root), told, generated, inputs)
    top = os.path.relpath(workspace.root, root)
    return LocalPackages(
        root=root,
        workspace="" if top == "." else top,
        disk=disk,
        packages=tuple(packages),
        hashes=hashes,
    )


def _local(workspace: Workspace, root: str) -> Iterator[tuple[Package, str]]:
    for package in workspace.packages:
        if package.id.source.kind is SourceKind.PATH:
            directory = os.path.relpath(workspace.directory(package), root)
            yield package, "" if directory == "." else directory

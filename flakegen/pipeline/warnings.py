"""What is told about a project that is compiled all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from flakegen.cargo.errors import CargoError
from flakegen.cargo.package import Package
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.embed.disk import Disk
from flakegen.plan.cargo import WorkspaceFiles
from flakegen.plan.embed_notes import embed_notes
from flakegen.plan.notes import unused_linkers
from flakegen.plan.problems import of_cargo
from flakegen.plan.requests import CargoRequest
from flakegen.plan.rust_versions import old_toolchain
from flakegen.plan.scan_settings import unused_ignores
from flakegen.plan.scanning import by_crate
from flakegen.plan.systems import all_platforms
from flakegen.plan.untracked import untracked
from flakegen.spec.model import Spec


def warnings_of_build(
    workspace: Workspace,
    spec: Spec,
    requests: Iterable[CargoRequest],
    compiled: Callable[[], Iterable[Package]],
) -> Iterator[Diagnostic]:
    """Yield what is done otherwise than the workspace asks for.

    Args:
        workspace: as it was loaded.
        spec: what is asked for.
        requests: of the spec.
        compiled: works out which packages are built; where that ends in errors, whoever needs them tells those.

    Raises:
        DiagnosticError: cargo's configuration is wrong.
    """
    try:
        yield from unused_linkers(workspace, all_platforms(spec.project.systems, requests))
    except CargoError as error:
        raise DiagnosticError(of_cargo(error)) from None
    with suppress(DiagnosticError):
        yield from tuple(old_toolchain(workspace, compiled, spec))


def warnings_of_files(
    workspace: Workspace, spec: Spec, files: WorkspaceFiles, disk: Disk
) -> Iterator[Diagnostic]:
    """Yield what code reads that could not be followed, what the spec says of it in vain, and what git does not know."""
    yield from embed_notes(files.inputs.values(), disk)
    yield from unused_ignores(spec, by_crate(workspace, files))
    yield from untracked(disk, files)

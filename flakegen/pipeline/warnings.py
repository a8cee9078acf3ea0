"""What is told about a project that is compiled all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from flakegen.cargo.errors import CargoError
from flakegen.cargo.package import Package
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.plan.embed_notes import embed_notes
from flakegen.plan.notes import unused_linkers
from flakegen.plan.problems import of_cargo
from flakegen.plan.rust_versions import old_toolchain
from flakegen.plan.scan_settings import unused_ignores
from flakegen.plan.scanning import by_crate
from flakegen.plan.systems import all_platforms
from flakegen.plan.untracked import untracked

if TYPE_CHECKING:
    from flakegen.pipeline.project import Project


def warnings_of(project: Project) -> Iterator[Diagnostic]:
    """Yield the warnings; stages that end in errors warn of nothing, as whoever needs them tells those.

    Raises:
        DiagnosticError: cargo's configuration is wrong.
    """
    workspace = project.workspace
    if workspace is None:
        return

    def compiled() -> Iterable[Package]:
        return project.units.packages.values()

    try:
        yield from unused_linkers(workspace, all_platforms(project.spec.project.systems, project.requests))
    except CargoError as error:
        raise DiagnosticError(of_cargo(error)) from None
    with suppress(DiagnosticError):  # told by whoever needs the units
        yield from tuple(old_toolchain(workspace, compiled, project.spec))
    yield from _embed_notes(project)


def _embed_notes(project: Project) -> Iterator[Diagnostic]:
    try:
        files = project.files
    except DiagnosticError:  # told by whoever needs the files
        return
    workspace = project.workspace
    if files is None or workspace is None:
        return
    yield from embed_notes(files.inputs.values(), project.disk)
    yield from unused_ignores(project.spec, by_crate(workspace, files))
    yield from untracked(project.disk, files)

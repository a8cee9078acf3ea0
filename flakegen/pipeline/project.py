"""From a spec on disk to the texts of its outputs: the one module that knows all stages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from flakegen.builders.image_dockerfiles import lower_dockerfiles
from flakegen.builders.lower import lower_entries
from flakegen.builders.registry import KINDS, builder_of
from flakegen.cargo.errors import CargoError
from flakegen.cargo.facts import facts_digest, facts_text
from flakegen.cargo.package import Package
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Collector, Diagnostic, DiagnosticError
from flakegen.embed.cache import ScanCache
from flakegen.embed.disk import Disk
from flakegen.memory.watched import Watched, watched_files
from flakegen.pipeline.cargo_inputs import CargoInputs
from flakegen.plan.building import Building, building_of
from flakegen.plan.builds import resolve_builds
from flakegen.plan.cargo import VendoredFiles, WorkspaceFiles, plan_cargo
from flakegen.plan.cargo_plan import CargoPlan, RustfmtPlan
from flakegen.plan.causes import digest_of_causes
from flakegen.plan.model import BuildPlan
from flakegen.plan.origins import Origins
from flakegen.plan.package_set import PackageSetPlan
from flakegen.plan.places import Places
from flakegen.plan.plan_package_set import plan_package_set
from flakegen.plan.problems import of_cargo, out_of_reach
from flakegen.plan.project import Lowered, compiled_from, files_elsewhere, lower_spec, plan_project, scope_of
from flakegen.plan.requests import CargoRequest
from flakegen.plan.scan_settings import told_by
from flakegen.plan.scanning import OutsideProjectError, rustfmt_plan, scan_workspace
from flakegen.plan.scope import Scope
from flakegen.plan.systems import all_platforms
from flakegen.plan.units import Build, UnitTable
from flakegen.spec.load import decode_bytes, load_spec
from flakegen.spec.model import Spec
from flakegen.spec.sections import CargoFormat

if TYPE_CHECKING:
    from flakegen.plan.build_graph import BuildGraph
    from flakegen.plan.derivation_inputs import DerivationInputs
    from flakegen.write.result import Result


class Project:
    """One spec and all that is made of it; each stage is worked out when it is first asked for.

    All stages raise `DiagnosticError` with everything that is wrong with the stage's input.
    """

    def __init__(
        self,
        path: str,
        scans: ScanCache | None = None,
        *,
        lock: Path | None = None,
        contents: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Remember what to read; nothing is read yet.

        Args:
            path: of the spec.
            scans: what earlier runs have found in the sources.
            lock: the Cargo.lock to read, if not the workspace's own.
            contents: of files that packages are compiled from, if they count as holding something else.
        """
        self.path = path
        self.lock = lock
        self.contents = contents
        self._scans = ScanCache(None, "") if scans is None else scans

    @cached_property
    def spec(self) -> Spec:
        """The spec, decoded and checked."""
        try:
            data = Path(self.path).read_bytes()
        except OSError as error:
            message = f"cannot read {self.path}: {(error.strerror or 'unreadable').lower()}"
            hint = "give the path of a spec, for example specs/lana.toml"
            raise DiagnosticError(
                [Diagnostic(code=Code.MISSING_FILE, message=message, span=None, hint=hint)]
            ) from None
        return load_spec(decode_bytes(data, self.path), self.path, kinds=KINDS)

    @cached_property
    def folder(self) -> Path:
        """The absolute folder that is written."""
        layout = self.spec.layout
        return layout.root / layout.output

    @cached_property
    def facts_path(self) -> Path:
        """Where the facts about fetched crates are kept: beside the spec."""
        return Path(self.path).with_suffix(".crates.json")

    @cached_property
    def cargo_inputs(self) -> CargoInputs:
        """Where cargo's files are, and where the spec says that registries have their archives."""
        spec = self.spec
        root, cargo = spec.layout.root, spec.cargo
        given = () if cargo is None else ((name, each.download) for name, each in cargo.registries.items())
        return CargoInputs(
            folder=root if cargo is None else root / cargo.workspace.relative,
            boundary=root,
            facts=self.facts_path,
            registries=tuple(given),
            lock=self.lock,
        )

    @cached_property
    def workspace(self) -> Workspace | None:
        """The Cargo workspace, if the spec has one."""
        return None if self.spec.cargo is None else self.cargo_inputs.workspace()

    @cached_property
    def places(self) -> Places:
        """Where crates come from, seen from the project."""
        return self.cargo_inputs.places(self.spec.layout.root)

    @cached_property
    def origins(self) -> Origins | None:
        """Where each crate of the workspace is."""
        return None if self.workspace is None else Origins(self.workspace, self.places)

    @cached_property
    def requests(self) -> tuple[CargoRequest, ...]:
        """What the spec asks of cargo, in the order of the spec."""
        spec = self.spec
        found = []
        for entries in (spec.packages, spec.checks, spec.dev_shells, spec.apps):
            for name, entry in entries.items():
                ask = builder_of(entry).request
                request = None if ask is None else ask(name, entry, spec)
                if request is not None:
                    found.append(request)
        return tuple(found)

    def builds(self) -> Iterator[Build]:
        """Yield the unit graph of every request on each of its platforms; they are worked out anew each time."""
        workspace, origins = self.workspace, self.origins
        if workspace is None or origins is None:
            return iter(())
        return resolve_builds(workspace, self.requests, self.spec, origins, self.places.downloads)

    @cached_property
    def units(self) -> UnitTable:
        """All units of all builds, each once; the graphs themselves are not kept."""
        table = UnitTable()
        for build in self.builds():
            table.add(build)
        if self.workspace is not None:
            self.workspace.cache.clear()  # of what only resolving asks for
        return table

    @cached_property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is done otherwise than the workspace asks for, and what its code reads that could not be followed."""
        from flakegen.pipeline.warnings import (  # noqa: PLC0415  # not for questions
            warnings_of_build,
            warnings_of_files,
        )

        workspace = self.workspace
        if workspace is None:
            return ()
        found = warnings_of_build(workspace, self.spec, self.requests, self._compiled)
        try:
            files = self.files
        except DiagnosticError:  # told by whoever needs the files
            files = None
        told = () if files is None else warnings_of_files(workspace, self.spec, files, self.disk)
        return (*found, *told)

    def _compiled(self) -> Iterable[Package]:
        return self.units.packages.values()

    @cached_property
    def disk(self) -> Disk:
        """The project's files, each read once."""
        return Disk(self.spec.layout.root, self.contents)

    @cached_property
    def files(self) -> WorkspaceFiles | None:
        """What the workspace's own packages are compiled from."""
        spec, workspace, origins = self.spec, self.workspace, self.origins
        if workspace is None or spec.cargo is None:
            return None
        try:
            vendored = VendoredFiles(
                folders=self.places.folders(), files=() if origins is None else tuple(sorted(origins.files()))
            )
            return scan_workspace(
                self.disk,
                workspace,
                spec.layout.root,
                told_by(spec.cargo),
                spec.layout.generated,
                vendored,
                self._scans,
                self.lock,
            )
        except CargoError as error:
            raise DiagnosticError(of_cargo(error)) from None
        except OutsideProjectError as error:
            hint = "set project.root to a folder that holds both"
            raise DiagnosticError(
                [spec.diagnose(("cargo", "workspace"), Code.PATH_LEAVES_ROOT, str(error), hint=hint)]
            ) from None

    @cached_property
    def rustfmt(self) -> RustfmtPlan | None:
        """What `cargo fmt` looks at, if there is a workspace."""
        workspace, files = self.workspace, self.files
        return None if workspace is None or files is None else rustfmt_plan(workspace, files)

    @cached_property
    def cause(self) -> str | None:
        """A digest of all that the result is a function of; None where something is wrong, which the stages tell."""
        try:
            workspace, files, rustfmt = self.workspace, self.files, self.rustfmt
            facts, origins = None if workspace is None else facts_digest(workspace.facts), self.origins
            return digest_of_causes(self.spec, workspace, files, rustfmt, facts, origins, self.building)
        except (CargoError, DiagnosticError):
            return None

    @cached_property
    def cargo_plan(self) -> CargoPlan | None:
        """The units, crates, sources and layers of the workspace."""
        files, rustfmt, spec, origins = self.files, self.rustfmt, self.spec, self.origins
        if files is None or rustfmt is None or origins is None or self.building is None:
            return None
        return plan_cargo(
            self.units,
            name=spec.project.name,
            command=spec.layout.command,
            platforms=all_platforms(spec.project.systems, self.requests),
            building=self.building,
            files=files,
            rustfmt=rustfmt,
            fetch=origins.of,
        )

    @cached_property
    def building(self) -> Building | None:
        """What the spec says of how units are built and divided into layers."""
        return None if self.spec.cargo is None else building_of(self.spec.cargo, self.spec.layout.root)

    @cached_property
    def package_set(self) -> PackageSetPlan | None:
        """The workspace's packages for cargo2nix's overlay."""
        workspace, files, spec, origins = self.workspace, self.files, self.spec, self.origins
        if workspace is None or files is None or origins is None:
            return None
        plan = plan_package_set(
            workspace,
            files,
            self.requests,
            fetch=origins.of,
            platforms=all_platforms(spec.project.systems, self.requests),
            command=spec.layout.command,
        )
        problems = Collector()
        problems.extend(out_of_reach(plan, spec))
        problems.raise_errors()
        return plan

    @cached_property
    def plan(self) -> BuildPlan:
        """The whole project, lowered."""
        self._require("lowered", "files", "units", "warnings", "building")
        scope, lowered = self.lowered
        cargo = self.spec.cargo
        is_set = cargo is not None and cargo.format is CargoFormat.CARGO2NIX
        workspace = self.package_set if is_set else self.cargo_plan
        return plan_project(scope, self.files, workspace, lowered)

    def build_graph(self, system: str) -> BuildGraph:
        """Return all units and outputs of one system of the spec, and how they hang together."""
        from flakegen.plan.build_graph import build_graph  # noqa: PLC0415  # not for compiling

        return build_graph(self.plan, system)

    def derivation_inputs(self, system: str) -> tuple[BuildGraph, DerivationInputs]:
        """Return such a graph with what its derivations are told."""
        from flakegen.plan.derivation_inputs import derivation_inputs  # noqa: PLC0415  # not for compiling

        graph = self.build_graph(system)
        return graph, derivation_inputs(self.plan, graph)

    @cached_property
    def lowered(self) -> tuple[Scope, Lowered]:
        """The spec's outputs as expressions, and what they may name."""
        problems = Collector()
        scope = scope_of(self.spec, self.workspace, problems)
        lowered = lower_spec(scope, lower_entries, lower_dockerfiles)
        problems.raise_errors()
        return scope, lowered

    def _require(self, *stages: str) -> None:
        """Go through stages that do not need each other, so that what is wrong with all of them is told at once."""
        problems = Collector()
        for stage in stages:
            try:
                getattr(self, stage)
            except DiagnosticError as error:
                problems.extend(error.diagnostics)
        problems.raise_errors()

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The generated files: path, relative to the output folder, and text."""
        from flakegen.outputs.registry import OUTPUTS  # noqa: PLC0415  # not for questions

        return {path: text for emit in OUTPUTS for path, text in emit(self.plan)}

    @cached_property
    def facts_text(self) -> str | None:
        """What the facts file should say; None without a Cargo workspace."""
        facts = None if self.workspace is None else self.workspace.facts
        return None if facts is None else facts_text(facts, facts.registries)

    @property
    def watched(self) -> Watched | None:
        """All that this compilation could have read; None if it also hung on crates that are not on this machine."""
        spec, files, workspace = self.spec, self.files, self.workspace
        if workspace is not None and workspace.missing:
            return None
        return watched_files(
            spec.layout.root,
            self._written_places,
            {str(spec.layout.spec), *compiled_from(spec, files).files} - files_elsewhere(spec),
            without=str(spec.layout.facts),
            workspace=None if files is None else files.root,
            inputs=() if files is None else files.inputs.values(),
            apart=() if files is None else files.vendored,
        )

    @property
    def result(self) -> Result:
        """All that writing leaves on the disk."""
        from flakegen.outputs.ci.emit import emit_elsewhere  # noqa: PLC0415  # not for questions
        from flakegen.write.result import Result  # noqa: PLC0415  # not for questions

        return Result(
            layout=self.spec.layout,
            outputs=self.outputs,
            facts_path=self.facts_path,
            facts=self.facts_text,
            beside={self.spec.layout.root / path: text for path, text in emit_elsewhere(self.plan)},
        )

    @property
    def _written_places(self) -> list[str]:
        """The folders and files, absolute, that only writing changes."""
        layout = self.spec.layout
        elsewhere = [os.path.normpath(layout.root / path) for path in sorted(files_elsewhere(self.spec))]
        if not layout.is_shared:
            return [str(self.folder), *elsewhere]
        return [os.path.normpath(layout.root / path) for path in layout.generated]

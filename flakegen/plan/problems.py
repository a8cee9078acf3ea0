"""Problems of the Cargo workspace as diagnostics: at the key of the spec that asked, else in the file at fault."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flakegen.cargo.errors import CargoError, Problem
from flakegen.cargo.package import Package, SourceKind
from flakegen.cargo.request import Intent
from flakegen.cargo.source import crates_io, source_key
from flakegen.cargo.source_replacement import CRATES_IO_KEY
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic
from flakegen.diagnostics.source import SourceText, Span
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.plan.origins import Origins
from flakegen.plan.package_set import LocalSource, PackageSetPlan
from flakegen.plan.places import Downloads
from flakegen.plan.requests import CargoRequest
from flakegen.plan.systems import CROSS_SETS, target_of
from flakegen.plan.units import Build
from flakegen.spec.keypath import Part
from flakegen.spec.model import Spec

_BUILT_IN = ("dev", "release", "test", "bench")
# Which key of an entry a problem with a request is about, and the code that it then has.
_FIELDS = {
    "package": ("package", Code.UNKNOWN_CRATE),
    "profile": ("profile", Code.UNKNOWN_PROFILE),
    "feature": ("features", Code.UNKNOWN_FEATURE),
    "target": ("bins", Code.UNKNOWN_BINARY),
}


def of_cargo(error: CargoError) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each problem, where it stands in manifest, lock or configuration."""
    for problem in error.problems:
        yield Diagnostic(code=Code.CARGO, message=problem.message, span=_span(problem), hint=problem.hint)


def of_request(error: CargoError, request: CargoRequest, spec: Spec) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each problem with one request, at the key of the spec that it comes from."""
    for problem in error.problems:
        field, code = _FIELDS.get(problem.code.partition("-")[0], ("", Code.CARGO))
        if problem.path is not None:
            yield from of_cargo(CargoError(problem))
            continue
        where = request.fields.get(field, request.where)
        yield spec.diagnose(where, code, problem.message, hint=problem.hint)


def unknown_profile(workspace: Workspace, request: CargoRequest, spec: Spec) -> Diagnostic | None:
    """Return what is wrong when a request names a profile that neither cargo nor the workspace has."""
    name = request.request.profile
    configured = workspace.config.table.get("profile")
    known = {*_BUILT_IN, *workspace.profiles, *(configured if isinstance(configured, dict) else ())}
    if name is None or name in known:
        return None
    where = request.fields.get("profile", request.where)
    hint = did_you_mean(name, known) or f"the workspace has {', '.join(sorted(known))}"
    return spec.diagnose(where, Code.UNKNOWN_PROFILE, f"unknown profile {quoted(name)}", hint=hint)


def nothing_to_build(request: CargoRequest, builds: Iterable[Build], spec: Spec) -> Diagnostic | None:
    """Return what is wrong when cargo would build nothing for a package, and say that it is done."""
    if request.request.intent is not Intent.BUILD or all(build.graph.roots for build in builds):
        return None
    names = ", ".join(quoted(name) for name in request.request.packages)
    message = f"there is nothing to build in {names}: its binaries need features that are off"
    where = request.fields.get("package", request.where)
    hint = "turn them on with features = […]"
    return spec.diagnose(where, Code.UNKNOWN_BINARY, message, hint=hint)


def foreign_target(request: CargoRequest, spec: Spec) -> Diagnostic | None:
    """Return what is wrong when a request is for a target that nixpkgs has no packages for."""
    target = target_of(request)
    if target is None or target in CROSS_SETS:
        return None
    hint = did_you_mean(target, CROSS_SETS) or f"one of {one_of(sorted(CROSS_SETS))}"
    where = request.fields.get("platform", request.where)
    return spec.diagnose(where, Code.BAD_CHOICE, f"cannot build for target {quoted(target)}", hint=hint)


def unfetchable(used: Iterable[Package], origins: Origins, spec: Spec) -> Iterator[Diagnostic]:
    """Yield what is wrong with where crates come from: told here, not by a failing build."""
    for problem in origins.problems(used):
        yield spec.diagnose(("cargo", "workspace"), Code.CARGO, problem.message, hint=problem.hint)


def unknown_registries(workspace: Workspace, downloads: Downloads, spec: Spec) -> Iterator[Diagnostic]:
    """Yield the registries of the spec that no crate of the lock comes from."""
    present = {
        source_key(package.id.source): package.id.source
        for package in workspace.packages
        if package.id.source.kind is SourceKind.REGISTRY
    }
    for source, name in downloads.names.items():
        if source in present:
            continue
        others = (CRATES_IO_KEY if each == crates_io() else each.url for each in present.values())
        known = sorted({*workspace.config.registries, *others})
        message = f"no crate of Cargo.lock comes from the registry {quoted(name)}"
        hint = did_you_mean(name, known) or f"one of {one_of(known)}"
        where = ("cargo", "registries", name)
        yield spec.diagnose(where, Code.UNKNOWN_REGISTRY, message, part=Part.KEY, hint=hint)


def out_of_reach(plan: PackageSetPlan, spec: Spec) -> Iterator[Diagnostic]:
    """Yield what packages read outside the folder that cargo2nix's overlay unpacks to build them."""
    for package in plan.packages.values():
        source = package.source
        if not isinstance(source, LocalSource) or not source.directory:
            continue
        inside = f"{source.directory}/"
        read = (*source.build.files, *source.build.rust, *(folder.path for folder in source.build.folders))
        for path in read:
            if not f"{path}/".startswith(inside):
                message = f"{package.name} reads {path}, which is outside of {source.directory}, and cargo2nix would not see it"
                hint = "move it into the workspace, or set cargo.format = 'units'"
                yield spec.diagnose(("cargo", "format"), Code.NEEDS_UNITS, message, hint=hint)


def _span(problem: Problem) -> Span | None:
    if problem.path is None:
        return None
    try:
        text = Path(problem.path).read_bytes().decode("utf-8", "replace")
    except OSError:
        text = ""
    source = SourceText(shown(problem.path), text)
    return source.span_at(problem.line or 1, problem.column or 1)


def shown(path: str) -> str:
    """Return a path as a user would type it: relative where that is no detour."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative

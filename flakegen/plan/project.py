"""The BuildPlan: the spec's outputs as expressions, and beside them the workspace's plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from msgspec.structs import replace

from flakegen.cargo.package import Package, TargetKind
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.diagnostic import Collector
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.cargo import WorkspaceFiles
from flakegen.plan.cargo_plan import CargoPlan, FolderPlan, SourcePlan
from flakegen.plan.model import BuildPlan, DockerfilesPlan, Output, TaskPlan, ToolchainPlan
from flakegen.plan.package_set import PackageSetPlan
from flakegen.plan.plan_ci import layer_attributes, plan_ci
from flakegen.plan.scanning import everything_read
from flakegen.plan.scope import Scope
from flakegen.plan.tasks import HELPER, lower_tasks
from flakegen.spec.model import Spec
from flakegen.spec.sections import CrateOverride, Input, ToolchainSource
from flakegen.spec.values import NixExpr, SpecPath

Lower: TypeAlias = Callable[[Scope], tuple[tuple[Output, ...], tuple[str, ...]]]
"""Lowers all entries of a spec; gives outputs, and the fixed files that their values use."""

LowerDockerfiles: TypeAlias = Callable[[Scope], Iterable[DockerfilesPlan]]

WorkspacePlan: TypeAlias = CargoPlan | PackageSetPlan | None
"""The Cargo workspace, in the format that the spec asks for."""

TOOLCHAIN_FILES = ("rust-toolchain.toml", "rust-toolchain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """All of a spec that becomes expressions."""

    outputs: tuple[Output, ...]
    tasks: tuple[TaskPlan, ...]
    helpers: tuple[str, ...]
    dockerfiles: tuple[DockerfilesPlan, ...]
    overlays: Mapping[str, Expr]
    formatter: Expr | None
    crate_overrides: Mapping[str, Expr]
    cargo_env: Mapping[str, Expr]


def scope_of(spec: Spec, workspace: Workspace | None, problems: Collector) -> Scope:
    """Return what the spec's expressions may name; what is wrong with them is collected."""
    to_root = "/".join(".." for _ in spec.layout.output.parts) or "."
    members = () if workspace is None else workspace.member_packages()
    return Scope(
        spec=spec,
        to_root=to_root,
        version=_version(spec, members),
        members=tuple(sorted(member.id.name for member in members)),
        programs={member.id.name: _programs(member) for member in members},
        problems=problems,
    )


def lower_spec(scope: Scope, lower: Lower, dockerfiles: LowerDockerfiles) -> Lowered:
    """Lower everything of a spec that is an expression, and images as Docker makes them."""
    spec = scope.spec
    outputs, helpers = lower(scope)
    apps, tasks = lower_tasks(scope)
    return Lowered(
        outputs=(*outputs, *apps),
        tasks=tasks,
        helpers=(*helpers, HELPER) if tasks else helpers,
        dockerfiles=tuple(dockerfiles(scope)),
        overlays={
            name: _overlay(overlay.path, overlay.nix_expr, scope) for name, overlay in spec.overlays.items()
        },
        formatter=None if spec.formatter is None else scope.reference(spec.formatter.package),
        crate_overrides=_crate_overrides(spec, scope),
        cargo_env=scope.templates(spec.cargo.env) if spec.cargo is not None else {},
    )


def plan_project(
    scope: Scope, files: WorkspaceFiles | None, workspace: WorkspacePlan, lowered: Lowered
) -> BuildPlan:
    """Put the whole project together."""
    spec = scope.spec
    cargo = workspace if isinstance(workspace, CargoPlan) else None
    plan = BuildPlan(
        name=spec.project.name,
        description=spec.project.description or spec.project.name,
        spec=str(spec.layout.spec),
        command=spec.layout.command,
        output=str(spec.layout.output),
        runtime=str(spec.layout.runtime),
        to_root=scope.to_root,
        systems=tuple(sorted(system.value for system in spec.project.systems)),
        inputs={name: _input(each) for name, each in spec.inputs.items()},
        cargo=cargo,
        package_set=workspace if isinstance(workspace, PackageSetPlan) else None,
        overlays=lowered.overlays,
        formatter=lowered.formatter,
        toolchain=_toolchain(spec, files, workspace),
        crate_overrides=lowered.crate_overrides,
        cargo_env=lowered.cargo_env,
        outputs=lowered.outputs,
        tasks=lowered.tasks,
        helpers=lowered.helpers,
        dockerfiles=lowered.dockerfiles,
        compiled_from=compiled_from(spec, files),
    )
    return replace(plan, ci=plan_ci(spec, lambda system: layer_attributes(plan, system)))


def _version(spec: Spec, members: Iterable[Package]) -> str:
    if spec.project.version is not None:
        return spec.project.version
    versions = {member.id.version for member in members}
    return versions.pop() if len(versions) == 1 else "0.0.0"


def _programs(member: Package) -> tuple[str, ...]:
    return tuple(sorted(target.name for target in member.targets if target.kind is TargetKind.BIN))


def _input(each: Input) -> dict[str, object]:
    entry: dict[str, object] = {"url": each.url}
    if not each.flake:
        entry["flake"] = False
    if each.follows:
        entry["inputs"] = {name: {"follows": each.follows[name]} for name in sorted(each.follows)}
    return entry


def _overlay(path: SpecPath | None, expression: NixExpr | None, scope: Scope) -> Expr:
    if path is not None:
        return nix.call("import", scope.path(path))
    return nix.NULL if expression is None else scope.expression(expression)


def _toolchain(spec: Spec, files: WorkspaceFiles | None, cargo: WorkspacePlan) -> ToolchainPlan:
    toolchain = spec.toolchain
    platforms = () if cargo is None else cargo.platforms
    return ToolchainPlan(
        overlay=toolchain.source is ToolchainSource.RUST_OVERLAY,
        channel=toolchain.channel,
        file=toolchain_file(spec, files),
        components=tuple(toolchain.components or ()),
        targets=tuple(sorted({p.target for p in platforms if p.target is not None})),
    )


def toolchain_file(spec: Spec, files: WorkspaceFiles | None) -> str | None:
    """Return the workspace's toolchain file, relative to the root, where the spec leaves the toolchain to it."""
    if files is None or spec.toolchain.channel is not None or spec.toolchain.components is not None:
        return None
    candidates = [f"{files.root}/{name}" if files.root else name for name in TOOLCHAIN_FILES]
    return next((path for path in candidates if (spec.layout.root / path).is_file()), None)


def _crate_overrides(spec: Spec, scope: Scope) -> dict[str, Expr]:
    """Return nixpkgs' protocol for the spec's crates; ``pkgs`` in it are the packages of the machine built for."""
    if spec.cargo is None:
        return {}
    overrides = {name: _override(override, scope) for name, override in spec.cargo.crates.items()}
    return {
        name: nix.function("_", nix.attrs(entries)) for name, entries in sorted(overrides.items()) if entries
    }


def _override(override: CrateOverride, scope: Scope) -> dict[str, object]:
    entries: dict[str, object] = {}
    if override.native_build_inputs:
        entries["nativeBuildInputs"] = scope.tools(override.native_build_inputs)
    if override.build_inputs:
        entries["buildInputs"] = scope.references(override.build_inputs)
    if override.env:
        entries["env"] = scope.templates(override.env)
    return entries


def compiled_from(spec: Spec, files: WorkspaceFiles | None) -> SourcePlan:
    """Return all that `flakegen check` looks at: what the compilation reads, and what it writes."""
    read = (
        everything_read(files) if files is not None else SourcePlan(files=(), rust=(), folders=(), without=())
    )
    named = sorted(paths_of(spec))
    own = [str(spec.layout.spec), str(spec.layout.facts)]
    own += files_elsewhere(spec)
    output = FolderPlan(path=str(spec.layout.output), recursive=True, match=None)
    return SourcePlan(
        files=tuple(sorted({*read.files, *own, *named})),
        rust=read.rust,
        folders=(*read.folders, *_folders(spec, named), output),
        without=(),
    )


def _folders(spec: Spec, paths: Iterable[str]) -> Iterator[FolderPlan]:
    """Yield the folders among images' files, of which everything is read."""
    of_images = paths_of(spec.images)
    for path in paths:
        if path in of_images and (spec.layout.root / path).is_dir():
            yield FolderPlan(path=path, recursive=True, match=None)


def files_elsewhere(spec: Spec) -> set[str]:
    """Return the files, relative to the root, that are written outside of the output folder for others to find."""
    return {str(spec.layout.relative(ci.path)) for ci in spec.ci.values() if ci.path is not None}


_UNREAD = frozenset(("source", "layout", "ignore", "directory"))


def paths_of(value: object) -> set[str]:
    """Return all files that a spec names to be read, wherever in it."""
    if isinstance(value, SpecPath):
        return {str(value.relative)}
    if isinstance(value, Mapping):
        return {path for each in value.values() for path in paths_of(each)}
    if isinstance(value, tuple):
        return {path for each in value for path in paths_of(each)}
    fields = getattr(type(value), "__dataclass_fields__", {})
    return {path for name in fields if name not in _UNREAD for path in paths_of(getattr(value, name))}

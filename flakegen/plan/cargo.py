"""The CargoPlan: unit table, crates, sources and layers of one workspace, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from posixpath import isabs, relpath

from msgspec import Struct

from flakegen.cargo.environment import package_texts
from flakegen.cargo.package import Package, Target, TargetKind
from flakegen.cargo.rustc_args import feature_check_cfg, lint_flags
from flakegen.cargo.unit import Mode
from flakegen.embed.hashes import Entry
from flakegen.embed.inputs import PackageInputs, TargetInputs
from flakegen.plan.building import Building
from flakegen.plan.cargo_plan import (
    CargoPlan,
    CratePlan,
    EnvironmentsPlan,
    FetchPlan,
    Platform,
    RustfmtPlan,
    SourcePlan,
    TargetPlan,
    UnitPlan,
)
from flakegen.plan.edges import keys_needed_anywhere
from flakegen.plan.layering import places_of
from flakegen.plan.sources import Extra, inputs_of, script_source, source_of_test, target_source
from flakegen.plan.unit_seconds import CodeSize, unit_seconds
from flakegen.plan.units import UnitTable, Variant, common_edges, is_third_party

# Macros that look up their own crate's name in the manifest of the crate that calls them.
_MANIFEST_READERS = frozenset(("proc-macro-crate", "find-crate", "document-features"))
_TESTING = frozenset((Mode.TEST, Mode.CHECK_TEST, Mode.DOCTEST))
_HARNESSED = frozenset((TargetKind.TEST, TargetKind.BENCH))
_PRODUCTION = frozenset((Mode.BUILD, Mode.RUN_CUSTOM_BUILD))


class VendoredFiles(Struct, frozen=True, kw_only=True):
    """Other people's crates in the project: folders that hold them, and what a compilation looks at in those."""

    folders: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class WorkspaceFiles(Struct, frozen=True, kw_only=True):
    """What the disk says of the workspace's own packages, by the directory of each, relative to the project root."""

    root: str  # the workspace's folder
    project_root: str  # the project's, absolute
    inputs: Mapping[str, PackageInputs]
    rebuild_hashes: Mapping[str, str]
    embedded: Mapping[str, tuple[Entry, ...]]  # what these are the hashes of
    guard: Mapping[str, str]  # what the plan is made from -> sha256 in hex
    extras: Mapping[str, Extra]  # by directory
    noticed: tuple[str, ...]  # files whose mere presence counts, as a README's for `CARGO_PKG_README`
    nested: Mapping[str, tuple[str, ...]]  # packages and generated files inside a package, by directory
    vendored: tuple[str, ...]  # folders of other people's crates
    members: tuple[str, ...]  # directories of the workspace's members
    environments: EnvironmentsPlan
    named: tuple[str, ...]  # files that configuration names, for all packages
    clippy: Mapping[str, tuple[str, ...]]  # clippy.toml, by a package's directory
    rustfmt: tuple[str, ...]  # rustfmt.toml of all folders
    prepared: tuple[str, ...]  # folders of sqlx's prepared queries
    sizes: Mapping[str, Mapping[str, CodeSize]]  # of code, by directory and then by the target's main file

    def directory(self, package: Package) -> str:
        """Return a local package's directory, relative to the project root."""
        if isabs(package.directory):  # outside of the workspace
            return relpath(package.directory, self.project_root)
        return join(self.root, package.directory)


def plan_cargo(
    table: UnitTable,
    *,
    name: str,
    command: str,
    platforms: tuple[Platform, ...],
    building: Building,
    files: WorkspaceFiles,
    rustfmt: RustfmtPlan,
    fetch: Callable[[Package], FetchPlan],
) -> CargoPlan:
    """Lower the units of all builds, and what the scanner found, to one plan; ``fetch`` says where crates are."""
    sources: dict[str, SourcePlan] = {}
    return CargoPlan(
        name=name,
        root=files.root,
        command=command,
        guard=files.guard,
        content_addressed=building.content_addressed,
        platforms=platforms,
        profiles={name: flags for flags, name in table.profiles.items()},
        scripts={name: dict(variables) for variables, name in table.scripts.items()},
        replaced=table.replaced,
        environments=files.environments,
        crates=_crates(table, files, fetch),
        units=dict(sorted(_units(table, files, sources, platforms, building))),
        sources=dict(sorted(sources.items())),
        builds=table.roots,
        rustfmt=rustfmt,
    )


def join(folder: str, name: str) -> str:
    """Join two `/`-separated relative paths, either of which may be empty or `.`."""
    parts = [part for part in (folder, name) if part not in {"", "."}]
    return "/".join(parts)


def _units(
    table: UnitTable,
    files: WorkspaceFiles,
    sources: dict[str, SourcePlan],
    platforms: tuple[Platform, ...],
    building: Building,
) -> Iterator[tuple[str, UnitPlan]]:
    seconds = unit_seconds(table, _sizes(table, files), building.measured)
    places = places_of(
        table, seconds, platforms, shards=building.shards, least_seconds=building.least_seconds
    )
    reads_manifest = _reachable_from(table, lambda variant: variant.package.id.name in _MANIFEST_READERS)
    for variant in table.variants.values():
        identity = variant.identity
        common, only = common_edges(variant.edges)
        source, env = None, dict[str, str]()
        if not is_third_party(variant.package):
            source, env = _source(variant, files, sources, manifests=variant.key in reads_manifest)
        yield variant.key, UnitPlan(
            key=variant.key,
            crate=identity.crate,
            target=identity.target,
            mode=identity.mode,
            cross=identity.cross,
            clippy=identity.clippy,
            profile=identity.profile,
            features=identity.features,
            flags=identity.flags,
            source=source,
            env=_unbuilt_binaries(variant) | env | dict(identity.env),
            edges=common,
            only=only,
            layer=places[variant.key].layer,
            shard=places[variant.key].shard,
            seconds=seconds[variant.key],
        )


def _sizes(table: UnitTable, files: WorkspaceFiles) -> dict[str, CodeSize]:
    return {
        key: files.sizes[files.directory(variant.package)][variant.unit_target.src_path]
        for key, variant in table.variants.items()
        if not is_third_party(variant.package)
    }


def _unbuilt_binaries(variant: Variant) -> dict[str, str]:
    """Return the `CARGO_BIN_EXE_*` of binaries that a test names and that are not built for it.

    Cargo tells a test of all its package's binaries, those without their required features too, and linting builds none.
    """
    target = variant.unit_target
    if target.kind not in _HARNESSED or is_third_party(variant.package):
        return {}
    built = {name for edges in variant.edges.values() for name in edges.bins}
    binaries = [each.name for each in variant.package.targets if each.kind is TargetKind.BIN]
    return {f"CARGO_BIN_EXE_{name}": f"/target/debug/{name}" for name in binaries if name not in built}


def _source(
    variant: Variant, files: WorkspaceFiles, sources: dict[str, SourcePlan], *, manifests: bool
) -> tuple[str, dict[str, str]]:
    """Name a local unit's source, plan it if it is new, and say what the unit must be told of it."""
    package, target = variant.package, variant.unit_target
    directory = files.directory(package)
    inputs = files.inputs[directory]
    name = f"{variant.identity.crate} {variant.identity.target}"
    extra = files.extras[directory].with_files(files.named)
    if manifests:
        extra = extra.with_files((join(directory, "Cargo.toml"), join(files.root, "Cargo.toml")))
    settings = files.clippy[directory] if variant.identity.clippy else ()
    nested = files.nested[directory]
    if variant.unit_mode is Mode.RUN_CUSTOM_BUILD and inputs.build_script_inputs is not None:
        name += " run"
        if name not in sources:
            sources[name] = script_source(inputs, inputs.build_script_inputs, nested, extra)
        return name, {}
    name += " with its manifest" if manifests else ""
    if settings:
        name += " linted"
        extra = extra.with_files(settings)
    if variant.unit_mode in _TESTING:
        name += " test"
        if name not in sources:
            sources[name] = source_of_test(target, inputs, nested, extra)
    elif name not in sources:
        sources[name] = target_source(target, inputs, extra)
    return name, _offline(inputs_of(target, inputs))


def _offline(found: TargetInputs) -> dict[str, str]:
    """Return what tells sqlx's macros to go by prepared queries."""
    variables = {"SQLX_OFFLINE": "true"} if found.sqlx_offline else {}
    if found.sqlx_offline_dir is not None:
        variables["SQLX_OFFLINE_DIR"] = f"@source@/{found.sqlx_offline_dir}"
    return variables


def _reachable_from(table: UnitTable, is_origin: Callable[[Variant], bool]) -> set[str]:
    """Return the keys of the units that depend, near or far, on one for which ``is_origin`` holds."""
    reached: set[str] = set()
    waiting = [variant.key for variant in table.variants.values() if is_origin(variant)]
    if not waiting:
        return reached
    dependents: dict[str, list[str]] = {}
    for variant in table.variants.values():
        for key in keys_needed_anywhere(variant):
            dependents.setdefault(key, []).append(variant.key)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(dependents.get(key, ()))
    return reached


def _crates(
    table: UnitTable, files: WorkspaceFiles, fetch: Callable[[Package], FetchPlan]
) -> dict[str, CratePlan]:
    used: dict[str, dict[str, Target]] = {}
    for variant in table.variants.values():
        used.setdefault(variant.identity.crate, {})[variant.identity.target] = variant.unit_target
    return {key: _crate(package, used[key], files, fetch) for key, package in sorted(table.packages.items())}


def _crate(
    package: Package,
    targets: Mapping[str, Target],
    files: WorkspaceFiles,
    fetch: Callable[[Package], FetchPlan],
) -> CratePlan:
    local = not is_third_party(package)
    directory = files.directory(package) if local else None
    embedded = files.embedded[directory] if directory is not None else ()
    lib = next((t for t in package.targets if t.kind is TargetKind.LIB), None)
    return CratePlan(
        name=package.id.name,
        version=package.id.version,
        directory=directory,
        fetch=None if local else fetch(package),
        is_member=local and directory in files.members,
        links=package.links,
        has_lib=lib is not None,
        texts=package_texts(package),
        check_cfg=feature_check_cfg(package),
        lints=lint_flags(package.lints) if local else None,
        rebuild_hash=files.rebuild_hashes[directory] if embedded and directory is not None else None,
        embedded=embedded,
        targets={key: _target(targets[key]) for key in sorted(targets)},
    )


_LINK_SCOPES = {
    TargetKind.BIN: ("bins",),
    TargetKind.TEST: ("tests",),
    TargetKind.BENCH: ("benches",),
    TargetKind.EXAMPLE: ("examples",),
}


def _target(target: Target) -> TargetPlan:
    scopes = _LINK_SCOPES.get(target.kind, ())
    if target.kind is TargetKind.EXAMPLE and set(target.crate_types) != {"bin"}:
        scopes = ()  # no program
    if target.kind is TargetKind.BIN:
        scopes = (*scopes, f"bin-{target.name}")
    return TargetPlan(
        kind=target.kind.value,
        name=target.name,
        crate=target.crate_name,
        path=target.src_path,
        edition=target.edition,
        types=target.crate_types,
        link_scopes=scopes,
        harness=target.harness,
        proc_macro=target.proc_macro,
    )

"""From the workspace to the package set: the conditional graph with sources, profiles and configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import relpath

from flakegen.cargo.cfg import parse_platform
from flakegen.cargo.conditional.condition import AtomKind, Condition
from flakegen.cargo.conditional.features import value_text
from flakegen.cargo.conditional.graph import (
    ConditionalDependency,
    ConditionalPackage,
    Side,
    conditional_graph,
)
from flakegen.cargo.features import Seed
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.package import Package, SourceKind, TargetKind
from flakegen.cargo.platforms import with_rustflags
from flakegen.cargo.profiles import profile_table
from flakegen.cargo.selection import select
from flakegen.cargo.source import crates_io
from flakegen.cargo.workspace import Workspace
from flakegen.plan.cargo import WorkspaceFiles
from flakegen.plan.cargo_plan import FetchPlan, Platform
from flakegen.plan.package_set import (
    FlagsPlan,
    LibraryPlan,
    PackagePlan,
    PackageSetPlan,
    ProductPlan,
    SidePlan,
)
from flakegen.plan.package_sources import package_sources, workspace_frame
from flakegen.plan.profile_values import plan_profiles
from flakegen.plan.requests import CargoRequest

_LOCAL_REGISTRY = "unknown"


def plan_package_set(
    workspace: Workspace,
    files: WorkspaceFiles,
    requests: Iterable[CargoRequest],
    *,
    fetch: Callable[[Package], FetchPlan],
    platforms: tuple[Platform, ...],
    command: str,
) -> PackageSetPlan:
    """Resolve the workspace for everything that can be asked of it, and put it together for cargo2nix's overlay."""
    asked = {request.name: _seeds(workspace, request) for request in requests}
    graph = conditional_graph(workspace, [seed for seeds in asked.values() for seed in seeds])
    indices = [package.package for package in graph]
    keys = package_keys(workspace, indices)
    profiles, others = plan_profiles(workspace, indices)
    sources = package_sources(workspace, files, indices)
    members = frozenset(workspace.members)
    return PackageSetPlan(
        platforms=platforms,
        root=files.root,
        command=command,
        guard={_below(path, files.root): digest for path, digest in sorted(files.guard.items())},
        registry=f"registry+{crates_io().url}",
        frame=workspace_frame(workspace, files),
        member_names={index: workspace.packages[index].id.name for index in members},
        members={workspace.packages[index].id.name: keys[index] for index in sorted(members)},
        platform_keys={key: parse_platform(key) for key in _platform_keys(graph, workspace)},
        flags=tuple(_flags(workspace)),
        config=_config(workspace),
        profiles=profiles,
        packages={
            keys[each.package]: PackagePlan(
                name=workspace.packages[each.package].id.name,
                version=workspace.packages[each.package].id.version,
                registry=_registry_of(workspace.packages[each.package]),
                source=sources.get(each.package) or fetch(workspace.packages[each.package]),
                proc_macro=each.target is None,
                target=_side(each.target, keys),
                host=_side(each.host, keys),
                profiles=others[each.package],
                selected=each.reached if each.package in members else None,
            )
            for each in graph
        },
        products={request.name: _product(workspace, request, asked[request.name]) for request in requests},
    )


def package_keys(workspace: Workspace, indices: Iterable[int]) -> dict[int, str]:
    """Name packages by name and version, and by their sources where that leaves several."""
    names: dict[str, list[int]] = {}
    for index in indices:
        package = workspace.packages[index].id
        names.setdefault(f"{package.name}-{package.version}", []).append(index)
    found: dict[int, str] = {}
    for name, same in names.items():
        for number, index in enumerate(same):
            source = workspace.packages[index].id.source
            rev = "" if source.rev is None else f"-{source.rev[:8]}"
            found[index] = name if len(same) == 1 else f"{name}-{source.kind.value}{rev}-{number + 1}"
    return found


def _seeds(workspace: Workspace, request: CargoRequest) -> tuple[Seed, ...]:
    return select(workspace, request.request).seeds


def root_features(workspace: Workspace, seeds: Iterable[Seed]) -> tuple[str, ...]:
    """Return a selection as cargo2nix writes it: `member` alone, or `member/feature` for each feature."""
    found: list[str] = []
    for seed in seeds:
        name = workspace.packages[seed.package].id.name
        found += [f"{name}/{value_text(value)}" for value in seed.values] or [name]
    return tuple(sorted(found))


def _product(workspace: Workspace, request: CargoRequest, seeds: tuple[Seed, ...]) -> ProductPlan:
    (index,) = select(workspace, request.request).packages
    package, profile = workspace.packages[index], request.request.profile_name
    settings = profile_table(workspace).settings(profile, index, "", is_member=True, host=False, unwind=False)
    return ProductPlan(
        package=package.id.name,
        root_features=root_features(workspace, seeds),
        profile=profile,
        is_release=settings.profile.is_release,
        has_programs=any(target.kind is TargetKind.BIN for target in package.targets),
        env=dict(request.env),
    )


def _side(side: Side | None, keys: Mapping[int, str]) -> SidePlan | None:
    if side is None:
        return None
    return SidePlan(
        features=side.features,
        dependencies=_libraries(side.dependencies, keys),
        dev_dependencies=_libraries(side.dev_dependencies, keys),
        build_dependencies=_libraries(side.build_dependencies, keys),
    )


def _libraries(
    dependencies: Iterable[ConditionalDependency], keys: Mapping[int, str]
) -> tuple[LibraryPlan, ...]:
    return tuple(
        LibraryPlan(name=each.name, package=keys[each.package], host=each.host, condition=each.condition)
        for each in dependencies
    )


def _registry_of(package: Package) -> str:
    """The attribute that cargo2nix files a package under; a git repository's with its revision, unlike cargo2nix's own."""
    source = package.id.source
    match source.kind:
        case SourceKind.PATH:
            return _LOCAL_REGISTRY
        case SourceKind.GIT:
            return f"git+{source.url.partition('?')[0]}#{source.rev}"
        case SourceKind.REGISTRY:
            return source.url if source.url.startswith("sparse+") else f"registry+{source.url}"


def _platform_keys(graph: Iterable[ConditionalPackage], workspace: Workspace) -> list[str]:
    """All platform keys that conditions name, and those of `rustflags`."""
    conditions = (condition for package in graph for condition in _conditions(package))
    found = {
        atom.text
        for condition in conditions
        for product in condition
        for atom in product
        if atom.kind in (AtomKind.TARGET, AtomKind.HOST)
    }
    return sorted(found | {flags.key for flags in _flags(workspace) if flags.key is not None and flags.cfgs})


def _conditions(package: ConditionalPackage) -> Iterator[Condition]:
    yield package.reached
    for side in (package.target, package.host):
        if side is not None:
            yield from (condition for _, condition in side.features)
            for table in (side.dependencies, side.dev_dependencies, side.build_dependencies):
                yield from (each.condition for each in table)


def _flags(workspace: Workspace) -> Iterator[FlagsPlan]:
    """Yield what `rustflags` of the configuration add to cfgs, by the key that they stand under."""
    tables = table_of(workspace.config.table, "target")
    for key in sorted(tables):
        flags = _texts(table_of(tables, key).get("rustflags"))
        if flags:
            yield FlagsPlan(key=key, cfgs=_cfgs(flags))
    flags = _texts(table_of(workspace.config.table, "build").get("rustflags"))
    if flags:
        yield FlagsPlan(key=None, cfgs=_cfgs(flags))


def _cfgs(flags: tuple[str, ...]) -> tuple[str | tuple[str, str], ...]:
    return tuple(sorted(with_rustflags(frozenset(), flags), key=repr))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _config(workspace: Workspace) -> dict[str, object]:
    """What of the configuration decides how crates are compiled; linkers, wrappers and sources are the builder's."""
    table = workspace.config.table
    found: dict[str, object] = {}
    flags = table_of(table, "build").get("rustflags")
    if flags:
        found["build"] = {"rustflags": list(_texts(flags))}
    tables = {key: _target_config(value) for key, value in sorted(table_of(table, "target").items())}
    if any(tables.values()):
        found["target"] = {key: value for key, value in tables.items() if value}
    if env := table_of(table, "env"):
        found["env"] = env
    return found


def _target_config(value: object) -> dict[str, object]:
    """What of `[target.<key>]` counts: flags, and what stands in for build scripts (`[target.<triple>.<links>]`)."""
    if not isinstance(value, dict):
        return {}
    flags = _texts(value.get("rustflags"))
    found: dict[str, object] = {"rustflags": list(flags)} if flags else {}
    return found | {key: value[key] for key in sorted(value) if isinstance(value[key], dict)}


def _below(path: str, folder: str) -> str:
    return relpath(path, folder or ".")

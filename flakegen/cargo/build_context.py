"""What roots and edges share while one request is answered: platforms, features, profiles and interned nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from flakegen.cargo.errors import PlatformError, Problem
from flakegen.cargo.existing_dependencies import existing_dependencies
from flakegen.cargo.feature_map import FeatureMap
from flakegen.cargo.features import FeatureOptions, ResolvedFeatures, resolve_features
from flakegen.cargo.graph_node import Node, UnitFor
from flakegen.cargo.known_features import known_features
from flakegen.cargo.package import Dependency, DependencyKind, SourceKind, Target
from flakegen.cargo.platforms import CfgSetKind, Platform, base_cfgs, with_rustflags
from flakegen.cargo.profiles import ProfileTable, Settings, profile_table
from flakegen.cargo.request import BuildRequest
from flakegen.cargo.selection import Selection, select
from flakegen.cargo.unit import Mode
from flakegen.cargo.workspace import Workspace


def platform_of(workspace: Workspace, triple: str, kind: CfgSetKind, *, gets_rustflags: bool) -> Platform:
    """A platform with the cfgs that cargo would see, remembered per workspace.

    Raises:
        PlatformError: the triple is not known.
    """
    key = ("platform", triple, kind, gets_rustflags)
    found: Platform | None = workspace.cache.get(key)
    if found is None:
        extra: dict[tuple[str, CfgSetKind], Any] = workspace.cache.get("extra cfgs", {})
        cfgs = extra.get((triple, kind)) or base_cfgs(triple, kind)
        flags = workspace.config.rustflags(triple, cfgs) if gets_rustflags else ()
        found = workspace.cache[key] = Platform(
            triple=triple, cfgs=with_rustflags(cfgs, flags), rustflags=flags
        )
    return found


class PackageGroups(dict[int, int]):
    """A number for each package: those of one number have the same profile as each other, whatever they are built for."""

    def __init__(self, workspace: Workspace, profiles: ProfileTable, profile_name: str) -> None:
        """Start without knowing any package."""
        self._packages = workspace.packages
        self._members = frozenset(workspace.members)
        self._profiles = profiles
        self._profile_name = profile_name
        self._numbers: dict[tuple[bool, bool, int], int] = {}

    def __missing__(self, package: int) -> int:
        """Number a package that is asked for the first time."""
        is_path = self._packages[package].id.source.kind is SourceKind.PATH
        override = self._profiles.matching(self._profile_name, package)
        group = (package in self._members, is_path, id(override))
        found = self[package] = self._numbers.setdefault(group, len(self._numbers))
        return found


class BuildContext(Struct, kw_only=True):
    """One request being answered; ``targets`` are the platforms of normal units, one or more."""

    workspace: Workspace
    request: BuildRequest
    host: Platform
    targets: tuple[Platform, ...]
    selection: Selection
    features: ResolvedFeatures
    profiles: ProfileTable
    profile_name: str
    members: frozenset[int]
    groups: PackageGroups
    nodes: dict[tuple[Any, ...], Node] = field(default_factory=dict)

    def triple_of(self, platform: Platform | None) -> str:
        """The triple that a unit runs on."""
        return self.host.triple if platform is None else platform.triple

    def settings(self, package: int, unit_for: UnitFor, platform: Platform | None) -> Settings:
        """The profile of a unit of a package."""
        return self.profiles.settings(
            self.profile_name,
            package,
            self.triple_of(platform),
            is_member=package in self.members,
            host=unit_for.host,
            unwind=unit_for.unwind,
        )

    def node(
        self,
        package: int,
        target: Target,
        settings: Settings,
        platform: Platform | None,
        mode: Mode,
        features: tuple[str, ...],
    ) -> Node:
        """The node of a unit; an equal one that exists already keeps its own profile's deferrals."""
        key = (package, id(target), settings.number, platform, mode, features)
        found = self.nodes.get(key)
        if found is None:
            found = self.nodes[key] = Node(package, target, settings, platform, mode, features)
        return found

    def known_features(self, package: int) -> FeatureMap:
        """The feature map of a package."""
        return known_features(self.workspace, package)

    def existing(self, package: int) -> Iterator[tuple[int, Dependency]]:
        """The declared dependencies that cargo's first resolver finds to exist, with the packages they mean."""
        names = existing_dependencies(self.workspace, self.selection.seeds).get(package, ())
        is_seed = any(seed.package == package for seed in self.selection.seeds)
        for resolved in self.workspace.dependencies[package]:
            dependency = resolved.dependency
            if resolved.package is None or (dependency.optional and dependency.name not in names):
                continue
            if is_seed or dependency.kind is not DependencyKind.DEV:
                yield resolved.package, dependency

    def missing_features(
        self, package: int, required: tuple[str, ...], platforms: tuple[Platform, ...], *, with_dev: bool
    ) -> list[str]:
        """Which of a target's `required-features` are off: the package's own, or `dependency/feature`."""
        own = self.features.of(package, host=False)
        missing = [feature for feature in required if feature not in own]
        if not any("/" in feature for feature in missing):
            return missing
        found = self._dependency_features(package, (*platforms, self.host), with_dev=with_dev)
        return [feature for feature in missing if feature not in found]

    def _dependency_features(
        self, package: int, platforms: tuple[Platform, ...], *, with_dev: bool
    ) -> set[str]:
        """`dependency/feature` of all dependencies that a platform and kind let through, package by package."""
        found: set[str] = set()
        groups: dict[int, list[Dependency]] = {}
        for index, dependency in self.existing(package):
            groups.setdefault(index, []).append(dependency)
        for index, dependencies in groups.items():
            if any(
                (with_dev or d.kind is not DependencyKind.DEV)
                and any(p.selects(d.platform) for p in platforms)
                for d in dependencies
            ):
                is_macro = any(target.proc_macro for target in self.workspace.packages[index].targets)
                for dependency in dependencies:
                    host = is_macro or dependency.kind is DependencyKind.BUILD
                    found |= {f"{dependency.name}/{f}" for f in self.features.of(index, host=host)}
        return found


def make_context(workspace: Workspace, request: BuildRequest) -> BuildContext:
    """Select packages and resolve features for a request.

    Raises:
        CargoError: the request does not fit the workspace.
    """
    triples = request.targets
    if any(triple.endswith(".json") for triple in triples):
        message = "target specification files are unstable in cargo and not supported"
        raise PlatformError(Problem(code="platform-json", message=message))
    host = platform_of(workspace, request.host, request.cfg_set, gets_rustflags=not triples)
    targets = tuple(
        platform_of(workspace, triple, request.cfg_set, gets_rustflags=True)
        for triple in sorted(set(triples))
    )
    selection = select(workspace, request)
    options = FeatureOptions(workspace.resolver, host, targets or (host,), request.has_dev_units)
    profiles, name = profile_table(workspace), request.profile_name
    groups: PackageGroups | None = workspace.cache.get(("package groups", name))
    if groups is None:
        groups = workspace.cache["package groups", name] = PackageGroups(workspace, profiles, name)
    return BuildContext(
        workspace=workspace,
        request=request,
        host=host,
        targets=targets or (host,),
        selection=selection,
        features=resolve_features(workspace, options, selection.seeds),
        profiles=profiles,
        profile_name=name,
        members=frozenset(workspace.members),
        groups=groups,
    )

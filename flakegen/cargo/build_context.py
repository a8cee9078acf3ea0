"""What roots and edges share while one request is answered: platforms, features, profiles and interned nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flakegen.cargo.errors import PlatformError, Problem
from flakegen.cargo.feature_map import FeatureMap
from flakegen.cargo.features import FeatureOptions, ResolvedFeatures, resolve_features
from flakegen.cargo.known_features import known_features
from flakegen.cargo.graph_node import Node, UnitFor
from flakegen.cargo.package import DependencyKind, Target
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
        found = workspace.cache[key] = Platform(triple=triple, cfgs=with_rustflags(cfgs, flags), rustflags=flags)
    return found


@dataclass(slots=True, kw_only=True)
class BuildContext:
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

    def features_with_dependencies(
        self, package: int, platforms: tuple[Platform, ...], *, with_dev: bool
    ) -> frozenset[str]:
        """What `required-features` may name: the package's features, and `dependency/feature`."""
        found = set(self.features.of(package, host=False))
        active = self.features.active_in(package, host=False) | self.features.active_in(package, host=True)
        groups: dict[int, list[Any]] = {}
        for resolved in self.workspace.dependencies[package]:
            dependency = resolved.dependency
            if resolved.package is not None and (not dependency.optional or dependency.name in active):
                groups.setdefault(resolved.package, []).append(dependency)
        for index, dependencies in groups.items():
            if any(
                (with_dev or d.kind is not DependencyKind.DEV)
                and any(platform.selects(d.platform) for platform in (*platforms, self.host))
                for d in dependencies
            ):
                is_macro = any(target.proc_macro for target in self.workspace.packages[index].targets)
                for dependency in dependencies:
                    host = is_macro or dependency.kind is DependencyKind.BUILD
                    found |= {f"{dependency.name}/{f}" for f in self.features.of(index, host=host)}
        return frozenset(found)


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
        platform_of(workspace, triple, request.cfg_set, gets_rustflags=True) for triple in sorted(set(triples))
    )
    selection = select(workspace, request)
    options = FeatureOptions(workspace.resolver, host, targets or (host,), request.has_dev_units)
    return BuildContext(
        workspace=workspace,
        request=request,
        host=host,
        targets=targets or (host,),
        selection=selection,
        features=resolve_features(workspace, options, selection.seeds),
        profiles=profile_table(workspace),
        profile_name=request.profile_name,
        members=frozenset(workspace.members),
    )

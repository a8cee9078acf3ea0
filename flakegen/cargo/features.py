"""Which features of which package are on (cargo's `core/resolver/features.rs`).

With resolver 2 a package has two feature sets: as a normal or dev-dependency, and as a host dependency (of build
scripts and proc-macros). Resolver 1 has one, ignores platforms, and always counts the selected members' dev-dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from flakegen.cargo.errors import CargoError, FactsError, LockError, Problem, SelectionError
from flakegen.cargo.existing_dependencies import Existing, existing_dependencies, resolvers_may_disagree
from flakegen.cargo.feature_map import (
    DependencyFeature,
    Feature,
    FeatureMap,
    FeatureValue,
    OptionalDependency,
    parse_value,
)
from flakegen.cargo.known_features import Closure, closure_of_values, feature_closure, known_features
from flakegen.cargo.package import DependencyKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.workspace import Resolver, Workspace, platform_dependents

_BUILD, _DEV = DependencyKind.BUILD, DependencyKind.DEV  # an enum's members are slow to get at


class Seed(Struct, frozen=True):
    """A selected member with the feature values asked of it."""

    package: int
    values: tuple[FeatureValue, ...]


class FeatureOptions(Struct, frozen=True):
    """What the result depends on besides the seeds; ``targets`` are the requested platforms, or just the host."""

    resolver: Resolver
    host: Platform
    targets: tuple[Platform, ...]
    has_dev_units: bool


class ResolvedFeatures(Struct, frozen=True, kw_only=True):
    """Feature sets by (package, is host dependency), each sorted; and the optional dependencies that are on."""

    features: dict[tuple[int, bool], tuple[str, ...]]
    active: dict[tuple[int, bool], frozenset[str]]
    seeds: tuple[Seed, ...]
    separates_host: bool

    def of(self, package: int, *, host: bool) -> tuple[str, ...]:
        """The features of a package in a role; empty if it has none there."""
        return self.features.get((package, host and self.separates_host), ())

    def active_in(self, package: int, *, host: bool) -> frozenset[str]:
        """Names of the optional dependencies of a package that are on in a role."""
        return self.active.get((package, host and self.separates_host), frozenset())


class _Edge(Struct, frozen=True, eq=False):
    """A dependency that counts for features: where it leads, and all that it asks for there."""

    name: str
    leads_to: tuple[int, bool]  # package, and whether it is a host dependency
    optional: bool
    asked: Closure


class _Edges:
    """The edges of a package in a role: those always followed, all by name, and names that the lock does not have."""

    __slots__ = ("by_name", "mandatory", "unlocked")

    def __init__(self) -> None:
        self.mandatory: list[_Edge] = []
        self.by_name: dict[str, list[_Edge]] = {}
        self.unlocked: list[str] = []


class _Node:
    """The state of one package in one role."""

    __slots__ = ("active", "asked", "by_name", "deferred", "done", "features", "index", "map")

    def __init__(self, index: int, known: FeatureMap, by_name: dict[str, list[_Edge]]) -> None:
        self.index = index
        self.map = known
        self.by_name = by_name
        self.features: set[str] = set()
        self.active: set[str] = set()
        self.asked: set[int] = set()  # ids of closures
        self.done: set[FeatureValue] = set()  # values other than features
        self.deferred: dict[str, set[str]] = {}


class _Solver:
    """Activates values until nothing is left; work lists, since the result does not depend on the order."""

    def __init__(self, workspace: Workspace, options: FeatureOptions, seeds: tuple[Seed, ...]) -> None:
        self.workspace = workspace
        self.options = options
        self.seeds = frozenset(seed.package for seed in seeds)
        self.platform_dependents = platform_dependents(workspace)
        self.existing: Existing | None = None
        if resolvers_may_disagree(workspace, seeds):
            self.existing = existing_dependencies(workspace, seeds)
        self.separates_host = options.resolver is Resolver.V2
        self.nodes: dict[tuple[int, bool], _Node] = {}
        self.entering: list[_Edge] = []
        self.pending: list[tuple[_Node, FeatureValue]] = []
        self.problems: list[Problem] = []
        # Edges depend on the platforms (most packages' not even on these), not on the features: requests share them.
        cache = workspace.cache
        key = (options.resolver, options.host, options.targets)
        self.edges: dict[tuple[int, bool, bool], _Edges] = cache.setdefault(("feature edges", *key), {})
        self.common: dict[tuple[int, bool, bool], _Edges] = cache.setdefault(
            ("common feature edges", options.resolver), {}
        )
        self.with_dev = options.has_dev_units or not self.separates_host

    def run(self) -> None:
        entering, pending, enter, activate = self.entering, self.pending, self.enter, self.activate
        while entering or pending:
            while entering:
                enter(entering.pop())
            if pending:
                activate(*pending.pop())

    def plant(self, seed: Seed, *, host: bool) -> None:
        """Start from a selected member."""
        key = (seed.package, host)
        node = self.nodes.get(key) or self.made(key)
        self.pending += [(node, value) for value in seed.values]

    def enter(self, edge: _Edge) -> _Node:
        """Follow an edge: its package is built, with the features that it asks for."""
        node = self.nodes.get(edge.leads_to) or self.made(edge.leads_to)
        if id(edge.asked) not in node.asked:
            self.turn_on(node, edge.asked)
        return node

    def turn_on(self, node: _Node, asked: Closure) -> None:
        """Turn on features with all that they bring along in their package; what that means elsewhere is left for later."""
        node.asked.add(id(asked))
        node.features |= asked.features
        if asked.others:
            self.pending += [(node, other) for other in asked.others if other not in node.done]
            node.done.update(asked.others)
        for name in asked.unknown:
            self._complain_unknown(node.index, name)

    def made(self, key: tuple[int, bool]) -> _Node:
        """The state of a package in a role that is met for the first time; its mandatory dependencies are followed."""
        index, host = key
        edges = self.edges_of(index, host)
        by_name = edges.by_name
        if self.existing is not None:
            names = self.existing.get(index, ())
            by_name = {n: [e for e in by_name[n] if not e.optional or n in names] for n in by_name}
        found = self.nodes[key] = _Node(index, known_features(self.workspace, index), by_name)
        self.entering += edges.mandatory
        if edges.unlocked:
            self.problems += [self._unlocked(index, name) for name in edges.unlocked]
        return found

    def activate(self, node: _Node, value: FeatureValue) -> None:
        """Activate one feature value of a package."""
        if isinstance(value, DependencyFeature):
            self.activate_in_dependency(node, value)
        elif isinstance(value, Feature):
            if value.name not in node.features:
                self.turn_on(node, feature_closure(self.workspace, node.index, value.name))
        elif value.name not in node.active:
            node.active.add(value.name)
            deferred = node.deferred.pop(value.name, ())
            for edge in node.by_name.get(value.name, ()):
                child = self.enter(edge)
                self.pending += [(child, parse_value(feature)) for feature in deferred]

    def activate_in_dependency(self, node: _Node, value: DependencyFeature) -> None:
        """Activate `dependency/feature`; by name, so in every table and kind that has it."""
        name, feature = value.dependency, value.feature
        for edge in node.by_name.get(name, ()):
            if edge.optional:
                if name not in node.active:
                    if value.weak:
                        node.deferred.setdefault(name, set()).add(feature)
                        continue
                    self.pending.append((node, OptionalDependency(name)))
                if not value.weak and name in node.map and name not in node.features:
                    self.pending.append((node, Feature(name)))
            child = self.nodes.get(edge.leads_to) or self.made(edge.leads_to)
            if feature not in child.features:  # which has no values of other kinds
                self.pending.append((child, parse_value(feature)))

    def active_of(self, node: _Node) -> frozenset[str]:
        """The optional dependencies of a node that are on, and exist."""
        return frozenset(
            node.active if self.existing is None else node.active & self.existing.get(node.index, set())
        )

    def edges_of(self, index: int, host: bool) -> _Edges:  # noqa: FBT001 - a key's part
        with_dev = self.with_dev and index in self.seeds
        key = (index, host, with_dev)
        edges = self.edges if index in self.platform_dependents else self.common
        found = edges.get(key)
        if found is None:
            found = edges[key] = self._compute_edges(index, host=host, with_dev=with_dev)
        return found

    def _compute_edges(self, index: int, *, host: bool, with_dev: bool) -> _Edges:
        found = _Edges()
        options, separates = self.options, self.separates_host
        for resolved in self.workspace.dependencies[index]:
            dependency = resolved.dependency
            is_build = dependency.kind is _BUILD
            if dependency.kind is _DEV and not with_dev:
                continue
            if separates and dependency.platform is not None:
                platforms = (options.host,) if host or is_build else options.targets
                if not any(platform.selects(dependency.platform) for platform in platforms):
                    continue
            package = resolved.package
            if package is None:
                found.unlocked += [] if dependency.optional else [dependency.name]
                continue
            names = dependency.features
            if dependency.default_features and "default" in known_features(self.workspace, package):
                names = (*names, "default")
            library = self.workspace.libraries[package]
            to_host = host or (separates and (is_build or (library is not None and library.proc_macro)))
            asked = closure_of_values(self.workspace, package, names)
            edge = _Edge(dependency.name, (package, to_host), dependency.optional, asked)
            found.mandatory += [] if edge.optional else [edge]
            found.by_name.setdefault(edge.name, []).append(edge)
        return found

    def _complain_unknown(self, index: int, feature: str) -> None:
        if index in self.workspace.missing:
            return
        package = self.workspace.packages[index].id
        message = f"package `{package.name}` {package.version} has no feature `{feature}`"
        self.problems.append(Problem(code="feature-unknown", message=message))

    def _unlocked(self, index: int, name: str) -> Problem:
        package = self.workspace.packages[index].id
        message = f"Cargo.lock has no package for dependency `{name}` of `{package.name}` {package.version}"
        hint = "Cargo.lock is older than the manifests: run `cargo update --workspace` or `cargo check`"
        return Problem(
            code="lock-stale", message=message, path=str(self.workspace.root / "Cargo.lock"), hint=hint
        )


def missing_facts(workspace: Workspace, indices: Iterable[int]) -> FactsError:
    """The error that names all packages whose facts are needed but not known."""
    names = [f"{p.name} {p.version}" for p in (workspace.packages[index].id for index in sorted(indices))]
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    hint = "run `cargo fetch --locked` in the workspace, and gather the facts again"
    return FactsError(Problem(code="facts-missing", message=f"nothing is known of {shown}", hint=hint))


def _raise(workspace: Workspace, solver: _Solver) -> None:
    missing = {index for index, _ in solver.nodes if index in workspace.missing}
    if missing:
        raise missing_facts(workspace, missing)
    if solver.problems:
        kind: type[CargoError] = LockError if solver.problems[0].code == "lock-stale" else SelectionError
        raise kind(*dict.fromkeys(solver.problems))


def resolve_features(
    workspace: Workspace, options: FeatureOptions, seeds: tuple[Seed, ...]
) -> ResolvedFeatures:
    """Resolve the features of everything that the seeds reach; remembered per workspace by its inputs.

    Raises:
        FactsError: a package without facts is reached.
        LockError: an active dependency is not locked.
        SelectionError: a feature that does not exist is asked for.
    """
    cache: dict[Any, ResolvedFeatures] = workspace.cache.setdefault("features", {})
    found = cache.get((options, seeds))
    if found is not None:
        return found
    solver = _Solver(workspace, options, seeds)
    for seed in seeds:
        solver.plant(seed, host=False)
        targets = workspace.packages[seed.package].targets
        if solver.separates_host and any(target.proc_macro for target in targets):
            solver.plant(seed, host=True)
    solver.run()
    _raise(workspace, solver)
    result = ResolvedFeatures(
        features={key: tuple(sorted(node.features)) for key, node in solver.nodes.items()},
        active={key: solver.active_of(node) for key, node in solver.nodes.items()},
        seeds=seeds,
        separates_host=solver.separates_host,
    )
    cache[options, seeds] = result
    return result

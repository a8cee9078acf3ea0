"""The dependencies of each unit (cargo's `core/compiler/unit_dependencies.rs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flakegen.cargo.build_context import BuildContext
from flakegen.cargo.errors import Problem, SelectionError
from flakegen.cargo.graph_node import Edge, Node, UnitFor
from flakegen.cargo.package import Dependency, DependencyKind, Target, TargetKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.roots import root_unit_for
from flakegen.cargo.unit import Mode

_TESTS = (Mode.TEST, Mode.CHECK_TEST, Mode.DOCTEST)
_CHECKS = (Mode.CHECK, Mode.CHECK_TEST, Mode.DOC)
_HARNESSED = (TargetKind.TEST, TargetKind.BENCH)

_Group = tuple[int, tuple[Dependency, ...]]


def _platform_for(platform: Platform | None, target: Target) -> Platform | None:
    """Where a dependency runs: what is for the host stays there."""
    return None if target.is_for_host else platform


def _mode_for(mode: Mode, target: Target) -> Mode:
    """How a dependency is built: checks need metadata only, except of what runs at compile time."""
    return Mode.CHECK if mode in _CHECKS and not target.is_for_host else Mode.BUILD


class EdgeBuilder:
    """Gives every node its edges, from the roots down."""

    def __init__(self, context: BuildContext) -> None:
        self.context = context
        self.workspace = context.workspace
        self.features = context.features
        self.dev_edges: set[tuple[int, int]] = set()  # (parent, child) node ids of purely dev edges
        self.order: list[Node] = []
        self._groups: dict[Any, tuple[_Group, ...]] = self.workspace.cache.setdefault("unit edges", {})
        self._names: dict[tuple[int, int, int], str] = {}

    def build(self, roots: Iterable[Node]) -> None:
        """Visit depth first, in cargo's order: where two visits of a unit differ in context, the first one counts."""
        pending = [(root, root_unit_for(self.context.request, root)) for root in reversed(list(roots))]
        while pending:
            node, unit_for = pending.pop()
            if node.edges is None:
                node.edges = self.edges_of(node, unit_for)
                self.order.append(node)
                pending += [(edge.node, edge.unit_for) for edge in reversed(node.edges)]
        self._link_runs()
        for node in self.order:
            if node.edges:
                node.edges.sort(key=_edge_order)

    def edges_of(self, node: Node, unit_for: UnitFor) -> list[Edge]:
        """The edges of one unit."""
        if node.mode is Mode.RUN_CUSTOM_BUILD:
            return self._run_edges(node, unit_for)
        edges = list(self._library_edges(node, unit_for))
        target = node.target
        if target.kind is TargetKind.CUSTOM_BUILD:
            return edges
        edges += self._script_edges(node, unit_for)
        if node.mode is Mode.DOC:
            if target.kind in (TargetKind.BIN, TargetKind.EXAMPLE):
                edges += self._own_library(node, unit_for)
            return edges
        if target.kind is not TargetKind.LIB or node.mode is Mode.DOCTEST:
            edges += self._own_library(node, unit_for)
        if node.mode is Mode.TEST and target.kind in _HARNESSED:
            edges += self._binaries(node, UnitFor(root=unit_for.root))
        return edges

    def _edge(
        self, node: Node, package: int, target: Target, unit_for: UnitFor, mode: Mode, name: str | None = None
    ) -> Edge:
        """An edge to a unit of a package, with the profile and features of its role."""
        platform = _platform_for(node.platform, target)
        context = self.context
        unit = context.node(
            package,
            target,
            context.settings(package, unit_for, platform),
            platform,
            mode,
            self.features.of(package, host=unit_for.host_features),
        )
        return Edge(unit, unit_for, target.crate_name if name is None else name)

    def _library_edges(self, node: Node, unit_for: UnitFor) -> Iterator[Edge]:
        """Edges to the libraries of other packages."""
        for package, dependencies in self._active(node, unit_for):
            library = self.workspace.libraries[package]
            if library is None:
                continue
            role = unit_for.to_target(node.target, library)
            name = self._extern_name(node.package, package, library)
            edge = self._edge(node, package, library, role, _mode_for(node.mode, library), name)
            if all(dependency.kind is DependencyKind.DEV for dependency in dependencies):
                self.dev_edges.add((id(node), id(edge.node)))
            yield edge
            if node.mode is Mode.DOC and library.doc:
                yield self._edge(node, package, library, role, Mode.DOC, name)

    def _active(self, node: Node, unit_for: UnitFor) -> Iterator[_Group]:
        """The packages that a unit depends on, with the declarations that say so."""
        active = self.features.active_in(node.package, host=unit_for.host_features)
        for package, dependencies in self._possible(node):
            kept = tuple(d for d in dependencies if not d.optional or d.name in active)
            if kept:
                yield package, kept

    def _possible(self, node: Node) -> tuple[_Group, ...]:
        """Declared dependencies by package, as far as target, mode and platform decide; shared between requests."""
        is_script = node.target.kind is TargetKind.CUSTOM_BUILD
        with_dev = node.target.kind in (TargetKind.TEST, TargetKind.EXAMPLE) or node.mode in _TESTS
        platform = node.platform or self.context.host
        key = (node.package, is_script, with_dev, platform)
        found = self._groups.get(key)
        if found is None:
            groups: dict[int, list[Dependency]] = {}
            for resolved in self.workspace.dependencies[node.package]:
                dependency = resolved.dependency
                if resolved.package is None or is_script is not (dependency.kind is DependencyKind.BUILD):
                    continue
                if dependency.kind is DependencyKind.DEV and not with_dev:
                    continue
                if platform.selects(dependency.platform):
                    groups.setdefault(resolved.package, []).append(dependency)
            found = self._groups[key] = tuple((package, tuple(group)) for package, group in groups.items())
        return found

    def _extern_name(self, package: int, other: int, library: Target) -> str:
        """The name a dependency's crate goes by; all enabled declarations between two packages must agree."""
        if package == other:
            return library.crate_name
        key = (package, other, id(library))
        name = self._names.get(key)
        if name is None:
            declared = [r.dependency for r in self.workspace.dependencies[package] if r.package == other]
            names = {_name(dependency, library) for dependency in declared}
            if len(names) > 1:
                names = {_name(d, library) for index, d in self.context.existing(package) if index == other}
            if len(names) > 1:
                self._complain_names(package, other, names)
            name = self._names[key] = names.pop() if names else library.crate_name
        return name

    def _complain_names(self, package: int, other: int, names: set[str]) -> None:
        own, dependency = self.workspace.packages[package].id, self.workspace.packages[other].id
        message = (
            f"package `{own.name}` depends on `{dependency.name}` {dependency.version} under several names: "
            + ", ".join(sorted(names))
        )
        raise SelectionError(
            Problem(code="dependency-names", message=message, hint="use one name in all its tables")
        )

    def _script_edges(self, node: Node, unit_for: UnitFor) -> Iterator[Edge]:
        """The edge to the run of the package's own build script."""
        script = self.workspace.scripts[node.package]
        if script is None:
            return
        role = unit_for.for_script()
        settings = self.context.profiles.run_settings(node.settings)
        features = self.features.of(node.package, host=role.host_features)
        run = self.context.node(
            node.package, script, settings, node.platform, Mode.RUN_CUSTOM_BUILD, features
        )
        yield Edge(run, role, script.crate_name)

    def _run_edges(self, node: Node, unit_for: UnitFor) -> list[Edge]:
        """A run needs its script compiled, unless the configuration overrides its `links`."""
        links = self.workspace.packages[node.package].links
        triple = self.context.triple_of(node.platform)
        if links is not None and links in self.workspace.config.link_overrides(triple):
            return []
        return [self._edge(node, node.package, node.target, unit_for.for_script(), Mode.BUILD)]

    def _own_library(self, node: Node, unit_for: UnitFor) -> Iterator[Edge]:
        """The edge to the library of the same package."""
        library = self.workspace.libraries[node.package]
        if library is None or not library.is_linkable:
            return
        role = unit_for.to_target(node.target, library)
        yield self._edge(node, node.package, library, role, _mode_for(node.mode, library))
        if node.mode is Mode.DOC and library.doc:
            yield self._edge(node, node.package, library, role, Mode.DOC)

    def _binaries(self, node: Node, unit_for: UnitFor) -> Iterator[Edge]:
        """An integration test or benchmark runs the package's binaries; they are built as nothing special."""
        platforms = (node.platform or self.context.host,)
        for target in self.workspace.packages[node.package].targets:
            if target.kind is not TargetKind.BIN:
                continue
            required = target.required_features
            if required and self.context.missing_features(node.package, required, platforms, with_dev=False):
                continue
            yield self._edge(node, node.package, target, unit_for, Mode.BUILD)

    def _link_runs(self) -> None:
        """A script's run depends on the runs of the `links` packages that its own package's units depend on."""
        parents: dict[int, tuple[Node, list[Node]]] = {}
        for node in self.order:
            for edge in node.edges or ():
                if edge.node.mode is Mode.RUN_CUSTOM_BUILD:
                    parents.setdefault(id(edge.node), (edge.node, []))[1].append(node)
        added = [(run, self._linked(run, users)) for run, users in parents.values()]
        for run, edges in added:
            run.edges = [*(run.edges or ()), *edges]

    def _linked(self, run: Node, users: list[Node]) -> list[Edge]:
        # Edges that differ only in what they were made for count twice, and set otherwise equal runs apart, as in cargo.
        found: dict[tuple[int, UnitFor], Edge] = {}
        for user in users:
            for edge in user.edges or ():
                other = edge.node
                if other.package == run.package or not other.target.is_linkable:
                    continue
                if (
                    self.workspace.packages[other.package].links is None
                    or (id(user), id(other)) in self.dev_edges
                ):
                    continue
                runs = (e for e in other.edges or () if e.node.mode is Mode.RUN_CUSTOM_BUILD)
                if other_run := next(runs, None):
                    found.setdefault((id(other_run.node), other_run.unit_for), other_run)
        return list(found.values())


def _name(dependency: Dependency, library: Target) -> str:
    """The name a declaration gives a crate."""
    return dependency.name.replace("-", "_") if dependency.renamed else library.crate_name


def _edge_order(edge: Edge) -> tuple[Any, ...]:
    return (edge.node.sort_key(), edge.extern_crate_name)

"""The dependencies of each unit (cargo's `core/compiler/unit_dependencies.rs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from flakegen.cargo.build_context import BuildContext
from flakegen.cargo.edge_plans import PlannedEdge, Slot, declared_name, edge_planner
from flakegen.cargo.errors import Problem, SelectionError
from flakegen.cargo.graph_node import Edge, Node, UnitFor
from flakegen.cargo.package import Target, TargetKind
from flakegen.cargo.profiles import Settings
from flakegen.cargo.roots import root_unit_for
from flakegen.cargo.unit import Mode

_HARNESSED = (TargetKind.TEST, TargetKind.BENCH)


class EdgeBuilder:
    """Gives every node its edges, from the roots down."""

    def __init__(self, context: BuildContext) -> None:
        self.context = context
        self.workspace = context.workspace
        self.features = context.features
        self.dev_edges: set[tuple[int, int]] = set()  # (parent, child) node ids of purely dev edges
        self.order: list[Node] = []
        self._planner = edge_planner(context.workspace, context.host)
        self._units: dict[Slot, Node] = {}
        # The profile of a slot does not depend on the request otherwise.
        key = ("settings", context.profile_name, context.host)
        self._settings: dict[Slot, Settings] = self.workspace.cache.setdefault(key, {})

    def build(self, roots: Iterable[Node]) -> None:
        """Visit depth first, in cargo's order: where two visits of a unit differ in context, the first one counts."""
        pending = [(root, root_unit_for(self.context.request, root)) for root in reversed(list(roots))]
        while pending:
            node, unit_for = pending.pop()
            if node.edges is None:
                edges = node.edges = self.edges_of(node, unit_for)
                self.order.append(node)
                pending += [(edge.node, edge.unit_for) for edge in reversed(edges) if edge.node.edges is None]
        self._link_runs()
        for node in self.order:
            if node.edges:
                _sort(node.edges)

    def edges_of(self, node: Node, unit_for: UnitFor) -> list[Edge]:
        """The edges of one unit."""
        if node.mode is Mode.RUN_CUSTOM_BUILD:
            return self._run_edges(node, unit_for)
        active = self.features.active_in(node.package, host=unit_for.host_features)
        planned = self._planner.plan(node, unit_for, active)
        libraries: Iterable[PlannedEdge] = planned.libraries
        if node.mode is Mode.DOC and self.context.request.no_deps:
            libraries = (plan for plan in libraries if plan.slot.mode is not Mode.DOC)
        edges = self._made(node, libraries)
        target = node.target
        if target.kind is not TargetKind.CUSTOM_BUILD:
            script = self.workspace.scripts[node.package]
            if script is not None:
                edges.append(self._script_edge(node, script, unit_for))
            edges += self._made(node, planned.own)
            if node.mode is Mode.TEST and target.kind in _HARNESSED:
                edges += self._binaries(node, UnitFor(root=unit_for.root))
        return edges

    def _made(self, node: Node, planned: Iterable[PlannedEdge]) -> list[Edge]:
        """Edges as planned, with the profiles and features of this request."""
        edges: list[Edge] = []
        units = self._units
        for plan in planned:
            slot = plan.slot
            unit = units.get(slot)
            if unit is None:
                unit = units[slot] = self._unit(slot)
            name = plan.extern_crate_name
            if name is None:
                name = self._extern_name(node.package, slot.package, slot.target)
            if plan.is_dev:
                self.dev_edges.add((id(node), id(unit)))
            edges.append(Edge(unit, slot.unit_for, name))
        return edges

    def _unit(self, slot: Slot) -> Node:
        """The unit that a slot is in this request."""
        role = slot.unit_for
        settings = self._settings.get(slot)
        if settings is None:
            settings = self._settings[slot] = self.context.settings(slot.package, role, slot.platform)
        features = self.features.of(slot.package, host=role.host_features)
        return self.context.node(slot.package, slot.target, settings, slot.platform, slot.mode, features)

    def _edge(self, node: Node, target: Target, role: UnitFor) -> Edge:
        """An edge to another unit of the same package."""
        slot = self._planner.slot(node, node.package, target, role, Mode.BUILD)
        return Edge(self._unit(slot), role, target.crate_name)

    def _extern_name(self, package: int, other: int, library: Target) -> str:
        """The name a dependency's crate goes by where declarations disagree: those that are enabled must agree."""
        names = {declared_name(d, library) for index, d in self.context.existing(package) if index == other}
        if len(names) > 1:
            self._complain_names(package, other, names)
        return names.pop() if names else library.crate_name

    def _complain_names(self, package: int, other: int, names: set[str]) -> None:
        own, dependency = self.workspace.packages[package].id, self.workspace.packages[other].id
        message = (
            f"package `{own.name}` depends on `{dependency.name}` {dependency.version} under several names: "
            + ", ".join(sorted(names))
        )
        raise SelectionError(
            Problem(code="dependency-names", message=message, hint="use one name in all its tables")
        )

    def _script_edge(self, node: Node, script: Target, unit_for: UnitFor) -> Edge:
        """The edge to the run of the package's own build script."""
        role = unit_for.for_script()
        settings = self.context.profiles.run_settings(node.settings)
        features = self.features.of(node.package, host=role.host_features)
        run = self.context.node(
            node.package, script, settings, node.platform, Mode.RUN_CUSTOM_BUILD, features
        )
        return Edge(run, role, script.crate_name)

    def _run_edges(self, node: Node, unit_for: UnitFor) -> list[Edge]:
        """A run needs its script compiled, unless the configuration overrides its `links`."""
        links = self.workspace.packages[node.package].links
        triple = self.context.triple_of(node.platform)
        if links is not None and links in self.workspace.config.link_overrides(triple):
            return []
        return [self._edge(node, node.target, unit_for.for_script())]

    def _binaries(self, node: Node, unit_for: UnitFor) -> Iterator[Edge]:
        """An integration test or benchmark runs the package's binaries; they are built as nothing special."""
        platforms = (node.platform or self.context.host,)
        for target in self.workspace.packages[node.package].targets:
            if target.kind is not TargetKind.BIN:
                continue
            required = target.required_features
            if required and self.context.missing_features(node.package, required, platforms, with_dev=False):
                continue
            yield self._edge(node, target, unit_for)

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


_package_of = attrgetter("node.package")


def _sort(edges: list[Edge]) -> None:
    """Bring edges into cargo's order, which goes by package first."""
    if len(edges) > 1:
        packages = {edge.node.package for edge in edges}
        edges.sort(key=_package_of if len(packages) == len(edges) else _edge_order)


def _edge_order(edge: Edge) -> tuple[Any, ...]:
    return (edge.node.sort_key(), edge.extern_crate_name)

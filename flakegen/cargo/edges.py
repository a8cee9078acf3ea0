"""The dependencies of each unit (cargo's `core/compiler/unit_dependencies.rs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec import Struct, field

from flakegen.cargo.build_context import BuildContext
from flakegen.cargo.errors import Problem, SelectionError
from flakegen.cargo.graph_node import Edge, Node, UnitFor
from flakegen.cargo.links import LibraryLinks, declared_name
from flakegen.cargo.package import Target, TargetKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.profiles import Settings
from flakegen.cargo.roots import root_unit_for
from flakegen.cargo.unit import Mode

_CHECKS = (Mode.CHECK, Mode.CHECK_TEST, Mode.DOC)
_HARNESSED = (TargetKind.TEST, TargetKind.BENCH)
_DOCUMENTED = (TargetKind.BIN, TargetKind.EXAMPLE)  # beside their package's library

# What is asked of every unit: an enum's members are slow to get at.
_RUN, _TEST, _DOC, _DOCTEST, _BUILD = Mode.RUN_CUSTOM_BUILD, Mode.TEST, Mode.DOC, Mode.DOCTEST, Mode.BUILD
_LIB, _CUSTOM_BUILD = TargetKind.LIB, TargetKind.CUSTOM_BUILD


class _Shelf(Struct, frozen=True, eq=False):
    """The units of one platform, mode and role, by the id of their target; there is one object for each of these."""

    platform: Platform | None
    mode: Mode
    unit_for: UnitFor
    host_features: bool
    units: dict[int, Node] = field(default_factory=dict)
    settings: dict[int, Settings] = field(default_factory=dict)  # by the package's group


class _Shelves(NamedTuple):
    """Where a unit's dependencies are, whatever their number: libraries, procedural macros, documentation of either."""

    libraries: _Shelf
    macros: _Shelf
    documented_libraries: _Shelf
    documented_macros: _Shelf


class EdgeBuilder:
    """Gives every node its edges, from the roots down."""

    def __init__(self, context: BuildContext) -> None:
        self.context = context
        self.workspace = context.workspace
        self.features = context.features
        self.dev_edges: set[tuple[int, int]] = set()  # (parent, child) node ids of purely dev edges
        self.order: list[Node] = []
        self._users_of_run: dict[int, tuple[Node, list[Node]]] = (
            {}
        )  # by the run's id: who needs a script's run
        self._links = LibraryLinks(context.workspace, context.host)
        self._shelf_of: dict[tuple[Platform | None, Mode, UnitFor], _Shelf] = {}
        self._shelves_of: dict[tuple[Platform | None, Mode, bool, UnitFor], _Shelves] = {}
        self._groups = context.groups

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
        if node.mode is _RUN:
            return self._run_edges(node, unit_for)
        target = node.target
        edges = self._libraries(node, unit_for)
        if target.kind is not _CUSTOM_BUILD:
            script = self.workspace.scripts[node.package]
            if script is not None:
                edge = self._script_edge(node, script, unit_for)
                edges.append(edge)
                self._users_of_run.setdefault(id(edge.node), (edge.node, []))[1].append(node)
            if target.kind is not _LIB or node.mode is _DOCTEST:
                edges += self._own_library(node, unit_for)
            if node.mode is _TEST and target.kind in _HARNESSED:
                edges += self._binaries(node, UnitFor(root=unit_for.root))
        return edges

    def _libraries(self, node: Node, unit_for: UnitFor) -> list[Edge]:
        """The edges to libraries of other packages."""
        links = self._links.of(node, self.features.active_in(node.package, host=unit_for.host_features))
        edges: list[Edge] = []
        if not links:
            return edges
        shelves = self._shelves(node, unit_for)
        is_documented = node.mode is _DOC and not self.context.request.no_deps
        for link in links:
            library = link.library
            shelf = shelves.macros if library.proc_macro else shelves.libraries
            unit = shelf.units.get(id(library)) or self._unit(shelf, link.package, library)
            name = link.name
            if name is None:
                name = self._extern_name(node.package, link.package, library)
            if link.is_dev:
                self.dev_edges.add((id(node), id(unit)))
            edges.append(Edge(unit, shelf.unit_for, name))
            if is_documented and library.doc:
                shelf = shelves.documented_macros if library.proc_macro else shelves.documented_libraries
                edges.append(Edge(self._unit(shelf, link.package, library), shelf.unit_for, name))
        return edges

    def _own_library(self, node: Node, unit_for: UnitFor) -> list[Edge]:
        """The edges of a program, a test and the like to the library of the same package."""
        kind, is_doc = node.target.kind, node.mode is _DOC
        library = self.workspace.libraries[node.package]
        if (is_doc and kind not in _DOCUMENTED) or library is None or not library.is_linkable:
            return []
        role = unit_for.to_target(node.target, library)
        modes = [_mode_for(node.mode, library), *([Mode.DOC] if is_doc and library.doc else [])]
        return [self._edge(node, library, role, mode) for mode in modes]

    def _shelves(self, node: Node, unit_for: UnitFor) -> _Shelves:
        key = (node.platform, node.mode, node.target.kind is _CUSTOM_BUILD, unit_for)
        found = self._shelves_of.get(key)
        if found is None:
            library, macro = (unit_for.to_target(node.target, target) for target in _SAMPLES)
            mode = _mode_for(node.mode, _SAMPLES[0])
            found = self._shelves_of[key] = _Shelves(
                self._shelf(node.platform, mode, library),
                self._shelf(None, Mode.BUILD, macro),
                self._shelf(node.platform, Mode.DOC, library),
                self._shelf(None, Mode.DOC, macro),
            )
        return found

    def _shelf(self, platform: Platform | None, mode: Mode, unit_for: UnitFor) -> _Shelf:
        key = (platform, mode, unit_for)
        found = self._shelf_of.get(key)
        if found is None:
            host_features = unit_for.host_features and self.features.separates_host
            found = self._shelf_of[key] = _Shelf(platform, mode, unit_for, host_features)
        return found

    def _unit(self, shelf: _Shelf, package: int, target: Target) -> Node:
        """The unit of a target on a shelf."""
        found = shelf.units.get(id(target))
        if found is None:
            settings = self._settings(shelf, package)
            features = self.features.features.get((package, shelf.host_features), ())
            found = self.context.node(package, target, settings, shelf.platform, shelf.mode, features)
            shelf.units[id(target)] = found
        return found

    def _settings(self, shelf: _Shelf, package: int) -> Settings:
        group = self._groups[package]
        found = shelf.settings.get(group)
        if found is None:
            found = self.context.settings(package, shelf.unit_for, shelf.platform)
            shelf.settings[group] = found
        return found

    def _edge(self, node: Node, target: Target, role: UnitFor, mode: Mode = _BUILD) -> Edge:
        """An edge to another unit of the same package."""
        shelf = self._shelf(None if target.is_for_host else node.platform, mode, role)
        return Edge(self._unit(shelf, node.package, target), role, target.crate_name)

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
        added = [(run, self._linked(run, users)) for run, users in self._users_of_run.values()]
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
                runs = (e for e in other.edges or () if e.node.mode is _RUN)
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


# What runs at compile time is for the host, wherever the unit that depends on it runs; and checks need it built.
_SAMPLES = (
    Target(kind=TargetKind.LIB, name="", crate_types=("lib",), src_path="", edition=""),
    Target(
        kind=TargetKind.LIB, name="", crate_types=("proc-macro",), src_path="", edition="", proc_macro=True
    ),
)


def _mode_for(mode: Mode, target: Target) -> Mode:
    """How a dependency is built: checks need metadata only, except of what runs at compile time."""
    return Mode.CHECK if mode in _CHECKS and not target.is_for_host else Mode.BUILD

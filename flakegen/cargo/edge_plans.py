"""What units depend on as far as all requests agree: worked out once for a workspace and a host, then reused.

Requests differ in profile and features; neither decides which edges there are, beyond which optional dependencies are on.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from flakegen.cargo.graph_node import Node, UnitFor
from flakegen.cargo.package import Dependency, DependencyKind, Target, TargetKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.unit import Mode
from flakegen.cargo.workspace import Workspace, platform_dependents

_TESTS = (Mode.TEST, Mode.CHECK_TEST, Mode.DOCTEST)
_CHECKS = (Mode.CHECK, Mode.CHECK_TEST, Mode.DOC)


class _Link(Struct, frozen=True, eq=False):
    """A dependency on a library, whatever the unit that has it is built for."""

    package: int
    library: Target
    name: str | None
    is_dev: bool


class Slot(Struct, frozen=True, eq=False):
    """A unit before a request gives it a profile and features; there is one object for each."""

    package: int
    target: Target
    platform: Platform | None
    mode: Mode
    unit_for: UnitFor


class PlannedEdge(Struct, frozen=True, eq=False):
    """An edge to a slot; without a name where declarations disagree, so that the request decides."""

    slot: Slot
    extern_crate_name: str | None
    is_dev: bool  # only dev-dependencies say so


class PlannedEdges(Struct, frozen=True, eq=False):
    """A unit's edges to libraries of other packages, and to that of its own."""

    libraries: tuple[PlannedEdge, ...]
    own: tuple[PlannedEdge, ...]


def _platform_for(platform: Platform | None, target: Target) -> Platform | None:
    """Where a dependency runs: what is for the host stays there."""
    return None if target.is_for_host else platform


def _mode_for(mode: Mode, target: Target) -> Mode:
    """How a dependency is built: checks need metadata only, except of what runs at compile time."""
    return Mode.CHECK if mode in _CHECKS and not target.is_for_host else Mode.BUILD


class EdgePlanner:
    """Plans edges, and remembers what it has planned."""

    def __init__(self, workspace: Workspace, host: Platform) -> None:
        self._workspace = workspace
        self._host = host
        self._plans: dict[tuple[Any, ...], PlannedEdges] = {}
        self._links: dict[tuple[Any, ...], tuple[_Link, ...]] = workspace.cache.setdefault(
            "library links", {}
        )
        self._names: dict[tuple[int, int, int], str | None] = {}
        self._slots: dict[tuple[Any, ...], Slot] = {}

    def plan(self, node: Node, unit_for: UnitFor, active: frozenset[str]) -> PlannedEdges:
        """Plan the edges of a unit, given the names of its package's optional dependencies that are on."""
        key = (node.package, id(node.target), node.platform, node.mode, unit_for, active)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = PlannedEdges(
                tuple(self._libraries(node, unit_for, active)), tuple(self._own(node, unit_for))
            )
        return found

    def slot(self, parent: Node, package: int, target: Target, unit_for: UnitFor, mode: Mode) -> Slot:
        """Return the slot of a unit that another one depends on."""
        platform = _platform_for(parent.platform, target)
        key = (package, id(target), platform, mode, unit_for)
        found = self._slots.get(key)
        if found is None:
            found = self._slots[key] = Slot(package, target, platform, mode, unit_for)
        return found

    def _libraries(self, node: Node, unit_for: UnitFor, active: frozenset[str]) -> list[PlannedEdge]:
        found: list[PlannedEdge] = []
        for link in self._linked(node, active):
            package, library = link.package, link.library
            role = unit_for.to_target(node.target, library)
            slot = self.slot(node, package, library, role, _mode_for(node.mode, library))
            found.append(PlannedEdge(slot, link.name, link.is_dev))
            if node.mode is Mode.DOC and library.doc:
                slot = self.slot(node, package, library, role, Mode.DOC)
                found.append(PlannedEdge(slot, link.name, is_dev=False))
        return found

    def _linked(self, node: Node, active: frozenset[str]) -> tuple[_Link, ...]:
        """The libraries that a unit depends on; for most packages they are the same on all platforms."""
        is_script = node.target.kind is TargetKind.CUSTOM_BUILD
        with_dev = node.target.kind in (TargetKind.TEST, TargetKind.EXAMPLE) or node.mode in _TESTS
        platform = None
        if node.package in platform_dependents(self._workspace):
            platform = node.platform or self._host
        key = (node.package, is_script, with_dev, active, platform)
        found = self._links.get(key)
        if found is None:
            groups: dict[int, list[Dependency]] = {}
            for resolved in self._workspace.dependencies[node.package]:
                dependency = resolved.dependency
                if resolved.package is None or is_script is not (dependency.kind is DependencyKind.BUILD):
                    continue
                if dependency.kind is DependencyKind.DEV and not with_dev:
                    continue
                if dependency.optional and dependency.name not in active:
                    continue
                if platform is None or platform.selects(dependency.platform):
                    groups.setdefault(resolved.package, []).append(dependency)
            found = self._links[key] = tuple(self._grouped(node.package, groups))
        return found

    def _grouped(self, package: int, groups: dict[int, list[Dependency]]) -> list[_Link]:
        """One link to each package that has a library, whatever the number of declarations."""
        found: list[_Link] = []
        for other, dependencies in groups.items():
            library = self._workspace.libraries[other]
            if library is not None:
                is_dev = all(dependency.kind is DependencyKind.DEV for dependency in dependencies)
                found.append(_Link(other, library, self._name(package, other, library), is_dev))
        return found

    def _name(self, package: int, other: int, library: Target) -> str | None:
        """The name a dependency's crate goes by, if all declarations between two packages agree."""
        if package == other:
            return library.crate_name
        key = (package, other, id(library))
        if key not in self._names:
            names = {
                declared_name(resolved.dependency, library)
                for resolved in self._workspace.dependencies[package]
                if resolved.package == other
            }
            self._names[key] = names.pop() if len(names) == 1 else None
        return self._names[key]

    def _own(self, node: Node, unit_for: UnitFor) -> list[PlannedEdge]:
        """The edges to the library of the same package."""
        kind, is_doc = node.target.kind, node.mode is Mode.DOC
        library = self._workspace.libraries[node.package]
        wanted = (
            kind in (TargetKind.BIN, TargetKind.EXAMPLE)
            if is_doc
            else kind is not TargetKind.LIB or node.mode is Mode.DOCTEST
        )
        if kind is TargetKind.CUSTOM_BUILD or not wanted or library is None or not library.is_linkable:
            return []
        role = unit_for.to_target(node.target, library)
        modes = [_mode_for(node.mode, library), *([Mode.DOC] if is_doc and library.doc else [])]
        return [
            PlannedEdge(self.slot(node, node.package, library, role, mode), library.crate_name, is_dev=False)
            for mode in modes
        ]


def declared_name(dependency: Dependency, library: Target) -> str:
    """The name a declaration gives a crate."""
    return dependency.name.replace("-", "_") if dependency.renamed else library.crate_name


def edge_planner(workspace: Workspace, host: Platform) -> EdgePlanner:
    """The planner of a workspace for requests on one host."""
    planners: dict[Platform, EdgePlanner] = workspace.cache.setdefault("edge planners", {})
    if host not in planners:
        planners[host] = EdgePlanner(workspace, host)
    return planners[host]

"""Graphs of many requests on many hosts, worked out once for hosts that are alike.

A native build's graph hangs on its host by few things: which dependencies the host's cfgs select, what Apple's linker is
told by default, and which build scripts the configuration replaces there. Where two hosts agree on these, for all that
was reached, cargo's graphs are the same but for the host's name; two Linux systems nearly always agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace as with_fields

from flakegen.cargo.build_context import make_context, platform_of
from flakegen.cargo.errors import CfgError
from flakegen.cargo.lto import Lto, lto_values
from flakegen.cargo.platforms import Platform
from flakegen.cargo.request import BuildRequest, Intent
from flakegen.cargo.unit import UnitGraph
from flakegen.cargo.unit_graph import build_unit_graph, graph_in
from flakegen.cargo.workspace import Workspace


class MadeGraph(Struct, frozen=True, kw_only=True, eq=False):
    """A graph, and the decision on link-time optimisation for each of its units."""

    graph: UnitGraph
    lto: tuple[Lto, ...]


class _Known(Struct, frozen=True, kw_only=True, eq=False):
    """A graph, with what a further host must agree on for it."""

    host: Platform
    reached: frozenset[int]
    made: MadeGraph


class GraphMaker:
    """Makes the graphs of one request on one host after the other; keeps those of the last request."""

    def __init__(self, workspace: Workspace) -> None:
        """Start without any graph."""
        self._workspace = workspace
        self._request: BuildRequest | None = None
        self._known: list[_Known] = []

    def make(self, request: BuildRequest) -> MadeGraph:
        """Return the graph of a request.

        Raises:
            CargoError: the request does not fit the workspace.
        """
        if request.targets or request.intent is Intent.DOC:
            return _made(build_unit_graph(self._workspace, request))
        anywhere = replace(request, host="")
        if anywhere != self._request:
            self._request, self._known = anywhere, []
        host = platform_of(self._workspace, request.host, request.cfg_set, gets_rustflags=True)
        for known in self._known:
            if self._are_alike(known, host):
                graph = with_fields(known.made.graph, host=request.host)
                return MadeGraph(graph=graph, lto=known.made.lto)
        context = make_context(self._workspace, request)
        made = _made(graph_in(context))
        reached = frozenset(package for package, _ in context.features.active)
        self._known.append(_Known(host=host, reached=reached, made=made))
        return made

    def _are_alike(self, known: _Known, host: Platform) -> bool:
        other, config = known.host, self._workspace.config
        if _is_apple(host) != _is_apple(other):
            return False
        if config.link_overrides(host.triple) or config.link_overrides(other.triple):
            return False
        try:
            return all(host.selects(key) == other.selects(key) for key in self._keys(known.reached))
        except CfgError:  # of a dependency that neither graph looks at
            return False

    def _keys(self, packages: Iterable[int]) -> set[str | None]:
        """The platform keys of all dependencies of some packages."""
        dependencies = chain.from_iterable(self._workspace.dependencies[index] for index in packages)
        return {resolved.dependency.platform for resolved in dependencies}


def _is_apple(platform: Platform) -> bool:
    return "-apple-" in platform.triple


def _made(graph: UnitGraph) -> MadeGraph:
    return MadeGraph(graph=graph, lto=lto_values(graph))

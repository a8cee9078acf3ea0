"""The second pass: host and target units that are the same become one (cargo's `rebuild_unit_graph_shared`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from flakegen.cargo.build_context import BuildContext
from flakegen.cargo.errors import Problem, WorkspaceError
from flakegen.cargo.graph_node import NEW, Node
from flakegen.cargo.package import SourceKind
from flakegen.cargo.profiles import Settings
from flakegen.cargo.unit import Unit, UnitDependency

_PATH = SourceKind.PATH  # an enum's members are slow to get at
_OPEN = -2
"""The final index of a unit whose dependencies are being visited."""


class _Dependencies(dict[tuple[int, str], UnitDependency]):
    """One object for each index and name: graphs of one workspace share most of them."""

    def __missing__(self, edge: tuple[int, str]) -> UnitDependency:
        """Make the object when it is first asked for."""
        index, name = edge
        found = self[edge] = UnitDependency(index=index, extern_crate_name=name)
        return found


class _Sharing:
    """Rebuilds the graph bottom-up; each unit of the first pass once."""

    def __init__(self, context: BuildContext, primary: frozenset[int]) -> None:
        self.context = context
        self.primary = primary  # the packages of roots
        self.packages = context.workspace.packages
        self.to_host = None if context.request.targets else context.targets[0]
        self.units: list[Unit] = []
        self._index: dict[tuple[Any, ...], int] = {}
        # For all requests, so that equal profiles are mostly one object.
        cache = context.workspace.cache
        self._changed: dict[tuple[int, Any, Any], Settings] = cache.setdefault("changed settings", {})
        self._dependencies: _Dependencies = cache.setdefault("unit dependencies", _Dependencies())

    def visit(self, root: Node) -> int:
        """The index of a root's unit, after all of its dependencies.

        Raises:
            WorkspaceError: units depend on each other in a circle.
        """
        if root.shared != NEW:
            return root.shared
        root.shared = _OPEN
        stack = [(root, False, iter(root.edges or ()))]
        while stack:
            node, for_host, edges = stack[-1]
            for edge in edges:
                other = edge.node
                if other.shared == NEW:
                    other.shared = _OPEN
                    stack.append((other, edge.unit_for.host, iter(other.edges or ())))
                    break
                if other.shared == _OPEN:
                    raise self._cycle([entry[0] for entry in stack])
            else:
                stack.pop()
                node.shared = self._finish(node, for_host=for_host)
        return root.shared

    def _cycle(self, nodes: list[Node]) -> WorkspaceError:
        names = dict.fromkeys(self.context.workspace.packages[node.package].id.name for node in nodes)
        message = f"packages depend on each other in a circle: {', '.join(names)}"
        return WorkspaceError(Problem(code="dependency-cycle", message=message))

    def _finish(self, node: Node, *, for_host: bool) -> int:
        edges = node.edges or ()
        dependencies = tuple([edge.node.shared for edge in edges])
        platform = None if node.platform is self.to_host else node.platform
        settings = node.settings
        if settings.may_strip or (for_host and settings.debuginfo_deferred):
            settings = self._settings(node, dependencies, for_host=for_host)
        key = (
            node.package,
            id(node.target),
            settings.number,
            platform,
            node.mode,
            node.features,
            dependencies,
        )
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self.units)
            known, package = self._dependencies, self.packages[node.package]
            self.units.append(
                Unit(
                    package=package,
                    target=node.target,
                    profile=settings.profile,
                    platform=None if platform is None else platform.triple,
                    mode=node.mode,
                    features=node.features,
                    dependencies=tuple([known[edge.node.shared, edge.extern_crate_name] for edge in edges]),
                    is_local=package.id.source.kind is _PATH,
                    is_primary=node.package in self.primary,
                )
            )
        return index

    def _settings(self, node: Node, dependencies: tuple[int, ...], *, for_host: bool) -> Settings:
        """Decide what was deferred: stripping where nobody has debuginfo, and the host's debuginfo."""
        settings = node.settings
        debuginfo = settings.profile.debuginfo
        strip = settings.may_strip and all(self.units[i].profile.debuginfo == 0 for i in dependencies)
        if for_host and self.to_host is not None and settings.debuginfo_deferred:
            # The probe looks at everything but dependencies, as cargo's does.
            probe_settings = self._change(settings, strip=strip, debuginfo=debuginfo)
            probe = (
                node.package,
                id(node.target),
                probe_settings.number,
                self.to_host,
                node.mode,
                node.features,
            )
            shared = self.context.nodes.get(probe)
            if shared is None or shared.edges is None:
                debuginfo = 0
            return self._change(settings, strip=strip, debuginfo=debuginfo, resolves=True)
        return self._change(settings, strip=strip, debuginfo=debuginfo)

    def _change(
        self, settings: Settings, *, strip: bool, debuginfo: int | str, resolves: bool = False
    ) -> Settings:
        profile = settings.profile
        if not strip and debuginfo == profile.debuginfo and not resolves:
            return settings
        key = (id(settings), strip, (debuginfo, resolves))
        found = self._changed.get(key)
        if found is None:
            changed = replace(profile, debuginfo=debuginfo)
            if strip:
                changed = replace(changed, strip="debuginfo", strip_deferred=False)
            deferred = settings.debuginfo_deferred and not resolves
            found = self.context.profiles.numbered(changed, debuginfo_deferred=deferred)
            self._changed[key] = found
        return found


def share(context: BuildContext, roots: Sequence[Node]) -> tuple[list[Unit], list[int]]:
    """The final units, dependencies first, and the indices of the roots."""
    sharing = _Sharing(context, frozenset(root.package for root in roots))
    indices = [sharing.visit(root) for root in roots]
    return sharing.units, indices

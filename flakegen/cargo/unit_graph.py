"""The unit graph of a request: what cargo would run, in the form that the rest of the program uses."""

from __future__ import annotations

from flakegen.cargo.build_context import make_context
from flakegen.cargo.doc_duplicates import drop_duplicate_docs
from flakegen.cargo.edges import EdgeBuilder
from flakegen.cargo.package import SourceKind
from flakegen.cargo.request import BuildRequest, Intent
from flakegen.cargo.roots import make_roots
from flakegen.cargo.sharing import share
from flakegen.cargo.unit import Unit, UnitDependency, UnitGraph
from flakegen.cargo.workspace import Workspace


class _Dependencies(dict[tuple[int, str], UnitDependency]):
    """One object for each index and name: graphs of one workspace share most of them."""

    def __missing__(self, edge: tuple[int, str]) -> UnitDependency:
        """Make the object when it is first asked for."""
        index, name = edge
        found = self[edge] = UnitDependency(index=index, extern_crate_name=name)
        return found


def build_unit_graph(workspace: Workspace, request: BuildRequest) -> UnitGraph:
    """The units of an invocation, dependencies first.

    Raises:
        CargoError: the request does not fit the workspace; all problems of the stage that failed are in it.
    """
    context = make_context(workspace, request)
    roots = make_roots(context)
    builder = EdgeBuilder(context)
    builder.build(roots)
    if request.intent is Intent.DOC:
        drop_duplicate_docs(context, builder.order, roots)
    shared, root_indices = share(context, roots)
    primary = {root.package for root in roots}
    dependencies: _Dependencies = workspace.cache.setdefault("unit dependencies", _Dependencies())
    units: list[Unit] = []
    for unit in shared:
        node = unit.node
        package = workspace.packages[node.package]
        units.append(
            Unit(
                package=package,
                target=node.target,
                profile=unit.settings.profile,
                platform=None if unit.platform is None else unit.platform.triple,
                mode=node.mode,
                features=node.features,
                dependencies=tuple([dependencies[edge] for edge in unit.edges]),
                is_local=package.id.source.kind is SourceKind.PATH,
                is_primary=node.package in primary,
            )
        )
    return UnitGraph(
        units=tuple(units),
        roots=tuple(dict.fromkeys(root_indices)),
        host=request.host,
        targets=tuple(platform.triple for platform in context.targets) if request.targets else (),
    )

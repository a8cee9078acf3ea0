"""The unit graph of a request: what cargo would run, in the form that the rest of the program uses."""

from __future__ import annotations

from flakegen.cargo.build_context import BuildContext, make_context
from flakegen.cargo.doc_duplicates import drop_duplicate_docs
from flakegen.cargo.edges import EdgeBuilder
from flakegen.cargo.request import BuildRequest, Intent
from flakegen.cargo.roots import make_roots
from flakegen.cargo.sharing import share
from flakegen.cargo.unit import UnitGraph
from flakegen.cargo.workspace import Workspace


def build_unit_graph(workspace: Workspace, request: BuildRequest) -> UnitGraph:
    """The units of an invocation, dependencies first.

    Raises:
        CargoError: the request does not fit the workspace; all problems of the stage that failed are in it.
    """
    return graph_in(make_context(workspace, request))


def graph_in(context: BuildContext) -> UnitGraph:
    """The same for a request whose packages are selected and whose features are resolved.

    Raises:
        CargoError: the request does not fit the workspace.
    """
    request = context.request
    roots = make_roots(context)
    builder = EdgeBuilder(context)
    builder.build(roots)
    if request.intent is Intent.DOC:
        drop_duplicate_docs(context, builder.order, roots)
    units, root_indices = share(context, roots)
    return UnitGraph(
        units=tuple(units),
        roots=tuple(dict.fromkeys(root_indices)),
        host=request.host,
        targets=tuple(platform.triple for platform in context.targets) if request.targets else (),
    )

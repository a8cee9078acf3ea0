"""What a drawing of a graph needs to know: which lines say something new, and how far from the start each node is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import networkx as nx

Edge: TypeAlias = tuple[str, str]


def reduced_edges(nodes: Iterable[str], edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Return the edges without those that only repeat a longer way, in the given order.

    Edges within a circle (a crate and another that only its tests use) all stay.
    """
    import networkx as nx  # noqa: PLC0415  # a tenth of a second that only drawing needs

    graph = _graph(nodes, edges)
    circles = _circles(graph)
    acyclic: nx.DiGraph[str] = nx.DiGraph()
    acyclic.add_nodes_from(graph)
    acyclic.add_edges_from((user, needed) for user, needed in edges if circles[user] != circles[needed])
    kept = nx.transitive_reduction(acyclic)
    return tuple(
        (user, needed)
        for user, needed in edges
        if circles[user] == circles[needed] or kept.has_edge(user, needed)
    )


def depths(nodes: Iterable[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return for each node the length of the longest way down from it; a circle counts as one node."""
    import networkx as nx  # noqa: PLC0415  # a tenth of a second that only drawing needs

    graph = _graph(nodes, edges)
    circles = _circles(graph)
    whole: nx.DiGraph[int] = nx.DiGraph()
    whole.add_nodes_from(circles[node] for node in graph)
    whole.add_edges_from((circles[a], circles[b]) for a, b in edges if circles[a] != circles[b])
    depth: dict[int, int] = {}
    for circle in reversed(list(nx.topological_sort(whole))):
        depth[circle] = max((depth[below] + 1 for below in whole.successors(circle)), default=0)
    return {node: depth[circles[node]] for node in graph}


def _graph(nodes: Iterable[str], edges: Sequence[Edge]) -> nx.DiGraph[str]:
    import networkx as nx  # noqa: PLC0415  # a tenth of a second that only drawing needs

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    return graph


def _circles(graph: nx.DiGraph[str]) -> dict[str, int]:
    """Number the strongly connected components, by node."""
    import networkx as nx  # noqa: PLC0415  # a tenth of a second that only drawing needs

    return {
        node: number
        for number, circle in enumerate(nx.strongly_connected_components(graph))
        for node in circle
    }

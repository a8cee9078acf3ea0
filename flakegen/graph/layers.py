"""Caching layers: which crates can be built, and kept, before which others.

Layer 0 is everything fetched. Above it, the workspace's own packages stand in generations: each in the first layer after
all that it needs. A cache that holds the layers below a change holds all that the change leaves valid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

THIRD_PARTY_LAYER = 0


def member_layers(dependencies: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return the layer of each package, counted from 1, given what each needs of the others.

    Raises:
        networkx.NetworkXUnfeasible: the packages need each other in a circle, which cargo does not allow.
    """
    import networkx as nx  # noqa: PLC0415  # a tenth of a second that only layering needs

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(dependencies))
    graph.add_edges_from(
        (needed, package)
        for package in sorted(dependencies)
        for needed in sorted(dependencies[package])
        if needed != package
    )
    return {
        package: layer
        for layer, generation in enumerate(nx.topological_generations(graph), THIRD_PARTY_LAYER + 1)
        for package in generation
    }

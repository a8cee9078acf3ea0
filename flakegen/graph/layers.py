"""Caching layers: what can be built, and kept, before what else.

Layer 0 is everything fetched. Above it, the workspace's own packages stand in generations: each in the first layer after
all that it needs. A cache that holds the layers below a change holds all that the change leaves valid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

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


def lifted(
    order: Iterable[str], needs: Mapping[str, Collection[str]], least: Mapping[str, int]
) -> dict[str, int]:
    """Return the layer of each unit: that of its package (``least``), or the highest of what it needs.

    Tests stand above their package where development dependencies do, and a fetched crate above a local one that the
    workspace puts in another's place. In ``order``, what is needed comes first.
    """
    layers: dict[str, int] = {}
    for unit in order:
        layers[unit] = max(least[unit], *(layers[each] for each in needs[unit]), THIRD_PARTY_LAYER)
    return layers


def merged(seconds: Mapping[int, float], least_seconds: float) -> dict[int, int]:
    """Join each layer of members with those above it until there is enough to do; return the new number of each.

    What is left at the top joins the layer below, unless that is the fetched one: this never holds own code.
    """
    numbers = {layer: THIRD_PARTY_LAYER for layer in seconds if layer == THIRD_PARTY_LAYER}
    number, sum_of_layer = THIRD_PARTY_LAYER + 1, 0.0
    members = sorted(layer for layer in seconds if layer != THIRD_PARTY_LAYER)
    for layer in members:
        if layer != members[0] and sum_of_layer >= least_seconds:
            number, sum_of_layer = number + 1, 0.0
        numbers[layer] = number
        sum_of_layer += seconds[layer]
    if number > THIRD_PARTY_LAYER + 1 and sum_of_layer < least_seconds:
        numbers = {layer: each - (each == number) for layer, each in numbers.items()}
    return numbers

"""The caching layers of one system as work for machines: in which order, in how many parts, and what then is at hand."""

from __future__ import annotations

from msgspec import Struct

from flakegen.graph.layers import THIRD_PARTY_LAYER
from flakegen.plan.build_graph import BuildGraph, OutputNode, build_graph
from flakegen.plan.model import BuildPlan


class ShardPlan(Struct, frozen=True, kw_only=True):
    """What one machine builds of a layer.

    Attributes:
        number: from 0.
        attribute: of the flake, as `legacyPackages.x86_64-linux.layers.0.1`: building it builds all of the shard.
        units: ids in the build graph, sorted.
        seconds: of one core, for all of them.
    """

    number: int
    attribute: str
    units: tuple[str, ...]
    seconds: float


class LayerPlan(Struct, frozen=True, kw_only=True):
    """What can be built as soon as the layers before it are: its shards do not need each other.

    Attributes:
        number: from 0, in the order of building.
        attribute: of the flake, for all shards at once.
        is_third_party: it holds fetched crates alone, and so changes with the lock, not with own code.
        shards: one for each machine.
        outputs: packages and checks, as `packages.lana-cli`, all of whose units are built with this layer. Each that is
            made of units is in one layer.
    """

    number: int
    attribute: str
    is_third_party: bool
    shards: tuple[ShardPlan, ...]
    outputs: tuple[str, ...]


def ci_layers(plan: BuildPlan, system: str) -> tuple[LayerPlan, ...]:
    """Return the layers of a system in the order of building; none for projects without a workspace of units."""
    return layers_of(build_graph(plan, system))


def layers_of(graph: BuildGraph) -> tuple[LayerPlan, ...]:
    """Return the layers of a build graph in the order of building."""
    found: dict[int, dict[int, list[str]]] = {}
    for unit in graph.units.values():
        found.setdefault(unit.layer, {}).setdefault(unit.shard, []).append(unit.id)
    outputs: dict[int, list[str]] = {}
    for name in sorted(graph.outputs):
        layer = _layer_of(graph, graph.outputs[name])
        if layer is not None:
            outputs.setdefault(layer, []).append(name)
    return tuple(
        _layer(graph, number, shards, tuple(outputs.get(number, ())))
        for number, shards in sorted(found.items())
    )


def _layer(
    graph: BuildGraph, number: int, shards: dict[int, list[str]], outputs: tuple[str, ...]
) -> LayerPlan:
    attribute = f"legacyPackages.{graph.system}.layers.{number}"
    return LayerPlan(
        number=number,
        attribute=attribute,
        is_third_party=all(
            graph.units[unit].directory is None for units in shards.values() for unit in units
        ),
        shards=tuple(
            ShardPlan(
                number=shard,
                attribute=f"{attribute}.{shard}",
                units=tuple(sorted(units)),
                seconds=round(sum(graph.units[unit].seconds for unit in units), 1),
            )
            for shard, units in sorted(shards.items())
        ),
        outputs=outputs,
    )


def _layer_of(graph: BuildGraph, output: OutputNode) -> int | None:
    """Return the highest layer of all units that an output is made from, be it by way of others; None without any."""
    if output.name.startswith("legacyPackages."):
        return None
    seen, waiting, highest = {output.name}, [output], None
    while waiting:
        each = waiting.pop()
        layers = [graph.units[unit].layer for unit in each.units]
        highest = max((*layers, THIRD_PARTY_LAYER if highest is None else highest)) if layers else highest
        for name in each.outputs:
            if name in graph.outputs and name not in seen:
                seen.add(name)
                waiting.append(graph.outputs[name])
    return highest

"""The caching layers of one system as work for machines: in which order, in how many parts, and what then is at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from flakegen.plan.build_graph import BuildGraph, OutputNode, build_graph, first_own_layer
from flakegen.plan.model import BuildPlan

_PARTS = "legacyPackages."


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
        is_third_party: it is below all own code, and so changes with the lock alone.
        shards: one for each machine.
        outputs: packages, checks and whatever else the flake offers, as `packages.lana-cli`, that need no later layer.
            Each is in one layer; what is made of no units, in the first.
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
    for name in sorted(name for name in graph.outputs if not name.startswith(_PARTS)):
        layer = max(_layers_below(graph, graph.outputs[name]), default=min(found, default=0))
        outputs.setdefault(layer, []).append(name)
    own = first_own_layer(graph)
    return tuple(
        LayerPlan(
            number=number,
            attribute=f"legacyPackages.{graph.system}.layers.{number}",
            is_third_party=own is None or number < own,
            shards=tuple(_shards(graph, number, shards)),
            outputs=tuple(outputs.get(number, ())),
        )
        for number, shards in sorted(found.items())
    )


def _shards(graph: BuildGraph, layer: int, shards: Mapping[int, list[str]]) -> Iterator[ShardPlan]:
    for number, units in sorted(shards.items()):
        yield ShardPlan(
            number=number,
            attribute=f"legacyPackages.{graph.system}.layers.{layer}.{number}",
            units=tuple(sorted(units)),
            seconds=round(sum(graph.units[unit].seconds for unit in units), 1),
        )


def _layers_below(graph: BuildGraph, output: OutputNode) -> Iterator[int]:
    """Yield the layers of all units that an output is made from, be it by way of others."""
    seen, waiting = {output.name}, [output]
    while waiting:
        each = waiting.pop()
        yield from (graph.units[unit].layer for unit in each.units)
        others = [name for name in each.outputs if name in graph.outputs and name not in seen]
        seen.update(others)
        waiting += [graph.outputs[name] for name in others]

"""Caching layers as a table: what is in each, what makes it another one, what stands on it, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from flakegen.graph.cost import critical_path
from flakegen.plan.build_graph import BuildGraph, UnitNode
from flakegen.plan.ci_layers import LayerPlan, layers_of


class Above(Struct, frozen=True, kw_only=True):
    """What is made from some units, near or far, and is in higher layers: how many units, and in which layers."""

    units: int
    layers: tuple[int, ...]


class LayerRow(Struct, frozen=True, kw_only=True):
    """One layer.

    Attributes:
        plan: its number, shards and outputs.
        units: how many.
        crates: names and versions of its crates, sorted; a crate whose tests stand higher is in several layers.
        seconds: of one core, for all of it.
        longest: of the longest chain in it, which no number of machines makes shorter.
        changed_by: what the layer is built anew for, beside the toolchain, the profiles and what changes a layer below.
        dependents: what is rebuilt in higher layers if all of it changes.
    """

    plan: LayerPlan
    units: int
    crates: tuple[str, ...]
    seconds: float
    longest: float
    changed_by: tuple[str, ...]
    dependents: Above


def layer_table(graph: BuildGraph) -> tuple[LayerRow, ...]:
    """Return a row for each layer, in the order of building."""
    return tuple(_row(graph, layer) for layer in layers_of(graph))


def _row(graph: BuildGraph, layer: LayerPlan) -> LayerRow:
    names = {unit for shard in layer.shards for unit in shard.units}
    units = [unit for unit in graph.units.values() if unit.id in names]
    costs = {unit.id: unit.seconds for unit in units}
    return LayerRow(
        plan=layer,
        units=len(units),
        crates=tuple(sorted({f"{unit.name} {unit.version}" for unit in units})),
        seconds=round(sum(costs.values()), 1),
        longest=round(critical_path(costs, {unit.id: unit.needs for unit in units}), 1),
        changed_by=tuple(_changed_by(graph, units)),
        dependents=_above(graph, names),
    )


def _changed_by(graph: BuildGraph, units: Iterable[UnitNode]) -> Iterable[str]:
    """Yield the lock if crates are fetched, and the folders of local ones."""
    found = {unit.directory for unit in units}
    if None in found:
        yield from sorted(path for path in graph.guard if path.rpartition("/")[2] == "Cargo.lock")
    yield from sorted(directory or "." for directory in found if directory is not None)


def _above(graph: BuildGraph, names: set[str]) -> Above:
    reached = set(names)
    for unit in graph.units.values():  # what is needed comes first
        if not reached.isdisjoint(unit.needs):
            reached.add(unit.id)
    above = reached - names
    return Above(units=len(above), layers=tuple(sorted({graph.units[unit].layer for unit in above})))

"""Which caching layer each unit of the table belongs to, and which part of it.

What is decided is committed, so it hangs on the lock, the manifests, the spec and what `plan.unit_seconds` tells: never on a
machine. A unit has the same place on all systems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from flakegen.cargo.package import TargetKind
from flakegen.cargo.unit import Mode
from flakegen.graph.layers import THIRD_PARTY_LAYER, lifted, member_layers, merged
from flakegen.graph.order import needed_first
from flakegen.graph.shards import Step, steps_of
from flakegen.plan.cargo_plan import Platform
from flakegen.plan.edges import keys_needed_anywhere
from flakegen.plan.units import UnitTable, Variant, is_third_party

_TESTING = frozenset((Mode.TEST, Mode.CHECK_TEST, Mode.DOCTEST))
_DEVELOPMENT = frozenset((TargetKind.TEST, TargetKind.BENCH, TargetKind.EXAMPLE))


class Place(Struct, frozen=True, kw_only=True):
    """Where a unit belongs."""

    layer: int
    shard: int


def places_of(
    table: UnitTable,
    seconds: Mapping[str, float],
    platforms: Sequence[Platform],
    *,
    shards: int,
    least_seconds: int,
) -> dict[str, Place]:
    """Return the place of every unit, by its key.

    Args:
        table: all units.
        seconds: what each takes.
        platforms: where it may be built.
        shards: into how many parts a layer is taken at most.
        least_seconds: what a layer, and a part of one, must have to do to be worth a job.
    """
    needs = {key: sorted(keys_needed_anywhere(variant)) for key, variant in table.variants.items()}
    work = _on_all_platforms(table, seconds, platforms)
    layers: dict[int, list[str]] = {THIRD_PARTY_LAYER: []}  # also where nothing is fetched
    for unit, layer in _layers(table, needs, work, least_seconds).items():
        layers.setdefault(layer, []).append(unit)
    steps: list[Step] = []
    for _, units in sorted(layers.items()):
        inside = {unit: needs[unit] for unit in units}
        steps += steps_of(inside, work, machines=shards, least_seconds=least_seconds)
    places: dict[str, Place] = {}
    for layer, step in enumerate(steps):
        for shard, members in enumerate(step):
            places |= dict.fromkeys(members, Place(layer=layer, shard=shard))
    return places


def _layers(
    table: UnitTable, needs: Mapping[str, Sequence[str]], work: Mapping[str, float], least_seconds: int
) -> dict[str, int]:
    order = needed_first(sorted(needs), needs.__getitem__)
    layers = lifted(order, needs, _layers_of_packages(table, needs))
    sums: dict[int, float] = {}
    for unit in sorted(layers):
        sums[layers[unit]] = sums.get(layers[unit], 0.0) + work[unit]
    numbers = merged(sums, least_seconds)
    return {unit: numbers[layer] for unit, layer in layers.items()}


def _layers_of_packages(table: UnitTable, needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the layer of each unit's package; what development dependencies add counts for single units only."""
    packages: dict[str, set[str]] = {}
    for key, variant in table.variants.items():
        if is_third_party(variant.package):
            continue
        found = packages.setdefault(variant.identity.crate, set())
        if not _is_for_development(variant):
            others = (table.variants[each] for each in needs[key])
            found.update(other.identity.crate for other in others if not is_third_party(other.package))
    layers = member_layers(packages) if packages else {}
    crates = {key: variant.identity.crate for key, variant in table.variants.items()}
    return {key: layers.get(crate, THIRD_PARTY_LAYER) for key, crate in crates.items()}


def _is_for_development(variant: Variant) -> bool:
    return variant.unit_mode in _TESTING or variant.unit_target.kind in _DEVELOPMENT


def _on_all_platforms(
    table: UnitTable, seconds: Mapping[str, float], platforms: Sequence[Platform]
) -> dict[str, float]:
    """Return what each unit takes on the system that builds it for most platforms."""
    system = {platform.name: platform.system for platform in platforms}
    times: dict[tuple[str, ...], int] = {}  # by the names of platforms: there are few combinations
    work = {}
    for key, variant in table.variants.items():
        names = tuple(variant.edges)
        if names not in times:
            times[names] = max(Counter(system[name] for name in names).values())
        work[key] = seconds[key] * times[names]
    return work

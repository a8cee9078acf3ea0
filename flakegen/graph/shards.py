"""Layers in parts for several machines, none of which needs what another is still building.

Most units of a layer hang together by a few that nearly all need, so a layer can seldom be taken apart as it is. It is
therefore built in *steps*: the first is cut where what hangs together would become more than one machine's share, and
what lies above the cut is the next step's. Within a step, the *clusters* of units that need each other are handed out
longest first (Graham's LPT rule), each to the machine that its name prefers as long as that has room, so that one unit
more leaves most others where they are.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TypeAlias

from msgspec import Struct

from flakegen.graph.order import by_generation

Shard: TypeAlias = tuple[str, ...]
"""Units, in no order that means anything."""

Step: TypeAlias = tuple[Shard, ...]

_SHARES = (1.0, 0.7, 0.5, 0.35, 0.25)  # of one machine's part, that a cluster may have
_BETTER = 0.97  # how much less a way must take to be chosen before the ones tried earlier: near ties would change places
_ROOM = 1.1  # how much more than the mean a machine may get, that a unit may be where its name wants it


class Cluster(Struct, frozen=True, kw_only=True):
    """Units that need each other.

    Attributes:
        name: of the unit with most to do.
        units: all of them.
        seconds: of all of them.
    """

    name: str
    units: tuple[str, ...]
    seconds: float


def steps_of(
    needs: Mapping[str, Collection[str]], seconds: Mapping[str, float], *, machines: int, least_seconds: float
) -> list[Step]:
    """Take one layer apart.

    Args:
        needs: of each unit of the layer; what is in other layers does not count.
        seconds: of each unit, at least.
        machines: how many parts a step may have.
        least_seconds: what a part must have to do, and what a further step costs.

    Returns:
        Steps, of which each needs earlier ones alone. One step of one part, where more would not be quicker.
    """
    whole: list[Step] = [(tuple(sorted(needs)),)]
    if machines == 1 or sum(seconds[unit] for unit in whole[0][0]) < 2 * least_seconds:
        return whole
    order = by_generation(needs)
    best, least = whole, sum(seconds[unit] for unit in order)
    for share in _SHARES:
        steps = _steps(order, needs, seconds, machines, least_seconds, share)
        took = _time(steps, seconds) + least_seconds * (len(steps) - 1)
        if took < least * _BETTER:
            best, least = steps, took
    return best


def _time(steps: Iterable[Step], seconds: Mapping[str, float]) -> float:
    return sum(max(sum(seconds[unit] for unit in shard) for shard in step) for step in steps)


def _steps(
    order: Sequence[str],
    needs: Mapping[str, Collection[str]],
    seconds: Mapping[str, float],
    machines: int,
    least_seconds: float,
    share: float,
) -> list[Step]:
    steps: list[Step] = []
    rest, left = list(order), sum(seconds[unit] for unit in order)
    while rest:
        if left < 2 * least_seconds:
            clusters, rest = [_cluster(rest, seconds)], []
        else:
            clusters, rest = cut(rest, needs, seconds, _rounded(left / machines * share))
        work = sum(cluster.seconds for cluster in clusters)
        left -= work
        parts = max(1, min(machines, int(work / least_seconds))) if least_seconds else machines
        step = shared_out(clusters, parts)
        if steps and len(step) == len(steps[-1]) == 1:
            step = ((*steps.pop()[0], *step[0]),)  # the same machine goes on
        steps.append(step)
    return steps


def _rounded(value: float) -> float:
    """Round down by up to an eighth, so that a little more work does not cut everything elsewhere."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(math.floor(mantissa * 16) / 16, exponent)


def cut(
    order: Iterable[str], needs: Mapping[str, Collection[str]], seconds: Mapping[str, float], most: float
) -> tuple[list[Cluster], list[str]]:
    """Return clusters of at most ``most`` seconds (or of one unit), and the units above them, still in their order."""
    found: dict[str, str] = {}  # unit -> another of its cluster, up to the cluster's own
    sums: dict[str, float] = {}
    later: dict[str, None] = {}

    def cluster_of(unit: str) -> str:
        while found[unit] != unit:
            found[unit] = found[found[unit]]
            unit = found[unit]
        return unit

    for unit in order:
        below = [each for each in needs[unit] if each in found or each in later]
        joined = {cluster_of(each) for each in below if each in found}
        work = seconds[unit] + sum(sums[each] for each in sorted(joined))
        if any(each in later for each in below) or (joined and work > most):
            later[unit] = None
            continue
        found[unit] = unit
        sums[unit] = work
        for each in joined:
            found[each] = unit
    members: dict[str, list[str]] = {}
    for unit in found:
        members.setdefault(cluster_of(unit), []).append(unit)
    return [_cluster(units, seconds) for units in members.values()], list(later)


def _cluster(units: list[str], seconds: Mapping[str, float]) -> Cluster:
    name = min(units, key=lambda unit: (-seconds[unit], unit))
    return Cluster(name=name, units=tuple(units), seconds=sum(seconds[unit] for unit in units))


def shared_out(clusters: Iterable[Cluster], parts: int) -> Step:
    """Hand clusters out to some machines, longest first; those that would get nothing are left out."""
    ordered = sorted(clusters, key=lambda cluster: (-cluster.seconds, cluster.name))
    room = _ROOM * sum(cluster.seconds for cluster in ordered) / parts
    loads = [0.0] * parts
    shards: list[list[str]] = [[] for _ in range(parts)]
    for cluster in ordered:
        preferred = _preferred(cluster.name, parts)
        chosen = next(
            (part for part in preferred if loads[part] + cluster.seconds <= room),
            None,
        )
        if chosen is None:
            chosen = min(preferred, key=lambda part: loads[part])
        loads[chosen] += cluster.seconds
        shards[chosen] += cluster.units
    return tuple(tuple(shard) for shard in shards if shard)


def _preferred(name: str, parts: int) -> list[int]:
    """Order machines as a name prefers them; one machine more takes something from each of the others (rendezvous)."""
    if parts == 1:
        return [0]
    data = name.encode()
    return sorted(
        range(parts), key=lambda part: blake2b(data, digest_size=8, salt=part.to_bytes(8, "little")).digest()
    )

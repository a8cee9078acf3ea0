"""Where things stand: groups from left to right, in each of them columns by depth, in a column few lines that cross."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from flakegen.graph.reduction import depths
from flakegen.pictures.model import Picture

_SWEEPS = 6
_FEWEST_ROWS = 12
_WIDE = 3.6
"""Rows for the square root of a node, so that a whole picture is about as wide as a screen is."""


class Arrangement(Struct, frozen=True, kw_only=True):
    """The columns of each group, in order, and of each column the ids from top to bottom."""

    columns: Mapping[str, tuple[tuple[str, ...], ...]]


def arranged(picture: Picture) -> Arrangement:
    """Return the places of all nodes.

    Columns are those of a layered drawing after Sugiyama, Tagawa and Toda (1981), ordered by barycentre; one that is
    higher than the picture should be goes on in the next.
    """
    ranks = _ranks(picture)
    ordered = _ordered(ranks, picture.edges)
    rows = max(_FEWEST_ROWS, math.ceil(math.sqrt(_WIDE * len(picture.nodes))))
    columns: dict[str, list[tuple[str, ...]]] = {group.id: [] for group in picture.groups}
    for (group, _), ids in ordered:
        columns[group] += _wrapped(ids, rows)
    return Arrangement(columns={group: tuple(found) for group, found in columns.items()})


def _ranks(picture: Picture) -> list[tuple[tuple[str, int], list[str]]]:
    """Return group and depth within it, from left to right, with the ids there."""
    group_of = {node.id: node.group for node in picture.nodes}
    within = [edge for edge in picture.edges if group_of[edge[0]] == group_of[edge[1]]]
    depth = depths(group_of, within)
    order = {group.id: number for number, group in enumerate(picture.groups)}
    ranks: dict[tuple[str, int], list[str]] = {}
    for node in picture.nodes:
        ranks.setdefault((node.group, depth[node.id]), []).append(node.id)
    return sorted(ranks.items(), key=lambda rank: (order[rank[0][0]], rank[0][1]))


def _ordered(
    ranks: Sequence[tuple[tuple[str, int], list[str]]], edges: Iterable[tuple[str, str]]
) -> list[tuple[tuple[str, int], list[str]]]:
    """Order each rank by where the neighbours of its nodes are, from the left and from the right in turn."""
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for user, needed in edges:
        left.setdefault(user, []).append(needed)
        right.setdefault(needed, []).append(user)
    places: dict[str, float] = {}
    for _, ids in ranks:
        _place(ids, places)
    orders = [ids for _, ids in ranks]
    for sweep in range(_SWEEPS):
        neighbours = right if sweep % 2 else left
        for number in reversed(range(len(orders))) if sweep % 2 else range(len(orders)):
            orders[number] = _by_barycentre(orders[number], neighbours, places)
            _place(orders[number], places)
    return [(rank, ids) for (rank, _), ids in zip(ranks, orders, strict=True)]


def _by_barycentre(
    ids: Iterable[str], neighbours: Mapping[str, Sequence[str]], places: Mapping[str, float]
) -> list[str]:
    def centre(node: str) -> float:
        near = neighbours.get(node)
        return sum(places[other] for other in near) / len(near) if near else places[node]

    return sorted(ids, key=lambda node: (centre(node), places[node], node))


def _place(ids: Sequence[str], places: dict[str, float]) -> None:
    """Note how far down each node is, from 0 to 1, as ranks are of different lengths."""
    for number, node in enumerate(ids):
        places[node] = (number + 0.5) / len(ids)


def _wrapped(ids: Sequence[str], rows: int) -> list[tuple[str, ...]]:
    """Part what is too high into columns that are about equally high."""
    count = math.ceil(len(ids) / rows)
    height = math.ceil(len(ids) / count)
    return [tuple(ids[start : start + height]) for start in range(0, len(ids), height)]

"""What a unit's edges lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakegen.plan.cargo_plan import UnitEdges
    from flakegen.plan.units import Variant


def edge_keys(edges: UnitEdges) -> Iterator[str]:
    """Yield the keys of all units that these edges lead to."""
    yield from edges.externs.values()
    yield from edges.bins.values()
    yield from edges.links
    if edges.script is not None:
        yield edges.script
    if edges.build is not None:
        yield edges.build


def keys_needed_anywhere(variant: Variant) -> set[str]:
    """Return the keys of all units that a unit needs on one platform or another."""
    different = {id(edges): edges for edges in variant.edges.values()}  # most platforms share theirs
    return {key for edges in different.values() for key in edge_keys(edges)}

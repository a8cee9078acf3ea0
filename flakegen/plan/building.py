"""What a spec says of how units are built, and how they are divided into layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from flakegen.plan.times import load_times
from flakegen.spec.sections import Cargo


class Building(Struct, frozen=True, kw_only=True):
    """What the spec says of how units are built.

    Attributes:
        content_addressed: whether what they are is told by their content.
        shards: into how many parts a caching layer is taken at most.
        least_seconds: what a layer, and a part of one, must have to do to be worth a job.
        measured: seconds by unit key, or by a crate's key or name.
    """

    content_addressed: bool
    shards: int
    least_seconds: int
    measured: Mapping[str, float]


def building_of(cargo: Cargo, root: Path) -> Building:
    """Return what the section says; files that it names lie in ``root``.

    Raises:
        DiagnosticError: the table of times cannot be read.
    """
    times = cargo.layers.times
    return Building(
        content_addressed=cargo.content_addressed,
        shards=cargo.layers.shards,
        least_seconds=cargo.layers.least_seconds,
        measured={} if times is None else load_times(root / times.relative),
    )

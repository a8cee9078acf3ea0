"""How long each unit of the table takes: measured, where the spec names a table of that, else by estimate.

What follows from it is committed, so it hangs on classes of size, not on sizes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from flakegen.cargo.unit import Mode
from flakegen.graph.cost import Work, seconds
from flakegen.plan.units import UnitTable, Variant

_TESTING = frozenset((Mode.TEST, Mode.CHECK_TEST))
_LINKED_TYPES = frozenset(("cdylib", "dylib", "proc-macro"))
_OPTIMISED = re.compile(r"opt-level=[^0]")
_DIGITS = 3


class CodeSize(Struct, frozen=True, kw_only=True):
    """Classes of size of one target's code, in kilobytes: that of its product, and with what only tests compile."""

    product: float
    tests: float


def unit_seconds(
    table: UnitTable, sizes: Mapping[str, CodeSize], measured: Mapping[str, float]
) -> dict[str, float]:
    """Return the seconds of each unit, by key.

    Args:
        table: all units.
        sizes: of local units' code, by key.
        measured: by unit key, or by a crate's key or name for all its units together.
    """
    optimised = {name for flags, name in table.profiles.items() if _OPTIMISED.search(" ".join(flags))}
    found = {
        key: seconds(_work(variant, sizes.get(key), is_optimised=variant.identity.profile in optimised))
        for key, variant in table.variants.items()
    }
    if measured:
        found = _corrected(table, found, measured)
    return {key: round(value, _DIGITS) for key, value in found.items()}


def _work(variant: Variant, size: CodeSize | None, *, is_optimised: bool) -> Work:
    target = variant.unit_target
    kilobytes = None
    if size is not None:
        kilobytes = size.tests if variant.unit_mode in _TESTING else size.product
    return Work(
        kind=target.kind.value,
        mode=variant.identity.mode,
        kilobytes=kilobytes,
        features=len(variant.identity.features),
        is_optimised=is_optimised,
        is_linked=not _LINKED_TYPES.isdisjoint(target.crate_types) or target.proc_macro,
    )


def _corrected(
    table: UnitTable, estimated: Mapping[str, float], measured: Mapping[str, float]
) -> dict[str, float]:
    """Put measures in place of estimates; what is measured of a whole crate is shared out as the estimate has it."""
    found = dict(estimated)
    by_crate: dict[str, list[str]] = {}
    for key, variant in table.variants.items():
        if key in measured:
            found[key] = measured[key]
        else:
            by_crate.setdefault(variant.identity.crate, []).append(key)
    for crate, keys in by_crate.items():
        name = table.packages[crate].id.name
        whole = measured.get(crate, measured.get(name))
        if whole is not None:
            guess = sum(estimated[key] for key in keys)
            found.update((key, whole * estimated[key] / guess) for key in keys)
    return found

"""How long units take to build, roughly: enough to compare changes, and to share work out between machines.

The figures are seconds of one core of a machine of today; what was measured is better, where it is at hand. They come from
building Lana and twelve published programs: a fetched library takes about half a second without optimisation, and own
code about 20 ms a kilobyte beyond what starting rustc costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

_FETCHED = 0.5
_STARTED = 0.25
_PER_KILOBYTE = 0.02
_PER_FEATURE = 0.02  # of a fetched crate, whose size is not known: each switches on a part of it
_LINKED = 0.4
_SCRIPT_RUN = 0.1
_OPTIMISED = 2.2
_UNLINKED = 0.5  # of what a compilation without code generation takes
_TEST_RUN = 0.2

_LINKED_KINDS = frozenset(("bin", "test", "bench", "example", "custom-build"))
_WITHOUT_CODE = frozenset(("check", "check-test", "doc"))


class Work(Struct, frozen=True, kw_only=True):
    """What there is to do for one unit.

    Attributes:
        kind: of the target, as in cargo's JSON.
        mode: `build`, `test`, `check`, `run` ….
        kilobytes: of own source code; None for fetched crates, of which it is not known.
        features: how many are on.
        is_optimised: whether the profile optimises.
        is_linked: whether a library is linked by itself, as procedural macros and shared libraries are.
    """

    kind: str
    mode: str
    kilobytes: float | None
    features: int
    is_optimised: bool
    is_linked: bool


def seconds(work: Work) -> float:
    """Return how long a unit takes."""
    if work.mode == "run":
        return _SCRIPT_RUN
    if work.kilobytes is None:
        compiling = _FETCHED + _PER_FEATURE * work.features
    else:
        compiling = _STARTED + _PER_KILOBYTE * work.kilobytes
    if work.mode in _WITHOUT_CODE:
        return compiling * _UNLINKED
    if work.is_optimised:
        compiling *= _OPTIMISED
    if work.mode == "doctest":
        compiling += _TEST_RUN
    is_linked = work.is_linked or work.kind in _LINKED_KINDS or work.mode == "test"
    return compiling + (_LINKED if is_linked else 0.0)


def size_class(kilobytes: float) -> float:
    """Return a size as it is told for sharing work out: the same for all sizes between two powers of four.

    What is committed hangs on it, and must not be another with every edit.
    """
    low = 1.0
    if kilobytes < low:
        return low / 2
    while kilobytes >= low * 4:
        low *= 4
    return low * 2


def critical_path(costs: Mapping[str, float], needs: Mapping[str, Iterable[str]]) -> float:
    """Return how long the longest chain takes; what is needed must come first in ``costs``."""
    done: dict[str, float] = {}
    for unit, cost in costs.items():
        done[unit] = cost + max((done[each] for each in needs[unit] if each in done), default=0.0)
    return max(done.values(), default=0.0)

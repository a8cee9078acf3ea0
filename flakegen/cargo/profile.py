"""Profiles: how a unit is compiled (Cargo book, "Profiles")."""

from __future__ import annotations

from msgspec import Struct


class Profile(Struct, frozen=True, kw_only=True):
    """The resolved profile of one unit, with the field values of cargo's unit-graph JSON."""

    name: str
    opt_level: str
    lto: str
    codegen_units: int | None
    debuginfo: int | str  # 0, 1, 2, "line-tables-only", "line-directives-only"
    split_debuginfo: str | None
    debug_assertions: bool
    overflow_checks: bool
    rpath: bool
    incremental: bool
    panic: str
    strip: str | None  # None, "debuginfo", "symbols"
    strip_deferred: bool  # cargo's {"deferred": …} against {"resolved": …}
    hint_mostly_unused: bool | None  # stable cargo does nothing with it, and prints it
    is_release: bool  # the profile's root is release: PROFILE=release for build scripts

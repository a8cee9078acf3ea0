"""The unit graph: what cargo would run, one node per rustc call or build-script run."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from flakegen.cargo.package import Package, Target
from flakegen.cargo.profile import Profile


class Mode(Enum):
    """What is done with a unit's target, by cargo's own names in the unit-graph JSON."""

    BUILD = "build"
    CHECK = "check"
    CHECK_TEST = "check-test"  # `cargo check` of a test harness; "check" in the JSON
    TEST = "test"
    DOC = "doc"
    DOCTEST = "doctest"
    RUN_CUSTOM_BUILD = "run-custom-build"

    __hash__ = object.__hash__  # modes are part of hot keys, and Enum's own hash is written in Python


class UnitDependency(Struct, frozen=True, kw_only=True):
    """An edge: the index of the unit depended on and the name its crate is known by in the dependent."""

    index: int
    extern_crate_name: str


class Unit(Struct, frozen=True, kw_only=True):
    """One unit. ``platform`` is the triple it is built for, or None for a host unit."""

    package: Package
    target: Target
    profile: Profile
    platform: str | None
    mode: Mode
    features: tuple[str, ...]  # sorted
    dependencies: tuple[UnitDependency, ...]
    is_local: bool  # path source: no --cap-lints, may be incremental
    is_primary: bool  # package of a root unit: CARGO_PRIMARY_PACKAGE


class UnitGraph(Struct, frozen=True, kw_only=True):
    """Units in an order where dependencies come first, and the indices of the roots."""

    units: tuple[Unit, ...]
    roots: tuple[int, ...]
    host: str  # triple
    targets: tuple[str, ...]  # requested triples; empty without `--target`

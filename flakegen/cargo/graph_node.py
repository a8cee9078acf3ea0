"""The unit graph while it is being made: nodes that are interned, and what is handed down along edges."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct

from flakegen.cargo.package import Target, TargetKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.profiles import Settings, order_key
from flakegen.cargo.unit import Mode

NEW = -1
"""The final index of a unit that the sharing pass has not reached."""


class UnitFor(NamedTuple):
    """What a unit is built for; handed down the edges, and no part of a unit's identity (cargo's `UnitFor`)."""

    host: bool = False  # a build script, a proc-macro, or something they need: build-override applies
    host_features: bool = False  # its features are those of a host dependency
    unwind: bool = False  # `panic` of the profile does not apply
    root: Platform | None = None  # the platform of the root it is reached from

    def to_target(self, parent: Target, target: Target) -> UnitFor:
        """What a dependency on ``target`` is built for."""
        for_host = target.is_for_host
        is_from_script = parent.kind is TargetKind.CUSTOM_BUILD
        return UnitFor(
            self.host or for_host,
            self.host_features or is_from_script or target.proc_macro,
            self.unwind or for_host,
            self.root,
        )

    def for_script(self) -> UnitFor:
        """What this unit's build script is built and run for: the profile is the host's, the features stay."""
        return UnitFor(host=True, host_features=self.host_features, unwind=True, root=self.root)


class Edge(Struct, frozen=True, eq=False):
    """An edge of the first pass."""

    node: Node
    unit_for: UnitFor
    extern_crate_name: str


class Node(Struct, eq=False):
    """A unit of the first pass; ``platform`` None is cargo's `CompileKind::Host`."""

    package: int
    target: Target
    settings: Settings
    platform: Platform | None
    mode: Mode
    features: tuple[str, ...]
    edges: list[Edge] | None = None
    order: tuple[Any, ...] | None = None
    shared: int = NEW  # the index of its unit in the final graph

    def __repr__(self) -> str:
        """Leave out the edges, which lead to everything."""
        return f"Node({self.package}, {self.target.name!r}, {self.mode}, {self.features})"

    def sort_key(self) -> tuple[Any, ...]:
        """Cargo's derived order of units; it decides which of several equal visits comes first."""
        if self.order is None:
            target = self.target
            triple = "" if self.platform is None else self.platform.triple
            self.order = (
                self.package,
                _KIND_ORDER[target.kind],
                target.name,
                target.src_path,
                order_key(self.settings.profile),
                triple,
                _MODE_ORDER[self.mode],
                self.features,
            )
        return self.order


_KIND_ORDER = {
    TargetKind.LIB: 0,
    TargetKind.BIN: 1,
    TargetKind.TEST: 2,
    TargetKind.BENCH: 3,
    TargetKind.EXAMPLE: 4,
    TargetKind.CUSTOM_BUILD: 6,
}
_MODE_ORDER = {
    Mode.TEST: 0,
    Mode.BUILD: 1,
    Mode.CHECK: 2,
    Mode.CHECK_TEST: 3,
    Mode.DOC: 4,
    Mode.DOCTEST: 5,
    Mode.RUN_CUSTOM_BUILD: 6,
}

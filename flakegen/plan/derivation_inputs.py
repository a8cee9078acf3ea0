"""What each derivation is told by the plan: all that its identity is made of, but for files and the derivations it needs.

This mirrors units.nix attribute by attribute, so that a change can be explained (`features`, `source`, …) without Nix. If
a unit's derivation gets another input there, it needs another line here; tests compare with the real derivations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import TypeVar

from msgspec import Struct

from flakegen.plan.build_graph import BuildGraph, UnitNode
from flakegen.plan.cargo_plan import CargoPlan, CratePlan, Platform, UnitEdges, UnitPlan
from flakegen.plan.model import BuildPlan

# The inputs of a flake that cargo units are built with.
TOOLCHAIN_INPUTS = ("nixpkgs", "rust-overlay")

UNIT_INPUTS = (
    "version",
    "platform",
    "features",
    "flags",
    "package",
    "configuration",
    "content addressing",
    "place",
    "environment",
    "target",
    "profile",
    "lints",
    "declared features",
    "links",
    "crate override",
)
"""What units are told by the plan, by names for people."""

_Key = TypeVar("_Key")

DIGEST_SIZE = 8
"""Of one of these, in bytes."""

_NONE = bytes(DIGEST_SIZE)


class DerivationInputs(Struct, frozen=True, kw_only=True, array_like=True):
    """What the derivations of one system are told; of units in the order of the graph's.

    Attributes:
        told: of each unit, digests of `DIGEST_SIZE` bytes in the order of `UNIT_INPUTS`, one after the other; zeros stand
            for what it is not told.
        own: of each unit, a digest of all that and of the names that it has for what it needs.
        needs: of each unit, the numbers of those that it needs, by these names.
        unread: numbers of the units that are told of files of the project, but read none.
        outputs: of each output, a digest of its expression.
        packages: a digest of where nixpkgs comes from, as the spec says it.
        toolchain: a digest of how the spec chooses the Rust toolchain.
    """

    told: tuple[bytes, ...]
    own: tuple[bytes, ...]
    needs: tuple[tuple[int, ...], ...]
    unread: frozenset[int]
    outputs: Mapping[str, bytes]
    packages: bytes
    toolchain: bytes


def derivation_inputs(plan: BuildPlan, graph: BuildGraph) -> DerivationInputs:
    """Return what the derivations of one system are told by the plan that the graph is of."""
    told: list[bytes] = []
    own: list[bytes] = []
    needs: list[tuple[int, ...]] = []
    unread: set[int] = set()
    if plan.cargo is not None:
        teller = _Teller(plan, plan.cargo)
        number = {(node.platform, node.key): place for place, node in enumerate(graph.units.values())}
        for place, node in enumerate(graph.units.values()):
            said = teller.tell(node)
            row = b"".join([said.get(name, _NONE) for name in UNIT_INPUTS])
            needed = sorted(teller.needs(node))
            told.append(row)
            names = "\0".join([name for name, _ in needed])
            own.append(blake2b(row + names.encode("utf-8", "surrogatepass"), digest_size=16).digest())
            needs.append(tuple([number[node.platform, key] for _, key in needed]))
            if teller.is_replaced(node):
                unread.add(place)
    return DerivationInputs(
        told=tuple(told),
        own=tuple(own),
        needs=tuple(needs),
        unread=frozenset(unread),
        outputs={f"{each.section}.{each.name}": _digest(repr(each.value)) for each in plan.outputs},
        packages=_digest(repr([plan.inputs.get(name) for name in TOOLCHAIN_INPUTS])),
        toolchain=_digest(repr(plan.toolchain if plan.toolchain.overlay else None)),
    )


class _Teller:
    """Says of each unit of a graph what its derivation is told; what many are told is looked at once."""

    def __init__(self, plan: BuildPlan, cargo: CargoPlan) -> None:
        self.cargo = cargo
        self.overrides = {name: repr(value) for name, value in plan.crate_overrides.items()}
        self.env = repr(sorted((name, repr(value)) for name, value in plan.cargo_env.items()))
        self.platforms = {platform.name: platform for platform in cargo.platforms}
        self._known: dict[object, bytes] = {}
        self._crates: dict[str, dict[str, bytes]] = {}

    def tell(self, node: UnitNode) -> dict[str, bytes]:
        """Return digests of what the unit's own derivation is told, by a name for people."""
        unit = self.cargo.units[node.key]
        crate = self.cargo.crates[unit.crate]
        platform = self.platforms[node.platform]
        replaced = self._edge(unit, platform, "replaced")
        if replaced:
            said = self.cargo.replaced[replaced]
            return {
                "version": _digest(f"{crate.name} {crate.version}"),
                "links": self._text(crate.links or ""),
                "configuration": _digest(repr(sorted(said.items()))),
            }
        return {
            **self._crate(unit.crate, crate),
            "platform": self._once(
                ("platform", platform.name, unit.cross), lambda _key: _platform(platform, cross=unit.cross)
            ),
            "features": self._text(" ".join(unit.features)),
            "flags": self._text(repr(unit.flags)),
            **({} if crate.directory is None else {"environment": self._environment(unit)}),
            **(self._run(unit, crate) if unit.mode == "run" else self._compile(unit, crate)),
        }

    def _crate(self, key: str, crate: CratePlan) -> dict[str, bytes]:
        """Return what all units of a crate are told."""
        known = self._crates.get(key)
        if known is None:
            is_fetched = crate.directory is None
            environment = self.cargo.environments
            configured = environment.fetched if is_fetched else environment.own
            # A fetched crate is unpacked under its key, from where it comes.
            version = (
                f"{key} {crate.version} {crate.fetch!r}" if is_fetched else f"{crate.name} {crate.version}"
            )
            place = (self.cargo.name, crate.directory, self.cargo.root, self.cargo.command, crate.is_member)
            known = self._crates[key] = {
                "version": _digest(version),
                "package": _digest(repr(sorted(crate.texts.items()))),
                "configuration": self._once(
                    ("configuration", is_fetched),
                    lambda _key: repr((sorted(configured.plain.items()), sorted(configured.forced.items()))),
                ),
                "content addressing": self._text(str(self.cargo.content_addressed)),
                "place": _NONE if is_fetched else _digest(repr(place)),
            }
            if crate.name in self.overrides:
                override = f"{self.overrides[crate.name]} {sorted(crate.targets)}"
                known["crate override"] = _digest(override)
        return known

    def _environment(self, unit: UnitPlan) -> bytes:
        return self._text(f"{self.env} {sorted(unit.env.items())}")

    def _compile(self, unit: UnitPlan, crate: CratePlan) -> dict[str, bytes]:
        target = f"{unit.crate} {unit.target} {unit.mode} {unit.clippy}"
        return {
            "target": self._once(
                ("target", target), lambda _key: f"{target} {crate.targets[unit.target]!r} {crate.has_lib}"
            ),
            "profile": self._once(
                ("profile", unit.profile), lambda _key: repr(self.cargo.profiles[unit.profile])
            ),
            "lints": self._once(("lints", unit.crate), lambda _key: repr(crate.lints)),
            "declared features": self._text(crate.check_cfg),
        }

    def _run(self, unit: UnitPlan, crate: CratePlan) -> dict[str, bytes]:
        return {
            "target": self._text(f"run {crate.targets[unit.target].name}"),
            "links": self._text(crate.links or ""),
            "profile": self._once(
                ("script", unit.profile), lambda _key: repr(sorted(self.cargo.scripts[unit.profile].items()))
            ),
        }

    def _text(self, text: str) -> bytes:
        return self._once(text, str)

    def _once(self, key: _Key, text: Callable[[_Key], str]) -> bytes:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _digest(text(key))
        return known

    def is_replaced(self, node: UnitNode) -> bool:
        """Tell whether the configuration says what the unit's build script would."""
        return bool(self._edge(self.cargo.units[node.key], self.platforms[node.platform], "replaced"))

    def _edge(self, unit: UnitPlan, platform: Platform, name: str) -> str | None:
        edges: UnitEdges | None = unit.only.get(platform.name)
        found: str | None = getattr(unit.edges, name) or (getattr(edges, name) if edges is not None else None)
        return found

    def needs(self, node: UnitNode) -> Iterator[tuple[str, str]]:
        """Yield what the unit needs, by the name that its derivation has for it, as keys of the table."""
        unit = self.cargo.units[node.key]
        only = unit.only.get(node.platform)
        for edges in (unit.edges, *(() if only is None else (only,))):
            yield from edges.externs.items()
            yield from ((f"bin {name}", key) for name, key in edges.bins.items())
            yield from (("links", key) for key in edges.links)
            if edges.script is not None:
                yield "script", edges.script
            if edges.build is not None:
                yield "build", edges.build


def _platform(platform: Platform, *, cross: bool) -> str:
    triple = (platform.target or platform.host) if cross else platform.host
    return f"{platform.host} {triple} {cross}"


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_SIZE).digest()

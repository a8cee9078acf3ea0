"""Which link-time optimisation each unit takes part in (cargo's `core/compiler/lto.rs`), decided over the whole graph."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from flakegen.cargo.package import Target
from flakegen.cargo.unit import Mode, Unit, UnitGraph

_OBJECT_TYPES = frozenset({"bin", "staticlib", "cdylib", "dylib", "proc-macro"})
_FINAL_TYPES = frozenset({"bin", "staticlib", "cdylib"})
_TEST_MODES = (Mode.TEST, Mode.DOCTEST)


class LtoKind(Enum):
    """Cargo's `Lto`, by what rustc is told."""

    RUN = "run"  # -C lto[=name]
    OFF = "off"  # -C lto=off -C embed-bitcode=no
    ONLY_BITCODE = "only-bitcode"  # -C linker-plugin-lto
    OBJECT_AND_BITCODE = "object-and-bitcode"  # nothing
    ONLY_OBJECT = "only-object"  # -C embed-bitcode=no

    __hash__ = object.__hash__  # as of `Mode`: Enum's own is written in Python


class Lto(Struct, frozen=True):
    """The decision for one unit; ``name`` is "fat" or "thin" where the profile names it."""

    kind: LtoKind
    name: str | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """The arguments of rustc, in pairs of `-C` and option."""
        match self.kind:
            case LtoKind.RUN:
                return ("-C", f"lto={self.name}" if self.name else "lto")
            case LtoKind.OFF:
                return ("-C", "lto=off", "-C", "embed-bitcode=no")
            case LtoKind.ONLY_BITCODE:
                return ("-C", "linker-plugin-lto")
            case LtoKind.OBJECT_AND_BITCODE:
                return ()
            case LtoKind.ONLY_OBJECT:
                return ("-C", "embed-bitcode=no")


_OFF = Lto(LtoKind.OFF)
_BITCODE = Lto(LtoKind.ONLY_BITCODE)
_BOTH = Lto(LtoKind.OBJECT_AND_BITCODE)
_OBJECT = Lto(LtoKind.ONLY_OBJECT)


def _crate_types(unit: Unit) -> tuple[str, ...]:
    return ("bin",) if unit.mode in _TEST_MODES else unit.target.crate_types


def _is_compile_time(target: Target) -> bool:
    return target.is_for_host


def _needs_object(types: tuple[str, ...]) -> bool:
    return not _OBJECT_TYPES.isdisjoint(types)


def _with_object(types: tuple[str, ...]) -> Lto:
    """Object code only if nobody could use bitcode."""
    return _OBJECT if all(kind == "dylib" for kind in types) else _BOTH


def _start(root: Unit) -> Lto:
    """What a root asks of its dependencies."""
    if root.profile.lto == "false":
        return _OBJECT
    if root.profile.lto == "off":
        return _OFF
    if root.target.is_for_host:
        return _OBJECT
    types = root.target.crate_types
    return _with_object(types) if _needs_object(types) else _BITCODE


def _own(unit: Unit, parent: Lto) -> Lto:
    """What a unit is told, given what its dependent was told."""
    if _is_compile_time(unit.target):
        return _OBJECT
    types = _crate_types(unit)
    if all(kind in _FINAL_TYPES for kind in types):
        match unit.profile.lto:
            case "true":
                return Lto(LtoKind.RUN)
            case "off":
                return _OFF
            case "false":
                return _OBJECT
            case name:
                return Lto(LtoKind.RUN, name)
    if parent.kind is LtoKind.RUN:
        return _with_object(types) if _needs_object(types) else _BITCODE
    if parent.kind is LtoKind.ONLY_BITCODE and _needs_object(types):
        return _with_object(types)
    return parent


def _merged(known: Lto, new: Lto) -> Lto:
    """What a unit is told that is reached in two ways."""
    if known == new or known.kind is LtoKind.RUN:
        return known
    for kind in (LtoKind.RUN, LtoKind.OFF, LtoKind.OBJECT_AND_BITCODE):
        if kind in (known.kind, new.kind):
            return known if known.kind is kind else new
    return _BOTH


def lto_values(graph: UnitGraph) -> tuple[Lto, ...]:
    """The decision for each unit of a graph, in the order of its units."""
    units = graph.units
    if all(unit.profile.lto == "false" for unit in units):
        return (_OBJECT,) * len(units)
    found: list[Lto | None] = [None] * len(units)
    told: list[Lto | None] = [None] * len(units)  # by whom each was last visited: once more changes nothing
    pending = [(index, _start(units[index])) for index in reversed(graph.roots)]
    while pending:
        index, parent = pending.pop()
        if told[index] is parent:
            continue
        told[index] = parent
        unit = units[index]
        value, known = _own(unit, parent), found[index]
        if known is not None:
            value = _merged(known, value)
            if value == known:
                continue
        found[index] = value
        pending += [(edge.index, value) for edge in reversed(unit.dependencies)]
    return tuple(value or _OBJECT for value in found)

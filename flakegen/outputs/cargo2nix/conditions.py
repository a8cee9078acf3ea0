"""Conditions as Nix expressions over a *side* (see runtime/package-set.nix)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from flakegen.cargo.conditional.condition import Atom, AtomKind, Condition
from flakegen.nix import build as nix
from flakegen.nix.ast import BinaryOperator, Expr, HasAttr


class Place(Enum):
    """Where a condition stands, which decides under what name a side has each platform."""

    TARGET = "the role of the platform that is built for"
    HOST = "the role of the machine that builds"
    EITHER = "not known"


_PLATFORMS = {
    (Place.TARGET, AtomKind.TARGET): "on",
    (Place.TARGET, AtomKind.HOST): "builder",
    (Place.HOST, AtomKind.TARGET): "target",
    (Place.HOST, AtomKind.HOST): "on",
    (Place.EITHER, AtomKind.TARGET): "target",
    (Place.EITHER, AtomKind.HOST): "builder",
}


def expression(condition: Condition, place: Place, members: Mapping[int, str]) -> Expr:
    """Return a condition that is neither always nor never true; ``members`` are names by package."""
    products = [_all([_atom(atom, place, members) for atom in product]) for product in condition]
    return products[0] if len(products) == 1 else nix.operation(BinaryOperator.OR, *products)


def _all(atoms: list[Expr]) -> Expr:
    return atoms[0] if len(atoms) == 1 else nix.operation(BinaryOperator.AND, *atoms)


def _atom(atom: Atom, place: Place, members: Mapping[int, str]) -> Expr:
    match atom.kind:
        case AtomKind.MEMBER:
            return _is_asked(members[atom.package])
        case AtomKind.FEATURE:
            return _is_asked(f"{members[atom.package]}/{atom.text}")
        case AtomKind.DEV:
            return nix.select("side.dev")
        case AtomKind.TARGET | AtomKind.HOST:
            return nix.select("side", _PLATFORMS[place, atom.kind], atom.text)


def _is_asked(name: str) -> Expr:
    return HasAttr(nix.select("side.roots"), (name,))

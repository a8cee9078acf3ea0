"""Conditions: sums of products of things that a build may or may not have asked for.

Feature resolution only ever adds, so what is on is a *monotone* function of what was asked: a sum of products without
negations (a negated `cfg` is an atom of its own). While resolving, a product is a bit mask; afterwards it is a tuple.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeAlias

from msgspec import Struct


class AtomKind(Enum):
    """What can be asked for."""

    MEMBER = "member"  # the workspace member `package` is selected
    FEATURE = "feature"  # and its feature value `text` with it
    TARGET = "target"  # the platform key `text` selects the platform that is built for
    HOST = "host"  # … the platform that builds
    DEV = "dev"  # tests and the like are built


class Atom(Struct, frozen=True, order=False):
    """One thing that can be asked for."""

    kind: AtomKind
    package: int = -1
    text: str = ""

    def sort_key(self) -> tuple[str, int, str]:
        """An order that is total."""
        return (self.kind.value, self.package, self.text)


Condition: TypeAlias = tuple[tuple[Atom, ...], ...]
"""Any of some products, each of which is all of some atoms; sorted."""

ALWAYS: Condition = ((),)
NEVER: Condition = ()


class Atoms:
    """Atoms as bits. A selected feature's mask holds its member's bit too, as one cannot be without the other."""

    def __init__(self) -> None:
        self._masks: dict[Atom, int] = {}
        self._by_bit: list[Atom] = []

    def mask(self, atom: Atom) -> int:
        """The product of one atom."""
        found = self._masks.get(atom)
        if found is None:
            base = self.mask(Atom(AtomKind.MEMBER, atom.package)) if atom.kind is AtomKind.FEATURE else 0
            found = self._masks[atom] = base | 1 << len(self._by_bit)
            self._by_bit.append(atom)
        return found

    def parts(self, product: int) -> list[int]:
        """Single bits of a product, members last, so that features go first where not all are needed."""
        bits = [1 << index for index in range(product.bit_length()) if product >> index & 1]
        return sorted(bits, key=lambda bit: (self._atom(bit).kind is AtomKind.MEMBER, bit))

    def condition(self, products: Iterable[int]) -> Condition:
        """Products as atoms, without members that one of their features implies."""
        return tuple(sorted(map(self._product, products), key=_order))

    def _atom(self, bit: int) -> Atom:
        return self._by_bit[bit.bit_length() - 1]

    def _product(self, product: int) -> tuple[Atom, ...]:
        atoms = [self._atom(bit) for bit in self.parts(product)]
        with_features = {atom.package for atom in atoms if atom.kind is AtomKind.FEATURE}
        kept = (a for a in atoms if a.kind is not AtomKind.MEMBER or a.package not in with_features)
        return tuple(sorted(kept, key=Atom.sort_key))

    def without(self, product: int, bit: int) -> int | None:
        """The product less one atom; None for a member that one of the product's features needs."""
        less = product & ~bit
        atom = self._atom(bit)
        if atom.kind is AtomKind.MEMBER:
            others = (self._atom(each) for each in self.parts(less))
            if any(other.kind is AtomKind.FEATURE and other.package == atom.package for other in others):
                return None
        return less


def _order(product: tuple[Atom, ...]) -> list[tuple[str, int, str]]:
    return [atom.sort_key() for atom in product]


def holds(products: Iterable[int], asked: int) -> bool:
    """Whether a sum holds where everything in ``asked`` is given."""
    return any(product & asked == product for product in products)


def minimal(products: Iterable[int]) -> list[int]:
    """The products that no other one makes needless, smallest first."""
    found: list[int] = []
    for product in sorted(set(products), key=lambda each: (each.bit_count(), each)):
        if not holds(found, product):
            found.append(product)
    return found


def given(products: Sequence[int], reached: Sequence[int], atoms: Atoms) -> list[int]:
    """The simplest sum that equals ``products`` wherever ``reached`` holds, which ``products`` imply.

    Both are monotone, so it is enough to look at the smallest cases in which ``reached`` holds.
    """
    if all(holds(products, case) for case in reached):
        return [0]
    shorter = minimal(_shortened(product, products, reached, atoms) for product in products)
    needed = list(shorter)
    for product in shorter[::-1]:
        others = [other for other in needed if other != product]
        if all(holds(others, product | case) for case in reached if holds([product], product | case)):
            needed = others
    return needed


def _shortened(product: int, products: Sequence[int], reached: Sequence[int], atoms: Atoms) -> int:
    """A product less the atoms that being reached makes needless."""
    for bit in atoms.parts(product):
        less = atoms.without(product, bit)
        if less is not None and all(holds(products, less | case) for case in reached):
            product = less
    return product

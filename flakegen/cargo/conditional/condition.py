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

    def condition(self, products: Sum) -> Condition:
        """Products as atoms, without members that one of their features implies."""
        return tuple(sorted(map(self._product, products.products), key=_order))

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


class Sum:
    """Products of which none makes another needless; looked up by their lowest bits, as there may be hundreds."""

    __slots__ = ("_by_bit", "products")

    def __init__(self, products: Iterable[int] = ()) -> None:
        self.products: list[int] = []
        self._by_bit: dict[int, list[int]] = {}
        for product in sorted(set(products), key=_size):
            if not self.holds(product):
                self.add(product)

    def add(self, product: int) -> None:
        """Take in a product for which the sum does not hold, and which is no part of another one."""
        self.products.append(product)
        self._by_bit.setdefault(product & -product, []).append(product)

    def holds(self, asked: int, *, but: int = -1) -> bool:
        """Whether one of the products, other than ``but``, holds where everything in ``asked`` is given."""
        by_bit = self._by_bit
        if 0 in by_bit and but != 0:
            return True
        rest = asked
        while rest:
            bit = rest & -rest
            rest ^= bit
            for product in by_bit.get(bit, ()):
                if product & asked == product and product != but:
                    return True
        return False


def _size(product: int) -> tuple[int, int]:
    return (product.bit_count(), product)


def given(products: Sum, reached: Sum, atoms: Atoms) -> Sum:
    """The simplest sum that equals ``products`` wherever ``reached`` holds.

    Both are monotone, so it is enough to look at the smallest cases in which ``reached`` holds.
    """
    cases = [case for case in reached.products if not products.holds(case)]
    if not cases:
        return Sum((0,))
    shorter = Sum(_shortened(product, products, cases, atoms) for product in products.products)
    for product in shorter.products[::-1]:
        if all(shorter.holds(product | case, but=product) for case in reached.products):
            shorter = Sum(other for other in shorter.products if other != product)
    return shorter


def _shortened(product: int, products: Sum, cases: Sequence[int], atoms: Atoms) -> int:
    """A product less the atoms that being reached makes needless; ``cases`` are those in which no product holds."""
    for bit in atoms.parts(product):
        less = atoms.without(product, bit)
        if less is not None and all(products.holds(less | case) for case in cases):
            product = less
    return product

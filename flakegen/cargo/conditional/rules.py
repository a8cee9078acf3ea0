"""Least fixed points of rules: what holds under which condition, when some things bring others along."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from flakegen.cargo.conditional.condition import Sum

Key = TypeVar("Key", bound=Hashable)


class Rule(Struct, Generic[Key], frozen=True, eq=False):
    """Something brings ``consequence`` along where ``mask`` is asked for, and ``partner`` holds, if there is one."""

    consequence: Key
    mask: int = 0
    partner: Key | None = None


class FixedPoint(Generic[Key]):
    """Follows rules until nothing is added; ``rules`` is asked once of each key that holds under any condition."""

    def __init__(self, rules: Callable[[Key], Iterable[Rule[Key]]]) -> None:
        self._rules = rules
        self._known: dict[Key, tuple[Rule[Key], ...]] = {}
        self._waiting: dict[Key, list[tuple[Key, Rule[Key]]]] = {}  # partner -> who waits for it
        # Products only grow on their way, so those taken out, smallest first, are never part of earlier ones.
        self._queue: list[tuple[int, int, Key, int]] = []
        self._told: dict[Key, set[int]] = {}
        self._count = 0
        self.sums: dict[Key, Sum] = {}

    def add(self, key: Key, product: int) -> None:
        """Something holds under a product."""
        told = self._told.get(key)
        if told is None:
            told = self._told[key] = set()
        if product not in told:
            told.add(product)
            self._count += 1
            heapq.heappush(self._queue, (product.bit_count(), self._count, key, product))

    def run(self) -> None:
        """Follow all rules to the end."""
        while self._queue:
            _, _, key, product = heapq.heappop(self._queue)
            found = self.sums.get(key)
            if found is None:
                found = self.sums[key] = Sum()
                self._enter(key)
            if not found.holds(product):
                found.add(product)
                self._follow(key, product)

    def _enter(self, key: Key) -> None:
        self._known[key] = rules = tuple(self._rules(key))
        for rule in rules:
            if rule.partner is not None:
                self._waiting.setdefault(rule.partner, []).append((key, rule))

    def _follow(self, key: Key, product: int) -> None:
        for rule in self._known[key]:
            if rule.partner is None:
                self.add(rule.consequence, product | rule.mask)
            else:
                self._join(rule, product, self.sums.get(rule.partner))
        for waiting, rule in self._waiting.get(key, ()):
            self._join(rule, product, self.sums.get(waiting))

    def _join(self, rule: Rule[Key], product: int, others: Sum | None) -> None:
        for other in () if others is None else others.products:
            self.add(rule.consequence, product | rule.mask | other)

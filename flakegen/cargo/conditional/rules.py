"""Least fixed points of rules: what holds under which condition, when some things bring others along."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

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
        self._queue: list[tuple[int, int, Key, int]] = (
            []
        )  # short products first, as they make others needless
        self._count = 0
        self.products: dict[Key, list[int]] = {}

    def add(self, key: Key, product: int) -> None:
        """Something holds under a product."""
        self._count += 1
        heapq.heappush(self._queue, (product.bit_count(), self._count, key, product))

    def run(self) -> None:
        """Follow all rules to the end."""
        while self._queue:
            _, _, key, product = heapq.heappop(self._queue)
            have = self.products.get(key)
            if have is None:
                have = self.products[key] = []
                self._enter(key)
            if not any(other & product == other for other in have):
                have[:] = [other for other in have if other & product != product]
                have.append(product)
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
                for other in self.products.get(rule.partner, ()):
                    self.add(rule.consequence, product | rule.mask | other)
        for waiting, rule in self._waiting.get(key, ()):
            for other in self.products.get(waiting, ()):
                self.add(rule.consequence, product | rule.mask | other)

"""Sorts a crate's macros: those that lead to a file, those that call what they are given, those that are mere values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.wrappers import Macro

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CALLED = re.compile(r"\b([^\W\d]\w*+)\s*+!")
_CALLS_ARGUMENT = re.compile(r"\$\w++\s*+!")
_MODULE = re.compile(r"\bmod\s*\$|\bmod\s+\w+\s*;")
_VALUE = re.compile(r"[^=]*=>\s*[({\[]\s*(?:\"|r#*\"|(?:concat|env|stringify)\s*!)")
_LONGEST_VALUE = 1_000


class MacroTable(NamedTuple):
    """Macros by name; several definitions of a name are kept side by side.

    Attributes:
        reaching: their body calls a reader, has its attribute, declares a module, or calls such a macro.
        callbacks: their body calls a macro that a call names (`$m!(…)`), directly or through others.
        values: a path, or a part of one.
    """

    reaching: Mapping[str, list[Macro]]
    callbacks: Mapping[str, list[Macro]]
    values: Mapping[str, list[Macro]]

    def all(self) -> tuple[Macro, ...]:
        """Every macro, for other crates that use it."""
        return tuple(
            macro
            for part in (self.reaching, self.callbacks, self.values)
            for same in part.values()
            for macro in same
        )


NO_MACROS = MacroTable({}, {}, {})


def macro_table(macros: Iterable[Macro], readers: frozenset[str], attributes: frozenset[str]) -> MacroTable:
    """The macros of one crate, and those that it imports, sorted by a fixpoint over what calls what."""
    pool = [(macro, frozenset(_CALLED.findall(macro.body))) for macro in dict.fromkeys(macros)]
    callbacks = _closed({macro.name for macro, _ in pool if _CALLS_ARGUMENT.search(macro.body)}, pool)
    reaching = _closed(
        {
            macro.name
            for macro, called in pool
            if called & readers
            or _MODULE.search(macro.body)
            or any(name in macro.body for name in attributes)
            or (called & callbacks and any(name in macro.body for name in readers))
        },
        pool,
    )
    values = frozenset(
        macro.name for macro, _ in pool if len(macro.body) < _LONGEST_VALUE and _VALUE.match(macro.body)
    )
    return MacroTable(
        _by_name(pool, reaching),
        _by_name(pool, callbacks - reaching),
        _by_name(pool, values - callbacks - reaching),
    )


def _closed(names: set[str], pool: list[tuple[Macro, frozenset[str]]]) -> frozenset[str]:
    """The names, and those of all macros that call one of them."""
    callers: dict[str, list[str]] = {}
    for macro, called in pool if names else ():
        for name in called:
            callers.setdefault(name, []).append(macro.name)
    queue = list(names)
    while queue:
        more = {caller for caller in callers.pop(queue.pop(), ()) if caller not in names}
        names |= more
        queue += more
    return frozenset(names)


def _by_name(pool: list[tuple[Macro, frozenset[str]]], names: frozenset[str]) -> dict[str, list[Macro]]:
    found: dict[str, list[Macro]] = {}
    for macro, _ in pool:
        if macro.name in names:
            found.setdefault(macro.name, []).append(macro)
    return found

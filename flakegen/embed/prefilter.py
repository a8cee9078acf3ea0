"""How far into a file the lexer has to go: to the last place where anything could stand that a package looks for.

Most files hold nothing of the kind, and most others hold it at their beginning. Searching for fixed words is some fifty
times as fast as lexing. Places in comments and literals are among those found: only too much may be found, never too little.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

NOWHERE = -1

# Every expression begins with fixed letters, so that the matcher can search for these.
_MODULE = re.compile(r"mod\b\s*(?:/|[\w#]+\s*[;/]|\$)")
_OF_MACRO = r"\w*+\s*+(?:!|/[/*]|as\b)"
_OF_ATTRIBUTE = (
    r"\w*+\s*+(?:[=(\[{\]}),:$#!]|/[/*])"  # macros make attributes too, and may name them anywhere
)


class Finder(NamedTuple):
    """A word, and what it must be part of to count."""

    word: str
    use: re.Pattern[str]


def finders(macros: Iterable[str], attributes: Iterable[str]) -> tuple[Finder, ...]:
    """What finds calls of these macros, and these attributes and derives (of a path, its first part)."""
    first = {name.partition("::")[0] for name in attributes}
    return (
        *(_finder(word, _OF_MACRO) for word in _minimal(set(macros))),
        *(_finder(word, _OF_ATTRIBUTE) for word in _minimal(first)),
    )


@lru_cache(maxsize=1024)
def _finder(word: str, use: str) -> Finder:
    return Finder(word, re.compile(re.escape(word) + use))


def horizon(text: str, found: Iterable[Finder]) -> int:
    """The last offset in a file at which a module or macro is declared, or something begins that is looked for."""
    last = max(NOWHERE, text.rfind("macro_rules"))
    for match in _MODULE.finditer(text, last + 1):
        last = match.start()
    for word, use in found:
        last = _last_use(text, word, use, last)
    return last


def horizon_of_macros(text: str, names: Iterable[str], last: int) -> int:
    """The last offset from `last` on at which one of these macros is called, or gets another name."""
    for name in names:
        if text.find(name, last + 1) >= 0:
            last = _last_use(text, name, _finder(name, _OF_MACRO).use, last)
    return last


def _last_use(text: str, word: str, use: re.Pattern[str], last: int) -> int:
    if text.find(word, last + 1) >= 0:
        for match in use.finditer(text, last + 1):
            last = match.start()
    return last


def _minimal(words: set[str]) -> list[str]:
    """Without those words that contain another one."""
    kept: list[str] = []
    for word in sorted(words, key=lambda item: (len(item), item)):
        if not any(shorter in word for shorter in kept):
            kept.append(word)
    return kept

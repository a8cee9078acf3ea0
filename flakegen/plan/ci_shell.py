"""Shell for CI systems: words that neither a shell nor a CI takes for anything but text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

# What CI systems put something in the place of, wherever it stands; in quotes it can be taken apart.
_OPENING = re.compile(r"\((?=\()|\$(?=\{\{)")


def word(text: str) -> str:
    """Return ``text`` as one word of a POSIX shell, in which no CI system finds a variable or an expression."""
    return _OPENING.sub(lambda found: f"{found[0]}''", shlex.quote(text))


def words(texts: Iterable[str]) -> str:
    """Return texts as the words of a command."""
    return " ".join(map(word, texts))

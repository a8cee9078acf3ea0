"""TOML string literals: what they decode to, and where in the literal each decoded character comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES = {
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    '"': '"',
    "\\": "\\",
}
_PIECE = re.compile(
    r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})"
    r"|(?P<fold>[ \t]*\n[ \t\n]*)|(?P<short>.))|(?P<plain>[^\\]+)",
    re.DOTALL,
)


def decoded(literal: str) -> str:
    """Return the value of a valid TOML string literal (any of the four forms, delimiters included)."""
    return "".join(piece for _, _, piece in _pieces(literal))


def offset_in(literal: str, offset: int) -> int:
    """Return where in ``literal`` the character stands that is at ``offset`` of its value.

    The end of the value maps to the closing delimiter.
    """
    done = 0
    for start, _, piece in _pieces(literal):
        if offset < done + len(piece):
            return start + (offset - done if len(piece) > 1 else 0)
        done += len(piece)
    return len(literal) - _delimiter(literal)


def _delimiter(literal: str) -> int:
    return 3 if literal.startswith(('"""', "'''")) and len(literal) >= 6 else 1


def _pieces(literal: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, value): runs of plain text, one character each for escapes, nothing for folded lines."""
    size = _delimiter(literal)
    start, end = size, len(literal) - size
    if size == 3 and literal.startswith("\n", start):
        start += 1  # TOML: a line break right after the opening delimiter is trimmed
    if literal[0] == "'":
        yield start, end, literal[start:end]
        return
    for match in _PIECE.finditer(literal, start, end):
        yield match.start(), match.end(), _value(match)


def _value(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "plain":
            return match["plain"]
        case "fold":
            return ""
        case "short":
            return _ESCAPES.get(match["short"], match["short"])
        case group:
            return chr(int(match[group or 0], 16))

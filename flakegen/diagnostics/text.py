"""Hostile text made fit for a terminal: control characters shown, widths counted as a terminal counts them."""

from __future__ import annotations

import re
import unicodedata

# C0, DEL, C1, line and paragraph separators, bidirectional overrides and isolates, lone surrogates.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_TAB = "    "


def escaped(text: str) -> str:
    r"""Return ``text`` with everything that could steer a terminal written as ``\xNN`` or ``\uNNNN``."""
    return _UNPRINTABLE.sub(_escape, text)


def quoted(text: str, *, longest: int = 60) -> str:
    """Return ``text`` in single quotes for a message: escaped, and cut when it is long."""
    shown = escaped(text if len(text) <= longest else text[:longest] + "…")
    return f"'{shown}'"


def source_line(line: str) -> str:
    """Return a line of a source file as it is displayed: tabs as spaces, unprintables as one replacement sign."""
    return _UNPRINTABLE.sub("\ufffd", line.replace("\t", _TAB))


def width(text: str) -> int:
    """Return how many terminal columns ``text`` takes after `source_line`."""
    text = source_line(text)
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    short = {9: "\\t", 10: "\\n", 13: "\\r"}.get(code)
    return short or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")

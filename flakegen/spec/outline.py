"""The keys of a text that need not be TOML: those in headers and at the start of a line.

For documents that break off or that repeat a key, of which no reader makes anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from flakegen.spec.strings import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

Range: TypeAlias = tuple[int, int]
"""Offsets of the first character and of the one after the last."""

Name: TypeAlias = tuple[str, Range]
"""One part of a dotted key: what it means, and where it stands with its quotes."""

_KEY = r"""(?:[A-Za-z0-9_-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')"""
_DOTTED = rf"{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY})*+"
_NAME = re.compile(_KEY)
_PIECE = re.compile(
    rf"^[ \t]*+(?:(?P<open>\[\[?)[ \t]*+(?P<header>{_DOTTED})[ \t]*+\]|(?P<entry>{_DOTTED})[ \t]*+=)"
    r'|#[^\n]*+|"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*+"'
    r"|'[^'\n]*+'",
    re.DOTALL | re.MULTILINE,
)
"""A header, an entry up to ``=``, or a comment or string, in which there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A header, or the key of an entry; ``names`` are the parts of its key."""

    names: tuple[Name, ...]
    is_header: bool
    is_array: bool


def outline(text: str) -> Iterator[Line]:
    """Yield the headers and the keys of ``text`` that begin a line, in order.

    Keys in inline tables are left out, unless they too begin a line.
    """
    for match in _PIECE.finditer(text):
        part = "header" if match["open"] else "entry"
        if match[part]:
            names = tuple(_names(text, *match.span(part)))
            yield Line(names=names, is_header=part == "header", is_array=match["open"] == "[[")


def _names(text: str, start: int, end: int) -> Iterator[Name]:
    for match in _NAME.finditer(text, start, end):
        yield _meant(match[0]), match.span()


def _meant(written: str) -> str:
    if written[0] not in {'"', "'"}:
        return written
    try:
        return decoded(written)
    except (ValueError, OverflowError):  # an escape of no character
        return written

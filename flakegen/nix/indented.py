"""Spelling texts inside indented strings (between doubled single quotes), line by line.

Source of the rules: ``IND_STRING`` in Nix's ``lexer.l`` and ``ParserState::stripIndentation``. What is not certain to
come back exactly (lines of blanks only, a common indentation that belongs to the text, unusual white space) is refused,
and the caller writes a normal string.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flakegen.nix.escape import check_text

if TYPE_CHECKING:
    from flakegen.nix.ast import Expr, Parts

    Line = list[str | Expr]

_SPECIAL = re.compile(r"'+|\$\{|\t|\r")
_SPECIAL_OR_BROKEN = re.compile(r"['\t\r]|\$\{")
_ODD_SPACE = re.compile("[^\\S \n\t\r]|[\x1c-\x1f\x85\u200b\ufeff]")


def _escape_match(match: re.Match[str]) -> str:
    found = match[0]
    if found == "\t":
        return "''\\t"
    if found == "\r":
        return "''\\r"
    if found == "${":
        return "''${"
    pairs = "'''" * (len(found) // 2)
    if len(found) % 2 == 0:
        return pairs
    # A quote alone is plain only before an ordinary character, never before what starts with a quote or a dollar.
    following = match.string[match.end() : match.end() + 1]
    return pairs + ("'" if following and following not in "$\t\r" else "''\\'")


def _escape(text: str, *, before_interpolation: bool) -> str:
    escaped = _SPECIAL.sub(_escape_match, text) if _SPECIAL_OR_BROKEN.search(text) else text
    if before_interpolation and text.endswith("$"):
        return escaped[:-1] + "''$"
    return escaped


def _split_lines(parts: Parts) -> list[Line]:
    lines: list[Line] = [[]]
    for part in parts:
        if not isinstance(part, str):
            lines[-1].append(part)
            continue
        first, *others = part.split("\n")
        if first:
            lines[-1].append(first)
        lines.extend([text] if text else [] for text in others)
    return lines


def _keeps_its_indentation(lines: list[Line]) -> bool:
    """Tell whether stripping the common indentation takes nothing that belongs to the text."""
    starts = [line[0] for line in lines if line]
    if any(len(line) == 1 and isinstance(line[0], str) and not line[0].strip(" ") for line in lines if line):
        return False
    return any(not isinstance(start, str) or not start.startswith(" ") for start in starts)


def indented_lines(parts: Parts) -> list[Line] | None:
    """Return the escaped lines of an indented string, or None where only a normal string is exact.

    A string of one line is refused too unless it holds a quote or a backslash: nixfmt makes it a normal one.

    Raises:
        NixValueError: for characters that no Nix string can hold.
    """
    texts = "".join(part for part in parts if isinstance(part, str))
    check_text(texts)
    if _ODD_SPACE.search(texts):
        return None
    lines = _split_lines(parts)
    if not _keeps_its_indentation(lines):
        return None
    if len(lines) == 1 and '"' not in texts and "\\" not in texts:
        return None
    return [_escape_line(line, last=index == len(lines) - 1) for index, line in enumerate(lines)]


def _escape_line(line: Line, *, last: bool) -> Line:
    escaped: Line = []
    for index, part in enumerate(line):
        if not isinstance(part, str):
            escaped.append(part)
            continue
        at_end = index == len(line) - 1
        # At a line's end a newline follows, which is an ordinary character after a quote.
        sentinel = "\n" if at_end and not last else ""
        text = _escape(part + sentinel, before_interpolation=not at_end)
        escaped.append(text.removesuffix("\n"))
    return escaped

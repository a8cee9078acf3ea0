"""What an indented string means: its pieces without their common indentation.

Source of the rules: ``ParserState::stripIndentation`` of Nix 2.26.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flakegen.nix.entries import joined_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flakegen.nix.ast import Expr, Parts


@dataclass(frozen=True, slots=True)
class Piece:
    """A text inside an indented string; one that an escape stands for ends the indentation of its line."""

    text: str
    escaped: bool


def stripped(pieces: Sequence[Piece | Expr]) -> Parts:
    """Return the parts that an indented string evaluates to."""
    indentation = _common_indentation(pieces)
    parts: list[str | Expr] = []
    at_start = True
    dropped = 0
    for index, piece in enumerate(pieces):
        if not isinstance(piece, Piece):
            parts.append(piece)
            at_start, dropped = False, 0
            continue
        kept: list[str] = []
        for character in piece.text:
            if at_start and character == " ":
                dropped += 1
                if dropped <= indentation:
                    continue
            elif character == "\n":
                at_start, dropped = True, 0
            else:
                at_start, dropped = False, 0
            kept.append(character)
        text = "".join(kept)
        parts.append(_without_last_blanks(text) if index == len(pieces) - 1 else text)
    return joined_parts(parts)


def _without_last_blanks(text: str) -> str:
    head, newline, last = text.rpartition("\n")
    return text if not newline or last.strip(" ") else head + newline


def _common_indentation(pieces: Sequence[Piece | Expr]) -> int:
    least = 1 << 30
    current = 0
    at_start = True
    for piece in pieces:
        if not isinstance(piece, Piece) or piece.escaped:
            if at_start:
                at_start, least = False, min(least, current)
            continue
        for character in piece.text:
            if character == "\n":
                at_start, current = True, 0
            elif at_start and character == " ":
                current += 1
            elif at_start:
                at_start, least = False, min(least, current)
    return least

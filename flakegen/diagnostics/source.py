"""Texts that diagnostics point into, and the places in them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a file: offset and length in characters, line and column from 1, and the text of its line.

    ``file`` is the path as the user gave it. A span that crosses lines is drawn under its first line only.
    """

    file: str
    offset: int
    length: int
    line: int
    column: int
    line_text: str


class SourceText:
    r"""A file's text with its lines, for whoever has an offset, or a line and a column, to report.

    ``text`` must have ``\n`` line ends, as `str.splitlines` or Python's universal newlines leave it.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    def span(self, offset: int, length: int = 1) -> Span:
        """Return the span at ``offset``; both numbers are clamped to the text."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        return Span(
            file=self.file,
            offset=offset,
            length=max(0, min(length, len(self.text) - offset)),
            line=line,
            column=offset - start + 1,
            line_text=self._line(start),
        )

    def span_at(self, line: int, column: int = 1, length: int = 1) -> Span:
        """Return the span at ``line`` and ``column``, both from 1 and clamped to the text."""
        line = min(max(line, 1), len(self._line_starts))
        start = self._line_starts[line - 1]
        return self.span(start + min(max(column, 1) - 1, len(self._line(start))), length)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        while (found := self.text.find("\n", starts[-1])) >= 0:
            starts.append(found + 1)
        return starts

    def _line(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

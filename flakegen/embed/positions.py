"""Offsets in Rust files as lines and columns, worked out once the scan of a target is over."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakegen.embed.disk import Disk


class Positions:
    """Lines and columns of the files of one disk; each file is split into lines once."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._starts: dict[str, list[int]] = {}

    def of(self, file: str, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of an offset in a file's text."""
        starts = self._starts.get(file)
        if starts is None:
            starts = self._starts[file] = _line_starts(self._disk.text_of(file) or "")
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1


def _line_starts(text: str) -> list[int]:
    starts = [0]
    while (found := text.find("\n", starts[-1])) >= 0:
        starts.append(found + 1)
    return starts

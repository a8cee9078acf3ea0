"""Choosing where lines break in a document, as nixfmt does; see `flakegen.nix.doc` for the model.

The width of a line is counted without its indentation, so an expression looks the same at every depth. A group is measured
once, when it is made, so each choice costs only the look ahead to the next possible line break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from flakegen.nix.doc import (
    BREAK,
    HARD_LINE,
    HARD_SPACE,
    NEWLINE,
    SOFT_BREAK,
    SOFT_SPACE,
    SPACE,
    Block,
    Group,
    Kind,
    Text,
    Trailing,
    flat_text,
    flat_width,
    group,
    lead,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flakegen.nix.doc import Doc, Element

LINE_WIDTH: Final = 100
INDENTATION: Final = 2

Rest: TypeAlias = "tuple[Doc, int, Rest | None]"
"""What follows: a document, the index of its next element, and what follows the document."""

Indents: TypeAlias = "tuple[int, int, Indents | None]"
"""The innermost indentation, the nesting level that it belongs to, and the outer ones."""


def render(items: Doc, indentation: int) -> str:
    """Return the lines of ``items``, the first one indented too, without a last newline."""
    layout = _Layout(indentation)
    layout.expand(group(items), None)
    return "".join(layout.out)


class _Layout:
    """The text so far, the current column (not counting indentation) and the open indentations."""

    __slots__ = ("column", "indents", "out")

    def __init__(self, indentation: int) -> None:
        self.out: list[str] = []
        self.column = 0
        self.indents: Indents = (indentation, 0, None)

    def expand(self, items: Doc, rest: Rest | None) -> None:
        """Write ``items``, with their own spacings as line breaks."""
        for index, item in enumerate(items):
            if isinstance(item, Text):
                self._text(item.text, item.level, item.offset)
            elif isinstance(item, int):
                if self.column:
                    self._spacing(item, (items, index + 1, rest))
            elif isinstance(item, Block):
                self._block(item)
            else:
                self._group(item, (items, index + 1, rest))

    def _spacing(self, spacing: int, rest: Rest) -> None:
        if spacing == HARD_SPACE:
            self._add(" ")
        elif spacing in (BREAK, SPACE, HARD_LINE):
            self._newlines(1)
        elif spacing == SOFT_BREAK:
            if not _first_line_fits(LINE_WIDTH - self.column, rest):
                self._newlines(1)
        elif spacing == SOFT_SPACE:
            if _first_line_fits(LINE_WIDTH - self.column - 1, rest):
                self._add(" ")
            else:
                self._newlines(1)
        else:
            self._newlines(spacing - NEWLINE + 1)

    def _newlines(self, count: int) -> None:
        self.out.append("\n" * count)
        self.column = 0

    def _add(self, text: str) -> None:
        self.out.append(text)
        self.column += len(text)

    def _enter(self, level: int) -> int:
        """Bring the open indentations to ``level`` and return the current one.

        However many levels open on one line, the lines below are indented by one step.
        """
        indents = self.indents
        while level < indents[1] and indents[2] is not None:
            indents = indents[2]
        if level > indents[1]:
            indents = (indents[0] if self.column else indents[0] + INDENTATION, level, indents)
        self.indents = indents
        return indents[0]

    def _text(self, text: str, level: int, offset: int) -> None:
        indentation = self._enter(level)
        if not self.column:
            self.out.append(" " * (indentation + offset))
        self._add(text)

    def _block(self, block: Block) -> None:
        self.out.append(block.text(self._enter(block.level) + block.offset))
        self.column = 1

    def _group(self, item: Group, rest: Rest) -> None:
        if self._fit(item.items, item.width, rest):
            return
        if item.kind is not Kind.TRANSPARENT and self._expand_one(item.items, rest):
            return
        self.expand(item.items, rest)

    def _fit(self, items: Doc, width: int | None, rest: Rest | None) -> bool:
        """Write ``items`` on the current line, if they fit before whatever must stay on that line too."""
        if not items:
            return True
        if width is None:
            return False
        room = LINE_WIDTH - self.column - _first_line_width(rest)
        if self.column:
            if width <= room:
                self._add(flat_text(items))
                return True
            return False
        text = flat_text(items)
        start = lead(items[0])
        if start is not None and start >= HARD_SPACE:
            text = text[1:]  # the line break before it stands for this space
        if len(text) > room:
            return False
        first = _first_text(items)
        self._text(text, first.level, first.offset)
        return True

    def _expand_one(self, items: Doc, rest: Rest) -> bool:
        """Write ``items`` with one priority group expanded and all else on its lines; the last that works is taken."""
        segments = list(_segments(items))
        for index in range(len(segments) - 1, -1, -1):
            is_priority, middle = segments[index]
            if is_priority and self._try_expanding(
                _joined(segments[:index]), middle, _joined(segments[index + 1 :]), rest
            ):
                return True
        return False

    def _try_expanding(self, before: Doc, middle: Doc, after: Doc, rest: Rest) -> bool:
        after_width = flat_width(after)
        if after_width is None or after_width + _first_line_width(rest) > LINE_WIDTH:
            return False  # known before the costly part: what follows the group cannot fit on any line
        state = len(self.out), self.column, self.indents
        if self._fit(before, flat_width(before), (middle, 0, (after, 0, rest))):
            self.expand(middle, (_hardened(after), 0, rest))
            if self._fit(after, after_width, rest):
                return True
        length, self.column, self.indents = state
        del self.out[length:]
        return False


def _segments(items: Doc) -> Iterator[tuple[bool, Doc]]:
    """Yield the priority groups among ``items``, also those in transparent groups, and the runs between them."""
    run: Doc = []
    for item in items:
        if isinstance(item, Group) and item.kind is not Kind.REGULAR:
            inner = [(True, item.items)] if item.kind is Kind.PRIORITY else _segments(item.items)
            for is_priority, segment in inner:
                if not is_priority:
                    run += segment
                    continue
                if run:
                    yield False, run
                    run = []
                yield True, segment
        else:
            run.append(item)
    if run:
        yield False, run


def _joined(segments: list[tuple[bool, Doc]]) -> Doc:
    return [item for _, segment in segments for item in segment]


def _hardened(items: Doc) -> Doc:
    """Return ``items`` with their own spacings (not those of groups in them) as on one line."""
    found: Doc = []
    for item in items:
        if isinstance(item, int) and item < HARD_LINE:
            if item >= HARD_SPACE:
                found.append(HARD_SPACE)
        else:
            found.append(item)
    return found


def _first_text(items: Doc) -> Text:
    for item in items:
        if isinstance(item, Text):
            return item
        if isinstance(item, Group):
            return _first_text(item.items)
    raise AssertionError("a group without text")


def _elements(rest: Rest | None) -> Iterator[Element]:
    """Yield what follows, without the groups around it."""
    while rest is not None:
        items, index, after = rest
        if index >= len(items):
            rest = after
            continue
        item = items[index]
        rest = (items, index + 1, after)
        if isinstance(item, Group):
            rest = (item.items, 0, rest)
        else:
            yield item


def _first_line_width(rest: Rest | None) -> int:
    """Return how much of ``rest`` must stay on the current line: all before the first spacing that can break."""
    total = 0
    space = 0
    for item in _elements(rest):
        if isinstance(item, int):
            if item != HARD_SPACE:
                return total
            space = 1
        elif isinstance(item, Text):
            total += space + len(item.text)
            space = 0
    return total + space


def _first_line_fits(target: int, rest: Rest | None) -> bool:
    """Tell whether ``rest`` up to its first line break fits into ``target``, where groups that fit are not broken."""
    left = LINE_WIDTH
    while rest is not None and left >= 0:
        items, index, after = rest
        if index >= len(items):
            rest = after
            continue
        item = items[index]
        rest = (items, index + 1, after)
        if isinstance(item, Group):
            if item.width is not None and item.width <= left - _first_line_width(rest):
                left -= item.width
            else:
                rest = (item.items, 0, rest)
        elif isinstance(item, int):
            if item != HARD_SPACE:
                break
            left -= 1
        elif isinstance(item, Text) and not isinstance(item, Trailing):
            left -= len(item.text)
    return left >= 0 and LINE_WIDTH - left <= target

"""A document between syntax tree and text: texts, spacings that may become line breaks, and groups of them.

The model is that of RFC 166's formatter: a group is written on one line when it fits, else its own spacings become line
breaks. A *priority* group is expanded first, so that the text around it stays on its line; a *transparent* group lends
its priority groups to the group around it. Every text knows its nesting level, from which `flakegen.nix.layout` derives
the indentation of lines.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

# Spacings are ordered by strength: of two that meet, the stronger one stays (see `merge_spacings` for the exceptions).
SOFT_BREAK: Final = 0  # nothing, or a line break where the line would get too long
BREAK: Final = 1  # nothing, or a line break with its group
HARD_SPACE: Final = 2
SOFT_SPACE: Final = 3  # like SOFT_BREAK, but else a space
SPACE: Final = 4  # like BREAK, but else a space
HARD_LINE: Final = 5
NEWLINE: Final = 6  # NEWLINE + n is n + 1 line breaks; unlike HARD_LINE they add up


class Kind(Enum):
    """How a group takes part in the search for a layout."""

    REGULAR = "regular"
    PRIORITY = "priority"
    TRANSPARENT = "transparent"


class Text:
    """A piece of one line."""

    __slots__ = ("level", "offset", "text")

    def __init__(self, text: str, level: int, offset: int = 0) -> None:
        self.text = text
        self.level = level
        self.offset = offset


class Trailing(Text):
    """A piece that is written only where its group is expanded: the comma after the last formal."""

    __slots__ = ()


class Block:
    """Whole lines, written by ``render`` once their indentation is known; stands between line breaks."""

    __slots__ = ("_rendered", "level", "offset", "render")

    def __init__(self, render: Callable[[int], str], level: int, offset: int = 0) -> None:
        self.render = render
        self.level = level
        self.offset = offset
        self._rendered: tuple[int, str] = (-1, "")

    def text(self, indentation: int) -> str:
        """Return the lines; kept, since the search for a layout may ask more than once."""
        if self._rendered[0] != indentation:
            self._rendered = (indentation, self.render(indentation))
        return self._rendered[1]


class Group:
    """Elements whose spacings break together. ``width`` is that on one line, or None where it needs several."""

    __slots__ = ("items", "kind", "lead", "trail", "width")

    def __init__(self, kind: Kind, items: Doc) -> None:
        self.kind = kind
        self.items = items
        self.lead = lead(items[0])
        self.trail = _trail(items[-1])
        self.width = flat_width(items)


Element: TypeAlias = Text | Block | Group | int
Doc: TypeAlias = list[Element]


def lead(element: Element) -> int | None:
    """Return the spacing that an element starts with, if any."""
    if isinstance(element, Group):
        return element.lead
    return element if isinstance(element, int) else None


def _trail(element: Element) -> int | None:
    if isinstance(element, Group):
        return element.trail
    return element if isinstance(element, int) else None


def merge_spacings(one: int, other: int) -> int:
    """Return what two spacings in a row amount to."""
    weak, strong = (one, other) if one <= other else (other, one)
    if strong >= NEWLINE:
        if weak >= NEWLINE:
            return weak + strong - NEWLINE + 1
        return strong if weak == HARD_SPACE else strong + 1
    if weak == BREAK and strong in (HARD_SPACE, SOFT_SPACE):
        return SPACE
    if weak == SOFT_BREAK and strong == HARD_SPACE:
        return SOFT_SPACE
    return strong


def flat_width(items: Doc) -> int | None:
    """Return the width of ``items`` on one line, or None where they need several lines."""
    total = 0
    spacing: int | None = None  # the one just counted, which one at the start of a group would merge with
    for item in items:
        if isinstance(item, int):
            if item >= HARD_LINE:
                return None
            if item >= HARD_SPACE and (spacing is None or spacing < HARD_SPACE):
                total += 1
            spacing = item if spacing is None else merge_spacings(spacing, item)
        elif isinstance(item, Group):
            if item.width is None:
                return None
            total += item.width
            if (
                item.lead is not None
                and item.lead >= HARD_SPACE
                and spacing is not None
                and spacing >= HARD_SPACE
            ):
                total -= 1
            spacing = item.trail
        elif isinstance(item, Block):
            return None
        else:
            total += 0 if isinstance(item, Trailing) else len(item.text)
            spacing = None
    return total


def flat_text(items: Doc) -> str:
    """Return ``items`` on one line; only for items that have a `flat_width`."""
    found: list[str] = []
    pending = False
    for item in primitives(items):
        if isinstance(item, int):
            pending = pending or item >= HARD_SPACE
        elif not isinstance(item, Trailing):
            found.append(f" {item.text}" if pending else item.text)
            pending = False
    if pending:
        found.append(" ")
    return "".join(found)


def primitives(items: Doc) -> list[Text | int]:
    """Return the texts and spacings of ``items`` in order, without the groups around them."""
    found: list[Text | int] = []
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, Group):
                stack.append(iter(item.items))
                break
            if not isinstance(item, Block):
                found.append(item)
        else:
            stack.pop()
    return found


def _with_hard_space(group: Group) -> Group | None:
    """Return ``group`` with a space merged into the soft spacing that it starts with, or None if it starts with none."""
    if group.lead is None:
        return None
    first = group.items[0]
    if isinstance(first, Group):
        inner = _with_hard_space(first)
        return None if inner is None else Group(group.kind, [inner, *group.items[1:]])
    return Group(group.kind, [merge_spacings(HARD_SPACE, group.lead), *group.items[1:]])


def normalized(items: Doc) -> Doc:
    """Merge spacings and texts that meet; a text keeps the level of its first piece."""
    found: Doc = []
    for item in items:
        last = found[-1] if found else None
        if isinstance(item, int):
            if isinstance(last, int):
                found[-1] = merge_spacings(last, item)
                continue
        elif type(item) is Text:
            if type(last) is Text:
                found[-1] = Text(last.text + item.text, last.level, last.offset)
                continue
        elif isinstance(item, Group) and isinstance(last, int) and last == HARD_SPACE:
            merged = _with_hard_space(item)
            if merged is not None:
                found[-1] = merged
                continue
        found.append(item)
    return found


def _is_hard(item: Element) -> bool:
    return isinstance(item, int) and (item >= HARD_LINE or item == HARD_SPACE)


def group(items: Doc, kind: Kind = Kind.REGULAR) -> Doc:
    """Return a group of ``items``, with the hard spacings at its ends moved out of it."""
    body = normalized(items)
    start, end = 0, len(body)
    while start < end and _is_hard(body[start]):
        start += 1
    while end > start and _is_hard(body[end - 1]):
        end -= 1
    if start == end:
        return body
    inner = body[start:end]
    only = inner[0]
    if len(inner) == 1 and isinstance(only, Group) and only.kind is kind:
        return [*body[:start], only, *body[end:]]
    return [*body[:start], Group(kind, inner), *body[end:]]


def priority(items: Doc) -> Doc:
    """Return a group that is expanded before the one around it."""
    return group(items, Kind.PRIORITY)


def transparent(items: Doc) -> Doc:
    """Return a group whose priority groups belong to the group around it."""
    return group(items, Kind.TRANSPARENT)


def shifted(items: Doc, offset: int) -> Doc:
    """Return ``items`` with ``offset`` more columns before each of their lines."""
    return [_shift(item, offset) for item in items]


def _shift(item: Element, offset: int) -> Element:
    if isinstance(item, Group):
        return Group(item.kind, shifted(item.items, offset))
    if isinstance(item, Block):
        return Block(item.render, item.level, item.offset + offset)
    if isinstance(item, Text):
        return type(item)(item.text, item.level, item.offset + offset)
    return item


def on_one_line(items: Doc, width: int | None = None) -> Doc | None:
    """Return ``items`` with every spacing made hard, or None if they need several lines or more than ``width``."""
    needed = flat_width(items)
    if needed is None or (width is not None and needed > width):
        return None
    found: Doc = []
    for item in primitives(items):
        if not isinstance(item, int):
            found.append(item)
        elif item >= HARD_SPACE:
            found.append(HARD_SPACE)
    return normalized(found)

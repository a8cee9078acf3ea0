"""Strings, indented strings and paths, with the expressions that are interpolated in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flakegen.nix.ast import IndentedString, Path, String
from flakegen.nix.containers import term_doc
from flakegen.nix.doc import BREAK, NEWLINE, Text, Trailing, group, on_one_line, primitives, shifted
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import path_text, string_text
from flakegen.nix.forms import doc_of, is_absorbable, is_simple
from flakegen.nix.indented import indented_lines
from flakegen.nix.precedence import Splice

if TYPE_CHECKING:
    from flakegen.nix.ast import Expr, Parts
    from flakegen.nix.doc import Doc
    from flakegen.nix.indented import Line

_SHORT = 30


@doc_of.register(String)
def string_doc(expression: String, level: int) -> Doc:
    """Return a string between double quotes."""
    return _quoted(expression.parts, level)


def _quoted(parts: Parts, level: int) -> Doc:
    last = len(parts) - 1
    escaped = [
        string_text(part, before_interpolation=index < last) if isinstance(part, str) else part
        for index, part in enumerate(parts)
    ]
    return group([Text('"', level), *_line_doc(escaped, level), Text('"', level)])


@doc_of.register(IndentedString)
def _indented(expression: IndentedString, level: int) -> Doc:
    lines = indented_lines(expression.parts)
    if lines is None:
        return _quoted(expression.parts, level)
    items: Doc = [Text("''", level)]
    if len(lines) > 1:
        items.append(BREAK)
    for index, line in enumerate(lines):
        if index:
            items.append(NEWLINE)
        items += _line_doc(line, level + 1)
    return group([*items, Text("''", level)])


@doc_of.register(Path)
def _path(expression: Path, level: int) -> Doc:
    parts = expression.parts
    if not parts or not isinstance(parts[0], str):
        raise NixValueError("a path starts with a text")
    last = len(parts) - 1
    return _line_doc(
        [
            path_text(part, first=index == 0, last=index == last) if isinstance(part, str) else part
            for index, part in enumerate(parts)
        ],
        level,
    )


def _line_doc(line: Line, level: int) -> Doc:
    """Return one line of a string; its interpolations are indented below the line's own text."""
    match line:
        case [] | [str()]:
            return [Text(text, level) for text in line if isinstance(text, str)]
        case [str(blanks), expression] if (
            not isinstance(expression, str) and blanks and _blanks(blanks) == len(blanks)
        ):
            return [Text(blanks, level), *shifted(doc_of(Splice(expression), level), len(blanks))]
        case [expression] if not isinstance(expression, str):
            return doc_of(Splice(expression), level)
    first, *others = line
    if not isinstance(first, str):
        return _pieces(line, level)
    return [Text(first, level), *shifted(_pieces(others, level), _blanks(first))]


# What nixfmt holds for blank: not the four separators of ASCII, which Python counts as well.
_BLANKS = re.compile(r"[^\S\x1c-\x1f]*")


def _blanks(text: str) -> int:
    """Return how many blanks a text starts with."""
    match = _BLANKS.match(text)
    return 0 if match is None else match.end()


def _pieces(line: Line, level: int) -> Doc:
    items: Doc = []
    for part in line:
        items += [Text(part, level)] if isinstance(part, str) else interpolation_doc(part, level)
    return items


def interpolation_doc(expression: Expr, level: int) -> Doc:
    """Return ``${expression}``: on one line when it is simple or short, else like parentheses."""
    opening, closing = Text("${", level), Text("}", level)
    if is_absorbable(expression):
        return group([opening, *term_doc(expression, level), closing])
    doc = doc_of(expression, level)
    if is_simple(expression):
        return [opening, *(on_one_line(doc) or doc), closing]
    flat = on_one_line(doc, _SHORT - _uncounted(doc))
    if flat is not None:
        return group([opening, *flat, closing])
    return group([opening, BREAK, *group(doc_of(expression, level + 1)), BREAK, closing])


def _uncounted(items: Doc) -> int:
    """Return what nixfmt adds to the width of a short interpolation: a second space after ``else``, unwritten commas."""
    return sum(
        1
        for item in primitives(items)
        if isinstance(item, Trailing) or (isinstance(item, Text) and item.text == "else")
    )

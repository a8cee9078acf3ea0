"""Printing plain values as a Nix file, without a tree in between: tables run to millions of lines.

The text is that of `flakegen.nix.printer` for the same values (there is a test for that). What is not a text, or a list or
set of texts, is rare, and left to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flakegen.nix import build
from flakegen.nix.escape import attribute_name, comment_lines, quoted
from flakegen.nix.layout import INDENTATION, LINE_WIDTH
from flakegen.nix.lines import LONG_NAME, write_entries

_STEP = " " * INDENTATION
_CONSTANTS = {True: "true", False: "false"}
_INHERITED = frozenset(("true", "false", "null"))  # `true = true` would be spelled `inherit true`


class Section(NamedTuple):
    """A top-level entry of a file: its value, or the entries of that one by one; a comment above makes it stand apart."""

    name: str
    value: Any
    comment: str = ""


def print_data(header: tuple[str, ...], sections: Iterable[Section]) -> str:
    """Return the text of a file that holds one set.

    Raises:
        NixValueError: for values that Nix cannot express.
    """
    chunks = [*comment_lines(header), "", "{"]
    first = True
    for section in sections:
        if section.comment:
            chunks += [] if first else [""]
            chunks += [_STEP + line for line in comment_lines(tuple(section.comment.splitlines()))]
        chunks += _section(section)
        first = False
    return "\n".join([*chunks, "}", ""])


def _section(section: Section) -> Iterator[str]:
    """Yield the lines of a section, of big ones some at a time."""
    if isinstance(section.value, Iterator):
        yield f"{_STEP}{attribute_name(section.name)} = {{"
        for name, value in section.value:
            yield "\n".join(_lines(name, value, _STEP + _STEP))
        yield f"{_STEP}}};"
    else:
        yield "\n".join(_lines(section.name, section.value, _STEP))


def _lines(name: str, value: Any, indentation: str) -> list[str]:
    lines: list[str] = []
    try:
        _write([(name, value)], indentation, lines)
    except _InheritedError:
        lines.clear()
        write_entries((build.binding(name, value),), indentation, lines)
    return lines


class _InheritedError(Exception):
    """A constant stands under its own name, which changes how its set is spelled."""


def _write(entries: Iterable[tuple[str, Any]], indentation: str, lines: list[str]) -> None:
    for name, value in entries:
        head = attribute_name(name)
        kind = type(value)
        if kind is str:
            literal = quoted(value)
            if head == name or len(head) + len(literal) + 4 <= LINE_WIDTH:
                lines.append(f"{indentation}{head} = {literal};")
                continue
        elif len(head) > LONG_NAME or name in _INHERITED:
            if name in _INHERITED:
                raise _InheritedError
        elif kind is dict and value:
            lines.append(f"{indentation}{head} = {{")
            _write(value.items(), indentation + _STEP, lines)
            lines.append(f"{indentation}}};")
            continue
        elif kind is list and _write_texts(head, value, indentation, lines):
            continue
        elif kind is bool:
            lines.append(f"{indentation}{head} = {_CONSTANTS[value]};")
            continue
        write_entries((build.binding(name, value),), indentation, lines)


def _write_texts(head: str, texts: list[Any], indentation: str, lines: list[str]) -> bool:
    """Write a list of more than one text, or of one that fits; tell whether it is such."""
    for text in texts:
        if type(text) is not str:
            return False
    if len(texts) > 1:
        inner = indentation + _STEP
        lines.append(f"{indentation}{head} = [")
        lines += [inner + quoted(text) for text in texts]
        lines.append(f"{indentation}];")
        return True
    if not texts:
        return False
    literal = quoted(texts[0])
    if len(head) + len(literal) + 8 > LINE_WIDTH:
        return False
    lines.append(f"{indentation}{head} = [ {literal} ];")
    return True

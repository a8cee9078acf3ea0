"""Expressions that are one piece of a line whatever the width: names, numbers, plain strings and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.ast import Float, Identifier, Integer, Path, SearchPath, Select, String
from flakegen.nix.doc import Text
from flakegen.nix.escape import (
    attribute_name,
    float_literal,
    identifier,
    integer,
    path_text,
    quoted,
    search_path,
)
from flakegen.nix.forms import doc_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flakegen.nix.doc import Doc


@doc_of.register(Identifier)
def _identifier(expression: Identifier, level: int) -> Doc:
    return [Text(identifier(expression.name), level)]


@doc_of.register(Integer)
def _integer(expression: Integer, level: int) -> Doc:
    return [Text(integer(expression.value), level)]


@doc_of.register(Float)
def _float(expression: Float, level: int) -> Doc:
    return [Text(float_literal(expression.value), level)]


@doc_of.register(SearchPath)
def _search_path(expression: SearchPath, level: int) -> Doc:
    return [Text(search_path(expression.name), level)]


def _string_atom(expression: String) -> str | None:
    parts = expression.parts
    if not parts:
        return '""'
    first = parts[0]
    return quoted(first) if len(parts) == 1 and isinstance(first, str) else None


def _path_atom(expression: Path) -> str | None:
    parts = expression.parts
    if len(parts) != 1 or not isinstance(parts[0], str):
        return None
    return path_text(parts[0], first=True, last=True)


def _select_atom(expression: Select) -> str | None:
    target = expression.target
    if expression.default is not None or not isinstance(target, Identifier) or not expression.path:
        return None
    text = identifier(target.name)
    for name in expression.path:
        if not isinstance(name, str):
            return None
        text += f".{attribute_name(name)}"
    return text


ATOMS: dict[type, Callable[..., str | None]] = {
    Float: lambda expression: float_literal(expression.value),
    Identifier: lambda expression: identifier(expression.name),
    Integer: lambda expression: integer(expression.value),
    Path: _path_atom,
    SearchPath: lambda expression: search_path(expression.name),
    Select: _select_atom,
    String: _string_atom,
}
"""By type of expression: its text if it is an atom, which some of that type may not be."""

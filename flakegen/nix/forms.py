"""What a construct is for the layout: simple enough to stay on a line, or able to start on the line before it.

These are the categories of RFC 166: an *absorbable* term may begin at the end of a line and go on below it.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, TypeAlias

from flakegen.nix.ast import (
    Apply,
    AttrSet,
    Binding,
    Float,
    Identifier,
    IndentedString,
    Inherit,
    Integer,
    Item,
    Lambda,
    List,
    Path,
    SearchPath,
    Select,
    String,
    With,
)
from flakegen.nix.escape import is_identifier
from flakegen.nix.indented import indented_lines
from flakegen.nix.precedence import Parens, Spelled, select_target, spine

if TYPE_CHECKING:
    from flakegen.nix.ast import AttrName
    from flakegen.nix.doc import Doc

Node: TypeAlias = Spelled | Binding | Inherit | Item
"""All that has a document."""

_TERMS = (
    Identifier,
    Integer,
    Float,
    String,
    IndentedString,
    Path,
    SearchPath,
    List,
    AttrSet,
    Select,
    Parens,
)
_ATOMS = (Identifier, Integer, Float, String, IndentedString, Path, SearchPath)


@singledispatch
def doc_of(node: Node, level: int) -> Doc:
    """Return the document of a node whose texts have at least the nesting ``level``."""
    raise TypeError(f"not a Nix expression: {node!r} at level {level}")


def is_term(expression: Spelled) -> bool:
    """Tell whether an expression is no lambda, operation, application or keyword construct."""
    return isinstance(expression, _TERMS)


def is_simple_name(name: AttrName) -> bool:
    """Tell whether an attribute name is written without quotes."""
    return isinstance(name, str) and is_identifier(name)


def is_simple(expression: Spelled) -> bool:
    """Tell whether an expression is atomic, a selection of known names, or a call of two such arguments at most."""
    match expression:
        case Select(path=path, default=None):
            return all(map(is_simple_name, path)) and is_simple(select_target(expression))
        case Parens(inner):
            return is_simple(inner)
        case Apply():
            parts = spine(expression)
            return len(parts) <= 3 and all(map(is_simple, parts))
    return isinstance(expression, _ATOMS)


def is_absorbable(expression: Spelled) -> bool:
    """Tell whether an expression is a set, list or indented string over several lines, perhaps in parentheses."""
    match expression:
        case AttrSet(bindings):
            return bool(bindings)
        case List(items):
            return bool(items)
        case IndentedString(parts):
            lines = indented_lines(parts)
            return lines is not None and len(lines) > 1
        case Parens(inner):
            return is_term(inner) and is_absorbable(inner)
    return False


def is_absorbable_expression(expression: Spelled) -> bool:
    """Tell whether an absorbable term comes after nothing but ``with x;`` or simple parameters."""
    match expression:
        case With(body=body):
            return is_absorbable(body)
        case Lambda(parameter=str(), body=Lambda() as body):
            return is_absorbable_expression(body)
        case Lambda(parameter=str(), body=body):
            return is_absorbable(body)
    return is_absorbable(expression)

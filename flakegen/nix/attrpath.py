"""Attribute names and paths, selections, and the names that are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.ast import Identifier, SearchPath, Select, String
from flakegen.nix.doc import BREAK, HARD_SPACE, SOFT_BREAK, SOFT_SPACE, Text
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import attribute_name
from flakegen.nix.forms import doc_of
from flakegen.nix.interpolation import interpolation_doc
from flakegen.nix.precedence import Parens, Spelled, select_default, select_target

if TYPE_CHECKING:
    from flakegen.nix.ast import AttrName, AttrPath
    from flakegen.nix.doc import Doc


def path_doc(path: AttrPath, level: int) -> Doc:
    """Return ``a.b.c``.

    Raises:
        NixValueError: for an empty path.
    """
    if not path:
        raise NixValueError("an attribute path needs a name")
    items: Doc = []
    for index, name in enumerate(path):
        if index:
            items.append(Text(".", level))
        items += _name_doc(name, level)
    return items


def _name_doc(name: AttrName, level: int) -> Doc:
    if isinstance(name, str):
        return [Text(attribute_name(name), level)]
    if isinstance(name, String):
        return doc_of(name, level)
    return interpolation_doc(name.value, level)


@doc_of.register(Select)
def _select(expression: Select, level: int) -> Doc:
    target = select_target(expression)
    items = [
        *doc_of(target, level),
        *_before_dot(target),
        Text(".", level),
        *path_doc(expression.path, level),
    ]
    if expression.default is None:
        return items
    default = doc_of(select_default(expression.default), level + 1)
    return [*items, SOFT_SPACE, Text("or", level + 1), HARD_SPACE, *default]


def _before_dot(target: Spelled) -> Doc:
    if isinstance(target, Identifier | SearchPath | Select):
        return []
    return [SOFT_BREAK if isinstance(target, Parens) else BREAK]

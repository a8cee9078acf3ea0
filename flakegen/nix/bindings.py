"""Bindings of attribute sets and ``let``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.absorb import value_doc
from flakegen.nix.ast import Binding, Inherit
from flakegen.nix.attrpath import path_doc
from flakegen.nix.doc import BREAK, HARD_LINE, HARD_SPACE, SPACE, Text, group, priority
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import attribute_name
from flakegen.nix.forms import doc_of, is_simple_name
from flakegen.nix.precedence import Parens

if TYPE_CHECKING:
    from flakegen.nix.doc import Doc

_SHORT_PATH = 4
_FEW_NAMES = 4


@doc_of.register(Binding)
def _binding(binding: Binding, level: int) -> Doc:
    head = [*path_doc(binding.path, level), HARD_SPACE, Text("=", level + 1)]
    value = value_doc(binding.value, level)
    if len(binding.path) > _SHORT_PATH or not all(map(is_simple_name, binding.path)):
        value = [BREAK, *priority(value)]
    return group([*head, *value, Text(";", level)])


@doc_of.register(Inherit)
def _inherit(binding: Inherit, level: int) -> Doc:
    if not binding.names:
        raise NixValueError("inherit needs a name")
    between, end = (SPACE, BREAK) if len(binding.names) < _FEW_NAMES else (HARD_LINE, HARD_LINE)
    items: Doc = [Text("inherit", level)]
    if binding.source is not None:
        items += group([SPACE, *doc_of(Parens(binding.source), level + 1)])
    for name in binding.names:
        items += [between, Text(attribute_name(name), level + 1)]
    return group([*items, end, Text(";", level + 1)])

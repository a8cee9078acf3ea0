"""Lists and attribute sets: short ones on a line, others with one entry per line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flakegen.nix.ast import AttrSet, Item, List, Spread
from flakegen.nix.doc import HARD_LINE, HARD_SPACE, SPACE, Block, Text, flat_width, group
from flakegen.nix.forms import doc_of, is_simple
from flakegen.nix.lines import render_entries
from flakegen.nix.precedence import SELECT, Spelled, wrapped

if TYPE_CHECKING:
    from flakegen.nix.ast import Binding, Expr, Inherit
    from flakegen.nix.doc import Doc


def term_doc(expression: Spelled, level: int, *, wide: bool = False) -> Doc:
    """Return a term without a group of its own; ``wide`` spreads a set in any case."""
    if isinstance(expression, AttrSet):
        return set_doc(expression, level, wide=wide)
    if isinstance(expression, List):
        return list_doc(expression, level)
    return doc_of(expression, level)


@doc_of.register(AttrSet)
def _set(expression: AttrSet, level: int) -> Doc:
    return set_doc(expression, level, wide=False)


@doc_of.register(List)
def _list(expression: List, level: int) -> Doc:
    return group(list_doc(expression, level))


@doc_of.register(Item)
def _item(item: Item, level: int) -> Doc:
    return doc_of(wrapped(item.value, SELECT), level)


def block(entries: tuple[Binding | Inherit, ...] | tuple[Expr | Item, ...], level: int) -> Doc:
    """Return one entry per line."""
    return [Block(partial(render_entries, entries), level)]


def set_doc(expression: AttrSet, level: int, *, wide: bool) -> Doc:
    """Return an attribute set; one binding may stay on the line of the braces unless ``wide``."""
    opening = Text("rec {" if expression.recursive else "{", level)
    closing = Text("}", level)
    bindings = expression.bindings
    if not bindings:
        return [opening, HARD_SPACE, closing]
    if len(bindings) == 1 and not wide and expression.spread is Spread.WHEN_NEEDED:
        only = bindings[0]
        inner = group(doc_of(only, level + 1))
        if not only.comment and flat_width(inner) is not None:
            return [opening, SPACE, *inner, SPACE, closing]
    return [opening, HARD_LINE, *block(bindings, level + 1), HARD_LINE, closing]


def list_doc(expression: List, level: int) -> Doc:
    """Return a list; one item may stay on the line of the brackets."""
    opening, closing = Text("[", level), Text("]", level)
    items = expression.items
    if not items:
        return [opening, HARD_SPACE, closing]
    if len(items) == 1 and not isinstance(items[0], Item) and expression.spread is Spread.WHEN_NEEDED:
        inner = group(doc_of(wrapped(items[0], SELECT), level + 1))
        if flat_width(inner) is not None:
            return [opening, SPACE, *inner, SPACE, closing]
    return [opening, HARD_LINE, *block(items, level + 1), HARD_LINE, closing]


def simple_list_doc(expression: List, level: int) -> Doc | None:
    """Return a list argument that may stay on one line whole, or None when it has other than simple items."""
    items: Doc = []
    for item in expression.items:
        if isinstance(item, Item) or expression.spread is Spread.ALWAYS:
            return None
        spelled = wrapped(item, SELECT)
        if not is_simple(spelled):
            return None
        items += [SPACE, *group(doc_of(spelled, level + 1))]
    return [Text("[", level), *items, SPACE, Text("]", level)]

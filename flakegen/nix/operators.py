"""Operations: a chain of one operator has each further operand on a line of its own, or all of them on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.ast import Apply, Binary, HasAttr, Unary
from flakegen.nix.attrpath import path_doc
from flakegen.nix.calls import call_doc
from flakegen.nix.containers import term_doc
from flakegen.nix.doc import HARD_SPACE, SOFT_SPACE, SPACE, Text, group
from flakegen.nix.forms import doc_of, is_absorbable
from flakegen.nix.precedence import (
    BINARY,
    HAS_ATTR,
    Associativity,
    Spelled,
    operand,
    operands,
    spine,
    wrapped,
)

if TYPE_CHECKING:
    from flakegen.nix.doc import Doc


@doc_of.register(Unary)
def _unary(expression: Unary, level: int) -> Doc:
    return [Text(expression.operator.value, level), *doc_of(operand(expression), level)]


@doc_of.register(HasAttr)
def _has_attr(expression: HasAttr, level: int) -> Doc:
    target = doc_of(wrapped(expression.target, HAS_ATTR + 1), level)
    inner = level + 1
    return group([*target, SPACE, Text("?", inner), HARD_SPACE, *path_doc(expression.path, inner)])


@doc_of.register(Binary)
def _binary(expression: Binary, level: int) -> Doc:
    if BINARY[expression.operator][1] is not Associativity.NONE:
        return chain_doc(expression, level)
    left, right = operands(expression)
    operator = Text(expression.operator.value, level)
    return [*doc_of(left, level), SOFT_SPACE, operator, HARD_SPACE, *doc_of(right, level)]


def chain_doc(expression: Binary, level: int, *, first_wide: bool = False) -> Doc:
    """Return a chain of one operator; ``first_wide`` spreads a set that it starts with."""
    operator = expression.operator
    first, *others = chain(expression)
    is_wide = first_wide and is_absorbable(first)
    items = [*(term_doc(first, level, wide=True) if is_wide else doc_of(first, level))]
    for other in others:
        items += [SPACE, Text(operator.value, level), *_further_operand(other, level + 1)]
    return group(items)


def chain(expression: Binary) -> list[Spelled]:
    """Return the operands that the operator of ``expression`` joins without parentheses, from left to right."""
    operator = expression.operator
    found: list[Spelled] = []
    stack: list[Spelled] = [expression]
    while stack:
        top = stack.pop()
        if isinstance(top, Binary) and top.operator is operator:
            left, right = operands(top)
            stack += [right, left]
        else:
            found.append(top)
    return found


def _further_operand(expression: Spelled, level: int) -> Doc:
    if isinstance(expression, Binary):
        return group([SPACE, *doc_of(expression, level)])
    if isinstance(expression, Apply):
        return call_doc(spine(expression), level, before=[SPACE])
    return [HARD_SPACE, *doc_of(expression, level)]

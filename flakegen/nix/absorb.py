"""Expressions that start on a line already begun: after ``=``, ``?``, in parentheses, in braces of an interpolation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.ast import (
    Apply,
    AttrSet,
    Binary,
    BinaryOperator,
    IndentedString,
    Inherit,
    Path,
    Select,
    String,
    With,
)
from flakegen.nix.calls import call_doc
from flakegen.nix.containers import set_doc, term_doc
from flakegen.nix.doc import BREAK, HARD_SPACE, SPACE, Text, group, priority, transparent
from flakegen.nix.forms import doc_of, is_absorbable, is_absorbable_expression, is_term
from flakegen.nix.operators import chain, chain_doc
from flakegen.nix.precedence import Parens, Spelled, Splice, select_target, spine

if TYPE_CHECKING:
    from flakegen.nix.doc import Doc

_COMPACT = (BinaryOperator.UPDATE, BinaryOperator.CONCAT, BinaryOperator.ADD)


def with_doc(expression: With, level: int) -> Doc:
    """Return a ``with`` whose absorbable body starts on its line."""
    head = [
        Text("with", level),
        HARD_SPACE,
        *group(doc_of(expression.namespace, level + 1)),
        Text(";", level),
    ]
    body = priority(term_doc(expression.body, level, wide=True))
    return group([BREAK, *head, HARD_SPACE, *body])


def absorbed(expression: Spelled, level: int, *, wide: bool) -> Doc:
    """Return an expression as it looks at the end of a line; ``wide`` spreads a set in any case."""
    if is_absorbable(expression):
        return term_doc(expression, level, wide=wide)
    if isinstance(expression, With) and is_absorbable(expression.body):
        return with_doc(expression, level)
    return doc_of(expression, level)


def enclosed(expression: Spelled, level: int) -> Doc:
    """Return what stands between parentheses, or between the braces of an interpolation alone on its line."""
    if is_absorbable_expression(expression):
        return group(absorbed(expression, level, wide=False))
    if isinstance(expression, Apply):
        return call_doc(spine(expression), level, indent_function=True, after=[BREAK])
    inner = group(doc_of(expression, level))
    if isinstance(expression, Select) and not is_absorbable(select_target(expression)):
        return [*inner, BREAK]
    return [BREAK, *inner, BREAK]


@doc_of.register(Parens)
def _parens(expression: Parens, level: int) -> Doc:
    return group([Text("(", level), *enclosed(expression.inner, level + 1), Text(")", level)])


@doc_of.register(Splice)
def _splice(expression: Splice, level: int) -> Doc:
    return group([Text("${", level), *enclosed(expression.inner, level + 1), Text("}", level)])


def value_doc(expression: Spelled, level: int) -> Doc:
    """Return what follows ``=`` or ``?``, with the spacing before it; ``level`` is that of the binding."""
    inner = level + 2  # one for all after the name, one for what follows the sign
    if isinstance(expression, AttrSet) and _is_lone_inherit(expression):
        return [HARD_SPACE, *group(set_doc(expression, inner, wide=False))]
    if is_absorbable_expression(expression):
        return [HARD_SPACE, *group(absorbed(expression, inner, wide=True))]
    if isinstance(expression, String | IndentedString | Path):
        return [HARD_SPACE, *group(doc_of(expression, inner))]
    if is_term(expression) or isinstance(expression, With):
        return group([SPACE, *doc_of(expression, inner)])
    if isinstance(expression, Apply):
        return call_doc(spine(expression), inner, before=[SPACE])
    if isinstance(expression, Binary) and expression.operator in _COMPACT:
        first, *others = chain(expression)
        if is_absorbable(first):
            return [HARD_SPACE, *chain_doc(expression, level + 1, first_wide=True)]
        if len(others) == 1 and is_absorbable(others[0]):
            operator = Text(expression.operator.value, inner)
            last = transparent([operator, HARD_SPACE, *priority(term_doc(others[0], inner, wide=True))])
            return group([SPACE, *doc_of(first, inner), SPACE, *last])
    return [SPACE, *group(doc_of(expression, inner))]


def _is_lone_inherit(expression: AttrSet) -> bool:
    return len(expression.bindings) == 1 and isinstance(expression.bindings[0], Inherit)

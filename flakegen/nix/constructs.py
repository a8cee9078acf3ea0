"""Functions and the constructs with keywords: ``let``, ``with``, ``assert``, ``if``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.absorb import absorbed, value_doc
from flakegen.nix.ast import AliasSide, Apply, Assert, If, Lambda, Let, Pattern, With
from flakegen.nix.calls import call_doc
from flakegen.nix.containers import block, term_doc
from flakegen.nix.doc import BREAK, HARD_LINE, HARD_SPACE, SPACE, Text, Trailing, group, priority
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import identifier
from flakegen.nix.forms import doc_of, is_absorbable, is_absorbable_expression
from flakegen.nix.precedence import Keyword, Spelled, spine

if TYPE_CHECKING:
    from flakegen.nix.ast import Expr, Formal
    from flakegen.nix.doc import Doc


@doc_of.register(Lambda)
def _lambda(expression: Lambda, level: int) -> Doc:
    if isinstance(expression.parameter, str):
        return group([BREAK, *_named_parameters(expression, level)])
    parameter = [*_pattern_doc(expression.parameter, level), Text(":", level)]
    if is_absorbable(expression.body):
        return [*parameter, SPACE, *group(term_doc(expression.body, level, wide=True))]
    return [*parameter, SPACE, *doc_of(expression.body, level)]


def _named_parameters(expression: Lambda, level: int) -> Doc:
    items: Doc = []
    depth = 0
    body: Expr = expression
    while isinstance(body, Lambda) and isinstance(body.parameter, str):
        items += [Text(f"{identifier(body.parameter)}:", level), HARD_SPACE]
        depth += 1
        body = body.body
    if is_absorbable_expression(body):
        return [*items, *priority(absorbed(body, level, wide=False))]
    items[-1] = SPACE if depth <= 2 else HARD_LINE
    return [*items, *doc_of(body, level)]


def _pattern_doc(pattern: Pattern, level: int) -> Doc:
    formals = group(_formals_doc(pattern, level))
    if pattern.alias is None:
        return formals
    alias = identifier(pattern.alias)
    if pattern.alias_side is AliasSide.BEFORE:
        return [Text(f"{alias}@", level), *formals]
    return [*formals, Text(f"@{alias}", level)]


def _formals_doc(pattern: Pattern, level: int) -> Doc:
    formals = pattern.formals
    if not formals and not pattern.ellipsis:
        return [Text("{", level), HARD_SPACE, Text("}", level)]
    is_short = len(formals) <= 2 and all(formal.default is None for formal in formals)
    separator = SPACE if is_short else HARD_LINE
    items: Doc = [Text("{", level)]
    for index, formal in enumerate(formals):
        is_last = index == len(formals) - 1 and not pattern.ellipsis
        comma = Trailing(",", level + 1) if is_last else Text(",", level + 1)
        items += [separator, *_formal_doc(formal, level + 1, comma)]
    if pattern.ellipsis:
        items += [separator, Text("...", level + 1)]
    return [*items, separator, Text("}", level)]


def _formal_doc(formal: Formal, level: int, comma: Text) -> Doc:
    name = Text(identifier(formal.name), level)
    if formal.default is None:
        return [name, comma]
    value = [name, HARD_SPACE, Text("?", level + 1), *value_doc(formal.default, level)]
    if isinstance(comma, Trailing):
        return [*group(value), comma]
    return group([*value, comma])


@doc_of.register(Let)
def _let(expression: Let, level: int) -> Doc:
    if not expression.bindings:
        raise NixValueError("let needs a binding")
    head = group([Text("let", level), HARD_LINE, *block(expression.bindings, level + 1)])
    body = group([Text("in", level), HARD_LINE, *doc_of(expression.body, level)])
    return [*head, HARD_LINE, *body]


@doc_of.register(With)
def _with(expression: With, level: int) -> Doc:
    namespace = group(doc_of(expression.namespace, level + 1))
    head = group([Text("with", level), HARD_SPACE, *namespace, Text(";", level)])
    return [*head, SPACE, *doc_of(expression.body, level)]


@doc_of.register(Assert)
def _assert(expression: Assert, level: int) -> Doc:
    condition: list[Spelled] = [expression.condition]
    if isinstance(expression.condition, Apply):
        condition = spine(expression.condition)
    head = call_doc([Keyword("assert"), *condition], level)
    return group([*head, Text(";", level), HARD_LINE, *doc_of(expression.body, level)])


@doc_of.register(If)
def _if(expression: If, level: int) -> Doc:
    items: Doc = []
    separator = SPACE
    rest: Expr = expression
    while isinstance(rest, If):
        condition = [SPACE, *doc_of(rest.condition, level + 1), SPACE]
        items += group([Text("if", level), *condition, Text("then", level)])
        items += [separator, *group(doc_of(rest.consequence, level + 1)), separator]
        items += [Text("else", level), HARD_SPACE]
        separator = HARD_LINE
        rest = rest.alternative
    return group([*items, SPACE, *group(doc_of(rest, level + 1))])

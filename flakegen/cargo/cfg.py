"""Cargo's platform keys: `cfg(…)` expressions and bare target names, parsed once and evaluated against cfg sets.

``grammar/cfg.lark`` is the definition, and gives every error. Lark costs more to import than a whole workspace to
resolve, so `_quick` reads the shapes that make up all of practice (names, pairs, nested all/any/not) with a token scan,
and leaves everything else, wrong or just unusual, to the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from msgspec import Struct

from flakegen.cargo.errors import CfgError, Problem

if TYPE_CHECKING:
    from lark import Lark, Tree

CfgValue = str | tuple[str, str]
"""A cfg as rustc prints it: `unix`, or `("target_os", "linux")`."""

CfgSet = frozenset[CfgValue]


class Operator(Enum):
    """The three ways to combine expressions."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


class Constant(Struct, frozen=True):
    """`true` or `false`."""

    value: bool


class Is(Struct, frozen=True):
    """A single cfg that must be set."""

    value: CfgValue


class Combined(Struct, frozen=True):
    """`all(…)`, `any(…)` or `not(…)`; NOT has exactly one item."""

    operator: Operator
    items: tuple[Expression, ...]


Expression = Constant | Is | Combined


class TargetName(Struct, frozen=True):
    """A platform key that is no `cfg(…)`: it is compared with the triple literally."""

    name: str


PlatformKey = Expression | TargetName

_TARGET_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_TOKEN = re.compile(r' *(?:(all|any|not) *\(|([A-Za-z_][A-Za-z0-9_]*) *(?:= *"([^"]*)")?|([,)]))')
_DEEPEST = 100
_GRAMMAR_FOLDERS = (Path(__file__).parents[2] / "grammar", Path(__file__).parents[1] / "_grammar")


def holds(expression: Expression, cfgs: CfgSet) -> bool:
    """Evaluate an expression; `all()` is true and `any()` is false."""
    match expression:
        case Is(value):
            return value in cfgs
        case Combined(Operator.ALL, items):
            return all(holds(item, cfgs) for item in items)
        case Combined(Operator.ANY, items):
            return any(holds(item, cfgs) for item in items)
        case Combined(Operator.NOT, items):
            return not holds(items[0], cfgs)
        case Combined():
            raise AssertionError(expression.operator)
        case Constant(value):
            return value
    assert_never(expression)


def matches(key: PlatformKey, triple: str, cfgs: CfgSet) -> bool:
    """Whether a platform key selects a platform."""
    return key.name == triple if isinstance(key, TargetName) else holds(key, cfgs)


@cache
def parse_platform(text: str) -> PlatformKey:
    """Parse `cfg(EXPRESSION)` or a target name.

    Raises:
        CfgError: with the column of the unexpected character within ``text``.
    """
    if not (text.startswith("cfg(") and text.endswith(")")):
        if _TARGET_NAME.fullmatch(text):
            return TargetName(text)
        message = f"`{text}` is neither a target name nor a cfg(…) expression"
        raise CfgError(Problem(code="cfg-target-name", message=message))
    inner = text[4:-1]
    if _depth(inner) > _DEEPEST:
        raise CfgError(
            Problem(code="cfg-depth", message=f"cfg expression is nested deeper than {_DEEPEST} levels")
        )
    return _quick(inner) or _by_grammar(inner, text)


def _depth(text: str) -> int:
    depth = deepest = 0
    for mark in text:
        depth += (mark == "(") - (mark == ")")
        deepest = max(deepest, depth)
    return deepest


def _single(name: str, value: str | None) -> Expression:
    if value is not None:
        return Is((name, value))
    return Constant(name == "true") if name in ("true", "false") else Is(name)


def _quick(text: str) -> Expression | None:
    """Parse an expression without raw names; None for everything else, be it right or wrong."""
    stack: list[tuple[Operator | None, list[Expression]]] = [(None, [])]
    at, expects_item = 0, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        operator, name, value, mark = match.groups()
        may_end = mark == ")" and stack[-1][0] in (Operator.ALL, Operator.ANY)  # empty, or after a comma
        if expects_item is (mark is not None) and not may_end:
            return None
        if operator:
            stack.append((Operator(operator), []))
        elif name:
            if name in ("all", "any", "not", "r"):
                return None
            stack[-1][1].append(_single(name, value))
            expects_item = False
        elif mark == ",":
            if stack[-1][0] in (None, Operator.NOT):
                return None
            expects_item = True
        elif len(stack) == 1:
            return None
        else:
            kind, items = stack.pop()
            if kind is None:
                return None
            stack[-1][1].append(Combined(kind, tuple(items)))
            expects_item = False
    return stack[0][1][0] if len(stack) == 1 and len(stack[0][1]) == 1 and not expects_item else None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark  # noqa: PLC0415 - costs more than all the rest, and is rarely needed

    path = next(folder / "cfg.lark" for folder in _GRAMMAR_FOLDERS if (folder / "cfg.lark").is_file())
    return Lark(path.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=False)


def _name(token: str) -> str:
    return token.removeprefix("r#")


def _all(items: list[Expression]) -> Expression:
    return Combined(Operator.ALL, tuple(items))


def _any(items: list[Expression]) -> Expression:
    return Combined(Operator.ANY, tuple(items))


def _not(items: list[Expression]) -> Expression:
    return Combined(Operator.NOT, tuple(items))


_BUILDERS: dict[str, Callable[[list[Any]], Expression]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "name": lambda tokens: _single(_name(tokens[0]), None),
    "pair": lambda tokens: _single(_name(tokens[0]), tokens[1][1:-1]),
}


def _build(tree: Tree[Any]) -> Expression:
    """Fold a parse tree, without recursion, so that hostile nesting cannot exhaust the stack."""
    built: dict[int, Expression] = {}
    for node in tree.iter_subtrees():
        children = [built.get(id(child), child) for child in node.children]
        built[id(node)] = _BUILDERS[str(node.data)](children)
    return built[id(tree)]


def _by_grammar(inner: str, text: str) -> Expression:
    from lark.exceptions import UnexpectedInput, UnexpectedToken  # noqa: PLC0415 - as above

    try:
        return _build(_parser().parse(inner))
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        column = len(text) if at_end else 4 + max(error.column, 1)
        what = (
            "ends too early" if at_end else f"is not understood from column {column}: `{text[column - 1:]}`"
        )
        hint = 'write cfg(name), cfg(name = "value"), or combine these with all(…), any(…), not(…)'
        raise CfgError(
            Problem(code="cfg-syntax", message=f"`{text}` {what}", column=column, hint=hint)
        ) from error

"""Macros by example: what a call of them expands to.

Source of the rules: the Rust reference, "Macros By Example". Matching is greedy without backtracking, as in rustc;
a fragment such as `$x:expr` takes the trees up to what may follow it. Hygiene plays no part here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.lexer import Group, Token, TokenKind, Tree, is_ident, is_punct, trees
from flakegen.embed.macro_syntax import Delimited, Node, Repeat, Variable, compile_nodes, variables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLLOW = {
    "expr": (",", ";", "=>"),
    "expr_2021": (",", ";", "=>"),
    "stmt": (";", "=>", ","),
    "ty": (",", ";", "=", "=>", "|", ":", ">"),
    "pat": (",", "=", "=>"),
    "pat_param": (",", "=", "=>", "|"),
    "path": (",", ";", "=", "=>", "|", ":", ">"),
    "meta": (",", ";", "=>"),
}
_EXPANSION_LIMIT = 100_000


Bound = tuple[Tree, ...] | list["Bound | None"]
Bindings = dict[str, Bound]


class Rule(NamedTuple):
    """One arm of a macro."""

    pattern: tuple[Node, ...]
    body: tuple[Node, ...]


class Macro(NamedTuple):
    """A `macro_rules!` definition, ready to expand."""

    name: str
    body: str


@lru_cache(maxsize=2048)
def rules_of(macro: Macro) -> tuple[Rule, ...]:
    """The arms of a macro, in order."""
    items = trees(macro.body)
    found = []
    for index in range(len(items) - 3):
        head, equals, arrow, tail = items[index : index + 4]
        if (
            isinstance(head, Group)
            and is_punct(equals, "=")
            and is_punct(arrow, ">")
            and isinstance(tail, Group)
        ):
            found.append(Rule(compile_nodes(head.trees), compile_nodes(tail.trees)))
    return tuple(found)


class ExpansionError(Exception):
    """A call that grows beyond any honest size."""


def expand(macro: Macro, arguments: tuple[Tree, ...]) -> tuple[Tree, ...] | None:
    """What the first matching arm gives; None when no arm matches.

    Raises:
        ExpansionError: the result is too large.
    """
    for rule in rules_of(macro):
        matched = _match(rule.pattern, arguments, 0)
        if matched is not None and matched[0] == len(arguments):
            budget = [_EXPANSION_LIMIT]
            return tuple(_transcribe(rule.body, matched[1], budget))
    return None


def _match(nodes: tuple[Node, ...], items: tuple[Tree, ...], at: int) -> tuple[int, Bindings] | None:
    bound: Bindings = {}
    for node in nodes:
        step = _match_node(node, items, at)
        if step is None:
            return None
        at = step[0]
        bound.update(step[1])
    return at, bound


def _match_node(node: Node, items: tuple[Tree, ...], at: int) -> tuple[int, Bindings] | None:
    if isinstance(node, Repeat):
        return _match_repeat(node, items, at)
    if isinstance(node, Variable):
        end = _fragment_end(node.fragment, items, at)
        return None if end is None else (end, {node.name: items[at:end]})
    if at >= len(items):
        return None
    item = items[at]
    if isinstance(node, Delimited):
        if not isinstance(item, Group) or item.delimiter != node.delimiter:
            return None
        inner = _match(node.nodes, item.trees, 0)
        return (at + 1, inner[1]) if inner is not None and inner[0] == len(item.trees) else None
    return (at + 1, {}) if isinstance(item, Token) and item.text == node.text else None


def _match_repeat(node: Repeat, items: tuple[Tree, ...], at: int) -> tuple[int, Bindings] | None:
    rounds: list[Bindings] = []
    while at < len(items):
        begin = at
        if rounds and node.separator:
            separated = _match(node.separator, items, at)
            if separated is None:
                break
            begin = separated[0]
        step = _match(node.nodes, items, begin)
        if step is None or step[0] == at:
            break
        at = step[0]
        rounds.append(step[1])
        if node.operator == "?":
            break
    if node.operator == "+" and not rounds:
        return None
    return at, {name: [one.get(name) for one in rounds] for name in variables_of(node.nodes)}


def _fragment_end(fragment: str, items: tuple[Tree, ...], at: int) -> int | None:
    match fragment:
        case "vis":
            return _visibility_end(items, at)
        case _ if at >= len(items):
            return None
        case "tt":
            return at + 1
        case "ident":
            return at + 1 if is_ident(items[at]) else None
        case "lifetime":
            return at + 1 if _has_kind(items[at], TokenKind.LIFETIME) else None
        case "literal":
            return _literal_end(items, at)
        case "block":
            item = items[at]
            return at + 1 if isinstance(item, Group) and item.delimiter == "{" else None
        case "item":
            return _item_end(items, at)
        case _ if fragment in _FOLLOW:
            return _until(items, at, _FOLLOW[fragment])
        case _:
            return None


def _has_kind(item: Tree, kind: TokenKind) -> bool:
    return isinstance(item, Token) and item.kind is kind


def _visibility_end(items: tuple[Tree, ...], at: int) -> int:
    if at < len(items) and is_ident(items[at]) and getattr(items[at], "text", "") == "pub":
        at += 1
        if at < len(items) and isinstance(items[at], Group):
            at += 1
    return at


def _literal_end(items: tuple[Tree, ...], at: int) -> int | None:
    if is_punct(items[at], "-") and at + 1 < len(items):
        at += 1
    item = items[at]
    if not isinstance(item, Token):
        return None
    literal = item.kind in (TokenKind.STRING, TokenKind.OTHER_LITERAL) or item.text in ("true", "false")
    return at + 1 if literal else None


def _item_end(items: tuple[Tree, ...], at: int) -> int | None:
    for index in range(at, len(items)):
        item = items[index]
        if is_punct(item, ";") or (isinstance(item, Group) and item.delimiter == "{"):
            return index + 1
    return None


def _until(items: tuple[Tree, ...], at: int, stops: tuple[str, ...]) -> int | None:
    index = at
    angles = 0
    while index < len(items):
        item = items[index]
        text = item.text if isinstance(item, Token) else ""
        following = items[index + 1] if index + 1 < len(items) else None
        arrow = text == "=" and following is not None and is_punct(following, ">")
        if text == ":" and following is not None and is_punct(following, ":"):
            index += 2
            continue
        if (angles == 0 and text in stops) or ("=>" in stops and arrow):
            break
        if ">" in stops:
            angles += (text == "<") - (text == ">")
        index += 1
    return index if index > at else None


def _transcribe(nodes: tuple[Node, ...], bound: Mapping[str, Bound | None], budget: list[int]) -> list[Tree]:
    out: list[Tree] = []
    for node in nodes:
        budget[0] -= 1
        if budget[0] < 0:
            raise ExpansionError
        match node:
            case Token():
                out.append(node)
            case Delimited():
                inner = tuple(_transcribe(node.nodes, bound, budget))
                out.append(Group(node.delimiter, inner, node.start, node.start))
            case Variable():
                out += _substitute(node, bound)
            case Repeat():
                out += _repeat_body(node, bound, budget)
    return out


def _substitute(node: Variable, bound: Mapping[str, Bound | None]) -> list[Tree]:
    value = bound.get(node.name)
    if isinstance(value, tuple):
        if not node.fragment:
            return list(value)
        return [*value, Token(TokenKind.PUNCT, ":", 0), Token(TokenKind.IDENT, node.fragment, 0)]
    return [Token(TokenKind.PUNCT, "$", 0), Token(TokenKind.IDENT, node.name, 0)]


def _repeat_body(node: Repeat, bound: Mapping[str, Bound | None], budget: list[int]) -> list[Tree]:
    names = [name for name in variables_of(node.nodes) if isinstance(bound.get(name), list)]
    lists = {name: value for name in names if isinstance(value := bound[name], list)}
    count = max((len(value) for value in lists.values()), default=0)
    out: list[Tree] = []
    for index in range(count):
        if index:
            out += node.separator
        here = {name: value[index] if index < len(value) else None for name, value in lists.items()}
        out += _transcribe(node.nodes, {**bound, **here}, budget)
    return out

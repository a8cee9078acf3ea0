"""The syntax of macro arms: variables, repetitions and groups, in patterns and in bodies."""

from __future__ import annotations

from typing import NamedTuple

from flakegen.embed.lexer import Group, Token, TokenKind, Tree, is_punct


class Variable(NamedTuple):
    """`$name:fragment` in a pattern, `$name` in a body."""

    name: str
    fragment: str


class Repeat(NamedTuple):
    """`$( … ) separator operator`."""

    nodes: tuple[Node, ...]
    separator: tuple[Token, ...]
    operator: str


class Delimited(NamedTuple):
    """A group in a pattern or body."""

    delimiter: str
    nodes: tuple[Node, ...]
    start: int


Node = Token | Variable | Repeat | Delimited


def compile_nodes(items: tuple[Tree, ...]) -> tuple[Node, ...]:
    """The nodes of a pattern or body."""
    nodes: list[Node] = []
    index = 0
    while index < len(items):
        item = items[index]
        if is_punct(item, "$") and index + 1 < len(items):
            node, index = _dollar(items, index + 1)
            nodes.append(node)
        else:
            nodes.append(
                Delimited(item.delimiter, compile_nodes(item.trees), item.start)
                if isinstance(item, Group)
                else item
            )
            index += 1
    return tuple(nodes)


def _dollar(items: tuple[Tree, ...], index: int) -> tuple[Node, int]:
    item = items[index]
    if isinstance(item, Group):
        return _repeat(items, index, item)
    fragment = ""
    if item.text != "crate" and index + 2 < len(items) and is_punct(items[index + 1], ":"):
        kind = items[index + 2]
        if isinstance(kind, Token) and kind.kind is TokenKind.IDENT:
            fragment = kind.text
    if item.text == "crate":
        return item, index + 1
    # `$x:ident` names a fragment only in patterns; in bodies `$x: T` is a variable before a colon.
    return Variable(item.text, fragment), index + (3 if fragment else 1)


def _repeat(items: tuple[Tree, ...], index: int, group: Group) -> tuple[Node, int]:
    separator: list[Token] = []
    index += 1
    while index < len(items):
        item = items[index]
        index += 1
        if isinstance(item, Token) and item.text in ("*", "+", "?") and item.kind is TokenKind.PUNCT:
            return Repeat(compile_nodes(group.trees), tuple(separator), item.text), index
        if not isinstance(item, Token):
            break
        separator.append(item)
    return Repeat(compile_nodes(group.trees), tuple(separator), "*"), index


def variables_of(nodes: tuple[Node, ...]) -> list[str]:
    """The names of the variables, also of those inside repetitions and groups."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Variable):
            found.append(node.name)
        elif isinstance(node, Repeat | Delimited):
            found += variables_of(node.nodes)
    return found

"""Attributes as the scan needs them: does a `cfg` imply `test`, and which `path` does a module have."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from flakegen.embed.lexer import (
    Group,
    Token,
    TokenKind,
    Tree,
    is_ident,
    is_punct,
    split_commas,
    string_value,
    trees,
)

# Set only while tests are compiled or run; `cfg(doctest)` code is seen by `rustdoc --test` alone.
_TEST_CFGS = frozenset({"test", "doctest"})


class Attribute(NamedTuple):
    """One attribute; `cfg_attr` is already opened into those it may become.

    Attributes:
        path: the attribute's name, `::` included (`sqlx::test`).
        arguments: the trees after the name.
        only_test: it is there only under `cfg(test)`.
        conditional: it stands inside a `cfg_attr`.
    """

    path: str
    arguments: tuple[Tree, ...]
    only_test: bool = False
    conditional: bool = False


class AttributeSet(NamedTuple):
    """What one `#[…]` says."""

    attributes: tuple[Attribute, ...]
    test: bool  # the item exists only under `cfg(test)`


@lru_cache(maxsize=4096)
def parse(body: str) -> AttributeSet:
    """The meaning of the text between `#[` and `]`."""
    found = tuple(_flatten(trees(body), only_test=False, conditional=False))
    return AttributeSet(
        found,
        test=any(not item.conditional and _hides_outside_tests(item) for item in found),
    )


def _flatten(items: tuple[Tree, ...], *, only_test: bool, conditional: bool) -> list[Attribute]:
    path, rest = _split_path(items)
    if path == "unsafe" and rest and isinstance(rest[0], Group):
        return _flatten(rest[0].trees, only_test=only_test, conditional=conditional)
    if path != "cfg_attr" or not rest or not isinstance(rest[0], Group):
        return [Attribute(path, rest, only_test, conditional)]
    parts = split_commas(rest[0].trees)
    implied = only_test or (bool(parts) and implies_test(parts[0]))
    found: list[Attribute] = []
    for part in parts[1:]:
        found += _flatten(part, only_test=implied, conditional=True)
    return found


def _split_path(items: tuple[Tree, ...]) -> tuple[str, tuple[Tree, ...]]:
    count = 0
    while count < len(items) and (is_ident(items[count]) or is_punct(items[count], ":")):
        count += 1
    path = "".join(item.text for item in items[:count] if isinstance(item, Token))
    return path.removeprefix("::"), items[count:]


def _hides_outside_tests(attribute: Attribute) -> bool:
    """`#[cfg(test)]`, and test functions, which the compiler drops from every other build."""
    if attribute.path == "cfg":
        group = attribute.arguments[0] if attribute.arguments else None
        return isinstance(group, Group) and implies_test(group.trees)
    return attribute.path == "bench" or attribute.path.rpartition("::")[2] == "test"


def implies_test(items: tuple[Tree, ...]) -> bool:
    """Whether a cfg predicate can only hold under `test`."""
    parts = split_commas(items)
    if len(parts) != 1:
        return False
    predicate = parts[0]
    if len(predicate) == 1 and isinstance(predicate[0], Token):
        return predicate[0].text in _TEST_CFGS
    if len(predicate) != 2 or not isinstance(predicate[1], Group) or not isinstance(predicate[0], Token):
        return False
    inner = split_commas(predicate[1].trees)
    match predicate[0].text:
        case "all":
            return any(implies_test(part) for part in inner)
        case "any":
            return bool(inner) and all(implies_test(part) for part in inner)
        case "not":
            return any(_always_without_test(part) for part in inner)
        case _:
            return False


def _always_without_test(items: tuple[Tree, ...]) -> bool:
    """Whether a cfg predicate holds in every build without `test`: `not(test)` does."""
    if len(items) != 2 or not isinstance(items[1], Group) or not isinstance(items[0], Token):
        return False
    inner = split_commas(items[1].trees)
    match items[0].text:
        case "not":
            return any(implies_test(part) for part in inner)
        case "all":
            return all(_always_without_test(part) for part in inner)
        case "any":
            return any(_always_without_test(part) for part in inner)
        case _:
            return False


def assigned_string(attribute: Attribute) -> str | None:
    """The value of `#[name = "value"]`."""
    items = attribute.arguments
    if len(items) == 2 and is_punct(items[0], "=") and isinstance(items[1], Token):
        return string_value(items[1].text) if items[1].kind is TokenKind.STRING else None
    return None

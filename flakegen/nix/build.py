"""Constructors for generated code: Python values in, tidy Nix trees out.

They choose what linters ask for: ``inherit`` instead of ``a = a`` and ``a = x.a``, one nested set instead of repeated
keys, ``f`` instead of ``x: f x``. No argument is ever read as Nix source, so hostile text stays text; the only text
with a syntax is the dotted first argument of `select`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from flakegen.nix.ast import (
    Apply,
    Assert,
    AttrSet,
    Binary,
    BinaryOperator,
    Binding,
    Expr,
    Float,
    Formal,
    Identifier,
    If,
    IndentedString,
    Inherit,
    Integer,
    Item,
    Lambda,
    Let,
    List,
    Path,
    Pattern,
    Select,
    Spread,
    String,
    Unary,
    UnaryOperator,
    With,
)
from flakegen.nix.entries import INHERITABLE, bound_names, joined_parts, tidied
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import check_text, is_path
from flakegen.nix.names import mentions

if TYPE_CHECKING:
    from flakegen.nix.ast import AttrPath

Key: TypeAlias = "str | AttrPath"
"""One attribute name (dots in it are part of the name), or a path of names."""
Entries: TypeAlias = "Mapping[Any, Any] | Iterable[Binding | Inherit]"
"""Keys with values that `value` takes, or bindings."""

NULL = Identifier("null")
TRUE = Identifier("true")
FALSE = Identifier("false")

_EXPRESSIONS = frozenset(get_args(Expr))


@lru_cache(maxsize=1 << 16)
def string(text: str) -> String:
    """Return the string that evaluates to ``text``.

    Raises:
        NixValueError: for NUL and lone surrogates.
    """
    check_text(text)
    return String((text,) if text else ())


def interpolated(*parts: str | Expr) -> String:
    """Return a string of texts and interpolated expressions."""
    return String(joined_parts(parts))


def indented(*parts: str | Expr) -> IndentedString:
    """Return a string that is printed over several lines where that is exact."""
    return IndentedString(joined_parts(parts))


def identifier(name: str) -> Identifier:
    """Return a variable."""
    return Identifier(name)


def select(target: str | Expr, *names: str, default: Expr | None = None) -> Expr:
    """Return a selection: ``select("pkgs.stdenv.cc")``, or ``select("packages", name)`` with a name of any characters.

    A text as ``target`` is split at its dots and must be known to the programmer; ``names`` are never split.
    """
    if isinstance(target, str):
        first, *others = target.split(".")
        target, names = Identifier(first), (*others, *names)
    if not names:
        return target
    if isinstance(target, Select) and target.default is None:
        return Select(target.target, (*target.path, *names), default)
    return Select(target, names, default)


def path(text: str) -> Expr:
    """Return a path literal, or ``./. + "/text"`` for one with characters that literals cannot have.

    Raises:
        NixValueError: when ``text`` does not start with ``/``, ``./`` or ``../``.
    """
    text = text if text not in (".", "..") else f"{text}/."
    if is_path(text) and not text.startswith("~"):
        return Path((text,))
    for root in ("./", "../", "/"):
        if text.startswith(root):
            base = Path((f"{root}.",))
            return Binary(BinaryOperator.ADD, base, string(f"/{text.removeprefix(root)}"))
    raise NixValueError(f"not a path: {text!r}")


def value(python: Any) -> Expr:
    """Return the Nix value of a Python one: None, bool, number, text, mapping, list, tuple; expressions as they are.

    Raises:
        NixValueError: for values that Nix cannot express.
        TypeError: for other types.
    """
    kind = type(python)
    if kind is str:
        return string(python)
    if kind in _EXPRESSIONS:
        expression: Expr = python
        return expression
    if kind is dict or isinstance(python, Mapping):
        return attrs(python)
    if kind is list or kind is tuple:
        return items(python)
    match python:
        case None:
            return NULL
        case bool():
            return TRUE if python else FALSE
        case int():
            return Integer(python) if python >= 0 else Unary(UnaryOperator.NEGATE, Integer(-python))
        case float():
            return Float(python) if python >= 0 else Unary(UnaryOperator.NEGATE, Float(-python))
        case str():
            return string(str(python))
    raise TypeError(f"no Nix value for {type(python).__name__}")


def items(values: Iterable[Any], *, spread: Spread = Spread.WHEN_NEEDED) -> List:
    """Return a list of values that `value` takes, or of `Item` with comments."""
    return List(tuple(v if isinstance(v, Item) else value(v) for v in values), spread)


def binding(key: Key, python: Any, *, comment: str = "", blank_before: bool = False) -> Binding:
    """Return one binding, with a comment above it, or an empty line."""
    lines = tuple(comment.splitlines()) if comment else ()
    return Binding((key,) if isinstance(key, str) else key, value(python), lines, blank_before)


def _bindings(entries: Entries) -> list[Binding | Inherit]:
    if isinstance(entries, Mapping):
        return [
            Binding((key,) if isinstance(key, str) else key, value(python)) for key, python in entries.items()
        ]
    return list(entries)


def _data(entries: Entries) -> tuple[Binding | Inherit, ...] | None:
    """Return the bindings of a dict that need no tidying: its names are known and no value could be inherited."""
    if type(entries) is not dict:
        return None
    found: list[Binding | Inherit] = []
    for key, python in entries.items():
        expression = string(python) if type(python) is str else value(python)
        if type(key) is not str or type(expression) in INHERITABLE:
            return None
        found.append(Binding((key,), expression))
    return tuple(found)


def attrs(entries: Entries, *, recursive: bool = False, spread: Spread = Spread.WHEN_NEEDED) -> AttrSet:
    """Return an attribute set, in the order given, with ``inherit`` and nested sets where they are the better form.

    Raises:
        NixValueError: when two entries have one name.
    """
    bindings = _data(entries)
    if bindings is None:
        bindings = tidied(_bindings(entries), from_scope=not recursive)
    return AttrSet(bindings, recursive, spread)


def let(entries: Entries, body: Expr) -> Expr:
    """Return ``let … in body``; the body alone when there is nothing to bind.

    A ``let`` as body is joined with this one, unless the bindings mention one of its names.

    Raises:
        NixValueError: when two entries have one name.
    """
    bindings = tidied(_bindings(entries), from_scope=False)
    if not bindings:
        return body
    if isinstance(body, Let) and not any(mentions(bindings, name) for name in bound_names(body.bindings)):
        return Let(bindings + body.bindings, body.body)
    return Let(bindings, body)


def call(function: str | Expr, *arguments: Any) -> Expr:
    """Return an application; a text as ``function`` is read as by `select`, arguments as by `value`."""
    target = select(function) if isinstance(function, str) else function
    return reduce(Apply, map(value, arguments), target)


def function(parameter: str, body: Expr) -> Expr:
    """Return ``parameter: body``, or just ``f`` for ``parameter: f parameter`` with another variable ``f``."""
    match body:
        case Apply(Identifier(name) as applied, Identifier(argument)) if name != argument == parameter:
            return applied
    return Lambda(parameter, body)


def pattern_function(
    names: Mapping[str, Any] | Iterable[str], body: Expr, *, ellipsis: bool = False, alias: str | None = None
) -> Lambda:
    """Return ``{ a, b ? 1, ... }@alias: body``; a mapping gives defaults, where `...` stands for none."""
    pairs = names.items() if isinstance(names, Mapping) else ((name, ...) for name in names)
    formals = tuple(Formal(name, None if default is ... else value(default)) for name, default in pairs)
    return Lambda(Pattern(formals, ellipsis, alias), body)


def operation(operator: BinaryOperator, first: Expr, *others: Expr) -> Expr:
    """Return a chain of one operator, grouped as Nix groups it without parentheses."""
    if operator in (BinaryOperator.CONCAT, BinaryOperator.UPDATE, BinaryOperator.IMPLIES):
        *leading, last = (first, *others)
        return reduce(lambda right, left: Binary(operator, left, right), reversed(leading), last)
    return reduce(lambda left, right: Binary(operator, left, right), others, first)


def update(first: Expr, *others: Expr) -> Expr:
    """Return ``a // b // …``."""
    return operation(BinaryOperator.UPDATE, first, *others)


def concat(first: Expr, *others: Expr) -> Expr:
    """Return ``a ++ b ++ …``."""
    return operation(BinaryOperator.CONCAT, first, *others)


def with_(namespace: Expr, body: Expr) -> With:
    """Return ``with namespace; body``."""
    return With(namespace, body)


def if_(condition: Expr, consequence: Any, alternative: Any) -> If:
    """Return ``if condition then consequence else alternative``."""
    return If(condition, value(consequence), value(alternative))


def assert_(condition: Expr, body: Expr) -> Assert:
    """Return ``assert condition; body``."""
    return Assert(condition, body)

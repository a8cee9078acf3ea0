"""Making the tree while the parser runs: one method per rule of ``nix.lark``, called with what its parts became."""

# ruff: noqa: D102 (each method is a rule of the grammar, and documented there)

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from lark import Token, Transformer

from flakegen.nix.ast import (
    AliasSide,
    Apply,
    Assert,
    AttrSet,
    Binding,
    Dynamic,
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
    SearchPath,
    Select,
    Spread,
    String,
    With,
)
from flakegen.nix.chain import Operator, OperatorError, grouped
from flakegen.nix.duplicates import DuplicateError, check_bindings, check_formals
from flakegen.nix.entries import joined_parts
from flakegen.nix.notes import Note
from flakegen.nix.stripping import Piece, stripped

if TYPE_CHECKING:
    from flakegen.nix.ast import AttrName, AttrPath

Children: TypeAlias = list[Any]


class Located(Exception):  # noqa: N818 (it becomes a NixSyntaxError where the text is known)
    """What is wrong at an offset."""

    def __init__(self, message: str, offset: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class TreeBuilder(Transformer[Token, Expr]):
    """The semantic actions."""

    def start(self, children: Children) -> Expr:
        return children[0]  # type: ignore[no-any-return]

    def named_lambda(self, children: Children) -> Lambda:
        return Lambda(str(children[0]), children[1])

    def pattern_lambda(self, children: Children) -> Lambda:
        pattern, body = children
        return Lambda(pattern, body)

    def assert_(self, children: Children) -> Assert:
        return Assert(*children)

    def with_(self, children: Children) -> With:
        return With(*children)

    def if_(self, children: Children) -> If:
        return If(*children)

    def let(self, children: Children) -> Expr:
        entries, body = children
        for entry, offset in entries:
            if isinstance(entry, Binding) and not isinstance(entry.path[0], str):
                raise Located("a computed name cannot be bound by let", offset)
        bindings = _checked(entries)
        return Let(bindings, body) if bindings else body

    def formals(self, children: Children) -> Pattern:
        located = [child for child in children if isinstance(child, tuple)]
        formals = tuple(formal for formal, _ in located)
        ellipsis = bool(children) and isinstance(children[-1], Token)
        try:
            check_formals(formals)
        except DuplicateError as error:
            raise Located(str(error), located[error.index][1]) from None
        return Pattern(formals, ellipsis)

    def alias_after(self, children: Children) -> Pattern:
        return _with_alias(children[0], children[1], AliasSide.AFTER)

    def alias_before(self, children: Children) -> Pattern:
        return _with_alias(children[1], children[0], AliasSide.BEFORE)

    def first_formal(self, children: Children) -> tuple[Formal, int]:
        return self.formal(children[1:])

    def formal(self, children: Children) -> tuple[Formal, int]:
        name, *default = children
        return Formal(str(name), default[0] if default else None), name.start_pos

    def operation(self, children: Children) -> Expr:
        chain = [
            Operator(str(child), child.start_pos or 0) if isinstance(child, Token) else child
            for child in children
        ]
        try:
            return grouped(chain)
        except OperatorError as error:
            hint = "put one of the operations in parentheses"
            raise Located(str(error), error.operator.offset, hint) from None

    def has_attr(self, children: Children) -> Operator:
        path, offset = children[0]
        return Operator("?", offset, path)

    def apply(self, children: Children) -> Apply:
        return Apply(*children)

    def select(self, children: Children) -> Select:
        target, (path, _) = children
        return _select(target, path, None)

    def select_or(self, children: Children) -> Select:
        target, (path, _), _, default = children
        return _select(target, path, default)

    def legacy_or(self, children: Children) -> Expr:
        raise Located("'or' is no name here", children[1].start_pos, "it belongs to `set.name or default`")

    def identifier(self, children: Children) -> Identifier:
        return Identifier(str(children[0]))

    def integer(self, children: Children) -> Integer:
        value = int(children[0]) if len(children[0]) < 40 else 1 << 63
        if value >= 1 << 63:
            raise Located("an integer has 63 bits at most", children[0].start_pos)
        return Integer(value)

    def float_(self, children: Children) -> Float:
        value = float(children[0])
        if value == float("inf") or 0 < value < sys.float_info.min:
            raise Located("this number is out of the range of floats", children[0].start_pos)
        return Float(value)

    def search_path(self, children: Children) -> SearchPath:
        return SearchPath(str(children[0])[1:-1])

    def uri(self, children: Children) -> String:
        return String((str(children[0]),))

    def legacy_let(self, children: Children) -> Select:
        return Select(AttrSet(_checked(children[0]), recursive=True), ("body",))

    def recursive_set(self, children: Children) -> AttrSet:
        return AttrSet(_checked(children[0]), recursive=True)

    def empty_set(self, _: Children) -> AttrSet:
        return AttrSet(())

    def set_(self, children: Children) -> AttrSet:
        return AttrSet(_checked(children))

    def list_(self, children: Children) -> List:
        return List(tuple(children), Spread.WHEN_NEEDED)

    def item(self, children: Children) -> Expr | Item:
        lines, blank_before = _note(children[0])
        expression: Expr = children[1]
        return Item(expression, lines, blank_before) if lines or blank_before else expression

    def string(self, children: Children) -> String:
        return String(joined_parts(_texts(children[1:])))

    def indented(self, children: Children) -> IndentedString:
        pieces = [
            Piece(str(child), child.value.escaped) if isinstance(child, Token) else child
            for child in children
        ]
        return IndentedString(stripped(pieces))

    def file_path(self, children: Children) -> Path:
        first, *others = joined_parts(_texts(children))
        if isinstance(first, str) and not first.startswith(("/", "./", "../", "~/")):
            first = f"./{first}"
        return Path((first, *others))

    def interpolation(self, children: Children) -> Expr:
        return children[1]  # type: ignore[no-any-return]

    def bindings(self, children: Children) -> Children:
        return children

    def binding(self, children: Children) -> tuple[Binding, int]:
        note, (path, offset), value = children
        return Binding(path, value, *_note(note)), offset

    def inherit(self, children: Children) -> tuple[Inherit, int]:
        note, *names = children
        return _inherit(note, None, names)

    def inherit_from(self, children: Children) -> tuple[Inherit, int]:
        note, source, *names = children
        return _inherit(note, source, names)

    def path(self, children: Children) -> tuple[AttrPath, int]:
        return tuple(name for name, _ in children), children[0][1]

    def plain_name(self, children: Children) -> tuple[AttrName, int]:
        return str(children[0]), children[0].start_pos

    def quoted_name(self, children: Children) -> tuple[AttrName, int]:
        start, *parts = children
        return _static(String(joined_parts(_texts(parts)))), start.start_pos

    def computed_name(self, children: Children) -> tuple[AttrName, int]:
        start, expression = children
        name = _static(expression) if isinstance(expression, String | IndentedString) else None
        return name if isinstance(name, str) else Dynamic(expression), start.start_pos


def _note(token: Token | None) -> tuple[tuple[str, ...], bool]:
    note = token.value if token is not None else None
    return (tuple(note.lines), note.blank_before) if isinstance(note, Note) else ((), False)


def _texts(children: Children) -> list[str | Expr]:
    return [str(child) if isinstance(child, Token) else child for child in children]


def _static(string: String | IndentedString) -> AttrName:
    """Return the text of a string without interpolation, which is a known name even where it is spelled as computed."""
    match string.parts:
        case ():
            return ""
        case (str(text),):
            return text
    return String(string.parts)


def _select(target: Expr, path: AttrPath, default: Expr | None) -> Select:
    if isinstance(target, Select) and target.default is None:
        return Select(target.target, target.path + path, default)
    return Select(target, path, default)


def _with_alias(pattern: Pattern, alias: Token, side: AliasSide) -> Pattern:
    if any(formal.name == alias for formal in pattern.formals):
        raise Located(f"the formal argument {str(alias)!r} is defined twice", alias.start_pos or 0)
    return Pattern(pattern.formals, pattern.ellipsis, str(alias), side)


def _inherit(
    note: Token | None, source: Expr | None, names: list[tuple[AttrName, int]]
) -> tuple[Inherit, int]:
    for name, offset in names:
        if not isinstance(name, str):
            raise Located("a computed name cannot be inherited", offset)
    known = tuple(name for name, _ in names if isinstance(name, str))
    return Inherit(known, source, *_note(note)), names[0][1] if names else 0


def _checked(entries: list[tuple[Binding | Inherit, int]]) -> tuple[Binding | Inherit, ...]:
    """Return the bindings without those that inherit nothing."""
    bindings = [entry for entry, _ in entries]
    try:
        check_bindings(bindings)
    except DuplicateError as error:
        raise Located(str(error), entries[error.index][1]) from None
    return tuple(entry for entry in bindings if isinstance(entry, Binding) or entry.names)

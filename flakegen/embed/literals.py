"""The value of a macro's argument, where it is known before compiling: literals, `concat!`, `env!`, own macros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from flakegen.embed.lexer import (
    Group,
    Token,
    TokenKind,
    Tree,
    is_ident,
    is_punct,
    render,
    split_commas,
    string_value,
)
from flakegen.embed.paths import MANIFEST_MARK
from flakegen.embed.wrappers import ExpansionError, Macro, expand

_MAX_NESTING = 32
_NUMBER = re.compile(
    r"(?:(?P<integer>0x[0-9a-fA-F]+?|0o[0-7]+|0b[01]+|[0-9]+)(?:[iu](?:8|16|32|64|128|size))?"
    r"|(?P<float>[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]+)?)(?:f32|f64)?)"
)
_LONGEST_NUMBER = 60
_PREFIXES = ("0x", "0o", "0b")
_SPACED = re.compile(r"\s*([^\w\s])\s*")


class Unknown(Enum):
    """Why an argument has no value."""

    GENERATED = "names something that a build script makes"
    NOT_LITERAL = "is not a literal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What an evaluation may use.

    Attributes:
        package_dir: root-relative; the value of `CARGO_MANIFEST_DIR` is a mark followed by it.
        variables: other variables that cargo sets for this package, such as `CARGO_PKG_NAME`.
        macros: the macros that reach a reader, by name.
    """

    package_dir: str
    variables: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, list[Macro]] = field(default_factory=dict)

    def value(self, items: tuple[Tree, ...], nesting: int = 0) -> str | Unknown:
        """The string that an expression evaluates to."""
        if nesting > _MAX_NESTING or not items:
            return Unknown.NOT_LITERAL
        if len(items) == 1:
            return self._single(items[0], nesting)
        call = macro_call(items)
        return Unknown.NOT_LITERAL if call is None else self._call(call[0], call[1], nesting)

    def _single(self, item: Tree, nesting: int) -> str | Unknown:
        if isinstance(item, Group):
            return self.value(item.trees, nesting + 1) if item.delimiter in "({" else Unknown.NOT_LITERAL
        value = string_value(item.text) if item.kind is TokenKind.STRING else None
        return Unknown.NOT_LITERAL if value is None else value

    def _call(self, name: str, group: Group, nesting: int) -> str | Unknown:
        match name:
            case "concat":
                return self._concat(group, nesting)
            case "env":
                return self._env(group, nesting)
            case "stringify":
                return stringified(group.trees)
            case _:
                return self._own_macro(name, group, nesting)

    def _concat(self, group: Group, nesting: int) -> str | Unknown:
        values = []
        for part in split_commas(group.trees):
            value = self._piece(part, nesting + 1)
            if isinstance(value, Unknown):
                return value
            values.append(value)
        return "".join(values)

    def _piece(self, part: tuple[Tree, ...], nesting: int) -> str | Unknown:
        """A part of `concat!` may also be a number, a character or a boolean."""
        if part and is_punct(part[0], "-"):
            number = number_text(part[1:])
            return Unknown.NOT_LITERAL if number is None else f"-{number}"
        if len(part) == 1 and isinstance(part[0], Token):
            token = part[0]
            if token.kind is TokenKind.OTHER_LITERAL and token.text[0] == "'":
                return character(token.text)
            if token.text in ("true", "false"):
                return token.text
        number = number_text(part)
        return self.value(part, nesting) if number is None else number

    def _env(self, group: Group, nesting: int) -> str | Unknown:
        parts = split_commas(group.trees)
        name = self.value(parts[0], nesting + 1) if parts else Unknown.NOT_LITERAL
        if isinstance(name, Unknown):
            return name
        if name == "CARGO_MANIFEST_DIR":
            return f"{MANIFEST_MARK}/{self.package_dir}" if self.package_dir else MANIFEST_MARK
        if name == "CARGO_MANIFEST_PATH":
            return f"{MANIFEST_MARK}/{self.package_dir}/Cargo.toml"
        if name in self.variables:
            return self.variables[name]
        return Unknown.NOT_LITERAL if name.startswith("CARGO_PKG_") else Unknown.GENERATED

    def _own_macro(self, name: str, group: Group, nesting: int) -> str | Unknown:
        for macro in self.macros.get(name, ()):
            try:
                expansion = expand(macro, group.trees)
            except ExpansionError:
                continue
            if expansion is not None:
                return self.value(expansion, nesting + 1)
        return Unknown.NOT_LITERAL


def character(text: str) -> str:
    """The value of a character's source text."""
    return '"' if text == "'\"'" else string_value(f'"{text[1:-1]}"') or ""


def number_text(items: tuple[Tree, ...]) -> str | None:
    """What `concat!` prints for a number: integers in decimal, floats as written; no suffix, no underscores."""
    if len(items) != 1 or not isinstance(items[0], Token):
        return None
    text = items[0].text.replace("_", "")
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None or match["float"]:
        return match and match["float"]
    return str(int(match["integer"], 0 if match["integer"][:2] in _PREFIXES else 10))


def stringified(items: tuple[Tree, ...]) -> str:
    """What `stringify!` prints for short arguments: words apart, punctuation and groups close to what they touch."""
    return _SPACED.sub(r"\1", render(items)).replace(",", ", ")


def macro_call(items: tuple[Tree, ...]) -> tuple[str, Group] | None:
    """The name and arguments, when the trees are exactly one `path::name!(…)`, `&` and `;` around it allowed."""
    if items and is_punct(items[-1], ";"):
        items = items[:-1]
    if items and is_punct(items[0], "&"):
        items = items[1:]
    if len(items) < 3 or not isinstance(items[-1], Group) or not is_punct(items[-2], "!"):
        return None
    name = items[-3]
    if not all(is_ident(item) or is_punct(item, ":") or is_punct(item, "$") for item in items[:-2]):
        return None
    return (name.text, items[-1]) if isinstance(name, Token) and is_ident(name) else None


def added_strings(items: tuple[Tree, ...]) -> str | None:
    """The value of `"a"` or `"a" + "b" + …`, which sqlx's query macros accept."""
    values: list[str] = []
    for index, item in enumerate(items):
        if index % 2:
            if not is_punct(item, "+"):
                return None
            continue
        value = string_value(item.text) if isinstance(item, Token) and item.kind is TokenKind.STRING else None
        if value is None:
            return None
        values.append(value)
    return "".join(values) if len(items) % 2 else None

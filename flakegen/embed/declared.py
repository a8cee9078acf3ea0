"""Macros and attributes that a user says read files: those of proc-macro crates that the table does not know."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.lexer import split_commas, string_value, strings_in
from flakegen.embed.literals import Unknown
from flakegen.embed.readers import Base, Invocation, Reader, expanded, inner, report

if TYPE_CHECKING:
    from flakegen.embed.lexer import Tree


class Trigger(Enum):
    """How it is used."""

    MACRO = "macro"
    ATTRIBUTE = "attribute"


class Kind(Enum):
    """What its path names."""

    FILE = "file"
    FOLDER = "folder"


class Declared(NamedTuple):
    """One macro or attribute; its first literal argument is the path, relative to ``base``."""

    trigger: Trigger
    name: str
    base: Base
    kind: Kind


class UserRules(NamedTuple):
    """What a user says of the files that a package reads; ``ignored`` are paths, root-relative, that do not count."""

    declared: tuple[Declared, ...] = ()
    ignored: tuple[str, ...] = ()


def reader_of(declared: Declared) -> Reader:
    """What notes the file or folder that a use of it names."""

    def read(use: Invocation) -> None:
        items = inner(use)
        value = _path(use, items)
        if isinstance(value, Unknown):
            if items:
                report(use, value)
        elif (path := expanded(value, use)) is not None:
            base = use.folder_of(declared.base)
            if declared.kind is Kind.FOLDER:
                use.add_folder(base, path)
            else:
                use.add_file(base, path)

    return read


def _path(use: Invocation, items: tuple[Tree, ...]) -> str | Unknown:
    """The first argument with a value; else the first literal, as of `path = "x"`."""
    for part in split_commas(items):
        value = use.evaluation.value(part)
        if value is not Unknown.NOT_LITERAL:
            return value
    literal = next(strings_in(items), None)
    return Unknown.NOT_LITERAL if literal is None else string_value(literal.text) or ""

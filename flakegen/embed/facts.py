"""What one Rust file holds, independent of where it is used: modules, macro calls, attributes, macro definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flakegen.embed.attributes import Attribute


class InlineModule(NamedTuple):
    """A `mod name { … }` around something; `path` is its `#[path]`, which names a folder."""

    name: str
    path: str | None


class PathChoice(NamedTuple):
    """A `#[path]` that a module has, or may have under a `cfg_attr`."""

    path: str
    only_test: bool
    conditional: bool


class ModuleDeclaration(NamedTuple):
    """A `mod name;`."""

    name: str
    start: int
    inline: tuple[InlineModule, ...] = ()
    paths: tuple[PathChoice, ...] = ()
    test: bool = False


class Call(NamedTuple):
    """A `name!(…)`; `open` is the offset of its delimiter."""

    name: str
    start: int
    open: int
    test: bool
    inline: tuple[InlineModule, ...] = ()


class AttributeUse(NamedTuple):
    """An attribute that a mechanism may want."""

    attribute: Attribute
    start: int
    test: bool


class MacroText(NamedTuple):
    """A `macro_rules!` definition: the text between its outer delimiters; `end` is the offset behind it.

    A macro that is imported under another name counts as one of that name that hands everything on; it has no `end`.
    """

    name: str
    body: str
    end: int = -1


@dataclass(slots=True)
class FileFacts:
    """Everything in one file, in source order."""

    modules: list[ModuleDeclaration] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    uses: list[AttributeUse] = field(default_factory=list)
    macros: list[MacroText] = field(default_factory=list)

"""What one Rust file holds, independent of where it is used: modules, macro calls, attributes, macro definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakegen.embed.attributes import Attribute


@dataclass(frozen=True, slots=True)
class InlineModule:
    """A `mod name { … }` around something; `path` is its `#[path]`, which names a folder."""

    name: str
    path: str | None


@dataclass(frozen=True, slots=True)
class PathChoice:
    """A `#[path]` that a module has, or may have under a `cfg_attr`."""

    path: str
    only_test: bool
    conditional: bool


@dataclass(frozen=True, slots=True)
class ModuleDeclaration:
    """A `mod name;`."""

    name: str
    start: int
    inline: tuple[InlineModule, ...] = ()
    paths: tuple[PathChoice, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A `name!(…)`; `open` is the offset of its delimiter."""

    name: str
    start: int
    open: int
    test: bool
    inline: tuple[InlineModule, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """An attribute that a mechanism may want."""

    attribute: Attribute
    start: int
    test: bool


@dataclass(frozen=True, slots=True)
class MacroText:
    """A `macro_rules!` definition: the text between its outer delimiters."""

    name: str
    body: str


@dataclass(slots=True)
class FileFacts:
    """Everything in one file, in source order."""

    modules: list[ModuleDeclaration] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    uses: list[AttributeUse] = field(default_factory=list)
    macros: list[MacroText] = field(default_factory=list)

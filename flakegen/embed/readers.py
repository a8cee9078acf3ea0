"""The few shapes in which macros and attributes read files; mechanisms.py combines them into its table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from flakegen.embed.collect import Collector, Place
from flakegen.embed.inputs import FindingKind, FolderInput
from flakegen.embed.lexer import (
    Group,
    Tree,
    is_ident,
    is_punct,
    render,
    split_commas,
    string_value,
    strings_in,
)
from flakegen.embed.literals import Evaluation, Unknown
from flakegen.embed.paths import MANIFEST_MARK, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flakegen.embed.disk import Disk

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_GLOB = re.compile(r"[*?\[{]")


class Base(Enum):
    """What a relative argument is relative to."""

    FILE = "the folder of the Rust file"
    PACKAGE = "CARGO_MANIFEST_DIR"
    WORKSPACE = "the workspace's folder, where cargo starts rustc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One use of a mechanism, with all that its reader may ask for.

    Attributes:
        name: the macro's or attribute's name.
        arguments: the trees between its delimiters (for `#[x = y]`: the trees `= y`).
        file_dir: root-relative folder that `include_str!` would start from here.
        package_dir: root-relative.
        workspace_dir: root-relative.
    """

    name: str
    arguments: tuple[Tree, ...]
    place: Place
    file_dir: str
    package_dir: str
    workspace_dir: str
    evaluation: Evaluation
    collector: Collector

    @property
    def disk(self) -> Disk:
        """Where files are looked up."""
        return self.collector.disk

    def folder_of(self, base: Base) -> str:
        """The root-relative folder that a base stands for."""
        match base:
            case Base.FILE:
                return self.file_dir
            case Base.PACKAGE:
                return self.package_dir
            case Base.WORKSPACE:
                return self.workspace_dir

    def add_file(self, base: str, value: str, *, named: bool = True) -> None:
        """Note the file that a literal names, or (not ``named``) that is looked for by convention."""
        path = self.collector.resolve(base, value, self.place)
        if path is not None:
            self.collector.add_file(path, self.place, named=named)

    def add_folder(
        self,
        base: str,
        value: str,
        *,
        recursive: bool = True,
        pattern: str | None = None,
        named: bool = True,
    ) -> None:
        """Note the folder that a literal names, or (not ``named``) that is looked for by convention."""
        path = self.collector.resolve(base, value, self.place)
        if path is not None:
            folder = FolderInput(path=path, recursive=recursive, pattern=pattern)
            self.collector.add_folder(folder, self.place, named=named)


class Reader(Protocol):
    """Notes what one invocation reads."""

    def __call__(self, use: Invocation, /) -> None:
        """Add files, folders and findings to `use.collector`."""


def named_values(items: tuple[Tree, ...]) -> Iterator[tuple[str, tuple[Tree, ...]]]:
    """The `key = value`, `key: value` and `key(values)` parts among comma-separated trees."""
    for part in split_commas(items):
        if len(part) >= 2 and is_ident(part[0]) and (is_punct(part[1], "=") or is_punct(part[1], ":")):
            yield getattr(part[0], "text", ""), part[2:]
        elif len(part) == 2 and is_ident(part[0]) and isinstance(part[1], Group):
            yield getattr(part[0], "text", ""), part[1].trees


def inner(use: Invocation) -> tuple[Tree, ...]:
    """An attribute's arguments without their parentheses; a macro's as they are."""
    if len(use.arguments) == 1 and isinstance(use.arguments[0], Group):
        return use.arguments[0].trees
    return use.arguments


def expanded(value: str, use: Invocation) -> str | None:
    """`$CARGO_MANIFEST_DIR` and the like replaced in a path; None when a variable is made by a build script."""
    unknown = False

    def replace(match: re.Match[str]) -> str:
        nonlocal unknown
        name = match[1] or match[2]
        if name == "CARGO_MANIFEST_DIR":
            return f"{MANIFEST_MARK}/{use.package_dir}" if use.package_dir else MANIFEST_MARK
        unknown = unknown or name not in use.evaluation.variables
        return use.evaluation.variables.get(name, "")

    text = _VARIABLE.sub(replace, value)
    return None if unknown else text


def existing_literals(use: Invocation) -> bool:
    """Note every literal among the arguments that names a present file under F or D; whether there was one."""
    found = False
    for token in strings_in(use.arguments):
        value = string_value(token.text) or ""
        for base in (use.file_dir, use.package_dir):
            path = join(base, value)
            if path and use.disk.is_file(path):
                found = use.collector.add_file(path, use.place) or found
    return found


def _first_value(use: Invocation) -> str | Unknown | None:
    parts = split_commas(use.arguments)
    return use.evaluation.value(parts[0]) if parts else None


def report(use: Invocation, what: Unknown) -> None:
    """Note that an argument which names a file has no value, unless a build script or a macro is to give it one."""
    # `#path` and `$path` stand in templates, of `quote!` and of macros: code that is not compiled as it stands.
    if what is Unknown.NOT_LITERAL and not {"#", "$"}.intersection(render(use.arguments).split()):
        message = f"the argument of {use.place.rule} {what.value}, so the file it reads is not known"
        use.collector.find(use.place, FindingKind.UNKNOWN, message)


def file_argument(base: Base) -> Reader:
    """The first argument names a file."""

    def read(use: Invocation) -> None:
        value = _first_value(use)
        if isinstance(value, str):
            use.add_file(use.folder_of(base), value)
        elif value is not None and not (value is Unknown.NOT_LITERAL and existing_literals(use)):
            report(use, value)

    return read


def folder_argument(
    base: Base, *, default: str | None = None, recursive: bool = True, pattern: str | None = None
) -> Reader:
    """The first argument, with `$VARIABLES`, names a folder; without one it is `default`."""

    def read(use: Invocation) -> None:
        value = _first_value(use)
        if value is None:
            value = default
        if isinstance(value, Unknown):
            report(use, value)
        elif value is not None and (path := expanded(value, use)) is not None:
            use.add_folder(use.folder_of(base), path, recursive=recursive, pattern=pattern)

    return read


def assigned_folder(base: Base) -> Reader:
    """`#[name = "folder"]`."""

    def read(use: Invocation) -> None:
        for token in strings_in(use.arguments):
            path = expanded(string_value(token.text) or "", use)
            if path is not None:
                use.add_folder(use.folder_of(base), path)

    return read


def named_files(base: Base, *names: str) -> Reader:
    """`name(key = "file")` for some keys."""

    def read(use: Invocation) -> None:
        for name, value in named_values(inner(use)):
            if name in names:
                literals = list(strings_in(value))
                for token in literals:
                    use.add_file(use.folder_of(base), string_value(token.text) or "")
                if not literals:
                    report(use, Unknown.NOT_LITERAL)

    return read


def literal_files(base: Base) -> Reader:
    """Every literal among the arguments that names a present file of the base (the macro takes other strings too)."""

    def read(use: Invocation) -> None:
        for token in strings_in(use.arguments):
            value = string_value(token.text) or ""
            path = join(use.folder_of(base), value.removeprefix("file:"))
            if path and len(value) < 4096 and use.disk.is_file(path):
                use.collector.add_file(path, use.place)

    return read


def either_file(*folders: str) -> Reader:
    """`#[name = "file"]` in the first of some folders of the package that has it."""

    def read(use: Invocation) -> None:
        for token in strings_in(use.arguments):
            value = string_value(token.text) or ""
            bases = [join(use.package_dir, folder) or "" for folder in folders]
            present = [base for base in bases if use.disk.is_file(join(base, value) or "")]
            use.add_file((present or bases)[0], value)

    return read


def glob_folder(base: Base) -> Reader:
    """Each literal is a glob; the folder before its first wildcard is taken whole."""

    def read(use: Invocation) -> None:
        for token in strings_in(use.arguments):
            fixed = _GLOB.split(string_value(token.text) or "", maxsplit=1)
            if len(fixed) == 1:
                use.add_file(use.folder_of(base), fixed[0])
            else:
                use.add_folder(use.folder_of(base), fixed[0].rpartition("/")[0] or ".")

    return read


def fixed(
    base: Base, *, files: tuple[str, ...] = (), folders: tuple[str, ...] = (), pattern: str | None = None
) -> Reader:
    """The same paths for every use."""

    def read(use: Invocation) -> None:
        for file in files:
            use.add_file(use.folder_of(base), file, named=False)
        for folder in folders:
            use.add_folder(use.folder_of(base), folder, pattern=pattern, named=False)

    return read

"""docs/spec.md, made from the model: every section, kind, key and code. Its text is in spec.md.jinja."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from flakegen.diagnostics.codes import Code
from flakegen.files.templates import render
from flakegen.spec import values
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import Key, Rule, Table, keys_of
from flakegen.spec.sections import NOT_YET, Document

_TEMPLATE = Path(__file__).with_name("spec.md.jinja")

_TYPES: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    values.AttrName: "name",
    values.EnvName: "variable",
    values.MacroName: "macro",
    values.AttributePath: "attribute",
    values.TaskName: "task",
    values.CrateName: "crate",
    values.RegistryName: "registry",
    values.DownloadUrl: "address",
    values.CacheName: "name",
    values.CacheUrl: "address",
    values.PublicKey: "public key",
    values.JobName: "name",
    values.SecretName: "name of a secret",
    values.Branch: "branch",
    values.Repository: "repository",
    values.ImagePlace: "image",
    values.RunnerName: "label",
    values.Amount: "number",
    values.ProfileName: "profile",
    values.FeatureName: "feature",
    values.TargetTriple: "target",
    values.Channel: "channel",
    values.FlakeUrl: "flake reference",
    values.InputPath: "input",
    values.Suffix: "string",
    values.Count: "number from 1 to 100",
    values.Seconds: "number of seconds",
    values.Text: "string",
    values.ImagePath: "path in the image",
    values.ImageName: "image name",
    values.ImageRegistry: "registry",
    values.ImageReference: "image",
    values.ImageUser: "user",
    values.ImagePort: "port",
    values.ReleaseUrl: "address",
    values.LabelName: "label",
    values.Template: "string with references",
    values.Ref: "reference",
    values.PackageRef: "package",
    values.NixExpr: "Nix expression",
    values.NixData: "any value",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDoc:
    """One row of a table of keys; ``type`` and ``default`` are in words."""

    name: str
    type: str
    default: str
    doc: str
    excludes: tuple[str, ...]
    example: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDoc:
    """A table inside a section's table; ``path`` is what stands in its header."""

    path: str
    doc: str
    keys: tuple[KeyDoc, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindDoc:
    """A kind, with the keys that it has beyond those of its section; ``key`` is None for the default kind."""

    key: str | None
    doc: str
    example: str
    keys: tuple[KeyDoc, ...]
    tables: tuple[TableDoc, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDoc:
    """A section; ``entry`` is what a section with kinds calls its entries, else None."""

    path: str
    doc: str
    entry: str | None
    keys: tuple[KeyDoc, ...]
    kinds: tuple[KindDoc, ...]
    tables: tuple[TableDoc, ...]


def spec_markdown(kinds: tuple[Kind, ...]) -> str:
    """Return the whole of docs/spec.md for a language with ``kinds``."""
    shown = {"sections": tuple(_sections(kinds)), "not_yet": tuple(NOT_YET), "codes": tuple(Code)}
    return render(_TEMPLATE, {"cell": cell}, shown)


def cell(text: str) -> str:
    """Return ``text`` for a cell of a Markdown table: in one line, and with no bar that would end the cell."""
    return " ".join(text.split("\n")).strip().replace("|", "\\|")


def _sections(kinds: tuple[Kind, ...]) -> Iterator[SectionDoc]:
    for key in keys_of(Document).values():
        table = _table_in(key.annotation)
        if table is None:
            raise TypeError(f"the section {key.name} is no table")
        path = f"{key.name}.<name>" if get_origin(key.annotation) is Mapping else key.name
        section = next((each for each in Section if each.base is table), None)
        yield SectionDoc(
            path=path,
            doc=key.rule.doc,
            entry=section.entry if section else None,
            keys=_keys(table),
            kinds=tuple(_kind(kind) for kind in kinds if kind.section is section),
            tables=() if section else tuple(_tables(path, table)),
        )


def _kind(kind: Kind) -> KindDoc:
    keys = _keys(kind.table, without=keys_of(kind.section.base))
    tables = tuple(_tables(f"{kind.section.value}.<name>", kind.table))
    return KindDoc(key=kind.key, doc=kind.doc, example=kind.example, keys=keys, tables=tables)


def _tables(path: str, outer: type[Table]) -> Iterator[TableDoc]:
    for key in keys_of(outer).values():
        table = _table_in(key.annotation)
        if table is not None:
            inner = f"{path}.{key.name}" + (".<name>" if get_origin(key.annotation) is Mapping else "")
            yield TableDoc(path=inner, doc=key.rule.doc, keys=_keys(table))
            yield from _tables(inner, table)


def _keys(table: type[Table], *, without: Mapping[str, Key] | None = None) -> tuple[KeyDoc, ...]:
    return tuple(_key(key) for key in keys_of(table).values() if key.name not in (without or {}))


def _key(key: Key) -> KeyDoc:
    return KeyDoc(
        name=key.name,
        type=_type(key.annotation, key.rule),
        default=_default(key),
        doc=key.rule.doc,
        excludes=key.rule.excludes,
        example=key.rule.example,
    )


def _default(key: Key) -> str:
    if key.required:
        return "**required**"
    if key.rule.shown_default is not None:
        return key.rule.shown_default
    match key.default:
        case None | () | "":
            return "none"
        case bool():
            return f"`{str(key.default).lower()}`"
        case int():
            return f"`{key.default}`"
        case Enum():
            return f'`"{key.default.value}"`'
        case str():
            return f'`"{key.default}"`'
        case tuple():
            return ", ".join(f"`{_literal(each)}`" for each in key.default)
    return "none"


def _literal(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _type(annotation: Any, rule: Rule) -> str:
    if annotation in _TYPES:
        return _TYPES[annotation]
    if annotation is values.SpecPath:
        return f"path of a {rule.on_disk.value}"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return " or ".join(_type(each, rule) for each in arguments if each is not types.NoneType)
    if origin is Mapping:
        return f"table of {_type(arguments[0], rule)} → {_type(arguments[1], rule)}"
    if arguments:
        return f"list: {_type(arguments[0], rule)}"
    if issubclass(annotation, Enum):
        return " or ".join(f'`"{each.value}"`' for each in annotation)
    return "table"


def _table_in(annotation: Any) -> type[Table] | None:
    """Return the table that a key holds, by itself or by name."""
    members = get_args(annotation) or (annotation,)
    found = (each for each in members if isinstance(each, type) and issubclass(each, Table))
    return next(found, None)

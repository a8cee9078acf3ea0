"""The decoded spec as JSON, for ``flakegen dump --stage spec``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from flakegen.spec.keypath import KeyPath, Part
from flakegen.spec.schema import Table, keys_of
from flakegen.spec.sections import Document
from flakegen.spec.values import NixData, NixExpr, Reference, SpecPath, Template

if TYPE_CHECKING:
    from flakegen.spec.model import Spec


def spec_to_json(spec: Spec) -> dict[str, Any]:
    """Return ``spec`` as JSON values.

    Tables carry ``@type`` and ``@at``: line, column and length of every key that is written in the file, ``""`` being
    the table itself. Strings with references become lists of text and ``{"reference": …}``.
    """
    layout = {name: str(getattr(spec.layout, name)) for name in ("spec", "output")}
    return {"layout": layout, **_table(spec, Document, spec)}


def _table(spec: Spec, kind: type[Table], table: Table) -> dict[str, Any]:
    shown: dict[str, Any] = {"@type": kind.__name__, "@at": _places(spec, kind, table.where)}
    for name, key in keys_of(kind).items():
        shown[name] = _value(spec, getattr(table, key.field))
    return shown


def _places(spec: Spec, kind: type[Table], where: KeyPath) -> dict[str, list[int]]:
    paths = {"": where, **{name: (*where, name) for name in keys_of(kind)}}
    written = spec.source.positions
    return {
        name: _place(spec, path)
        for name, path in paths.items()
        if path in written.keys or path in written.values
    }


def _place(spec: Spec, path: KeyPath) -> list[int]:
    span = spec.span_of(path, Part.KEY)
    return [span.line, span.column, span.length]


def _value(spec: Spec, value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Enum():
            return value.value
        case Table():
            return _table(spec, type(value), value)
        case Template():
            return (
                value.literal if value.literal is not None else [_value(spec, each) for each in value.parts]
            )
        case Reference():
            return {"reference": value.written}
        case NixExpr():
            return {"nix": value.text}
        case SpecPath():
            return {"path": str(value.relative)}
        case NixData():
            return _value(spec, value.value)
        case tuple():
            return [_value(spec, each) for each in value]
        case Mapping():
            return {str(name): _value(spec, each) for name, each in value.items()}
    raise TypeError(f"no JSON form for {type(value)}")

"""From the annotation of a field to the converter of its key."""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import Enum
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Union, get_args, get_origin

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.spec import scalars, values
from flakegen.spec.decoding import INVALID, Converter, Decoding, Invalid
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.names import FORMS, checked_key, name_converter
from flakegen.spec.schema import Rule, Table
from flakegen.spec.tables import KindTable
from flakegen.spec.values import NixData

_LARGEST_NIX_INTEGER = 2**63 - 1

_SCALARS: dict[Any, Converter] = {
    str: scalars.string,
    bool: scalars.boolean,
    values.Count: scalars.number(1, 100),
    values.Seconds: scalars.number(0, 86_400),
    values.Text: scalars.text,
    values.Template: scalars.template,
    values.Ref: scalars.ref,
    values.PackageRef: scalars.package,
    values.NixExpr: scalars.nix_expr,
    values.SpecPath: scalars.spec_path,
    values.Amount: scalars.amount,
    **{kind: name_converter(form) for kind, form in FORMS.items()},
}


@cache
def converter_for(annotation: Any) -> Converter:
    """Return the converter for fields of type ``annotation``.

    Raises:
        TypeError: for a type that no key can have; a fault in the model, never in a spec.
    """
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is NixData:
        return nix_data
    origin: Any = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is tuple:
        return partial(_items, converter_for(arguments[0]))
    if origin is Mapping:
        return partial(_mapping, arguments[0], converter_for(arguments[1]))
    if origin in {Union, types.UnionType}:
        return _union([each for each in arguments if each is not types.NoneType])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return partial(_choice, annotation)
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return _table_converter(annotation)
    raise TypeError(f"no key can be of type {annotation}")


def _table_converter(table: type[Table]) -> Converter:
    from flakegen.spec.decode import decode_entry, decode_table  # noqa: PLC0415 - the two are one recursion

    if issubclass(table, KindTable):
        return partial(decode_entry, table)
    return partial(decode_table, table)


def _union(members: list[Any]) -> Converter:
    if len(members) == 1:
        return converter_for(members[0])
    one, many = sorted(members, key=lambda each: bool(get_args(each)))
    convert_one, convert_many = converter_for(one), converter_for(many)

    def convert(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> Any:
        if not isinstance(value, str | list):
            return run.wrong_type(path, "a string or a list", value)
        return (convert_many if isinstance(value, list) else convert_one)(run, value, path, rule)

    return convert


def _choice(choices: type[Enum], run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> Enum | Invalid:
    known = {each.value: each for each in choices}
    if not isinstance(value, str):
        return run.wrong_type(path, "a string", value)
    if value in known:
        return known[value]
    hint = did_you_mean(value, known, likeness=0.8) or f"{show(path)} is {one_of(known)}"
    return run.report(path, Code.BAD_CHOICE, f"unknown value {quoted(value)} for {show(path)}", hint=hint)


def _items(
    convert: Converter, run: Decoding, value: Any, path: KeyPath, rule: Rule
) -> tuple[Any, ...] | Invalid:
    if not isinstance(value, list):
        hint = " in brackets" if isinstance(value, str) else ""
        return run.wrong_type(path, f"a list{hint}", value)
    if not value and rule.may_be_empty is False:
        return run.report(path, Code.EMPTY, f"{show(path)} must not be empty")
    items = [convert(run, each, (*path, index), rule) for index, each in enumerate(value)]
    _report_repeated(run, convert, value, path)
    return INVALID if INVALID in items else tuple(items)


def _report_repeated(run: Decoding, convert: Converter, raw: list[Any], path: KeyPath) -> None:
    if convert in {scalars.text, scalars.template}:
        return  # arguments may repeat
    seen: set[str] = set()
    for index, each in enumerate(raw):
        if isinstance(each, str) and each in seen:
            message = f"{quoted(each)} stands twice in {show(path)}"
            run.report((*path, index), Code.DUPLICATE_ITEM, message)
        elif isinstance(each, str):
            seen.add(each)


def _mapping(
    names: Any, convert: Converter, run: Decoding, value: Any, path: KeyPath, rule: Rule
) -> Mapping[str, Any] | Invalid:
    if not isinstance(value, dict):
        return run.wrong_type(path, "a table", value)
    if not value and rule.may_be_empty is False:
        return run.report(path, Code.EMPTY, f"{show(path)} must not be empty", part=Part.KEY)
    converted: dict[Any, Any] = {
        checked_key(run, names, name, (*path, name)): convert(run, each, (*path, name), rule)
        for name, each in value.items()
    }
    if INVALID in converted or INVALID in converted.values():
        return INVALID
    return MappingProxyType(converted)


def nix_data(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> NixData | Invalid:
    """Decode whatever Nix has a literal for."""
    found: Any
    match value:
        case bool():
            found = value
        case int():
            found = _integer(run, value, path)
        case str():
            found = scalars.template(run, value, path, rule)
        case list():
            items = [nix_data(run, each, (*path, index), rule) for index, each in enumerate(value)]
            found = INVALID if INVALID in items else tuple(items)
        case dict():
            found = _mapping(values.AttrName, nix_data, run, value, path, rule)
        case _:
            found = run.wrong_type(path, "a string, boolean, integer, list or table", value)
    return INVALID if found is INVALID else NixData(value=found, where=path)


def _integer(run: Decoding, value: int, path: KeyPath) -> int | Invalid:
    if abs(value) <= _LARGEST_NIX_INTEGER:
        return value
    return run.report(path, Code.BAD_VALUE, f"{show(path)} is too large for an integer of Nix")

"""Tables of TOML to tables of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.suggest import all_of, closest, did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.spec.converters import converter_for
from flakegen.spec.decoding import INVALID, Decoding, Invalid
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import Key, Rule, Table, keys_of
from flakegen.spec.sections import NOT_YET, Document, Project
from flakegen.spec.tables import KindTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

AnyTable = TypeVar("AnyTable", bound=Table)


def decode_table(
    table: type[AnyTable], run: Decoding, value: Any, path: KeyPath, _rule: Rule | None = None
) -> AnyTable | Invalid:
    """Decode ``value`` as ``table``, reporting everything that is wrong with it."""
    if isinstance(value, dict):
        return _fields(table, run, value, path)
    if table.SHORTHAND is not None and isinstance(value, str):
        return _shorthand(table, table.SHORTHAND, run, value, path)
    expected = "a table" if table.SHORTHAND is None else "a string or a table"
    return run.wrong_type(path, expected, value)


def decode_entry(
    base: type[KindTable], run: Decoding, value: Any, path: KeyPath, _rule: Rule
) -> KindTable | Invalid:
    """Decode ``value`` as an entry of the section whose tables are ``base``, of the kind that its keys say."""
    entry = _entry(base, run, value, path)
    if entry is not INVALID:
        run.entries[path] = entry
    return entry


def _entry(base: type[KindTable], run: Decoding, value: Any, path: KeyPath) -> KindTable | Invalid:
    section = next(each for each in Section if each.base is base)
    kinds = [each for each in run.kinds if each.section is section]
    if isinstance(value, dict):
        kind = _kind_of(run, kinds, section, value, path)
        return INVALID if kind is INVALID else _entry_of(kind, run, value, path)
    short = next((each for each in kinds if each.shorthand), None)
    if short is None or short.key is None:
        return run.wrong_type(path, "a table", value)
    if not isinstance(value, str):
        return run.wrong_type(path, "a string or a table", value)
    return _shorthand(short.table, short.key, run, value, path)


def _entry_of(kind: Kind, run: Decoding, value: Mapping[str, Any], path: KeyPath) -> KindTable | Invalid:
    if kind.needs_cargo and not run.has_cargo:
        message = f"{show(path)} needs the Cargo workspace, and the spec names none"
        hint = 'add [cargo] with workspace = "path/of/the/workspace"'
        run.report(path, Code.NEEDS_CARGO, message, part=Part.KEY, hint=hint)
    return _fields(kind.table, run, value, path)


def _kind_of(
    run: Decoding, kinds: list[Kind], section: Section, value: Mapping[str, Any], path: KeyPath
) -> Kind | Invalid:
    by_key = {each.key: each for each in kinds}
    keys = [name for name in value if name in by_key]  # in the order of the file
    if len(keys) == 1:
        return by_key[keys[0]]
    if keys:
        message = f"{show(path)} has {all_of(keys)}, so it is not clear what it is"
        hint = f"keep one of {one_of(keys)}"
        return run.report((*path, keys[1]), Code.AMBIGUOUS_KIND, message, part=Part.KEY, hint=hint)
    default = next((each for each in kinds if each.key is None), None)
    if default is not None:
        return default
    return _report_no_kind(run, kinds, section, value, path)


def _report_no_kind(
    run: Decoding, kinds: list[Kind], section: Section, value: Mapping[str, Any], path: KeyPath
) -> Invalid:
    """Report the key that is nearly a kind's; when there is none, that no kind is said."""
    known = [each.key for each in kinds if each.key is not None]
    usual = {name for each in kinds for name in keys_of(each.table)}
    for name in value:
        if name not in usual and (meant := closest(name, known)):
            _unknown_key(run, name, path, [meant])
            kind = next(each for each in kinds if each.key == meant)
            _fields(kind.table, run, value, path, excused=frozenset({name, meant}))
            return INVALID
    message = f"{show(path)} does not say what {section.entry} it is"
    return run.report(path, Code.NO_KIND, message, part=Part.KEY, hint=f"add {one_of(known)}")


def _shorthand(
    table: type[AnyTable], name: str, run: Decoding, value: str, path: KeyPath
) -> AnyTable | Invalid:
    """Decode a bare string as the table whose key ``name`` has it; problems are reported at the string."""
    key = keys_of(table)[name]
    converted = converter_for(key.annotation)(run, value, path, key.rule)
    return INVALID if converted is INVALID else table(where=path, **{key.field: converted})


def _fields(
    table: type[AnyTable],
    run: Decoding,
    value: Mapping[str, Any],
    path: KeyPath,
    *,
    excused: frozenset[str] = frozenset(),
) -> AnyTable | Invalid:
    """Decode the keys of a table; of those in ``excused`` it is reported already that they are wrong or missing."""
    keys = keys_of(table)
    unknown = [name for name in value if name not in keys]
    excused |= _meant(unknown, value, keys)
    fields: dict[str, Any] = {}
    for name, key in keys.items():
        if name in value:
            fields[key.field] = converter_for(key.annotation)(run, value[name], (*path, name), key.rule)
            _report_excluded(run, key, value, path)
        elif key.required:
            fields[key.field] = INVALID if name in excused else _report_missing(run, key, path)
    for name in unknown:
        if name not in excused:
            _report_unknown(run, table, name, value, path)
    return INVALID if unknown or INVALID in fields.values() else table(where=path, **fields)


def _meant(unknown: list[str], value: Mapping[str, Any], keys: Mapping[str, Key]) -> frozenset[str]:
    """Return the required keys that are absent only because they are misspelt; one report of that is enough."""
    missing = [name for name, key in keys.items() if key.required and name not in value]
    if not missing:
        return frozenset()
    return frozenset(filter(None, (closest(name, missing) for name in unknown)))


def _report_missing(run: Decoding, key: Key, path: KeyPath) -> Invalid:
    if not path:
        message = f"the section [{key.name}] is missing"
        return run.report(path, Code.MISSING_KEY, message, hint="every spec has one")
    message = f"{show(path)} has no {quoted(key.name)}, which it needs"
    hint = f"add {key.name} = {key.rule.example}" if key.rule.example else None
    return run.report(path, Code.MISSING_KEY, message, part=Part.KEY, hint=hint)


def _report_excluded(run: Decoding, key: Key, value: Mapping[str, Any], path: KeyPath) -> None:
    for other in key.rule.excludes:
        if value.get(other, False) is not False and value[key.name] is not False:
            message = (
                f"{show(path)} has both {quoted(key.name)} and {quoted(other)}, which exclude each other"
            )
            run.report((*path, other), Code.CONFLICT, message, part=Part.KEY)


def _report_unknown(
    run: Decoding, table: type[Table], name: str, value: Mapping[str, Any], path: KeyPath
) -> None:
    keys = keys_of(table)
    if table is Document:
        _report_unknown_section(run, name, value[name], keys)
    elif issubclass(table, KindTable):
        _unknown_key(run, name, path, keys, elsewhere=_owners(run, table, name))
    else:
        _unknown_key(run, name, path, keys)


def _unknown_key(
    run: Decoding, name: str, path: KeyPath, keys: Iterable[str], *, elsewhere: list[str] | None = None
) -> Invalid:
    message = f"unknown key {quoted(name)} in {show(path)}"
    hint = f"{quoted(name)} goes with {one_of(elsewhere)}" if elsewhere else did_you_mean(name, keys)
    hint = hint or f"{show(path)} takes {one_of(sorted(keys), most=20)}"
    return run.report((*path, name), Code.UNKNOWN_KEY, message, part=Part.KEY, hint=hint)


def _owners(run: Decoding, table: type[KindTable], name: str) -> list[str]:
    """Return the kinds of the same section that have a key called ``name``."""
    section = next(each.section for each in run.kinds if each.table is table)
    others = (each for each in run.kinds if each.section is section and each.key is not None)
    return [str(each.key) for each in others if name in keys_of(each.table)]


def _report_unknown_section(run: Decoding, name: str, value: Any, keys: Iterable[str]) -> None:
    path = (name,)
    if name in NOT_YET:
        message = f"[{name}] is not supported yet by this version of flakegen ({NOT_YET[name]})"
        run.report(path, Code.NOT_YET, message, part=Part.KEY, hint="leave it out for now")
        return
    if not isinstance(value, dict | list) and name in keys_of(Project):
        message = f"the key {quoted(name)} stands outside of any section"
        run.report(path, Code.UNKNOWN_SECTION, message, part=Part.KEY, hint="it belongs in [project]")
        return
    hint = did_you_mean(name, [*keys, *NOT_YET]) or f"a spec has the sections {one_of(keys, most=20)}"
    run.report(path, Code.UNKNOWN_SECTION, f"unknown section {quoted(name)}", part=Part.KEY, hint=hint)

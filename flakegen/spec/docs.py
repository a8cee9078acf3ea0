"""docs/spec.md, made from the model: every section, kind, key and code."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from flakegen.diagnostics.codes import Code
from flakegen.spec import values
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import Key, OnDisk, Table, keys_of
from flakegen.spec.sections import NOT_YET, Document
from flakegen.spec.tables import KindTable

if TYPE_CHECKING:
    from flakegen.spec.schema import Rule

_INTRODUCTION = """\
# The spec

<!-- Written from the model by flakegen/spec/docs.py; `UPDATE_EXPECTED=1 pytest tests/spec` writes it anew. -->

A spec is one TOML file. Its sections are named as the flake outputs that they become. Tables are keyed by name, keys
are in kebab-case, and names of environment variables stand as they are. Paths are relative to the spec's folder and
stay inside the project root; hashes never stand in a spec.

## References

In strings, `@{…}` refers to something:

| reference | is |
|---|---|
| `@{packages.name}` `@{checks.name}` `@{apps.name}` `@{devShells.name}` | an output of this spec |
| `@{pkgs.attribute.path}` | a package of nixpkgs; a name that TOML must quote stands in `"…"` |
| `@{inputs.name}` | a flake input |
| `@{toolchain}` | the Rust toolchain |
| `@{project.name}` `@{project.version}` `@{project.description}` | the project |
| `@{self.rev}` `@{self.shortRev}` `@{self.lastModifiedDate}` | the commit that is built |
| `@{env.NAME}` | the environment when Nix evaluates, only with `impure = true` |

In front of `{`, `@@` stands for one `@`: `@@{` is a plain `@{`. `$` belongs to the shell.
"""

_TYPES: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    values.AttrName: "name",
    values.EnvName: "variable",
    values.CrateName: "crate",
    values.ProfileName: "profile",
    values.FeatureName: "feature",
    values.TargetTriple: "target",
    values.Channel: "channel",
    values.FlakeUrl: "flake reference",
    values.InputPath: "input",
    values.Suffix: "string",
    values.Text: "string",
    values.Template: "string with references",
    values.Ref: "reference",
    values.PackageRef: "package",
    values.NixExpr: "Nix expression",
    values.NixData: "any value",
}


def spec_markdown(kinds: tuple[Kind, ...]) -> str:
    """Return the whole of docs/spec.md for a language with ``kinds``."""
    blocks = [_INTRODUCTION, *_sections(kinds), _not_yet(), _codes()]
    return "\n".join(blocks)


def _sections(kinds: tuple[Kind, ...]) -> Iterator[str]:
    for key in keys_of(Document).values():
        table = _table_in(key.annotation)
        if table is None:
            raise TypeError(f"the section {key.name} is no table")
        named = get_origin(key.annotation) is Mapping
        heading = f"## `[{key.name}{'.<name>' if named else ''}]`\n\n{key.rule.doc}\n"
        if issubclass(table, KindTable):
            yield heading + "\n".join(_kinds(table, kinds))
        else:
            yield heading + "\n" + _keys(table)
            yield from _nested(key.name, table, named=named)


def _kinds(base: type[KindTable], kinds: tuple[Kind, ...]) -> Iterator[str]:
    section = next(each for each in Section if each.base is base)
    yield f"\nEvery {section.entry} takes:\n"
    yield _keys(base)
    common = keys_of(base)
    for kind in kinds:
        if kind.section is not section:
            continue
        yield f"### {f'`{kind.key}`' if kind.key else 'otherwise'}\n\n{kind.doc}\n"
        yield f"```toml\n{kind.example}```\n"
        yield _keys(kind.table, without=common)


def _nested(section: str, table: type[Table], *, named: bool) -> Iterator[str]:
    """Yield the tables inside a section's table, with their own keys."""
    for key in keys_of(table).values():
        inner = _table_in(key.annotation)
        if inner is not None:
            middle = ".<name>." if named else "."
            yield f"### `[{section}{middle}{key.name}.<name>]`\n\n{key.rule.doc}\n\n" + _keys(inner)


def _keys(table: type[Table], *, without: Mapping[str, Key] | None = None) -> str:
    rows = [
        f"| `{key.name}` | {_type(key.annotation, key.rule)} | {_default(key)} | {_meaning(key)} |"
        for key in keys_of(table).values()
        if key.name not in (without or {})
    ]
    return "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows, ""])


def _meaning(key: Key) -> str:
    said = [key.rule.doc]
    if key.rule.excludes:
        said.append("Not together with " + " or ".join(f"`{each}`" for each in key.rule.excludes) + ".")
    if key.rule.example:
        said.append(f"As `{key.rule.example}`.")
    return " ".join(said).replace("|", "\\|")


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
        return (
            "path of a file or folder" if rule.on_disk is OnDisk.EITHER else f"path of a {rule.on_disk.value}"
        )
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


def _not_yet() -> str:
    names = ", ".join(f"`[{name}]`" for name in NOT_YET)
    return f"## Not yet\n\nThese sections are part of the language, and of no version so far: {names}.\n"


def _codes() -> str:
    rows = [f"| {code.value} | {code.meaning} |" for code in Code]
    return "\n".join(["## Diagnostics\n", "| code | meaning |", "|---|---|", *rows, ""])

"""From dataclass fields to TOML keys: one field, one key, with its documentation and its rules beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar, get_type_hints

from flakegen.spec.keypath import KeyPath
from flakegen.spec.values import Namespace

EMPTY: Mapping[Any, Any] = MappingProxyType({})

PACKAGE_LIKE = frozenset({Namespace.PACKAGES, Namespace.PKGS, Namespace.TOOLCHAIN})
"""What stands for a derivation that a package list can hold."""

PURE = frozenset(Namespace) - {Namespace.ENV, Namespace.DEV_SHELLS}
"""What can be interpolated into a string without looking at the environment."""

EVALUATED = PURE | {Namespace.ENV}
"""What a string can hold that Nix evaluates in a table with ``impure = true``."""


class OnDisk(Enum):
    """What a path must be."""

    FILE = "file"
    FOLDER = "folder"
    EITHER = "file or folder"
    NIX = "Nix file or of a folder with a default.nix"
    ANYTHING = "file or folder, there or not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What `key` was told about a key."""

    doc: str
    name: str | None
    accepts: frozenset[Namespace] | None
    excludes: tuple[str, ...]
    may_be_empty: bool | None
    on_disk: OnDisk
    shown_default: str | None
    example: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table: the TOML name, the field, its type and its rule."""

    name: str
    field: str
    annotation: Any
    required: bool
    default: Any
    rule: Rule


def key(  # noqa: PLR0913 - keywords of a declaration
    doc: str,
    *,
    default: Any = MISSING,
    name: str | None = None,
    accepts: frozenset[Namespace] | None = None,
    excludes: tuple[str, ...] = (),
    may_be_empty: bool | None = None,
    on_disk: OnDisk = OnDisk.EITHER,
    shown_default: str | None = None,
    example: str | None = None,
) -> Any:
    """Declare a dataclass field as a TOML key.

    Args:
        doc: one line of documentation for docs/spec.md.
        default: the value when the key is absent; without it the key is required.
        name: the TOML key, when it is not the field's name in kebab-case.
        accepts: the namespaces that references in the value may have, when not those usual for its type.
        excludes: keys of the same table that must not stand beside this one.
        may_be_empty: whether an empty string or list makes sense, when that is not as usual for its type.
        on_disk: what a `SpecPath` must be.
        shown_default: the default in words, where the value alone says too little.
        example: the value as it would be written, for docs/spec.md.
    """
    rule = Rule(
        doc=doc,
        name=name,
        accepts=accepts,
        excludes=excludes,
        may_be_empty=may_be_empty,
        on_disk=on_disk,
        shown_default=shown_default,
        example=example,
    )
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata={"rule": rule})
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The base of all decoded tables. ``where`` is the table's own path, for `Spec.diagnose`."""

    SHORTHAND: ClassVar[str | None] = None
    """The key that a bare value in place of the table stands for."""

    where: KeyPath


_KEYS: dict[type[Table], Mapping[str, Key]] = {}


def keys_of(table: type[Table]) -> Mapping[str, Key]:
    """Return the keys that ``table`` takes, by TOML name, in the order of declaration."""
    if table not in _KEYS:
        _KEYS[table] = MappingProxyType(_read_keys(table))
    return _KEYS[table]


def _read_keys(table: type[Table]) -> dict[str, Key]:
    hints = get_type_hints(table)
    keys: dict[str, Key] = {}
    for declared in dataclasses.fields(table):
        rule: Rule | None = declared.metadata.get("rule")
        if rule is None:
            continue
        factory = declared.default_factory
        default = declared.default if factory is MISSING else factory()
        name = rule.name or declared.name.replace("_", "-")
        keys[name] = Key(
            name=name,
            field=declared.name,
            annotation=hints[declared.name],
            required=default is MISSING,
            default=default,
            rule=rule,
        )
    return keys

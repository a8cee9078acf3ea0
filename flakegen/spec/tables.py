"""The keys that all packages, checks, apps and shells share, whatever their kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flakegen.spec.schema import EMPTY, Table, key
from flakegen.spec.values import AttrName, NixData, System


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTable(Table):
    """An entry of a section with kinds; it becomes a flake output."""

    description: str | None = key("What it is, in one line.", default=None)
    systems: tuple[System, ...] | None = key(
        "The systems that have it.", default=None, may_be_empty=False, shown_default="`project.systems`"
    )

    def output_name(self, name: AttrName) -> str:
        """Return the attribute in the flake that the entry ``name`` becomes."""
        return name

    @property
    def has_one_output(self) -> bool:
        """Whether it is that attribute that the entry becomes, and not several others (see `builders.builder`)."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageTable(KindTable):
    """What every kind of package takes."""

    override: Mapping[AttrName, NixData] = key(
        "Attributes of the derivation to replace, as `overrideAttrs` does.",
        default=EMPTY,
        example="{ doCheck = false }",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTable(KindTable):
    """What every kind of check takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppTable(KindTable):
    """What every kind of app takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevShellTable(KindTable):
    """What every kind of dev shell takes."""

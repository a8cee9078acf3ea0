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

    def checks(self, _name: AttrName) -> tuple[str, ...]:
        """Return the checks of the flake that the entry ``name`` brings along."""
        return ()

    def systems_in(self, project: tuple[System, ...]) -> tuple[System, ...]:
        """Return the systems that have the entry, in a project for these."""
        return project if self.systems is None else self.systems

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
class ImageTable(KindTable):
    """What every kind of image takes; it becomes a package, and a check that looks into it."""

    def checks(self, name: AttrName) -> tuple[str, ...]:
        """Return the name of the check that looks into the image."""
        return (f"{name}-contract",)

    def systems_in(self, project: tuple[System, ...]) -> tuple[System, ...]:
        """Return the systems that have the image: by itself, those that programs of containers can be built on."""
        return tuple(each for each in KindTable.systems_in(self, project) if each.is_linux)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTable(KindTable):
    """What every kind of check takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppTable(KindTable):
    """What every kind of app takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevShellTable(KindTable):
    """What every kind of dev shell takes."""

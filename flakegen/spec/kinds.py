"""What a kind of package, check, app or shell tells the decoder; the kinds themselves live in builders/."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flakegen.spec.tables import AppTable, CheckTable, DevShellTable, ImageTable, KindTable, PackageTable


class Section(Enum):
    """A section whose entries are of several kinds; the value is its TOML name."""

    PACKAGES = "packages"
    CHECKS = "checks"
    APPS = "apps"
    DEV_SHELLS = "devShells"
    IMAGES = "images"

    @property
    def base(self) -> type[KindTable]:
        """The class that all tables of this section share."""
        return _BASES[self]

    @property
    def entry(self) -> str:
        """What one entry is called in messages."""
        return _ENTRIES[self]

    @property
    def outputs(self) -> str:
        """The outputs of the flake that its entries become."""
        return Section.PACKAGES.value if self is Section.IMAGES else self.value


_BASES: dict[Section, type[KindTable]] = {
    Section.PACKAGES: PackageTable,
    Section.CHECKS: CheckTable,
    Section.APPS: AppTable,
    Section.DEV_SHELLS: DevShellTable,
    Section.IMAGES: ImageTable,
}

_ENTRIES = {
    Section.PACKAGES: "package",
    Section.CHECKS: "check",
    Section.APPS: "app",
    Section.DEV_SHELLS: "dev shell",
    Section.IMAGES: "image",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: ``key`` is the key whose presence chooses it; None is the kind of entries that have no such key.

    ``doc`` is one line for docs/spec.md, ``example`` a whole entry for it. A kind with ``shorthand`` is what a bare
    string in place of an entry stands for, as the value of ``key``. ``unit_keys`` are those that only flakegen's own builder
    can do something with, as it builds cargo's units.
    """

    section: Section
    key: str | None
    table: type[KindTable]
    doc: str
    example: str
    shorthand: bool = False
    needs_cargo: bool = False
    unit_keys: tuple[str, ...] = ()

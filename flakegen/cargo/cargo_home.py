"""Cargo's home as a place to find crates in: unpacked registries, archives, indices, and git checkouts.

Cargo calls the folders of a registry after the host of its index and a hash of its own; several registries of one host
look alike, and a mirror has a name of its own. What tells them apart is the checksum of what is in them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct, field

from flakegen.cargo.package import Source
from flakegen.cargo.source import CRATES_IO_NAME, crates_io

_CRATES_IO_FOLDERS = (f"index.{CRATES_IO_NAME}-", "github.com-")


class Crate(Struct, frozen=True, kw_only=True):
    """A package of a registry, by what is needed to find it."""

    name: str
    version: str
    checksum: str | None

    @property
    def folder(self) -> str:
        """What cargo calls its folder, and but for the ending its archive."""
        return f"{self.name}-{self.version}"


class CargoHome(Struct, frozen=True, kw_only=True):
    """One cargo home; folders are listed once."""

    path: Path
    _names: dict[str, list[str]] = field(default_factory=dict)

    def _all(self, kind: str) -> list[str]:
        if kind not in self._names:
            try:
                self._names[kind] = sorted(path.name for path in (self.path / "registry" / kind).iterdir())
            except OSError:
                self._names[kind] = []
        return self._names[kind]

    def registries(self, kind: str, source: Source) -> list[Path]:
        """The folders (of `index`, `cache` or `src`) that can be a registry's by their name."""
        base = self.path / "registry" / kind
        return [base / name for name in self._all(kind) if name.startswith(_prefixes(source))]

    def unpacked(self, crate: Crate, source: Source) -> Path | None:
        """The unpacked sources of a crate: of its own registry, or of any that has the same archive.

        crates.io is known by its name. Of other registries the archive beside the sources must have the checksum; where
        there is none any more, the only folder that can be meant is taken.
        """
        likely = [registry.name for registry in self.registries("src", source)]
        unsure: list[Path] = []
        for name in (*likely, *(other for other in self._all("src") if other not in likely)):
            folder = self.path / "registry" / "src" / name / crate.folder
            if not ((folder / ".cargo-ok").is_file() and (folder / "Cargo.toml").is_file()):
                continue
            if name in likely and (source == crates_io() or crate.checksum is None):
                return folder
            archive = self._archive(name, crate)
            if crate.checksum is not None and has_checksum(archive, crate.checksum):
                return folder
            if name in likely and not archive.is_file():
                unsure.append(folder)
        return unsure[0] if len(unsure) == 1 else None

    def archives(self, crate: Crate, source: Source) -> Iterator[Path]:
        """The archives that can be a crate's, those with its checksum first, then those of its own registry."""
        likely = [registry.name for registry in self.registries("cache", source)]
        found = [self._archive(name, crate) for name in (*likely, *self._all("cache"))]
        found = [path for path in dict.fromkeys(found) if path.is_file()]
        if crate.checksum is not None:
            yield from (path for path in found if has_checksum(path, crate.checksum))
        yield from (path for path in found if path.parent.name in likely)

    def _archive(self, registry: str, crate: Crate) -> Path:
        return self.path / "registry" / "cache" / registry / f"{crate.folder}.crate"

    def checkout(self, source: Source) -> Path | None:
        """The checkout of a git source's commit."""
        if not source.rev:
            return None
        name = source.url.partition("?")[0].rstrip("/").removesuffix(".git").rpartition("/")[2]
        for folder in sorted((self.path / "git" / "checkouts").glob("*/*")):
            repository = folder.parent.name.removesuffix("-shallow").rpartition("-")[0]
            if repository == name and source.rev.startswith(folder.name) and (folder / ".cargo-ok").is_file():
                return folder
        return None


def has_checksum(archive: Path, checksum: str) -> bool:
    """Whether an archive is there and has a SHA-256, in hex."""
    try:
        with archive.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == checksum
    except OSError:
        return False


def _prefixes(source: Source) -> tuple[str, ...]:
    if source == crates_io():
        return _CRATES_IO_FOLDERS
    try:
        host = urlsplit(source.url.removeprefix("sparse+")).hostname or ""
    except ValueError:
        host = ""
    return (f"[{host}]-",) if ":" in host else (f"{host}-",)


def default_cargo_home(environment: Mapping[str, str]) -> Path:
    """CARGO_HOME, or `.cargo` in the home folder."""
    return Path(environment.get("CARGO_HOME") or Path.home() / ".cargo")

"""Directory sources, the folders that `cargo vendor` makes: which package is where, and whether it is as it was published."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from msgspec import Struct, field

from flakegen.cargo.errors import CargoError, FactsError, Problem
from flakegen.cargo.lock import LockedPackage
from flakegen.cargo.manifest import package_table
from flakegen.cargo.toml_file import read_toml

CHECKSUM_FILE = ".cargo-checksum.json"


class VendorFolder(Struct, kw_only=True):
    """One directory source."""

    path: Path
    _found: dict[tuple[str, str], Path | None] = field(default_factory=dict)
    _all: list[dict[tuple[str, str], Path]] = field(
        default_factory=list
    )  # once somebody had to look everywhere

    def find(self, name: str, version: str) -> Path | None:
        """The folder of a package; what it is called does not count, but most are called after the package.

        Raises:
            CargoError: a manifest does not parse.
        """
        key = (name, version)
        if key not in self._found:
            likely = (self.path / f"{name}-{version}", self.path / name)
            found = next((folder for folder in likely if _package_in(folder) == key), None)
            self._found[key] = found or self._everywhere().get(key)
        return self._found[key]

    def _everywhere(self) -> dict[tuple[str, str], Path]:
        if not self._all:
            try:
                folders = sorted(path for path in self.path.iterdir() if not path.name.startswith("."))
            except OSError:
                folders = []
            self._all.append({key: f for f in reversed(folders) if (key := _package_in(f)) is not None})
        return self._all[0]


def _package_in(folder: Path) -> tuple[str, str] | None:
    manifest = folder / "Cargo.toml"
    if not manifest.is_file():
        return None
    package = package_table(read_toml(manifest)) or {}
    name, version = package.get("name"), package.get("version", "0.0.0")
    return (name, version.strip()) if isinstance(name, str) and isinstance(version, str) else None


def check_vendored(folder: Path, locked: LockedPackage) -> bool:
    """Compare a vendored crate with the lock; returns whether its manifest is known to be the one that was published.

    A directory source says which archive a crate was unpacked from, and the checksum of each file (Cargo book, "Directory
    Sources"); files that it says nothing of may have been edited.

    Raises:
        FactsError: it is another crate than the lock's, or its manifest is not the one it was vendored with.
    """
    path = folder / CHECKSUM_FILE
    try:
        said = json.loads(path.read_bytes())
        files = said.get("files")
    except FileNotFoundError:
        return False
    except (ValueError, OSError, AttributeError) as error:
        raise _damaged(path, "the checksum file is damaged") from error
    checksum = said.get("package")
    if checksum is not None and locked.checksum is not None and checksum != locked.checksum:
        raise _damaged(
            path, f"the vendored crate's checksum is {checksum}, but Cargo.lock says {locked.checksum}"
        )
    expected = files.get("Cargo.toml") if isinstance(files, dict) else None
    if expected is None or checksum is None:
        return False
    manifest = folder / "Cargo.toml"
    if hashlib.sha256(manifest.read_bytes()).hexdigest() != expected:
        raise _damaged(
            manifest, f"the manifest has changed since {locked.name} {locked.version} was vendored"
        )
    return True


def _damaged(path: Path, message: str) -> CargoError:
    return FactsError(
        Problem(code="crate-damaged", message=message, path=str(path), hint="run `cargo vendor`")
    )

"""Reading a `.crate` archive as what it is, a stranger's tar file: nothing is unpacked, sizes are limited."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from pathlib import Path

from flakegen.cargo.errors import FactsError, Problem

_MOST_ENTRIES = 200_000
_MOST_BYTES = 4 << 30  # of unpacked data walked over; crates.io itself allows far less
_MOST_MANIFEST = 16 << 20


class ArchiveTree:
    """The names in an archive, below its single top folder, and the text of its manifest."""

    def __init__(self, files: frozenset[str], manifest: str) -> None:
        self.manifest = manifest
        self._files = files
        self._folders: dict[str, dict[str, bool]] = {}
        for path in sorted(files):
            self._add(path, is_folder=False)

    def _add(self, path: str, *, is_folder: bool) -> None:
        while path:
            folder, _, name = path.rpartition("/")
            known = self._folders.setdefault(folder, {})
            if name in known:
                return
            known[name] = is_folder
            path, is_folder = folder, True

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        return path in self._files or path in self._folders

    def entries(self, folder: str) -> list[tuple[str, bool]]:
        """Names in a folder, each with whether it is a folder."""
        return list(self._folders.get(folder, {}).items())


def _damaged(path: Path, message: str) -> FactsError:
    hint = "delete the file, and run `cargo fetch --locked`"
    return FactsError(Problem(code="crate-damaged", message=message, path=str(path), hint=hint))


def _check(path: Path, checksum: str | None) -> None:
    if checksum is None:
        return
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != checksum:
        raise _damaged(path, f"the archive's sha256 is {digest}, but Cargo.lock says {checksum}")


def read_archive(path: Path, folder: str, checksum: str | None) -> ArchiveTree:
    """List an archive and read its manifest; ``folder`` is the top folder that all names must have.

    Raises:
        FactsError: the checksum is not the lock's, or the archive is damaged, hostile or has no manifest.
    """
    _check(path, checksum)
    files: set[str] = set()
    manifest: bytes | None = None
    prefix, total = folder + "/", 0
    try:
        with tarfile.open(path, "r|gz") as archive:
            for count, entry in enumerate(archive):
                total += entry.size
                if count > _MOST_ENTRIES or total > _MOST_BYTES:
                    raise _damaged(path, "the archive is too large")
                name = entry.name.removeprefix(prefix)
                if name == entry.name or ".." in name.split("/") or not (entry.isfile() or entry.issym()):
                    continue
                files.add(name)
                if name == "Cargo.toml" and entry.isfile() and entry.size <= _MOST_MANIFEST:
                    data = archive.extractfile(entry)
                    manifest = data.read() if data else None
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, OSError) as error:
        raise _damaged(path, f"the archive does not unpack: {error}") from error
    if manifest is None:
        raise _damaged(path, "the archive has no Cargo.toml")
    try:
        return ArchiveTree(frozenset(files), manifest.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _damaged(path, "the archive's Cargo.toml is not UTF-8") from error

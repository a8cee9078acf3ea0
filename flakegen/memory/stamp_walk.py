"""A walk over the files below a project that reads none of them: their stamps, and one digest of these."""

# ruff: noqa: PTH110, PTH112, PTH115, PTH116
# plain strings and os.path throughout: with pathlib, nothing here would be quick

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from flakegen.files.stamps import is_settled, stamp_of

_SKIPPED = frozenset((".git", "node_modules", "__pycache__"))
_HIDDEN_SOURCES = frozenset((".cargo", ".sqlx"))
_CACHE_TAG = "CACHEDIR.TAG"  # cargo's target/ and many tools' caches have it (bford.info/cachedir)


class ChangedError(Exception):
    """A stamp is too young to be told from a later one."""


def digest_of(stamps: Iterator[tuple[str, object]]) -> str | None:
    """Return a digest of stamps; None if one of them is too young."""
    digest = blake2b(digest_size=16)
    try:
        for path, stamp in stamps:
            digest.update(f"{path}\0{stamp}\0".encode("utf-8", "surrogateescape"))
    except ChangedError:
        return None
    return digest.hexdigest()


class StampWalk:
    """Looks at stamps below one project."""

    def __init__(self, root: str, passed: Iterable[str], started: int | None) -> None:
        """Look below ``root``, but at nothing of ``passed``, for what lies before ``started``."""
        self._passed = frozenset(passed)
        self._root = os.path.realpath(root)
        self._started = started
        self._seen: set[str] = set()

    def times(self, path: str) -> object:
        """Return a folder's own stamp: names come and go in it, and nothing else."""
        try:
            return self._stamp(os.stat(path))
        except OSError:
            return None

    def file(self, path: str) -> object:
        """Return the stamp of a file and, if it is a link, of what it leads to; of a folder, that it is one."""
        try:
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                return (os.readlink(path), self._stamp(os.stat(path)))
        except OSError:
            return None
        return self._stamp(status) if stat.S_ISREG(status.st_mode) else stat.S_IFMT(status.st_mode)

    def tree(self, folder: str) -> Iterator[tuple[str, object]]:
        """Yield the stamps of a folder of source code."""
        for entry in _entries(folder):
            name, path = entry.name, entry.path
            if path in self._passed:
                continue
            if entry.is_symlink():
                yield path, self.file(path)
                yield from self._linked(path)
            elif not entry.is_dir():
                yield path, self._stamp(entry.stat())
            elif self._is_passed_over(name, path):
                manifest = self.file(f"{path}/Cargo.toml")  # which a member pattern may mean
                if manifest is not None:
                    yield path, manifest
            else:
                yield path, None
                yield from self.tree(path)

    def folder(
        self, folder: str, *, recursive: bool, without: frozenset[str]
    ) -> Iterator[tuple[str, object]]:
        """Yield the stamps of an embedded folder, or of a package that is read as a whole."""
        yield folder, self.file(folder)
        for entry in _entries(folder):
            path = entry.path
            if path in without:
                yield path, self.file(f"{path}/Cargo.toml")  # which makes it another package
            elif not entry.is_dir(follow_symlinks=False):
                yield path, self.file(path)
            elif recursive:
                yield from self.folder(path, recursive=True, without=without)

    def _linked(self, link: str) -> Iterator[tuple[str, object]]:
        """Follow a link to a folder of the project, each such folder once."""
        real = os.path.realpath(link)
        if real.startswith(f"{self._root}/") and real not in self._seen and os.path.isdir(real):
            self._seen.add(real)
            yield from self.tree(real)

    def _is_passed_over(self, name: str, path: str) -> bool:
        if name in _SKIPPED or (name[0] == "." and name not in _HIDDEN_SOURCES):
            return True
        return os.path.exists(f"{path}/{_CACHE_TAG}")

    def _stamp(self, status: os.stat_result) -> object:
        if self._started is not None and not is_settled(status, self._started):
            raise ChangedError
        return stamp_of(status)


def _entries(folder: str) -> Iterable[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return ()

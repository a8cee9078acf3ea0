"""Has anything changed since the last compilation? Answered from file stamps alone, before any stage is loaded.

After a compilation two things are kept in the user's cache folder: the stamps (size, inode, modification and change
time) of all that it could have read, this program included, and a digest of what it wrote. While both still hold, a
compilation would write what is there.

What was read is told by stamps, taken after the work; an edit while it was going on is told by its time, which is then
not before the work's start. A stamp within the clock's grain of that start counts as changed (see `stamps`).
"""

# ruff: noqa: PTH100, PTH103, PTH105, PTH110, PTH111, PTH112, PTH115, PTH116, PTH117, PTH118, PTH120, PTH123
# plain strings and os.path throughout: with pathlib, nothing here would be quick

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from flakegen import __version__
from flakegen.stamps import is_settled, stamp_of
from flakegen.tree import common_origin, encoded, own_files, read_tree, top_and_below, tree_digest
from flakegen.watched import Watched

_SKIPPED = frozenset((".git", "node_modules", "__pycache__"))
_HIDDEN_SOURCES = frozenset((".cargo", ".sqlx"))
_CACHE_TAG = "CACHEDIR.TAG"  # cargo's target/ and many tools' caches have it (bford.info/cachedir)
_FORMAT = 3


class Written(NamedTuple):  # no dataclass, which would load inspect
    """What a compilation leaves on the disk, as digests: ``trees`` of whole folders, ``files`` of single ones, by path.

    ``output`` is the folder that is told to be written; ``origin`` is the spec as the written files name it.
    """

    output: str
    origin: str
    trees: Mapping[str, str]
    files: Mapping[str, str]

    @classmethod
    def of(cls, output: str, texts: Mapping[str, str], beside: Mapping[str, str], *, shared: bool) -> Written:
        """Return what writing these texts leaves, whatever stands there by now.

        Args:
            output: the folder, absolute.
            texts: by path relative to it.
            beside: further files, by absolute path.
            shared: whether the folder holds more than flakegen's own, so that only folders in it are compared whole.
        """
        top, below = top_and_below(texts) if shared else ({}, {"": dict(texts)})
        single = {**{f"{output}/{name}": text for name, text in top.items()}, **beside}
        return cls(
            output=output,
            origin=os.fsdecode(common_origin(own_files(texts))),
            trees={
                f"{output}/{folder}" if folder else output: tree_digest(own_files(inside))
                for folder, inside in below.items()
            },
            files={path: _content_digest(encoded(text)) for path, text in single.items()},
        )

    def is_there(self) -> bool:
        """Look whether all of it stands there, and nothing else of flakegen's in the folders.

        Raises:
            OSError: something is missing or cannot be read.
        """
        for path, digest in self.files.items():
            with open(path, "rb") as file:
                if _content_digest(file.read()) != digest:
                    return False
        origin = os.fsencode(self.origin)
        return all(
            tree_digest(read_tree(folder, origin).own) == digest for folder, digest in self.trees.items()
        )


def start() -> int:
    """Return the time that a compilation which starts now is to be remembered with."""
    return time.time_ns()


def fresh_output(spec: str) -> str | None:
    """Return the output folder of ``spec`` if compiling it again would change nothing; None where that is not certain."""
    try:
        with open(record_path(spec), encoding="ascii") as file:
            record = json.load(file)
        if record["format"] != _FORMAT or record["program"] != program():
            return None
        written = Written(**record["written"])
        watched = Watched(**record["watched"])
        check_texts((written.output, written.origin, *written.trees, *written.files, watched.root))
        check_texts((*watched.files, *watched.trees, *watched.apart, *watched.outputs))
        if _digest(watched, int(record["started"])) != record["stamps"]:
            return None
        return written.output if written.is_there() else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # no record, or none of ours
        return None


def check_texts(values: Iterable[object]) -> None:
    """Make sure that what is taken for a path is none of this process's descriptors.

    Raises:
        TypeError: when it is a number, say.
    """
    for value in values:
        if not isinstance(value, str | None):
            raise TypeError(value)


def remember(spec: str, started: int, watched: Watched, written: Written) -> None:
    """Record that ``spec`` is compiled; without a place to record it, nothing is lost but time.

    Args:
        spec: as it was given.
        started: what `start` returned before anything was read.
        watched: what was read.
        written: what was written.
    """
    path = record_path(spec)
    staging = f"{path}.{os.getpid()}"
    try:
        record = {
            "format": _FORMAT,
            "program": program(),
            "started": started,
            "stamps": _digest(watched, None),
            "written": written._asdict(),
            "watched": watched._asdict(),
        }
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(staging, "w", encoding="ascii") as file:
            json.dump(record, file)
        os.replace(staging, path)
    except (OSError, ValueError):
        return


def record_path(spec: str, kind: str = "", suffix: str = ".json") -> str:
    """Return where something is recorded of a spec; each kind of record has a folder of its own."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    # Not the real path: a link to a spec is another spec, with another project around it.
    name = blake2b(os.fsencode(os.path.abspath(spec)), digest_size=16).hexdigest()
    return os.path.join(base, "flakegen", kind, f"{name}{suffix}")


def _content_digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def program() -> list[Any]:
    """Return which program this is, as far as that can be told without a look at its files."""
    return [__version__, list(sys.version_info), sys.prefix]


def _own_places() -> Iterator[str]:
    """Yield the folders that this program is made of, and those whose time stamps tell of new libraries."""
    package = os.path.dirname(os.path.abspath(__file__))
    yield package
    yield os.path.join(os.path.dirname(package), "grammar")


def _libraries() -> Iterator[str]:
    return (path for path in sys.path if path.endswith(("site-packages", "dist-packages")))


class _ChangedError(Exception):
    """A stamp is too young to be told from a later one."""


def _digest(watched: Watched, started: int | None) -> str | None:
    return _digest_of(_stamps(watched, started))


def program_stamps(started: int | None) -> str | None:
    """Return a digest of the stamps of this program's own files; None if one does not lie clearly before ``started``."""
    return _digest_of(_program_stamps(_Walk(os.sep, (), started)))


def _digest_of(stamps: Iterator[tuple[str, object]]) -> str | None:
    """Return a digest of stamps; None if one of them is too young."""
    digest = blake2b(digest_size=16)
    try:
        for path, stamp in stamps:
            digest.update(f"{path}\0{stamp}\0".encode("utf-8", "surrogateescape"))
    except _ChangedError:
        return None
    return digest.hexdigest()


def _program_stamps(walk: _Walk) -> Iterator[tuple[str, object]]:
    for library in _libraries():
        yield library, walk.times(library)
    for place in _own_places():
        yield from walk.tree(place)


def _stamps(watched: Watched, started: int | None) -> Iterator[tuple[str, object]]:
    walk = _Walk(watched.root, (*watched.outputs, *watched.apart), started)
    yield from _program_stamps(walk)
    for path in watched.files:
        yield path, walk.file(path)
    for tree in watched.trees:
        yield from walk.tree(tree)
    for path, recursive, without in watched.folders:
        yield from walk.folder(path, recursive=recursive, without=frozenset((*without, *watched.outputs)))


class _Walk:
    """Looks at stamps below one project."""

    def __init__(self, root: str, passed: Iterable[str], started: int | None) -> None:
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
            raise _ChangedError
        return stamp_of(status)


def _entries(folder: str) -> Iterable[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return ()

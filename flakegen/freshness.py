"""Has anything changed since the last compilation? Answered from file stamps alone, before any stage is loaded.

After a compilation the stamps (size, inode, modification and change time) of all that it could have read, and of all
that it wrote, are kept in the user's cache folder. While every one is the same, a compilation would write what is there.
What is watched is more than what was read: whole folders, so that a file which is not there yet is noticed when it
comes. The rule against a change within the clock's grain is git's: a stamp as young as the record counts as changed
(git's Documentation/technical/racy-git).
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from flakegen import __version__

_SKIPPED = frozenset((".git", "target", "node_modules", ".direnv"))
_GRAIN = 50_000_000  # nanoseconds


def is_fresh(spec: str) -> bool:
    """Tell whether compiling ``spec`` again would change nothing; False wherever that is not certain."""
    try:
        recorded, *lines = _record_path(spec).read_text(encoding="utf-8").split("\0")
    except (OSError, ValueError):
        return False
    if recorded != _program() or not lines:
        return False
    taken, digest, *watched = lines
    present = _digest(watched, int(taken) - _GRAIN) if taken.isdigit() else None
    return present is not None and present == digest


def remember(spec: str, watched: Iterable[Path]) -> None:
    """Record that ``spec`` is compiled; without a place to record it, nothing is lost but time."""
    paths = sorted(str(path) for path in watched)
    now = time.time_ns()
    digest = _digest(paths, None)
    if digest is None:
        return
    record = _record_path(spec)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        staging = record.with_suffix(f".{os.getpid()}")
        staging.write_text("\0".join((_program(), str(now), digest, *paths)), encoding="utf-8")
        staging.replace(record)
    except (OSError, ValueError):
        return


def _record_path(spec: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    name = hashlib.sha256(os.path.realpath(spec).encode("utf-8", "surrogateescape")).hexdigest()
    return Path(base) / "flakegen" / name


def _program() -> str:
    """Return what tells this flakegen from another: its version, its Python, and its own files' stamps."""
    package = str(Path(__file__).parent)
    return f"{__version__} {sys.version_info[:3]} {_digest([package], None)}"


def _digest(paths: Iterable[str], before: int | None) -> str | None:
    """Return a digest of the stamps of files and whole folders; None if one is not older than ``before``."""
    digest = hashlib.blake2b(digest_size=16)
    for path, status in _stamps(paths):
        if status is None:
            digest.update(f"{path}\0-\0".encode("utf-8", "surrogateescape"))
            continue
        if before is not None and max(status.st_mtime_ns, status.st_ctime_ns) >= before:
            return None
        stamp = (status.st_mode, status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
        digest.update(f"{path}\0{stamp}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _stamps(paths: Iterable[str]) -> Iterator[tuple[str, os.stat_result | None]]:
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            yield path, None
            continue
        yield path, status
        if os.path.isdir(path):  # noqa: PTH112  # a hot loop over names, not paths
            yield from _folder_stamps(path)


def _folder_stamps(folder: str) -> Iterator[tuple[str, os.stat_result | None]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder, None
        return
    for entry in entries:
        if entry.name in _SKIPPED or entry.name.endswith(".pyc") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _folder_stamps(entry.path)
        else:
            try:
                yield entry.path, entry.stat()
            except OSError:
                yield entry.path, None

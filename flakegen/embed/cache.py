"""Keeps what was found in packages from one run to the next, each with all that the scan has asked of the disk.

A scan is a function of its arguments and of the disk's answers. Where all of these are as they were, so is what it finds:
the kinds of all paths that it has come by (absent ones too), the stamps of links and of files that it has read, the
listings of folders. Stamps that a later edit could leave as they are (see `flakegen.files.stamps`) are not kept.

The digests of embedded files are kept with the stamps of these files in the same way.
"""

# plain strings, as in `freshness`, which names the record

from __future__ import annotations

import stat
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from flakegen.embed.disk import Disk, Seen
from flakegen.embed.inputs import PackageInputs, ScanTarget
from flakegen.embed.quiet import QuietFiles
from flakegen.files.sealed import read_sealed, write_sealed
from flakegen.files.stamps import Stamp, is_settled, stamp_of

_FORMAT = 1
_DIGEST_SIZE = 16
_MAX_BYTES = 128 * 1024**2  # of all records
_MAX_RECORDS = 256


class _Trace(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What a scan was told by the disk: kinds of paths (0 of what is absent), stamps, and digests of listings."""

    kinds: dict[str, int]
    stamps: dict[str, Stamp]
    listings: dict[str, bytes]


class _Scan(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One package's scan; `key` stands for its arguments, `quiet` are files without any of `macros` or the like."""

    key: bytes
    trace: _Trace
    found: PackageInputs
    quiet: tuple[str, ...]
    macros: tuple[str, ...]


class _Record(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What is kept of one project."""

    format: int
    program: str
    scans: dict[str, _Scan]
    digests: dict[str, tuple[Stamp, str]]


class ScanCache:
    """The scans of one project; without a record, nothing is kept.

    What cannot be read, is damaged or was written by another program counts as absent.
    """

    def __init__(self, path: str | None, program: str, *, keep: bool = True) -> None:
        """Remember where the record is.

        Args:
            path: an absolute path; None when nothing is to be kept.
            program: what stands for the program that scans, as other rules find other files.
            keep: whether what is found is written to the record, too.
        """
        self._keep = keep
        self._path = path
        self._program = program
        self._known: _Record | None = None
        self._scans: dict[str, _Scan] = {}
        self._is_new = False

    def open(self, disk: Disk) -> None:
        """Read the record, before anything is scanned."""
        if self._path is not None:
            self._known = _read(self._path, self._program)
        if self._known is not None:
            disk.digests = self._known.digests

    def scan(
        self, disk: Disk, package_dir: str, targets: Sequence[ScanTarget], **arguments: Any
    ) -> PackageInputs:
        """`scan_package` with these arguments, or what it gave when all was as it is now."""
        key = None if self._path is None else _key_of(disk, package_dir, targets, arguments)
        known = None if key is None or self._known is None else self._known.scans.get(package_dir)
        quiet = QuietFiles()
        if known is not None and known.key == key:
            if _is_as_it_was(known.trace, disk):
                self._scans[package_dir] = known
                return known.found
            quiet = QuietFiles(known.quiet, known.macros, known.trace.stamps)
        from flakegen.embed.scan import scan_package  # noqa: PLC0415  # only where something has changed

        with disk.watched() as seen:
            found = scan_package(disk, package_dir, targets, quiet=quiet, **arguments)
        trace = None if key is None else _trace(seen, disk)
        if key is not None and trace is not None:
            scan = _Scan(key=key, trace=trace, found=found, quiet=quiet.found, macros=quiet.macros)
            self._scans[package_dir] = scan
            self._is_new = True
        elif known is not None:
            self._scans[package_dir] = known  # of use for the files that have not been touched
        return found

    def save(self, disk: Disk) -> None:
        """Write what is known now, if it is more than before; where that fails, nothing is lost but time."""
        known = {} if self._known is None else self._known.digests
        digests = {path: entry for path, entry in disk.digested.items() if _is_settled_at(disk, path, entry)}
        if self._path is None or not self._keep or not (self._is_new or digests.items() - known.items()):
            return
        record = _Record(format=_FORMAT, program=self._program, scans=self._scans, digests=digests)
        try:
            data = msgspec.msgpack.encode(record)
        except UnicodeEncodeError:  # a name that is no UTF-8
            return
        write_sealed(self._path, data, most=_MAX_RECORDS, most_bytes=_MAX_BYTES)


def _key_of(
    disk: Disk, package_dir: str, targets: Sequence[ScanTarget], arguments: dict[str, Any]
) -> bytes | None:
    try:
        text = msgspec.msgpack.encode((disk.root, package_dir, targets, arguments), order="deterministic")
    except UnicodeEncodeError:
        return None
    return blake2b(text, digest_size=_DIGEST_SIZE).digest()


def _is_as_it_was(trace: _Trace, disk: Disk) -> bool:
    status = disk.status
    if not disk.has_stamps(trace.stamps):
        return False
    for path, kind in trace.kinds.items():
        now = status(path)
        if kind != (0 if now is None else stat.S_IFMT(now.st_mode)):
            return False
    return all(_listing(disk, folder) == listing for folder, listing in trace.listings.items())


def _trace(seen: Seen, disk: Disk) -> _Trace | None:
    """Return what the disk has said; None if some of it could change without another stamp."""
    kinds: dict[str, int] = {}
    stamps: dict[str, Stamp] = {}
    for path in seen.looked:
        status = disk.status(path)
        if status is None:
            kinds[path] = 0
        elif path in seen.read or stat.S_ISLNK(status.st_mode):
            if not is_settled(status, disk.started):
                return None
            stamps[path] = stamp_of(status)
        else:
            kinds[path] = stat.S_IFMT(status.st_mode)
    listings = {folder: _listing(disk, folder) for folder in seen.listed}
    return _Trace(kinds=kinds, stamps=stamps, listings=listings)


def _listing(disk: Disk, folder: str) -> bytes:
    return blake2b(repr(disk.entries(folder)).encode(), digest_size=_DIGEST_SIZE).digest()


def _is_settled_at(disk: Disk, path: str, entry: tuple[Stamp, str]) -> bool:
    status = disk.status(path)
    return status is not None and stamp_of(status) == entry[0] and is_settled(status, disk.started)


def _read(path: str, program: str) -> _Record | None:
    body = read_sealed(path)
    try:
        record = None if body is None else msgspec.msgpack.decode(body, type=_Record)
    except msgspec.MsgspecError:
        return None
    return record if record is not None and (record.format, record.program) == (_FORMAT, program) else None

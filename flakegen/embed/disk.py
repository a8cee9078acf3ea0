"""Reading below one root: nothing outside is ever opened, and every symbolic link on the way is reported."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

from flakegen.embed.lexer import normalise_text
from flakegen.embed.paths import normalise, parent
from flakegen.files.stamps import Stamp, stamp_of

_MAX_LINKS = 40
_LONG = 200
_LONGEST = 4096  # PATH_MAX


class PathKind(Enum):
    """What a path is, after links were followed."""

    FILE = "file"
    FOLDER = "folder"
    ABSENT = "absent"
    OUTSIDE = "outside"  # a link leads out of the root


class Look(NamedTuple):
    """A path followed: where it really is, and the links that were passed (root-relative, in order)."""

    kind: PathKind
    real: str
    links: tuple[str, ...] = ()


class Seen:
    """Everything that a piece of work has asked of a disk: root-relative paths, as far as links are followed already.

    Attributes:
        looked: of what there may be something, whatever kind it has.
        read: files whose contents were asked for.
        listed: folders.
    """

    __slots__ = ("listed", "looked", "read")

    def __init__(self) -> None:
        self.looked: set[str] = set()
        self.read: set[str] = set()
        self.listed: set[str] = set()


class Disk:
    """The files below `root`, with every answer kept for the length of one scan.

    Attributes:
        root: absolute, links followed.
        started: when it was made, in nanoseconds; all answers are of then or later.
        digests: what the contents of files are known to be from an earlier run, as long as the stamp is the same.
        digested: the same of all files that `digest_of` was asked for.
    """

    def __init__(
        self, root: str | os.PathLike[str], contents: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """Read below ``root``; ``contents`` of regular files there are taken for those that they have, by real path."""
        self.root = os.path.realpath(root)
        self._contents = contents
        self.started = time.time_ns()
        self.digests: Mapping[str, tuple[Stamp, str]] = {}
        self.digested: dict[str, tuple[Stamp, str]] = {}
        self._statuses: dict[str, os.stat_result | None] = {}
        self._looks: dict[str, Look] = {"": Look(PathKind.FOLDER, "")}
        self._texts: dict[str, str | None] = {}
        self._entries: dict[str, list[tuple[str, bool, bool]]] = {}
        self._seen = Seen()

    @contextmanager
    def watched(self) -> Iterator[Seen]:
        """Note what is asked for in the block, also what is known already."""
        looks, seen = self._looks, self._seen
        self._looks, self._seen = {"": looks[""]}, Seen()
        try:
            yield self._seen
        finally:
            looks.update(self._looks)
            self._looks, self._seen = looks, seen

    def look(self, path: str, hops: int = 0) -> Look:
        """Follow a normalised root-relative path."""
        known = self._looks.get(path)
        if known is None:
            known = self._looks[path] = (
                self._look_deep(path, hops) if len(path) > _LONG else self._look(path, hops)
            )
        return known

    def _look_deep(self, path: str, hops: int) -> Look:
        """As `_look`, from the top, so that hostile depth cannot exhaust Python's stack."""
        if len(path) > _LONGEST:
            return Look(PathKind.ABSENT, path)
        end = path.find("/", _LONG // 2)
        while end >= 0:
            above = path[:end]
            if above not in self._looks:
                self._looks[above] = self._look(above, hops)
            end = path.find("/", end + 1)
        return self._look(path, hops)

    def status(self, path: str) -> os.stat_result | None:
        """What stands at a path whose folders are no links; None when nothing does."""
        try:
            return self._statuses[path]
        except KeyError:
            pass
        try:
            found = os.lstat(f"{self.root}/{path}")
        except (OSError, ValueError):
            found = None
        if found is not None and path in self._contents:
            found = os.stat_result(found[:10], {"st_mtime_ns": 0, "st_ctime_ns": 0})  # nobody's stamp
        self._statuses[path] = found
        return found

    def has_stamps(self, stamps: Mapping[str, Stamp]) -> bool:
        """Whether files and links, by paths as for `status`, are as they were when they had these stamps."""
        if not self._contents.keys().isdisjoint(stamps):
            return False
        lstat, root, statuses = os.lstat, self.root, self._statuses  # this is as hot as it gets
        for path, (mode, size, inode, modified, changed) in stamps.items():
            now = statuses.get(path)
            if now is None:
                try:
                    now = statuses[path] = lstat(f"{root}/{path}")
                except (OSError, ValueError):
                    return False
            if (
                now.st_ctime_ns != changed
                or now.st_mtime_ns != modified
                or now.st_ino != inode
                or now.st_size != size
                or now.st_mode != mode
            ):
                return False
        return True

    def _look(self, path: str, hops: int) -> Look:
        folder, _, name = path.rpartition("/")
        above = self.look(folder, hops)
        if above.kind is not PathKind.FOLDER:
            kind = PathKind.OUTSIDE if above.kind is PathKind.OUTSIDE else PathKind.ABSENT
            return Look(kind, path, above.links)
        here = f"{above.real}/{name}" if above.real else name
        self._seen.looked.add(here)
        status = self.status(here)
        if status is None:
            return Look(PathKind.ABSENT, here, above.links)
        mode = status.st_mode
        if stat.S_ISREG(mode):
            return Look(PathKind.FILE, here, above.links)
        if stat.S_ISDIR(mode):
            return Look(PathKind.FOLDER, here, above.links)
        if not stat.S_ISLNK(mode) or hops > _MAX_LINKS:
            return Look(PathKind.ABSENT, here, above.links)
        return self._follow(here, (*above.links, here), hops)

    def _follow(self, link: str, links: tuple[str, ...], hops: int) -> Look:
        target = self.link_target(link)
        if target is None:
            return Look(PathKind.OUTSIDE, link, links)
        there = self._look(target, hops + 1) if target else self._looks[""]
        return Look(there.kind, there.real, tuple(dict.fromkeys((*links, *there.links))))

    def link_target(self, link: str) -> str | None:
        """The root-relative path that a link names, or None when it leaves the root."""
        text = os.readlink(f"{self.root}/{link}")  # noqa: PTH115  # plain strings, this is hot
        if text.startswith("/"):
            if text != self.root and not text.startswith(self.root + "/"):
                return None
            return normalise(text[len(self.root) :])
        return normalise(f"{parent(link)}/{text}")

    def is_file(self, path: str) -> bool:
        """Whether a regular file is there."""
        return self.look(path).kind is PathKind.FILE

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there."""
        return self.look(path).kind is PathKind.FOLDER

    def is_link(self, path: str) -> bool:
        """Whether a path itself is a link, wherever those on the way to it lead."""
        links = self.look(path).links
        if not links:
            return False
        above, _, name = path.rpartition("/")
        folder = self.look(above).real
        return (f"{folder}/{name}" if folder else name) in links

    def bytes_of(self, path: str) -> bytes | None:
        """A file's contents; None when it is absent, outside, unreadable or no regular file."""
        look = self.look(path)
        if look.kind is not PathKind.FILE:
            return None
        self._seen.read.add(look.real)
        if look.real in self._contents:
            return self._contents[look.real]
        try:
            # `_look` proved every component; O_NOFOLLOW and O_NONBLOCK guard against a swap in between.
            handle = os.open(
                f"{self.root}/{look.real}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            )
        except OSError:
            return None
        with open(handle, "rb", buffering=0) as file:  # noqa: PTH123  # an open descriptor, no path
            return file.readall()

    def text_of(self, path: str) -> str | None:
        """A Rust file's text, as rustc sees it; None as for `bytes_of`."""
        if path in self._texts:
            self.note_read(path)
        else:
            raw = self.bytes_of(path)
            self._texts[path] = None if raw is None else normalise_text(raw)
        return self._texts[path]

    def note_read(self, path: str) -> None:
        """Count a file's contents among what was asked for, as they are known."""
        self._seen.read.add(self.look(path).real)

    def digest_of(self, path: str) -> str | None:
        """The SHA-256 of a file's contents, in hexadecimal; None as for `bytes_of`."""
        look = self.look(path)
        status = self.status(look.real) if look.kind is PathKind.FILE else None
        if status is None:
            return None
        # The stamp was taken before the contents are read: of a file that changes in between, it is another one next time.
        stamp = stamp_of(status)
        known = self.digested.get(look.real) or self.digests.get(look.real)
        if known is None or known[0] != stamp:
            raw = self.bytes_of(path)
            if raw is None:
                return None
            known = (stamp, sha256(raw).hexdigest())
        self.digested[look.real] = known
        return known[1]

    def entries(self, folder: str) -> list[tuple[str, bool, bool]]:
        """A real folder's sorted entries: name, is a folder, is a link. Empty when it cannot be read."""
        self._seen.listed.add(folder)
        known = self._entries.get(folder)
        if known is None:
            known = self._entries[folder] = self._list(folder)
        return known

    def _list(self, folder: str) -> list[tuple[str, bool, bool]]:
        try:
            with os.scandir(f"{self.root}/{folder}" if folder else self.root) as found:
                return sorted(
                    (item.name, item.is_dir(follow_symlinks=False), item.is_symlink()) for item in found
                )
        except OSError:
            return []

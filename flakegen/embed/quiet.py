"""Files that hold nothing of interest to their package, as most do: one that nobody has touched need not be read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flakegen.embed.disk import PathKind
from flakegen.files.stamps import Stamp, stamp_of

if TYPE_CHECKING:
    from flakegen.embed.disk import Disk


class QuietFiles:
    """What an earlier scan of a package with the same arguments knew, and what the scan at hand finds out.

    Attributes:
        found: the quiet files of the scan at hand.
        macros: the names of macros that it looked for in them.
    """

    def __init__(
        self, known: Iterable[str] = (), macros: Iterable[str] = (), stamps: Mapping[str, Stamp] | None = None
    ) -> None:
        """Remember what is known.

        Args:
            known: files that were quiet.
            macros: the names of macros that no such file holds.
            stamps: what these files were then, by their real paths.
        """
        self._known = frozenset(known)
        self._macros = frozenset(macros)
        self._stamps = stamps or {}
        self.found: tuple[str, ...] = ()
        self.macros: tuple[str, ...] = ()

    def is_quiet(self, disk: Disk, path: str, *macros: Iterable[str]) -> bool:
        """Whether a file is known to hold nothing of interest, nor any of these names."""
        if path not in self._known or not all(map(self._macros.issuperset, macros)):
            return False
        look = disk.look(path)
        status = disk.status(look.real) if look.kind is PathKind.FILE else None
        if status is None or self._stamps.get(look.real) != stamp_of(status):
            return False
        disk.note_read(path)
        return True

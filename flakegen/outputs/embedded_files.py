"""embedded.txt: every embedded file of every crate, one a line, so that people can see which one has changed.

Nix does not read it. It is in one order, and no line depends on another one, so that it diffs and merges well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from flakegen.embed.hashes import Entry
from flakegen.plan.cargo_plan import CargoPlan

EMBEDDED = "embedded.txt"
"""The file's name, in the folder of what builds cargo units."""

_ABOUT = (
    "# What each crate embeds: crate, kind, SHA-256, path. Its rebuild hash in Cargo.nix is made of these."
)
_ABSENT = frozenset(("absent -",))


class FileChange(Enum):
    """What can have happened to an embedded file since the last compilation."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class EmbeddedChange(NamedTuple):
    """Why the rebuild hash of a crate is another one."""

    crate: str
    path: str
    change: FileChange

    def __str__(self) -> str:
        """Say it in one line."""
        said = "has changed" if self.change is FileChange.CHANGED else f"is {self.change.value}"
        return f"rebuild hash of `{self.crate}`: {self.path} {said}"

    def to_json(self) -> dict[str, str]:
        """Return it as a JSON value."""
        return {"crate": self.crate, "path": self.path, "change": self.change.value}


def embedded_text(header: tuple[str, ...], plan: CargoPlan) -> str:
    """Return the file's text."""
    above = [*(f"# {line}" for line in header), _ABOUT]
    return "\n".join([*above, *_lines(plan), ""])


def _lines(plan: CargoPlan) -> Iterator[str]:
    """Yield the lines; a crate goes by its name, so that a new version is no change, or by its key if two share that."""
    embedding = {key: crate for key, crate in sorted(plan.crates.items()) if crate.embedded}
    names = Counter(crate.name for crate in embedding.values())
    for key, crate in embedding.items():
        shown = crate.name if names[crate.name] == 1 else key
        yield from (f"{shown} {_shown(entry)}" for entry in crate.embedded)


def _shown(entry: Entry) -> str:
    """Return an entry on one line, whatever its path is called."""
    line = entry.line
    if line.isprintable() and "\\" not in line:
        return line
    return line.encode("unicode_escape").decode("ascii")


def embedded_changes(before: str, after: str) -> tuple[EmbeddedChange, ...]:
    """Return what changed from one text of the file to another, by crate and path; any text will do."""
    old, new = _by_path(before), _by_path(after)
    return tuple(
        EmbeddedChange(*key, _change(old.get(key, _ABSENT), new.get(key, _ABSENT)))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    )


def _by_path(text: str) -> Mapping[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], frozenset[str]] = {}
    for line in text.split("\n"):
        words = line.split(" ", 3)
        if len(words) == 4 and words[0] != "#" and line.isprintable():
            crate, kind, digest, path = words
            found[crate, path] = found.get((crate, path), frozenset()) | {f"{kind} {digest}"}
    return found


def _change(old: frozenset[str], new: frozenset[str]) -> FileChange:
    if old == _ABSENT:
        return FileChange.NEW
    return FileChange.GONE if new == _ABSENT else FileChange.CHANGED

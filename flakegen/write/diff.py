"""Unified diffs as `git apply` takes them: created and deleted files, modes, and files without a last line break."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from flakegen.files.tree import Mode

_NO_NEWLINE = "\\ No newline at end of file\n"
_MOST = 200_000  # lines that are worth comparing; of more than these, all are exchanged


class Change(Enum):
    """How a generated file can differ from what its spec compiles to."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    MODE = "mode"


def file_diff(path: str, change: Change, present: bytes, wanted: bytes) -> str:
    """Return the diff from what is there to what should be; of CHANGED, a mode that differs too is not told."""
    before, after = f"a/{path}", f"b/{path}"
    head = f"diff --git {before} {after}\n"
    match change:
        case Change.MODE:
            return f"{head}old mode {Mode.EXECUTABLE.value}\nnew mode {Mode.PLAIN.value}\n"
        case Change.MISSING:
            head, before = f"{head}new file mode {Mode.PLAIN.value}\n", "/dev/null"
        case Change.EXTRA:
            head, after = f"{head}deleted file mode {Mode.PLAIN.value}\n", "/dev/null"
        case Change.CHANGED:
            pass
    body = "".join(_hunks(_lines(present), _lines(wanted)))
    return f"{head}--- {before}\n+++ {after}\n{body}" if body else head


def _lines(data: bytes) -> list[str]:
    """Split at line feeds and nothing else, as diff does; the last line may lack one."""
    *lines, last = data.decode(errors="replace").split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _hunks(present: list[str], wanted: list[str]) -> Iterator[str]:
    for line in _whole(present, wanted) if len(present) + len(wanted) > _MOST else _compared(present, wanted):
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _compared(present: list[str], wanted: list[str]) -> Iterator[str]:
    from difflib import unified_diff  # noqa: PLC0415  # only where something differs

    lines = unified_diff(present, wanted)
    next(lines, None)  # the names, which are told otherwise
    next(lines, None)
    return lines


def _whole(present: list[str], wanted: list[str]) -> Iterator[str]:
    yield f"@@ -{min(1, len(present))},{len(present)} +{min(1, len(wanted))},{len(wanted)} @@\n"
    yield from (f"-{line}" for line in present)
    yield from (f"+{line}" for line in wanted)

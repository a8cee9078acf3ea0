"""Has anything changed since the last compilation? Answered from file stamps alone, before any stage is loaded.

After a compilation two things are kept in the user's cache folder: the stamps (size, inode, modification and change
time) of all that it could have read, this program included, and a digest of what it wrote. While both still hold, a
compilation would write what is there.

What was read is told by stamps, taken after the work; an edit while it was going on is told by its time, which is then
not before the work's start. A stamp within the clock's grain of that start counts as changed (see `stamps`).
"""

# ruff: noqa: PTH123
# no pathlib: with it, nothing here would be quick

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from flakegen.memory.program import program, stamps_of_program
from flakegen.memory.records import keep, record_path
from flakegen.memory.stamp_walk import StampWalk, digest_of
from flakegen.memory.watched import Watched
from flakegen.memory.written import Written, check_texts

_FORMAT = 3


def start() -> int:
    """Return the time that a compilation which starts now is to be remembered with."""
    return time.time_ns()


def fresh_output(spec: str) -> str | None:
    """Return the output folder of ``spec`` if compiling it again would change nothing; None where that is not certain."""
    try:
        written = _last_written(spec)
        return written.output if written is not None and written.is_there() else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # no record, or none of ours
        return None


def is_read_as_before(spec: str) -> bool:
    """Tell whether all that the last compilation of ``spec`` read is as it was, whatever has become of what it wrote."""
    try:
        return _last_written(spec) is not None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


def _last_written(spec: str) -> Written | None:
    """Return what was last written of a spec, if that would be written again; the record may be anything."""
    with open(record_path(spec), encoding="ascii") as file:
        record = json.load(file)
    if record["format"] != _FORMAT or record["program"] != program():
        return None
    written = Written(**record["written"])
    watched = Watched(**record["watched"])
    check_texts((written.output, written.origin, *written.trees, *written.files, watched.root))
    check_texts((*watched.files, *watched.trees, *watched.apart, *watched.outputs))
    return written if _digest(watched, int(record["started"])) == record["stamps"] else None


def remember(spec: str, started: int, watched: Watched, written: Written) -> None:
    """Record that ``spec`` is compiled; without a place to record it, nothing is lost but time.

    Args:
        spec: as it was given.
        started: what `start` returned before anything was read.
        watched: what was read.
        written: what was written.
    """
    record = {
        "format": _FORMAT,
        "program": program(),
        "started": started,
        "stamps": _digest(watched, None),
        "written": written._asdict(),
        "watched": watched._asdict(),
    }
    keep(record_path(spec), json.dumps(record).encode("ascii"))


def _digest(watched: Watched, started: int | None) -> str | None:
    return digest_of(_stamps(watched, started))


def _stamps(watched: Watched, started: int | None) -> Iterator[tuple[str, object]]:
    walk = StampWalk(watched.root, (*watched.outputs, *watched.apart), started)
    yield from stamps_of_program(walk)
    for path in watched.files:
        yield path, walk.file(path)
    for tree in watched.trees:
        yield from walk.tree(tree)
    for path, recursive, without in watched.folders:
        yield from walk.folder(path, recursive=recursive, without=frozenset((*without, *watched.outputs)))

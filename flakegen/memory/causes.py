"""Remembers of each spec what its last result was made from, so that most edits need no resolving and no printing.

`freshness` tells, before anything is loaded, that no file has been touched. Where one has, this module tells whether that
changed anything which counts: the digest of all that the result is a function of (`plan.causes`) is kept beside the
digests of what was written. Both must be the same, and the program too, for the result to stand as it is.
"""

# ruff: noqa: PTH123
# as in `freshness`, whose company this is

from __future__ import annotations

import json

from flakegen.memory.program import program, program_stamps
from flakegen.memory.records import keep, record_path
from flakegen.memory.written import Written, check_texts

_FORMAT = 1


def unchanged(spec: str, cause: str) -> Written | None:
    """Return what was written of ``spec`` if it was made from ``cause`` by this very program, and still stands there."""
    try:
        with open(_path(spec), encoding="ascii") as file:
            record = json.load(file)
        if record["format"] != _FORMAT or record["program"] != program() or record["cause"] != cause:
            return None
        if program_stamps(int(record["started"])) != record["stamps"]:
            return None
        written = Written(**record["written"])
        check_texts((written.output, written.origin, *written.trees, *written.files))
        return written if written.is_there() else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # no record, or none of ours
        return None


def last_cause(spec: str) -> str | None:
    """Return the digest of what ``spec`` was last compiled from, by whichever program; None if that is not known."""
    try:
        with open(_path(spec), encoding="ascii") as file:
            cause = json.load(file)["cause"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return cause if isinstance(cause, str) else None


def remember_cause(spec: str, started: int, cause: str, written: Written) -> None:
    """Record what ``spec`` was compiled from; without a place to record it, nothing is lost but time.

    Args:
        spec: as it was given.
        started: what `freshness.start` returned before anything was read.
        cause: the digest of what the result is a function of.
        written: what was written.
    """
    record = {
        "format": _FORMAT,
        "program": program(),
        "started": started,
        "stamps": program_stamps(None),
        "cause": cause,
        "written": written._asdict(),
    }
    keep(_path(spec), json.dumps(record).encode("ascii"))


def _path(spec: str) -> str:
    return record_path(spec, "causes")

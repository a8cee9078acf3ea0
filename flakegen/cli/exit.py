"""What a command's process says to its caller."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; the last two are those of shells for a signal."""

    FINE = 0
    DRIFT = 1
    BAD_INPUT = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141

"""What tells, without reading it, whether a file is as it was: size, inode, mode, modification and change time.

Only change times are compared with the clock, as no program can set them. One that is not clearly older than the start
of the work that goes by it says nothing, as the file may have been changed again within the clock's grain (git has the
same rule: Documentation/technical/racy-git).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

Stamp = tuple[int, int, int, int, int]

_GRAIN = 50_000_000  # nanoseconds; the kernel's clock ticks every 1 to 10 ms
_COARSE_GRAIN = 2_000_000_000  # file systems with stamps of one or two seconds
_SECOND = 1_000_000_000


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what is compared; two stamps of a file are the same as long as nobody has touched it."""
    return (status.st_mode, status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)


def is_settled(status: os.stat_result, started: int) -> bool:
    """Tell whether a later change of the file, by work that began at ``started`` or after it, will have another stamp."""
    changed = status.st_ctime_ns
    return changed < started - (_GRAIN if changed % _SECOND else _COARSE_GRAIN)

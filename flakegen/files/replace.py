"""How a file of one's own is written: whole or not at all, whoever reads or dies meanwhile."""

# ruff: noqa: PTH105, PTH108, PTH123
# no pathlib, which a run without changes has no time for

from __future__ import annotations

import os
from contextlib import suppress


def replace_file(path: str, data: bytes) -> None:
    """Put ``data`` at a path, in the place of what is there.

    Raises:
        OSError: it cannot be; what was there is as it was.
        ValueError: the path is none.
    """
    folder, separator, name = path.rpartition(os.sep)
    staging = f"{folder}{separator}.{name}.{os.getpid()}"
    try:
        with open(staging, "wb") as file:
            file.write(data)
        os.replace(staging, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(staging)
        raise

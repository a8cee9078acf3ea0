"""Records that are worth something only if they are whole: each begins with a digest of what follows."""

# ruff: noqa: PTH103, PTH108, PTH120, PTH123
# no pathlib, for the speed of it

from __future__ import annotations

import os
from hashlib import blake2b

from flakegen.files.replace import replace_file

_DIGEST_SIZE = 16


def read_sealed(path: str) -> memoryview | None:
    """Return what was written to a file; None if there is none, or it is not as it was written."""
    try:
        with open(path, "rb") as file:
            data = memoryview(file.read())
    except OSError:
        return None
    digest, body = bytes(data[:_DIGEST_SIZE]), data[_DIGEST_SIZE:]
    return body if _digest(body) == digest else None


def write_sealed(path: str, data: bytes, *, most: int, most_bytes: int) -> None:
    """Write a file into a folder of such records; where that fails, nothing is lost but time.

    Args:
        path: of the file.
        data: what is written.
        most: how many files the folder keeps; those go first that were written longest ago.
        most_bytes: how large they may be together.
    """
    folder = os.path.dirname(path)
    try:
        os.makedirs(folder, exist_ok=True)
        replace_file(path, _digest(data) + data)
        _drop_oldest(folder, most, most_bytes)
    except OSError:
        return


def _digest(data: bytes | memoryview) -> bytes:
    return blake2b(data, digest_size=_DIGEST_SIZE).digest()


def _drop_oldest(folder: str, most: int, most_bytes: int) -> None:
    with os.scandir(folder) as entries:
        found = sorted(((entry.stat(follow_symlinks=False), entry.path) for entry in entries), key=_age)
    total = 0
    for number, (status, path) in enumerate(found):
        total += status.st_size
        if number >= most or total > most_bytes:
            os.unlink(path)


def _age(entry: tuple[os.stat_result, str]) -> int:
    return -entry[0].st_mtime_ns

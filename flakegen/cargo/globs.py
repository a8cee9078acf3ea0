"""Member globs as cargo expands them (the `glob` crate): `*`, `?`, `[…]` within a name, `**` over folders."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator

_MAGIC = re.compile(r"[*?\[]")


def is_glob(text: str) -> bool:
    """Whether cargo would treat it as a pattern."""
    return _MAGIC.search(text) is not None


def name_matches(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern; letters are compared exactly, dots are nothing special."""
    return fnmatch.fnmatchcase(name, pattern)


def expand(root: str, pattern: str) -> list[str]:
    """Existing folders under ``root`` that a member pattern means, sorted; a literal path is returned unchecked.

    Files are dropped, dot folders match `*`, and links are followed by name but not descended into by `**`.
    """
    path = os.path.normpath(pattern)
    if not is_glob(path):
        return [os.path.normpath(os.path.join(root, path))]  # noqa: PTH118 - string paths are hot here
    base = "/" if path.startswith("/") else root
    found = _walk(base, [part for part in path.split("/") if part])
    return sorted({os.path.normpath(folder) for folder in found})


def _folders(folder: str, *, links: bool) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=links)]
    except OSError:
        return []


def _walk(folder: str, parts: list[str]) -> Iterator[str]:
    if not parts:
        yield folder
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from _walk(folder, rest)
        for name in _folders(folder, links=False):
            yield from _walk(f"{folder}/{name}", parts)
    elif is_glob(first):
        for name in _folders(folder, links=True):
            if fnmatch.fnmatchcase(name, first):
                yield from _walk(f"{folder}/{name}", rest)
    elif os.path.isdir(f"{folder}/{first}"):  # noqa: PTH112
        yield from _walk(f"{folder}/{first}", rest)

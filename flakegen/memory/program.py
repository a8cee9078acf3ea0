"""Which program this is: what another one has recorded counts for nothing."""

# ruff: noqa: PTH100, PTH118, PTH120
# plain strings and os.path throughout: with pathlib, nothing here would be quick

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import flakegen
from flakegen.memory.stamp_walk import StampWalk, digest_of


def program() -> list[Any]:
    """Return which program this is, as far as that can be told without a look at its files."""
    return [flakegen.__version__, list(sys.version_info), sys.prefix]


def _own_places() -> Iterator[str]:
    """Yield the folders that this program is made of, and those whose time stamps tell of new libraries."""
    package = os.path.dirname(os.path.abspath(flakegen.__file__))
    yield package
    yield os.path.join(os.path.dirname(package), "grammar")


def _libraries() -> Iterator[str]:
    return (path for path in sys.path if path.endswith(("site-packages", "dist-packages")))


def program_stamps(started: int | None) -> str | None:
    """Return a digest of the stamps of this program's own files; None if one does not lie clearly before ``started``."""
    return digest_of(stamps_of_program(StampWalk(os.sep, (), started)))


def stamps_of_program(walk: StampWalk) -> Iterator[tuple[str, object]]:
    """Yield the stamps of this program's own files, and of the folders that its libraries lie in."""
    for library in _libraries():
        yield library, walk.times(library)
    for place in _own_places():
        yield from walk.tree(place)

"""What a compilation leaves on the disk, as digests: enough to tell later whether all of it still stands there."""

# ruff: noqa: PTH123
# no pathlib, as in `freshness`

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from flakegen.files.tree import common_origin, encoded, own_files, read_tree, top_and_below, tree_digest


class Written(NamedTuple):  # no dataclass, which would load inspect
    """What a compilation leaves on the disk, as digests: ``trees`` of whole folders, ``files`` of single ones, by path.

    ``output`` is the folder that is told to be written; ``origin`` is the spec as the written files name it.
    """

    output: str
    origin: str
    trees: Mapping[str, str]
    files: Mapping[str, str]

    @classmethod
    def of(cls, output: str, texts: Mapping[str, str], beside: Mapping[str, str], *, shared: bool) -> Written:
        """Return what writing these texts leaves, whatever stands there by now.

        Args:
            output: the folder, absolute.
            texts: by path relative to it.
            beside: further files, by absolute path.
            shared: whether the folder holds more than flakegen's own, so that only folders in it are compared whole.
        """
        top, below = top_and_below(texts) if shared else ({}, {"": dict(texts)})
        single = {**{f"{output}/{name}": text for name, text in top.items()}, **beside}
        return cls(
            output=output,
            origin=os.fsdecode(common_origin(own_files(texts))),
            trees={
                f"{output}/{folder}" if folder else output: tree_digest(own_files(inside))
                for folder, inside in below.items()
            },
            files={path: _content_digest(encoded(text)) for path, text in single.items()},
        )

    def is_there(self) -> bool:
        """Look whether all of it stands there, and nothing else of flakegen's in the folders.

        Raises:
            OSError: something is missing or cannot be read.
        """
        for path, digest in self.files.items():
            with open(path, "rb") as file:
                if _content_digest(file.read()) != digest:
                    return False
        origin = os.fsencode(self.origin)
        return all(
            tree_digest(read_tree(folder, origin).own) == digest for folder, digest in self.trees.items()
        )


def check_texts(values: Iterable[object]) -> None:
    """Make sure that what is taken for a path is none of this process's descriptors.

    Raises:
        TypeError: when it is a number, say.
    """
    for value in values:
        if not isinstance(value, str | None):
            raise TypeError(value)


def _content_digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()

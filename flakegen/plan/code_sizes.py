"""How much code the targets of a package have: what an estimate of their compilation goes by."""

from __future__ import annotations

import os
from collections.abc import Iterable

from flakegen.embed.disk import Disk
from flakegen.embed.inputs import PackageInputs
from flakegen.graph.cost import size_class
from flakegen.plan.unit_seconds import CodeSize


def code_sizes(disk: Disk, found: PackageInputs) -> dict[str, CodeSize]:
    """Return the classes of size of a package's targets, by main file; several may share one."""
    sizes = {}
    for target in found.targets:
        plain = _kilobytes(disk, target.modules)
        tested = plain + _kilobytes(disk, target.test_modules)
        sizes[target.target.src_path] = CodeSize(product=size_class(plain), tests=size_class(tested))
    return sizes


def _kilobytes(disk: Disk, paths: Iterable[str]) -> float:
    return sum(_size(f"{disk.root}/{disk.look(path).real}") for path in paths) / 1024


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except (OSError, ValueError):  # not there, or told by whoever needs it
        return 0

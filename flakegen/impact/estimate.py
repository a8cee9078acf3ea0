"""How long what is rebuilt takes, by an estimate (`graph.cost`), as a part of the whole."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from flakegen.graph.cost import Work, critical_path, seconds
from flakegen.impact.change import Impact
from flakegen.plan.build_graph import BuildGraph, UnitNode
from flakegen.plan.model import SourcePlan


class Estimate:
    """Seconds of one core.

    Attributes:
        costs: of every unit of the graph, by id.
        whole: of all units.
        rebuilt: of those that are rebuilt.
        longest: of the longest chain of these.
    """

    def __init__(self, impact: Impact, root: Path) -> None:
        """Look at the sizes of sources below ``root``."""
        self.costs = costs_of(impact.graph, root)
        rebuilt = {unit: self.costs[unit] for unit in impact.rebuilt}
        self.whole = sum(self.costs.values())
        self.rebuilt = sum(rebuilt.values())
        self.longest = critical_path(rebuilt, {unit: impact.graph.units[unit].needs for unit in rebuilt})


def costs_of(graph: BuildGraph, root: Path) -> dict[str, float]:
    """Return how long each unit of a graph takes, by id, in the graph's order."""
    sizes = _Sizes(root)
    by_source = {name: sizes.of(source) / 1024 for name, source in graph.sources.items()}
    return {unit.id: seconds(_work(unit, by_source)) for unit in graph.units.values()}


def _work(unit: UnitNode, sizes: dict[str, float]) -> Work:
    return Work(
        kind=unit.kind,
        mode=unit.mode,
        kilobytes=None if unit.source is None else sizes[unit.source],
        is_optimised=unit.is_optimised,
    )


class _Sizes:
    """Bytes of Rust in sources; each folder is looked at once, however many sources hold it."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self.below = lru_cache(maxsize=None)(self._below)

    def of(self, source: SourcePlan) -> int:
        """Return the bytes of a source's `.rs` files, roughly where folders are left out of it."""
        single = sum(self._size(path) for path in source.files if path.endswith(".rs"))
        folders = sum(self.below(folder) for folder in source.rust)
        left_out = sum(self._size(path) for path in source.without if path.endswith(".rs"))
        return max(0, single + folders - left_out)

    def _below(self, folder: str) -> int:
        total = 0
        try:
            with os.scandir(f"{self.root}/{folder}") as found:
                for each in found:
                    if each.is_dir(follow_symlinks=False):
                        total += self.below(f"{folder}/{each.name}")
                    elif each.name.endswith(".rs"):
                        total += each.stat(follow_symlinks=False).st_size
        except OSError:
            return total
        return total

    def _size(self, path: str) -> int:
        try:
            return os.lstat(f"{self.root}/{path}").st_size
        except OSError:
            return 0

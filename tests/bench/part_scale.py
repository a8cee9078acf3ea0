"""Whether time and memory grow with the number of packages, and no faster."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from bench_runs import FLAKEGEN, Bench, Cost, measured
from bench_table import Aim, Row
from part_compile import synthetic
from synthetic_workspace import Size

_SIZES = (2_500, 5_000, 10_000)
_ROUNDS = 3
_SLACK = 1.25  # of what proportional growth would be


def scale_rows(bench: Bench) -> Iterator[Row]:
    """Compile for the first time at several sizes; each is compared with the smallest, as if it had grown in proportion."""
    smallest: Cost | None = None
    for size in _SIZES:
        cost = _first(bench, size)
        smallest = smallest or cost
        factor = size / _SIZES[0]
        is_last = size == _SIZES[-1]
        for figure, unit, base, limit in (
            (cost.seconds, "s", smallest.seconds, 10),
            (cost.megabytes, "MB", smallest.megabytes, 600),
        ):
            yield Row(
                what=f"compile {size} packages, first time",
                figure=figure,
                unit=unit,
                beside="" if cost is smallest else f"{factor:g} times that of {_SIZES[0]}",
                other=None if cost is smallest else base * factor,
                aim=Aim() if cost is smallest else Aim(limit=limit if is_last else None, ratio=_SLACK),
            )


def _first(bench: Bench, packages: int) -> Cost:
    """Return the best of some first compilations: of time and of memory, which hardly differ."""
    made, environment = synthetic(bench, Size(packages=packages, members=packages * 54 // 660))
    command = (*FLAKEGEN, "compile", made.spec.name)
    measured(command, cwd=made.root, env=environment)  # gathers what is known of the crates
    costs = []
    for _ in range(_ROUNDS):
        shutil.rmtree(environment["XDG_CACHE_HOME"], ignore_errors=True)
        shutil.rmtree(made.root / "generated")
        costs.append(measured(command, cwd=made.root, env=environment))
    shutil.rmtree(made.root.parent)
    return Cost(seconds=min(cost.seconds for cost in costs), megabytes=min(cost.megabytes for cost in costs))

"""What a benchmark says: one line for each figure, beside what it is compared with and what it should be."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a figure should be, or be at most: in itself, in proportion to the one beside it, or in excess of it."""

    exact: float | None = None
    limit: float | None = None
    ratio: float | None = None
    excess: float | None = None

    def text(self, unit: str) -> str:
        """As the table shows it."""
        parts = [] if self.exact is None else [f"{self.exact:g} {unit}"]
        parts += [] if self.limit is None else [f"≤ {self.limit:g} {unit}"]
        parts += [] if self.ratio is None else [f"≤ {self.ratio:g} of it"]
        parts += [] if self.excess is None else [f"≤ it + {self.excess:g} {unit}"]
        return ", ".join(parts)

    def is_reached(self, figure: float, other: float | None) -> bool:
        """Whether a figure is what it should be."""
        if self.exact is not None and figure != self.exact:
            return False
        if self.limit is not None and figure > self.limit:
            return False
        if self.ratio is not None and (other is None or figure > self.ratio * other):
            return False
        return self.excess is None or (other is not None and figure <= other + self.excess)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    figure: float
    unit: str = "s"
    beside: str = ""
    other: float | None = None
    aim: Aim = Aim()

    def cells(self) -> tuple[str, ...]:
        """The texts of its columns."""
        aim = self.aim.text(self.unit)
        reached = "" if not aim else "yes" if self.aim.is_reached(self.figure, self.other) else "NO"
        return (
            self.what,
            _number(self.figure, self.unit),
            self.beside,
            "" if self.other is None else _number(self.other, self.unit),
            "" if not self.other else f"{self.figure / self.other:.2f}",
            aim,
            reached,
        )


_HEAD = ("what", "figure", "beside", "figure", "ratio", "aim", "reached")
_RIGHT = (1, 3, 4)


def _number(value: float, unit: str) -> str:
    digits = 0 if unit in {"MB", "units"} else 3 if value < 10 else 1
    return f"{value:.{digits}f} {unit}"


def show(rows: Iterable[Row]) -> None:
    """Print the table."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    for line in lines:
        cells = (
            cell.rjust(width) if column in _RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())

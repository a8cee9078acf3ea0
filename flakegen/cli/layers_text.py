"""The caching layers of a system, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from flakegen.diagnostics.text import escaped, width
from flakegen.graph.cost import critical_path
from flakegen.plan.build_graph import BuildGraph
from flakegen.plan.layer_table import Above, LayerRow, layer_table

_MOST_NAMES = 3
_HEADER = ("layer", "units", "crates", "seconds", "longest", "shards", "above", "changes with")


def as_text(graph: BuildGraph) -> str:
    """Return a table with a line for each layer, below it what is complete with each."""
    rows = layer_table(graph)
    if not rows:
        return f"nothing on {graph.system} is made of cargo units, so there are no layers\n"
    cells = [_HEADER, *(_cells(row) for row in rows)]
    outputs = [line for row in rows for line in _complete(row)]
    return "\n".join([_summary(graph, rows), "", *_table(cells), "", *outputs]) + "\n"


def _summary(graph: BuildGraph, rows: Sequence[LayerRow]) -> str:
    whole, longest = _seconds(sum(row.seconds for row in rows)), _seconds(_longest(graph))
    machines = sum(max(shard.seconds for shard in row.plan.shards) for row in rows)
    found = f"{_counted(len(graph.units), 'unit')} on {graph.system} in {_counted(len(rows), 'layer')}: "
    return f"{found}{whole} s on one core, {_seconds(machines)} s with a machine for each shard, {longest} s at least"


def _longest(graph: BuildGraph) -> float:
    units = graph.units
    return critical_path(
        {name: unit.seconds for name, unit in units.items()},
        {name: unit.needs for name, unit in units.items()},
    )


def _cells(row: LayerRow) -> tuple[str, ...]:
    return (
        str(row.plan.number),
        str(row.units),
        str(len(row.crates)),
        _seconds(row.seconds),
        _seconds(row.longest),
        " ".join(_seconds(shard.seconds) for shard in row.plan.shards),
        _above(row.dependents),
        _some(row.changed_by),
    )


def _above(above: Above) -> str:
    if not above.layers:
        return "nothing"
    return f"{_counted(above.units, 'unit')} in {_counted(len(above.layers), 'layer')}"


def _some(names: Sequence[str]) -> str:
    """Name a few, and count the others."""
    shown = ", ".join(escaped(name) for name in names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"


def _complete(row: LayerRow) -> Iterator[str]:
    """Yield what is complete with a layer, a line for packages and one for checks."""
    named = [name.partition(".")[::2] for name in row.plan.outputs]
    for section, names in groupby(named, key=lambda each: each[0]):
        found = ", ".join(escaped(name) for _, name in names)
        yield f"with layer {row.plan.number}, {section}: {found}"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Align numbers at the right, and the last three columns at the left."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(_HEADER))]
    for row in rows:
        cells = [
            (
                " " * (widths[column] - width(cell)) + cell
                if column < len(row) - 3
                else cell + " " * (widths[column] - width(cell))
            )
            for column, cell in enumerate(row)
        ]
        yield "  ".join(cells).rstrip()


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"  # three digits


def as_json(graph: BuildGraph) -> str:
    """Return everything as JSON."""
    rows = layer_table(graph)
    value = {
        "system": graph.system,
        "seconds-at-least": round(_longest(graph), 1),
        "layers": [_row(row) for row in rows],
    }
    return json.dumps(value, indent=2) + "\n"


def _row(row: LayerRow) -> dict[str, Any]:
    plan = row.plan
    return {
        "layer": plan.number,
        "attribute": plan.attribute,
        "third-party": plan.is_third_party,
        "units": row.units,
        "crates": list(row.crates),
        "seconds": row.seconds,
        "seconds-at-least": row.longest,
        "changes-with": list(row.changed_by),
        "dependents": {"units": row.dependents.units, "layers": list(row.dependents.layers)},
        "outputs": list(plan.outputs),
        "shards": [
            {
                "shard": shard.number,
                "attribute": shard.attribute,
                "seconds": shard.seconds,
                "units": list(shard.units),
            }
            for shard in plan.shards
        ],
    }

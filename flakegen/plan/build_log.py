"""What Nix says while it builds, as a table of times for `[cargo.layers] times`.

Nix's log has no times of its own, so each line comes with the second at which it was said in front, as `ts %.s` puts it:
`1763690400.25 @nix {"action":"start","type":105,…}`. Type 105 is the build of one derivation, whose path is the first field
(`actBuild` in Nix's `logging.hh`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from flakegen.plan.build_graph import BuildGraph, UnitNode

_LINE = re.compile(r"\s*(?P<at>\d{1,12}(?:\.\d{1,9})?)\s+@nix\s+(?P<event>\{.*\})\s*", re.ASCII)
_BUILD = 105
_DRV = re.compile(r".*/[0-9a-z]{32}-(?P<name>.+)\.drv")


class _Event(msgspec.Struct):
    action: str
    id: int | None = None
    type: int | None = None
    fields: list[object] = []


def seconds_of_builds(lines: Iterable[str]) -> dict[str, list[float]]:
    """Return how long each build took, by the derivation's name; what is no event, or not finished, does not count."""
    started: dict[int, tuple[str, float]] = {}
    found: dict[str, list[float]] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        event = None if match is None else _event(match["event"])
        if match is None or event is None or event.id is None:
            continue
        at = float(match["at"])
        if event.action == "start" and event.type == _BUILD and event.fields:
            name = _DRV.fullmatch(str(event.fields[0]))
            if name is not None:
                started[event.id] = (name["name"], at)
        elif event.action == "stop" and event.id in started:
            built, since = started.pop(event.id)
            found.setdefault(built, []).append(max(0.0, at - since))
    return found


def _event(text: str) -> _Event | None:
    try:
        return msgspec.json.decode(text, type=_Event)
    except (msgspec.MsgspecError, RecursionError):
        return None


def measured(graph: BuildGraph, builds: Mapping[str, Iterable[float]]) -> dict[str, float]:
    """Return seconds by unit key.

    Several units may have derivations of one name (the same crate with other features, or in another profile). Each then
    counts with the mean of those that were seen, in proportion to the estimate.
    """
    units: dict[str, dict[str, UnitNode]] = {}
    for unit in graph.units.values():
        units.setdefault(derivation_name(unit), {})[unit.key] = unit
    found: dict[str, float] = {}
    for name, named in units.items():
        seen = list(builds.get(name, ()))
        if not seen:
            continue
        mean = sum(seen) / len(seen)
        guess = sum(unit.seconds for unit in named.values()) / len(named)
        for key, unit in named.items():
            found[key] = round(mean * unit.seconds / guess if guess else mean, 2)
    return found


def derivation_name(unit: UnitNode) -> str:
    """Return the name of a unit's derivation, as units.nix gives it."""
    if unit.mode == "run":
        return f"{unit.name}-{unit.version}.script-run"
    if unit.mode == "build" and unit.kind == "bin":
        return f"{unit.target.partition(' ')[2]}-{unit.version}"
    return f"{unit.name}-{unit.version}-{unit.kind}.crate-unit"


def times_text(times: Mapping[str, float]) -> str:
    """Return the table, sorted by unit."""
    return "".join(f"{seconds:.2f} {unit}\n" for unit, seconds in sorted(times.items()))

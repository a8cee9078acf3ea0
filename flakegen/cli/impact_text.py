"""What a change rebuilds, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flakegen.impact.change import Impact, Rebuilt, only_rebuilt, path_to_cause
from flakegen.impact.estimate import Estimate

if TYPE_CHECKING:
    from flakegen.pictures.model import Picture
    from flakegen.pipeline.project import Project

_MODES = {"build": "", "run": "run", "check": "check", "check-test": "check of tests", "doctest": "doctests"}
_MOST_OUTPUTS = 12


def shown(impact: Impact, how: str, project: Project) -> str:
    """Return the answer in a format."""
    estimate = Estimate(impact)
    match how:
        case "json":
            return json.dumps(as_json(impact, estimate), indent=2) + "\n"
        case "dot":
            from flakegen.pictures.dot import dot_text  # noqa: PLC0415  # one format's own

            return dot_text(_picture(impact, project))
        case "mermaid":
            from flakegen.pictures.mermaid import mermaid_text  # noqa: PLC0415  # one format's own

            return mermaid_text(_picture(impact, project))
        case _:
            return "\n".join(_lines(impact, estimate)) + "\n"


def _picture(impact: Impact, project: Project) -> Picture:
    """Draw what is rebuilt and nothing else, crate by crate."""
    from flakegen.pictures.fold import folded  # noqa: PLC0415  # two formats' own
    from flakegen.pictures.model import Colour  # noqa: PLC0415  # two formats' own
    from flakegen.pictures.of_build import picture_of_build  # noqa: PLC0415  # two formats' own

    title = f"what is rebuilt of {project.spec.project.name} on {impact.graph.system}"
    return folded(
        picture_of_build(only_rebuilt(impact), title=title, colour=Colour.IMPACT, churn=None, impact=impact)
    )


def as_json(impact: Impact, estimate: Estimate) -> dict[str, Any]:
    """Return the answer as JSON values; see docs/impact.md."""
    return {
        "system": impact.graph.system,
        "units": [_unit(each, impact) for each in impact.rebuilt.values()],
        "gone": list(impact.gone),
        "outputs": list(impact.outputs),
        "perhaps": list(impact.perhaps),
        "layers": _layers(impact),
        "share": {
            "units": len(impact.rebuilt),
            "of": len(impact.graph.units),
            "seconds": round(estimate.rebuilt, 1),
            "seconds-of": round(estimate.whole, 1),
            "seconds-at-least": round(estimate.longest, 1),
        },
        "decided-by-content": list(impact.undecided),
    }


def _unit(each: Rebuilt, impact: Impact) -> dict[str, Any]:
    node = impact.graph.units[each.unit]
    return {
        "id": each.unit,
        "platform": node.platform,
        "key": node.key,
        "crate": node.name,
        "version": node.version,
        "target": node.target,
        "mode": node.mode,
        "layer": node.layer,
        "reasons": list(each.reasons),
        "path": path_to_cause(impact, each.unit),
    }


def _layers(impact: Impact) -> list[int]:
    return sorted({impact.graph.units[unit].layer for unit in impact.rebuilt})


def _lines(impact: Impact, estimate: Estimate) -> Iterable[str]:
    total, count = len(impact.graph.units), len(impact.rebuilt)
    share = f"{100 * estimate.rebuilt / estimate.whole:.0f} % of the work" if estimate.whole else ""
    yield f"{count} of {total} units on {impact.graph.system} are rebuilt" + (f": {share}" if count else "")
    if count:
        yield f"an estimate: {_time(estimate.rebuilt)} on one core, no less than {_time(estimate.longest)} on many"
        yield ""
        yield from _crates(impact)
    yield from _outputs(impact)
    for path in impact.undecided:
        yield f"what a change of {path} rebuilds is decided by what it says; ask once it is made: --since HEAD"
    if impact.gone:
        yield f"no longer built: {', '.join(impact.gone)}"


def _time(duration: float) -> str:
    if duration < 100:
        return f"{duration:.0f} s"
    return f"{duration / 60:.0f} min"


def _crates(impact: Impact) -> Iterable[str]:
    """Yield a line for each package, in the order in which they are built."""
    packages: dict[tuple[str, str], list[Rebuilt]] = {}
    for each in impact.rebuilt.values():
        node = impact.graph.units[each.unit]
        packages.setdefault((node.name, node.version), []).append(each)
    rows = [
        (f"{name} {version}", ", ".join(_targets(units, impact)), _why(units, impact))
        for (name, version), units in packages.items()
    ]
    widths = [min(44, max(len(row[column]) for row in rows)) for column in (0, 1)]
    for first, second, why in rows:
        yield f"  {first:<{widths[0]}}  {second:<{widths[1]}}  {why}"


def _targets(units: Iterable[Rebuilt], impact: Impact) -> Iterable[str]:
    counts: dict[str, int] = {}
    for each in units:
        node = impact.graph.units[each.unit]
        word = f"{node.target} {_MODES.get(node.mode, node.mode)}".strip()
        counts[word] = counts.get(word, 0) + 1
    return [word if count == 1 else f"{word} ({count})" for word, count in counts.items()]


def _why(units: list[Rebuilt], impact: Impact) -> str:
    """Return reasons of its own, else the packages on the shortest path to one."""
    reasons = list(dict.fromkeys(reason for each in units for reason in each.reasons))
    if reasons:
        return ", ".join(reasons)
    paths = [path_to_cause(impact, each.unit) for each in units]
    shortest = min(paths, key=len)
    names = dict.fromkeys(impact.graph.units[unit].name for unit in shortest[::-1])
    return "← " + " ← ".join([*names][1:])


def _outputs(impact: Impact) -> Iterable[str]:
    by_section: dict[str, list[str]] = {}
    for name in impact.outputs:
        section, _, rest = name.rpartition(".") if name.startswith("legacyPackages") else name.partition(".")
        by_section.setdefault(_SECTIONS.get(section, section), []).append(rest or name)
    if by_section:
        yield ""
    width = max((len(name) for name in by_section), default=0)
    for section, names in by_section.items():
        more = f", and {len(names) - _MOST_OUTPUTS} more" if len(names) > _MOST_OUTPUTS + 1 else ""
        listed = names[:_MOST_OUTPUTS] if more else names
        yield f"{section:<{width}}  {', '.join(listed)}{more}"
    if impact.perhaps:
        yield f"perhaps also {', '.join(impact.perhaps)}: what they read cannot be told"


_SECTIONS: Mapping[str, str] = {"legacyPackages.layers": "layers", "devShells": "dev shells"}

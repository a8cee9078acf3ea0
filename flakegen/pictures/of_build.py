"""The graph of a build as a picture: units, the crates that they fold into, and layers as columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from flakegen.impact.change import Impact
from flakegen.pictures.churn import Churn
from flakegen.pictures.model import Colour, Group, Node, Picture, Tone
from flakegen.plan.build_graph import BuildGraph, UnitNode, first_own_layer

_OF_TESTS = frozenset(("test", "check-test", "doctest"))
_OFTEN = 10  # commits: what changed most is only shown as such from here on


def picture_of_build(
    graph: BuildGraph,
    *,
    title: str,
    colour: Colour = Colour.LAYER,
    churn: Churn | None = None,
    impact: Impact | None = None,
) -> Picture:
    """Return all units of a build as nodes, their crates as parents.

    Args:
        graph: the build.
        title: what stands above it.
        colour: what is coloured.
        churn: how often crates changed, if known.
        impact: what a change rebuilds, if there is one; of the same graph.
    """
    crates: dict[str, list[UnitNode]] = {}
    for unit in graph.units.values():
        crates.setdefault(unit.crate, []).append(unit)
    layers = {crate: _layer(units) for crate, units in crates.items()}
    labels = _labels({crate: units[0] for crate, units in crates.items()})
    tones = _Tones(layers, churn, impact)
    return Picture(
        title=title,
        groups=tuple(_groups(layers.values(), first_own_layer(graph))),
        nodes=tuple(
            _unit(graph, unit, label, layers, tones)
            for units in crates.values()
            for unit, label in _labelled(units, graph.system)
        ),
        edges=tuple((unit.id, needed) for unit in graph.units.values() for needed in unit.needs),
        parents=tuple(
            _crate(graph, crate, crates[crate], labels[crate], layers[crate], tones)
            for crate in sorted(crates)
        ),
        outputs=_outputs(graph),
        colour=colour,
    )


def _layer(units: Iterable[UnitNode]) -> int:
    """Return the layer of a crate: that of its products, where it has some; tests may stand above."""
    products = [unit.layer for unit in units if unit.mode not in _OF_TESTS]
    return max(products or [unit.layer for unit in units])


def _groups(layers: Iterable[int], own: int | None) -> Iterator[Group]:
    for layer in sorted(set(layers)):
        is_fetched = own is None or layer < own
        label = f"Layer {layer}: fetched" if is_fetched else f"Layer {layer}"
        yield Group(id=_group(layer), label=label, is_background=is_fetched)


def _group(layer: int) -> str:
    return f"layer-{layer}"


class _Tones:
    """What the colours of units and crates are."""

    def __init__(self, layers: Mapping[str, int], churn: Churn | None, impact: Impact | None) -> None:
        self._top = max(layers.values(), default=0) or 1
        self._churn = churn
        self._most = max([_OFTEN, *(churn.commits.values() if churn is not None else ())])
        self._impact = impact

    def of(self, crate: str, layer: int, units: Iterable[UnitNode]) -> dict[Colour, Tone]:
        """Return the tones of a crate, or of one of its units."""
        tones = {Colour.LAYER: Tone(weight=layer / self._top, text=f"layer {layer}")}
        if self._churn is not None and crate in self._churn.commits:
            tones[Colour.CHURN] = self._of_churn(self._churn.commits[crate], self._churn.history)
        if self._impact is not None:
            tones[Colour.IMPACT] = _of_impact(self._impact, [unit.id for unit in units])
        return tones

    def _of_churn(self, commits: int, history: int) -> Tone:
        """Return the tone of a number of commits: by its logarithm, as a few crates have most of them."""
        weight = math.log1p(commits) / math.log1p(self._most)
        return Tone(weight=weight, text=f"changed in {commits} of {history} commits")


def _of_impact(impact: Impact, units: list[str]) -> Tone:
    found = [impact.rebuilt[unit] for unit in units if unit in impact.rebuilt]
    if not found:
        return Tone(weight=0.0, text="as it was")
    reasons = sorted({reason for each in found for reason in each.reasons})
    count = "" if len(found) == len(units) else f" in {len(found)} of {len(units)} units"
    if reasons:
        return Tone(weight=1.0, text=f"other {', '.join(reasons)}{count}")
    return Tone(weight=0.5, text=f"built again{count}")


def _labelled(units: Iterable[UnitNode], system: str) -> Iterator[tuple[UnitNode, str]]:
    """Yield a crate's units with their labels, which end in a part of the key where several would be the same."""
    labels = {unit.id: _unit_label(unit, system) for unit in units}
    count = Counter(labels.values())
    for unit in units:
        label = labels[unit.id]
        yield unit, label if count[label] == 1 else f"{label} {unit.key.rpartition('-')[2]}"


def _unit(graph: BuildGraph, unit: UnitNode, label: str, layers: Mapping[str, int], tones: _Tones) -> Node:
    details = [("unit", unit.key), ("version", unit.version), ("profile", unit.profile)]
    if unit.platform != graph.system:
        details.append(("platform", unit.platform))
    if unit.features:
        details.append(("features", " ".join(unit.features)))
    return Node(
        id=unit.id,
        label=label,
        group=_group(layers[unit.crate]),
        parent=unit.crate,
        details=tuple(details),
        files=_files(graph, [unit]),
        tones=tones.of(unit.crate, unit.layer, [unit]),
    )


def _unit_label(unit: UnitNode, system: str) -> str:
    target = unit.target if unit.mode in {"build", "run"} else f"{unit.target} {unit.mode}"
    if unit.mode == "run":
        target += " run"
    where = "" if unit.platform == system else f" {unit.platform.removeprefix(system).removeprefix('-to-')}"
    return f"{unit.name} {target} ({unit.profile}{where})"


def _labels(crates: Mapping[str, UnitNode]) -> dict[str, str]:
    """Return the crates' names, with the version where several have the same."""
    names = Counter(unit.name for unit in crates.values())
    return {
        crate: unit.name if names[unit.name] == 1 else f"{unit.name} {unit.version}"
        for crate, unit in crates.items()
    }


def _crate(
    graph: BuildGraph, crate: str, units: list[UnitNode], label: str, layer: int, tones: _Tones
) -> Node:
    first = units[0]
    details = [("version", first.version), ("units", str(len(units)))]
    if first.directory is not None:
        details.append(("folder", first.directory))
    features = sorted({feature for unit in units for feature in unit.features})
    if features:
        details.append(("features", " ".join(features)))
    return Node(
        id=crate,
        label=label,
        group=_group(layer),
        details=tuple(details),
        files=_files(graph, units),
        tones=tones.of(crate, layer, units),
    )


def _files(graph: BuildGraph, units: Iterable[UnitNode]) -> tuple[str, ...]:
    """Return what units read beyond their modules: files, and folders as patterns."""
    found: set[str] = set()
    for name in {unit.source for unit in units if unit.source is not None}:
        source = graph.sources[name]
        found.update(path for path in source.files if not path.endswith(".rs"))
        found.update(f"{folder.path}/{folder.match or '*'}" for folder in source.folders)
    return tuple(sorted(found))


def _outputs(graph: BuildGraph) -> dict[str, tuple[str, ...]]:
    """Return the units that outputs are made from, those of the outputs that they are made from included."""
    roots: dict[str, tuple[str, ...]] = {}
    for name in graph.outputs:
        seen, waiting = {name}, [name]
        units: set[str] = set()
        while waiting:
            output = graph.outputs[waiting.pop()]
            units.update(output.units)
            below = [each for each in output.outputs if each in graph.outputs and each not in seen]
            seen.update(below)
            waiting += below
        if units:
            roots[name] = tuple(sorted(units))
    return roots

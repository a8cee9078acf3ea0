"""From causes to everything above them: which units a change rebuilds, and along which path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from flakegen.impact.state import State, Told, differences
from flakegen.plan.build_graph import BuildGraph, OutputNode, UnitNode
from flakegen.plan.cargo_plan import SourcePlan
from flakegen.plan.source_files import SourceRules


class Rebuilt(Struct, frozen=True, kw_only=True):
    """One unit that is rebuilt.

    Attributes:
        unit: its id.
        reasons: what its own derivation is told differently; none if only what it needs is rebuilt.
        through: the needed unit that brings it about, next on a shortest path to a unit with a reason; None with one.
    """

    unit: str
    reasons: tuple[str, ...]
    through: str | None


class Impact(Struct, frozen=True, kw_only=True):
    """What a change rebuilds on one system.

    Attributes:
        graph: everything, as it is after the change.
        rebuilt: the units, each after those that it needs.
        outputs: names of the outputs that are other ones.
        perhaps: names of outputs of which it cannot be told.
        gone: units (by name for people) that no output needs any more.
        undecided: files among those that change of which it depends on the change itself what it rebuilds.
    """

    graph: BuildGraph
    rebuilt: Mapping[str, Rebuilt]
    outputs: tuple[str, ...]
    perhaps: tuple[str, ...]
    gone: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


def of_two_states(old: State, new: State) -> Impact:
    """Return what has to be built for the new state by whoever has all of the old one."""
    present = frozenset(old.units.values())
    counterparts = _Counterparts(old)
    reasons = {
        unit: counterparts.reasons(new.graph.units[unit], new.told[unit])
        for unit, fingerprint in new.units.items()
        if fingerprint not in present
    }
    kept = frozenset(new.units.values())
    unchanged = {name for name, fingerprint in new.outputs.items() if old.outputs.get(name) == fingerprint}
    gone = {_name(node) for unit, node in old.graph.units.items() if old.units[unit] not in kept}
    still = {_name(node) for node in new.graph.units.values()}
    return Impact(
        graph=new.graph,
        rebuilt=_along_shortest_paths(new.graph, reasons),
        outputs=tuple(name for name in new.graph.outputs if name not in unchanged),
        perhaps=tuple(name for name in _open_outputs(new.graph) if name in unchanged),
        gone=tuple(sorted(gone - still)),
    )


class Touched(Struct, frozen=True, kw_only=True):
    """Something of the project that is about to change, by its path relative to that.

    Attributes:
        path: of a file, or of a folder with all that it holds.
        is_folder: whether it is a folder.
        new_folders: those that come to be with it.
        is_decisive: what it says, or its being there, decides what is built at all.
    """

    path: str
    is_folder: bool = False
    new_folders: tuple[str, ...] = ()
    is_decisive: bool = False


def of_files(graph: BuildGraph, touched: Iterable[Touched], units: Iterable[str]) -> Impact:
    """Return what has to be built again when files and the sources of units change, whatever the change is.

    Args:
        graph: as it is.
        touched: files and folders.
        units: ids.
    """
    changed = tuple(touched)
    paths = {each.path for each in changed}
    concerned = {name for name, source in graph.sources.items() if _concerns(source, changed)}
    reasons: dict[str, tuple[str, ...]] = dict.fromkeys(units, ("source",))
    named = _with_users(graph, {each.name for each in graph.outputs.values() if _reads(each, changed)})
    everything = not paths.isdisjoint((graph.lock, graph.toolchain))
    for unit in graph.units.values():
        if everything or unit.source in concerned:
            reasons[unit.id] = ("toolchain",) if everything else ("source",)
    for unit in graph.units.values():
        if unit.outputs and not named.isdisjoint(unit.outputs):
            reasons.setdefault(unit.id, ("named outputs",))
    above = _all_above(graph, reasons)
    rebuilt = _along_shortest_paths(
        graph, {unit: reasons.get(unit, ()) for unit in graph.units if unit in above}
    )
    outputs = _outputs_above(graph, rebuilt, changed)
    return Impact(
        graph=graph,
        rebuilt=rebuilt,
        outputs=tuple(name for name in graph.outputs if name in outputs),
        perhaps=tuple(name for name in _open_outputs(graph) if name not in outputs) if changed else (),
        undecided=tuple(each.path for each in changed if each.is_decisive or each.path in graph.guard),
    )


def path_to_cause(impact: Impact, unit: str) -> list[str]:
    """Return the units from the one with a reason of its own to ``unit``."""
    path = [unit]
    while (through := impact.rebuilt[path[-1]].through) is not None:
        path.append(through)
    return path[::-1]


def only_rebuilt(impact: Impact) -> BuildGraph:
    """Return the graph without what stays as it is."""
    graph, kept = impact.graph, impact.rebuilt
    units = {
        name: replace(unit, needs=tuple(each for each in unit.needs if each in kept))
        for name, unit in graph.units.items()
        if name in kept
    }
    outputs = {
        name: replace(graph.outputs[name], units=tuple(u for u in graph.outputs[name].units if u in kept))
        for name in impact.outputs
    }
    return replace(graph, units=units, outputs=outputs)


def _reads(output: OutputNode, touched: Iterable[Touched]) -> bool:
    """Tell whether an output reads something that changes, itself or in a Nix file that it is made by."""
    paths = tuple(touched)
    by = SourcePlan(files=output.nix_files, rust=(), folders=(), without=())
    return any(_concerns(source, paths) for source in (*output.sources, by))


def _concerns(source: SourcePlan, touched: Iterable[Touched]) -> bool:
    rules = SourceRules(source)
    return any(
        (rules.holds_from(each.path) if each.is_folder else rules.takes_file(each.path))
        or any(rules.takes_folder(folder) and rules.holds_from(folder) for folder in each.new_folders)
        for each in touched
    )


class _Counterparts:
    """Units of an earlier state, to say what is different about a later one's."""

    def __init__(self, old: State) -> None:
        self.told = old.told
        self.alike: dict[tuple[str, ...], list[str]] = {}
        for node in old.graph.units.values():
            self.alike.setdefault(_likeness(node), []).append(node.id)

    def reasons(self, node: UnitNode, told: Told) -> tuple[str, ...]:
        """Return what is told differently; `new` for a unit that has no counterpart."""
        candidates = [node.id] if node.id in self.told else self.alike.get(_likeness(node), [])
        if not candidates:
            return ("new",)
        found = [tuple(differences(self.told[each], told)) for each in candidates]
        return min(found, key=len)


def _likeness(node: UnitNode) -> tuple[str, ...]:
    return (node.platform, node.name, node.target, node.mode)


def _name(node: UnitNode) -> str:
    return f"{node.name} {node.version} {node.target} {node.mode}"


def _all_above(graph: BuildGraph, units: Iterable[str]) -> set[str]:
    """Return the units that need some units, near or far, and those themselves."""
    reached = set(units)
    for unit in graph.units.values():  # what is needed comes first
        if unit.id not in reached and not reached.isdisjoint(unit.needs):
            reached.add(unit.id)
    return reached


def _along_shortest_paths(graph: BuildGraph, reasons: Mapping[str, tuple[str, ...]]) -> dict[str, Rebuilt]:
    """Say of each unit which other brings its rebuilding about; all that is rebuilt must be in ``reasons``."""
    far: dict[str, int] = {}
    found: dict[str, Rebuilt] = {}
    for unit in graph.units.values():
        own = reasons.get(unit.id)
        if own is None:
            continue
        through = None if own else _nearest(unit, far)
        own = (
            own if own or through is not None else ("dependencies",)
        )  # fewer, more or others, none of them rebuilt
        far[unit.id] = 0 if through is None else far[through] + 1
        found[unit.id] = Rebuilt(unit=unit.id, reasons=own, through=through)
    return found


def _nearest(unit: UnitNode, far: Mapping[str, int]) -> str | None:
    candidates = [each for each in unit.needs if each in far]
    return min(candidates, key=lambda each: (far[each], each), default=None)


def _outputs_above(graph: BuildGraph, units: Mapping[str, Rebuilt], touched: tuple[Touched, ...]) -> set[str]:
    found = {
        node.name
        for node in graph.outputs.values()
        if any(unit in units for unit in node.units)
        or any(_concerns(source, touched) for source in node.sources)
        or (node.whole_project and touched)
        or any(
            each.path == graph.lock or (node.toolchain and each.path == graph.toolchain) for each in touched
        )
    }
    return _with_users(graph, found)


def _open_outputs(graph: BuildGraph) -> list[str]:
    """Return the outputs of which it cannot be told whether what they read has changed, in the graph's order."""
    found = _with_users(
        graph, {node.name for node in graph.outputs.values() if node.is_open or node.whole_project}
    )
    return [name for name in graph.outputs if name in found]


def _with_users(graph: BuildGraph, outputs: set[str]) -> set[str]:
    """Return outputs, and all that are made from them."""
    grown = set(outputs)
    while (
        more := {node.name for node in graph.outputs.values() if not grown.isdisjoint(node.outputs)} - grown
    ):
        grown |= more
    return grown

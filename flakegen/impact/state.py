"""One state of a project: a fingerprint of each derivation, which is another one exactly if the derivation is."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from flakegen.impact.derivation_inputs import Teller, World
from flakegen.plan.build_graph import BuildGraph, OutputNode
from flakegen.plan.model import BuildPlan
from flakegen.plan.source_files import SourceReader


class State(Struct, frozen=True, kw_only=True):
    """A project as it stands.

    Attributes:
        graph: of one system.
        told: what each unit's own derivation is told, by unit id and then by a name for people.
        units: fingerprints of units, with all that they need.
        outputs: fingerprints of outputs.
    """

    graph: BuildGraph
    told: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str]
    outputs: Mapping[str, str]


def state_of(plan: BuildPlan, graph: BuildGraph, root: Path, output: Path, runtime: Path) -> State:
    """Take the fingerprints of everything.

    Args:
        plan: the project.
        graph: of one of its systems.
        root: the project's folder.
        output: the folder that is written, relative to it.
        runtime: the folder of what builds units, relative to that.
    """
    world = World(plan, root, output, runtime)
    reader = SourceReader(root)
    told: dict[str, dict[str, str]] = {}
    units: dict[str, str] = {}
    values = {f"{each.section}.{each.name}": repr(each.value) for each in plan.outputs}
    outputs = _Outputs(graph, units, values, world, reader)
    if plan.cargo is not None:
        teller = Teller(plan.cargo, world, reader)
        by_key = {(node.platform, node.key): node.id for node in graph.units.values()}
        for node in graph.units.values():
            told[node.id] = teller.tell(node)
            if node.outputs:  # which are made of no units themselves: that would be a circle
                told[node.id]["named outputs"] = " ".join(
                    outputs.print_with_files(each) for each in node.outputs
                )
            needed = sorted((name, units[by_key[node.platform, key]]) for name, key in teller.needs(node))
            units[node.id] = _digest((*sorted(told[node.id].items()), *needed))
    return State(
        graph=graph, told=told, units=units, outputs={name: outputs.print_of(name) for name in graph.outputs}
    )


class _Outputs:
    """The fingerprints of outputs, each worked out once; references between outputs have no circles."""

    def __init__(
        self,
        graph: BuildGraph,
        units: Mapping[str, str],
        values: Mapping[str, str],
        world: World,
        reader: SourceReader,
    ) -> None:
        self.graph = graph
        self.units = units
        self.values = values
        self.world = world
        self.reader = reader
        self.known: dict[str, str] = {}

    def print_of(self, name: str) -> str:
        found = self.known.get(name)
        if found is None:
            node = self.graph.outputs.get(name)
            found = self.known[name] = "" if node is None else self._print(node)
        return found

    def print_with_files(self, name: str) -> str:
        """Return a fingerprint that is another one, too, when a Nix file has changed that the output is made by."""
        node = self.graph.outputs.get(name)
        if node is None:
            return ""
        files = [("file", self.reader.content(path)) for path in node.nix_files]
        return _digest((("output", self.print_of(name)), *files))

    def _print(self, node: OutputNode) -> str:
        return _digest(
            (
                ("value", self.values.get(node.name, "")),
                ("toolchain", self.world.toolchain if node.toolchain else self.world.packages),
                ("builder", self.world.builder),
                *(("unit", self.units[each]) for each in node.units),
                *(("output", self.print_of(each)) for each in node.outputs),
                *(("source", self.reader.digest(source)) for source in node.sources),
            )
        )


def _digest(pairs: tuple[tuple[str, str], ...]) -> str:
    digest = blake2b(digest_size=16)
    for name, text in pairs:
        data = text.encode("utf-8", "surrogateescape")
        digest.update(f"{name} {len(data)} ".encode("utf-8", "surrogateescape"))
        digest.update(data)
    return digest.hexdigest()

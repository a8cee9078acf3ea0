"""One state of a project: a fingerprint of each derivation, which is another one exactly if the derivation is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from msgspec import Struct

from flakegen.impact.tree import Tree
from flakegen.plan.build_graph import BuildGraph, OutputNode
from flakegen.plan.derivation_inputs import DIGEST_SIZE, UNIT_INPUTS, DerivationInputs


class Told(NamedTuple):
    """What a unit's own derivation is told, as digests: by the plan (see `DerivationInputs.told`), and by files."""

    plan: bytes
    toolchain: bytes
    builder: bytes
    source: bytes
    named: bytes


class State(Struct, frozen=True, kw_only=True):
    """A project as it stands.

    Attributes:
        graph: of one system.
        told: what each unit's own derivation is told, by unit id.
        units: fingerprints of units, with all that they need.
        outputs: fingerprints of outputs.
    """

    graph: BuildGraph
    told: Mapping[str, Told]
    units: Mapping[str, bytes]
    outputs: Mapping[str, bytes]


def state_of(graph: BuildGraph, inputs: DerivationInputs, tree: Tree) -> State:
    """Take the fingerprints of everything: what the plan tells of it, and the files that ``tree`` has."""
    told: dict[str, Told] = {}
    units: dict[str, bytes] = {}
    outputs = _Outputs(graph, units, inputs, tree)
    toolchain = outputs.toolchain
    prints: list[bytes] = []
    for place, node in enumerate(graph.units.values()):
        reads = node.source is not None and place not in inputs.unread
        source = tree.source(node.source) if reads and node.source is not None else b""
        # Those are made of no units themselves, which would be a circle.
        named = b"".join([outputs.print_with_files(each) for each in node.outputs]) if node.outputs else b""
        told[node.id] = Told(inputs.told[place], toolchain, tree.builder, source, named)
        needed = [prints[each] for each in inputs.needs[place]]
        print_ = _digest(inputs.own[place], toolchain, tree.builder, source, named, *needed)
        prints.append(print_)
        units[node.id] = print_
    return State(
        graph=graph, told=told, units=units, outputs={name: outputs.print_of(name) for name in graph.outputs}
    )


def differences(old: Told, new: Told) -> Iterator[str]:
    """Yield what a unit is told differently, by names for people."""
    for name in ("toolchain", "builder"):
        if getattr(old, name) != getattr(new, name):
            yield name
    for place, name in enumerate(UNIT_INPUTS):
        part = slice(place * DIGEST_SIZE, (place + 1) * DIGEST_SIZE)
        if old.plan[part] != new.plan[part]:
            yield name
    if old.source != new.source:
        yield "source"
    if old.named != new.named:
        yield "named outputs"


class _Outputs:
    """The fingerprints of outputs, each worked out once; references between outputs have no circles."""

    def __init__(
        self, graph: BuildGraph, units: Mapping[str, bytes], inputs: DerivationInputs, tree: Tree
    ) -> None:
        self.graph = graph
        self.units = units
        self.inputs = inputs
        self.tree = tree
        self.packages = _digest(inputs.packages, tree.packages)
        self.toolchain = _digest(self.packages, inputs.toolchain, tree.toolchain)
        self.known: dict[str, bytes] = {}

    def print_of(self, name: str) -> bytes:
        found = self.known.get(name)
        if found is None:
            node = self.graph.outputs.get(name)
            found = self.known[name] = b"" if node is None else self._print(node)
        return found

    def print_with_files(self, name: str) -> bytes:
        """Return a fingerprint that is another one, too, when a Nix file has changed that the output is made by."""
        node = self.graph.outputs.get(name)
        return b"" if node is None else _digest(self.print_of(name), self.tree.files(node.nix_files))

    def _print(self, node: OutputNode) -> bytes:
        return _digest(
            self.inputs.outputs.get(node.name, b""),
            self.toolchain if node.toolchain else self.packages,
            self.tree.builder,
            self.tree.sources(node),
            _digest(*[self.units[each] for each in node.units]),
            _digest(*[self.print_of(each) for each in node.outputs]),
        )


def _digest(*parts: bytes) -> bytes:
    """Return a digest of parts, each of which has one length wherever it stands, or none."""
    return blake2b(b"|".join(parts), digest_size=16).digest()

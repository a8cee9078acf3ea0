"""Documentation units that would overwrite each other, since rustdoc's folders go by crate name alone.

Cargo's `remove_duplicate_doc`: host units give way to target units, older versions to the newest; roots always stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flakegen.cargo.build_context import BuildContext
from flakegen.cargo.graph_node import Node
from flakegen.cargo.unit import Mode
from flakegen.cargo.version import parse_version


def _older(context: BuildContext, units: list[Node]) -> list[Node]:
    """Units for which there is a newer version of the same package for the same platform."""
    versions: dict[Any, list[tuple[Any, Node]]] = defaultdict(list)
    for unit in units:
        package = context.workspace.packages[unit.package].id
        version = parse_version(package.version) or ()
        versions[package.name, package.source, unit.platform].append((version, unit))
    older: list[Node] = []
    for group in versions.values():
        newest = max(version for version, _ in group)
        older += [unit for version, unit in group if version < newest]
    return older


def _duplicates(context: BuildContext, nodes: list[Node], roots: set[int]) -> set[int]:
    by_name: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.mode is Mode.DOC:
            by_name[node.target.crate_name].append(node)
    removed: set[int] = set()
    for named in by_name.values():
        units = named
        if len(units) > 1 and not context.request.targets:
            removed |= {id(unit) for unit in units if unit.platform is None and id(unit) not in roots}
            units = [unit for unit in units if id(unit) not in removed]
        if len(units) > 1:
            removed |= {id(unit) for unit in _older(context, units) if id(unit) not in roots}
    return removed


def drop_duplicate_docs(context: BuildContext, nodes: list[Node], roots: Iterable[Node]) -> None:
    """Take duplicates out of the graph, with everything that only they need."""
    kept = list(roots)
    removed = _duplicates(context, nodes, {id(root) for root in kept})
    for node in nodes:
        if node.edges:
            node.edges = [edge for edge in node.edges if id(edge.node) not in removed]
    reached: set[int] = set()
    while kept:
        node = kept.pop()
        if id(node) not in reached:
            reached.add(id(node))
            kept += [edge.node for edge in node.edges or ()]
    for node in nodes:
        if id(node) not in reached:
            node.edges = None  # no part of the graph: the sharing pass must not find it

"""Entries that refer to each other in a circle; Nix would recurse without end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Related
from flakegen.spec.check_tasks import uses_of_tasks
from flakegen.spec.keypath import KeyPath, show
from flakegen.spec.values import Namespace, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flakegen.spec.decoding import Decoding
    from flakegen.spec.kinds import Kind

Node: TypeAlias = KeyPath
Graph: TypeAlias = dict[Node, dict[Node, Reference | None]]
"""For each entry what it refers to, and by which reference; None where it is in the nature of its kind."""

_CARGO: Node = ("cargo",)
_ENTRIES = frozenset(
    {Namespace.PACKAGES, Namespace.CHECKS, Namespace.APPS, Namespace.DEV_SHELLS, Namespace.IMAGES}
)


def check_cycles(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report every circle that following references runs into."""
    graph = _graph(run, raw)
    for circle in circles(graph):
        _report(run, graph, circle)


def _graph(run: Decoding, raw: Mapping[str, Any]) -> Graph:
    graph: Graph = {}
    for use in run.uses:
        reference = use.reference
        if reference.namespace in _ENTRIES & use.accepts:
            target = (reference.namespace.value, reference.name[0])
            graph.setdefault(_owner(reference.where), {}).setdefault(target, reference)
    for task, needed, reference in uses_of_tasks(raw):
        graph.setdefault(task, {}).setdefault(needed, reference)
    if _CARGO in graph:
        for node in _cargo_entries(raw, run.kinds):
            graph.setdefault(node, {}).setdefault(_CARGO, None)
    return graph


def _owner(where: KeyPath) -> Node:
    return _CARGO if where[:1] == _CARGO else where[:2]


def _cargo_entries(raw: Mapping[str, Any], kinds: tuple[Kind, ...]) -> Iterator[Node]:
    for kind in kinds:
        section = raw.get(kind.section.value) if kind.needs_cargo else None
        for name, entry in section.items() if isinstance(section, dict) else ():
            if isinstance(entry, dict) and kind.key in entry:
                yield (kind.section.value, name)


def circles(graph: Mapping[Node, Mapping[Node, object]]) -> Iterator[list[Node]]:
    """Yield one circle for every reference that leads back; the search keeps its own stack, not Python's."""
    done: set[Node] = set()
    for root in graph:
        path: list[Node] = []
        stack = [root]
        while stack:
            node = stack[-1]
            if node in done or (path and path[-1] == node):
                stack.pop()
                if path and path[-1] == node:
                    done.add(path.pop())
                continue
            path.append(node)
            for target in graph.get(node, {}):
                if target in path:
                    yield path[path.index(target) :]
                elif target not in done:
                    stack.append(target)


def _report(run: Decoding, graph: Graph, circle: list[Node]) -> None:
    """Report ``circle`` at its last written reference."""
    steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
    written = [each for step in steps if (each := graph[step[0]][step[1]]) is not None]
    last = written[-1]
    if len(circle) == 1:
        message = f"{show(circle[0])} refers to itself"
    else:
        message = "a circle of references: " + " → ".join(map(show, [*circle, circle[0]]))
    related = tuple(
        Related(
            message=f"{show(_owner(each.where))} refers to {each.written}",
            span=run.source.span_of(each.where, offset=each.offset, length=each.length),
        )
        for each in written[:-1]
    )
    run.problems.add(
        run.source.diagnose(
            last.where, Code.CYCLE, message, offset=last.offset, length=last.length, related=related
        )
    )

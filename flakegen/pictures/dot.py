"""A picture for Graphviz (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from collections.abc import Iterator

from flakegen.diagnostics.text import escaped
from flakegen.pictures.model import Group, Node, Picture
from flakegen.pictures.palette import light, step_of


def dot_text(picture: Picture) -> str:
    """Return a digraph with a cluster for each group; lines lead from a node to what it needs."""
    return "\n".join([*_lines(picture), ""])


def _lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_text(picture.title)} {{"
    yield "  rankdir=RL;"
    yield f"  label={_label(picture.title)};"
    yield '  node [shape=box, style="filled,rounded", fontname="sans-serif"];'
    for number, group in enumerate(picture.groups):
        yield from _cluster(number, group, picture)
    for user, needed in picture.edges:
        yield f"  {_text(user)} -> {_text(needed)};"
    yield "}"


def _cluster(number: int, group: Group, picture: Picture) -> Iterator[str]:
    colours = light(picture.colour)
    yield f"  subgraph cluster_{number} {{"
    yield f"    label={_label(group.label)};"
    for node in picture.nodes:
        if node.group == group.id:
            colour = colours[step_of(node, picture.colour)]
            yield f'    {_text(node.id)} [label={_label(node.label)}, fillcolor="{colour}", tooltip={_label(_tip(node))}];'
    yield "  }"


def _tip(node: Node) -> str:
    return ", ".join([node.id, *(f"{name}: {value}" for name, value in node.details)])


def _text(text: str) -> str:
    r"""Return an ID in quotes. Only `\"` means something in it; a backslash is doubled so that none stands before the quote."""
    return '"' + escaped(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(text: str) -> str:
    r"""Return a label in quotes, where `\N` and the like would mean something, and so would `&lt;`."""
    return _text(text.replace("&", "&amp;"))

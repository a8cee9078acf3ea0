"""A picture for Mermaid (https://mermaid.js.org/syntax/flowchart.html), as forges show it in Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from flakegen.diagnostics.text import escaped
from flakegen.pictures.fold import folded, with_groups_folded
from flakegen.pictures.model import Group, Picture
from flakegen.pictures.palette import DARK_TEXT, light, step_of

MOST_NODES = 120
MOST_EDGES = 450
"""Mermaid refuses more than 500 (`maxEdges`)."""
_LONGEST = 45_000
"""Mermaid refuses more than 50,000 characters (`maxTextSize`)."""

_SPECIAL = re.compile(r"[^A-Za-z0-9 .,:()/@+-]")


def mermaid_text(picture: Picture) -> str:
    """Return a flowchart; one that nobody could read, or that Mermaid refuses, is folded until it can be, and says so."""
    shown = fitting(picture)
    lines = [] if shown is picture else [f"%% folded: {len(picture.nodes)} nodes are more than can be read"]
    return "\n".join([*lines, *_lines(shown), ""])


def fitting(picture: Picture) -> Picture:
    """Return the picture itself if it is small enough, else the finest of its foldings that is.

    Parents come first; then the largest group becomes one node, and the next.
    """
    if picture.parents and not _fits(picture):
        picture = folded(picture)
    whole = picture
    sizes = Counter(node.group for node in picture.nodes)
    largest = sorted(sizes, key=lambda group: (-sizes[group], group))
    for count in range(1, len(largest) + 1):
        if _fits(picture):
            break
        picture = with_groups_folded(whole, largest[:count])
    return picture


def _fits(picture: Picture) -> bool:
    if len(picture.nodes) > MOST_NODES or len(picture.edges) > MOST_EDGES:
        return False
    return sum(map(len, _lines(picture))) <= _LONGEST


def _lines(picture: Picture) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
    yield "flowchart RL"
    for number, group in enumerate(picture.groups):
        yield from _subgraph(number, group, picture, names)
    for user, needed in picture.edges:
        yield f"  {names[user]} --> {names[needed]}"
    yield from _classes(picture)


def _subgraph(number: int, group: Group, picture: Picture, names: dict[str, str]) -> Iterator[str]:
    inside = [node for node in picture.nodes if node.group == group.id]
    if not inside:
        return
    yield f'  subgraph g{number}["{_label(group.label)}"]'
    for node in inside:
        yield f'    {names[node.id]}["{_label(node.label)}"]:::t{step_of(node, picture.colour)}'
    yield "  end"


def _classes(picture: Picture) -> Iterator[str]:
    used = {step_of(node, picture.colour) for node in picture.nodes}
    for step, colour in light(picture.colour).items():
        if step in used:
            yield f"  classDef t{step} fill:{colour},color:{DARK_TEXT},stroke:#8a93a0"


def _label(text: str) -> str:
    """Return a text for between quotes: all that Mermaid or its Markdown could take for something else, as its number."""
    return _SPECIAL.sub(lambda match: f"#{ord(match.group())};", escaped(text)) or " "

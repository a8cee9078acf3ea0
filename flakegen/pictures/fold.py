"""A picture seen from further away: units folded into crates, whole layers into one box."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from flakegen.pictures.model import Colour, Node, Picture, Tone


def folded(picture: Picture) -> Picture:
    """Return the picture with each node's parent in its place; nodes without one stay."""
    into = {node.id: node.parent or node.id for node in picture.nodes}
    alone = [node for node in picture.nodes if node.parent is None]
    return _with(picture, [*picture.parents, *alone], into)


def with_groups_folded(picture: Picture, groups: Collection[str]) -> Picture:
    """Return the picture with each of some groups as one node, which has the group's id."""
    into = {node.id: node.group if node.group in groups else node.id for node in picture.nodes}
    boxes = _group_nodes(picture, groups)
    others = [node for node in picture.nodes if node.group not in groups]
    return _with(picture, [*boxes, *others], into)


def background(picture: Picture) -> frozenset[str]:
    """Return the groups that can be one box."""
    return frozenset(group.id for group in picture.groups if group.is_background)


def _with(picture: Picture, nodes: Iterable[Node], into: Mapping[str, str]) -> Picture:
    return Picture(
        title=picture.title,
        groups=picture.groups,
        nodes=tuple(nodes),
        edges=_folded_edges(picture.edges, into),
        outputs={
            name: tuple(dict.fromkeys(into[each] for each in ids)) for name, ids in picture.outputs.items()
        },
        colour=picture.colour,
    )


def _folded_edges(edges: Iterable[tuple[str, str]], into: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the lines between what remains, each once; what is within one thing is none."""
    mapped = ((into[user], into[needed]) for user, needed in edges)
    return tuple(dict.fromkeys(pair for pair in mapped if pair[0] != pair[1]))


def _group_nodes(picture: Picture, groups: Collection[str]) -> Iterator[Node]:
    members: dict[str, list[Node]] = {group.id: [] for group in picture.groups}
    for node in picture.nodes:
        members[node.group].append(node)
    for group in picture.groups:
        inside = members[group.id]
        if group.id in groups and inside:
            label = f"{group.label} ({len(inside)})"
            yield Node(id=group.id, label=label, group=group.id, tones=_strongest(inside))


def _strongest(nodes: Iterable[Node]) -> dict[Colour, Tone]:
    found: dict[Colour, Tone] = {}
    for node in nodes:
        for colour, tone in node.tones.items():
            if colour not in found or tone.weight > found[colour].weight:
                found[colour] = tone
    return {colour: found[colour] for colour in Colour if colour in found}

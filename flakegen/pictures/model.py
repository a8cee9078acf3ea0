"""What is drawn: nodes in groups from left to right, lines between them, and what colours say. No plan is known here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field


class Colour(Enum):
    """What the colour of a node tells."""

    LAYER = "layer"
    CHURN = "churn"
    IMPACT = "impact"

    @property
    def legend(self) -> tuple[str, ...]:
        """What the first and the last colour mean, and what those between where these are no scale."""
        return _LEGENDS[self]


_LEGENDS = {
    Colour.LAYER: ("built first", "built last"),
    Colour.CHURN: ("seldom changed", "changed most"),
    Colour.IMPACT: ("as it was", "built again", "changed itself"),
}


class Tone(Struct, frozen=True, kw_only=True):
    """One node's colour: how far along the scale, from 0 to 1, and the same in words."""

    weight: float
    text: str


class Group(Struct, frozen=True, kw_only=True):
    """A column of the picture; `Picture.groups` has them from left to right.

    ``is_background`` says that it is seldom what a reader looks for, so that it can be one box.
    """

    id: str
    label: str
    is_background: bool = False


class Node(Struct, frozen=True, kw_only=True):
    """One thing.

    Attributes:
        id: unique among the nodes (or parents) of its picture.
        label: what stands in its box.
        group: the id of its group.
        parent: the id of that in `Picture.parents` into which it can be folded; None if it stands for itself.
        details: what else there is to say, name and value.
        files: what a search finds it by, beside its label and id.
        tones: its colours; one that is absent says that nothing is known.
    """

    id: str
    label: str
    group: str
    parent: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    tones: Mapping[Colour, Tone] = field(default_factory=dict)


class Picture(Struct, frozen=True, kw_only=True):
    """A graph to be drawn. All orders are those in which things are drawn and written.

    Attributes:
        title: what it shows.
        groups: columns, from left to right; what is needed stands left of what needs it.
        nodes: all nodes.
        edges: pairs of ids: a node, and one that it needs.
        parents: what nodes can be folded into, empty if nothing.
        outputs: by name what is made from some of the nodes.
        colour: what is coloured (first, where the reader can choose).
    """

    title: str
    groups: tuple[Group, ...]
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    parents: tuple[Node, ...] = ()
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    colour: Colour = Colour.LAYER

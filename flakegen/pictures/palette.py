"""Colours: a scale of ten steps for each thing that colours tell, for light and for dark surroundings.

Text is dark on the light ones and light on the dark ones, with a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from collections.abc import Sequence

from flakegen.pictures.model import Colour, Node

STEPS = 10
UNKNOWN = "u"
"""The step of what has no tone."""

LIGHT_TEXT, DARK_TEXT = "#eef1f5", "#171b21"

_LIGHT = {
    Colour.LAYER: ("#e3e7ed", "#cfe0fb", "#c3e8ee", "#cbedcf", "#eeecb4", "#fad9b4", "#f7c6c9", "#e4cbf4"),
    Colour.CHURN: ("#eceff3", "#fdeab8", "#fdc374", "#f08a4b"),
    Colour.IMPACT: ("#eceff3", "#fbdc9c", "#f4907c"),
}
_DARK = {
    Colour.LAYER: ("#39404c", "#25447c", "#1b5763", "#28593a", "#5c571f", "#70481f", "#75343f", "#553273"),
    Colour.CHURN: ("#2d333c", "#54481f", "#80541a", "#a5431f"),
    Colour.IMPACT: ("#2d333c", "#6a4d17", "#963a2d"),
}
_UNKNOWN_LIGHT, _UNKNOWN_DARK = "#ffffff", "#20252c"


def step_of(node: Node, colour: Colour) -> str:
    """Return the step of a node on a scale, `0` to `9`, or `UNKNOWN`."""
    tone = node.tones.get(colour)
    return UNKNOWN if tone is None else str(min(STEPS - 1, max(0, int(tone.weight * STEPS))))


def light(colour: Colour) -> dict[str, str]:
    """Return the colours of a scale for light surroundings, by step."""
    return _scale(_LIGHT[colour], _UNKNOWN_LIGHT)


def dark(colour: Colour) -> dict[str, str]:
    """Return the colours of a scale for dark surroundings, by step."""
    return _scale(_DARK[colour], _UNKNOWN_DARK)


def _scale(anchors: Sequence[str], unknown: str) -> dict[str, str]:
    steps = {str(step): _between(anchors, step / (STEPS - 1)) for step in range(STEPS)}
    return {**steps, UNKNOWN: unknown}


def _between(anchors: Sequence[str], weight: float) -> str:
    place = weight * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    share = place - first
    pairs = zip(_channels(anchors[first]), _channels(anchors[first + 1]), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))

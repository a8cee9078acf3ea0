"""A picture as SVG: a layered drawing that needs nothing but a viewer, in the colours of its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from msgspec import Struct

from flakegen.diagnostics.text import escaped, width
from flakegen.graph.reduction import reduced_edges
from flakegen.pictures.arrange import arranged
from flakegen.pictures.model import Group, Node, Picture
from flakegen.pictures.palette import DARK_TEXT, LIGHT_TEXT, STEPS, UNKNOWN, dark, light, step_of

_CHARACTER, _PADDING = 6.8, 10
_BOX, _ROW = 22, 30
_GAP = 56  # between columns: room for the lines
_MARGIN, _HEAD = 20, 74
_BAND = 16  # between a group's edge and its boxes
_LONGEST = 34
_BOLD = 1.1  # is so much wider
_SWATCH = 16

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Box(Struct, frozen=True):
    x: float
    y: float
    width: float


class _Band(Struct, frozen=True):
    group: Group
    x: float
    width: float


def svg_text(picture: Picture) -> str:
    """Return the drawing; lines that only repeat a longer way are left out."""
    boxes, bands, right = _laid_out(picture)
    bottom = max((box.y for box in boxes.values()), default=_HEAD) + _BOX + _BAND
    return "\n".join([*_lines(picture, boxes, bands, (right + _MARGIN, bottom + _MARGIN)), ""])


def _laid_out(picture: Picture) -> tuple[dict[str, _Box], list[_Band], float]:
    """Return each node's box, the groups' bands, and where the last one ends."""
    labels = {node.id: _shown(node.label) for node in picture.nodes}
    columns = arranged(picture).columns
    rows = max((len(ids) for found in columns.values() for ids in found), default=0)
    boxes: dict[str, _Box] = {}
    bands: list[_Band] = []
    x = float(_MARGIN)
    for group in picture.groups:
        if not columns[group.id]:
            continue
        start, x = x, x + _BAND
        for ids in columns[group.id]:
            wide = max(_text_width(labels[each]) for each in ids)
            top = _HEAD + _BAND + (rows - len(ids)) * _ROW / 2  # in the middle, where lines are shortest
            for row, each in enumerate(ids):
                boxes[each] = _Box(x, top + row * _ROW, wide)
            x += wide + _GAP
        x = max(x - _GAP + _BAND, start + _text_width(_shown(group.label)) * _BOLD)
        bands.append(_Band(group, start, x - start))
        x += _GAP / 2
    return boxes, bands, max(x - _GAP / 2, _legend_width(picture))


def _lines(
    picture: Picture, boxes: Mapping[str, _Box], bands: Iterable[_Band], size: tuple[float, float]
) -> Iterator[str]:
    across, down = map(_number, size)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {across} {down}"'
        f' role="img" aria-label="{_xml(picture.title)}">'
    )
    yield f"<title>{_xml(picture.title)}</title>"
    yield f"<style>{_style(picture)}</style>"
    yield '<rect class="ground" width="100%" height="100%"/>'
    yield from _legend(picture)
    for band in bands:
        yield from _band(band, size[1] - _MARGIN)
    yield from _edges(picture, boxes)
    for node in picture.nodes:
        yield from _node(node, boxes[node.id], step_of(node, picture.colour))
    yield "</svg>"


def _style(picture: Picture) -> str:
    plain = (
        "text{font:12px system-ui,sans-serif;dominant-baseline:central}"
        ".edge{fill:none;stroke-width:1;stroke-opacity:.55}.box{stroke-width:1}.title{font-weight:600;font-size:14px}"
        ".head{font-weight:600}"
    )
    bright = _theme(light(picture.colour), DARK_TEXT, "#fbfcfd", "#f2f4f7", "#8a93a0")
    dim = _theme(dark(picture.colour), LIGHT_TEXT, "#14181d", "#1b2027", "#7b8694")
    return f"{plain}{bright}@media(prefers-color-scheme:dark){{{dim}}}"


def _theme(fills: Mapping[str, str], text: str, ground: str, band: str, line: str) -> str:
    steps = "".join(f".t{step}{{fill:{fill}}}" for step, fill in fills.items())
    return (
        f"text{{fill:{text}}}.ground{{fill:{ground}}}.band{{fill:{band}}}.edge,.box{{stroke:{line}}}{steps}"
    )


def _legend(picture: Picture) -> Iterator[str]:
    yield f'<text class="title" x="{_MARGIN}" y="20">{_xml(picture.title)}</text>'
    x = float(_MARGIN)
    for text, steps in _legend_parts(picture):
        for step in steps:
            yield f'<rect class="t{step}" x="{_number(x)}" y="37" width="{_SWATCH}" height="14"/>'
            x += _SWATCH
        yield f'<text x="{_number(x + _PADDING / 2)}" y="44">{_xml(text)}</text>'
        x += _text_width(text)


def _legend_parts(picture: Picture) -> list[tuple[str, list[int]]]:
    """Return texts, each with the swatches before it: a scale between two texts, else one for each."""
    words = picture.colour.legend
    if len(words) == 2:
        return [(words[0], []), (words[1], list(range(STEPS)))]
    last = len(words) - 1
    return [(word, [min(STEPS - 1, number * STEPS // last)]) for number, word in enumerate(words)]


def _legend_width(picture: Picture) -> float:
    parts = _legend_parts(picture)
    scale = sum(_text_width(text) + len(steps) * _SWATCH for text, steps in parts)
    return _MARGIN + max(scale, _text_width(picture.title) * _BOLD * 14 / 12)


def _band(band: _Band, bottom: float) -> Iterator[str]:
    x, down = _number(band.x), _number(bottom - _HEAD + _ROW / 2)
    yield f'<rect class="band" x="{x}" y="{_HEAD - _ROW // 2}" width="{_number(band.width)}" height="{down}" rx="8"/>'
    yield f'<text class="head" x="{_number(band.x + _PADDING)}" y="{_HEAD}">{_xml(_shown(band.group.label))}</text>'


def _edges(picture: Picture, boxes: Mapping[str, _Box]) -> Iterator[str]:
    names = {node.id: number for number, node in enumerate(picture.nodes)}
    for user, needed in reduced_edges(names, picture.edges):
        path = _curve(boxes[needed], boxes[user])
        yield f'<path class="edge" data-from="{names[user]}" data-to="{names[needed]}" d="{path}"/>'


def _curve(left: _Box, right: _Box) -> str:
    """Return a line from the right end of one box to the left end of another, around where that is not to the right."""
    x1, y1 = left.x + left.width, left.y + _BOX / 2
    x2, y2 = right.x, right.y + _BOX / 2
    bend = max(_GAP / 2, (x2 - x1) / 2) if x2 > x1 else _GAP
    return (
        f"M{_number(x1)} {_number(y1)}C{_number(x1 + bend)} {_number(y1)}"
        f" {_number(x2 - bend)} {_number(y2)} {_number(x2)} {_number(y2)}"
    )


def _node(node: Node, box: _Box, step: str) -> Iterator[str]:
    x, y = _number(box.x), _number(box.y)
    tip = "\n".join(map(_xml, (node.id, *(f"{name}: {value}" for name, value in node.details))))
    yield f'<g class="node" data-id="{_xml(node.id)}"><title>{tip}</title>'
    stroke = "" if step != UNKNOWN else ' stroke-dasharray="3 2"'
    yield f'<rect class="box t{step}" x="{x}" y="{y}" width="{_number(box.width)}" height="{_BOX}" rx="5"{stroke}/>'
    yield f'<text x="{_number(box.x + _PADDING)}" y="{_number(box.y + _BOX / 2)}">{_xml(_shown(node.label))}</text></g>'


def _shown(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"


def _text_width(text: str) -> float:
    return width(text) * _CHARACTER + 2 * _PADDING


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _xml(text: str) -> str:
    """Return a text as XML says it, in an attribute too; what no XML can hold is shown as its number."""
    return escape(_NOT_XML.sub("\ufffd", escaped(text)), {'"': "&quot;"})

"""A picture as one page to look around in: foldable, searchable, and in need of nothing else, neither files nor network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from flakegen.diagnostics.text import escaped
from flakegen.graph.reduction import reduced_edges
from flakegen.pictures.arrange import arranged
from flakegen.pictures.fold import folded
from flakegen.pictures.model import Colour, Node, Picture
from flakegen.pictures.palette import DARK_TEXT, LIGHT_TEXT, dark, light, step_of

_FOLDER = Path(__file__).parent / "page"
_TEMPLATE = "page.html.jinja"
# In this order they are one style and one script.
_STYLES = ("page.css", "layers.css")
_SCRIPTS = ("graph.js", "layers.js", "lines.js", "choice.js", "panel.js", "search.js", "view.js", "start.js")


class Opened(Enum):
    """How far the page is unfolded at first: crates but for the background's, all crates, or units too."""

    MEMBERS = "members"
    CRATES = "crates"
    UNITS = "units"


def html_text(picture: Picture, opened: Opened = Opened.MEMBERS) -> str:
    """Return the page.

    It may connect to nothing: its policy allows but the one script and the one style that are in it, told by their hashes.
    """
    import jinja2  # noqa: PLC0415  # only for the page

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), undefined=jinja2.StrictUndefined, autoescape=True
    )
    script, style = _joined(_SCRIPTS), _joined(_STYLES) + _colours()
    return environment.get_template(_TEMPLATE).render(
        title=escaped(picture.title),
        colours=[(colour.value, colour is picture.colour) for colour in _told(picture)],
        script=script,
        script_hash=_hash(script),
        style=style,
        style_hash=_hash(style),
        data=_json(_data(picture, opened)),
    )


def _joined(names: Iterable[str]) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def _hash(text: str) -> str:
    """Return a hash as a content security policy has it (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: object) -> str:
    """Return JSON that can stand in a script element: no `<` can end it, or begin a comment."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _told(picture: Picture) -> list[Colour]:
    """Return the scales of which anything is known."""
    known = {colour for node in (*picture.nodes, *picture.parents) for colour in node.tones}
    return [colour for colour in Colour if colour in known or colour is picture.colour]


def _colours() -> str:
    """Return the scales as variables that the root's `data-colour` chooses from."""
    bright = "".join(_variables(colour, light(colour)) for colour in Colour)
    dim = "".join(_variables(colour, dark(colour)) for colour in Colour)
    steps = "".join(f".t{step}{{--tone:var(--t{step})}}" for step in light(Colour.LAYER))
    texts = f":root{{--on-tone:{DARK_TEXT}}}", f":root{{--on-tone:{LIGHT_TEXT}}}"
    return f"{texts[0]}{bright}{steps}@media(prefers-color-scheme:dark){{{texts[1]}{dim}}}"


def _variables(colour: Colour, scale: Mapping[str, str]) -> str:
    values = ";".join(f"--t{step}:{value}" for step, value in scale.items())
    return f"[data-colour={colour.value}]{{{values}}}"


class _Shared(NamedTuple):
    """Values that many nodes have, each once; nodes have their numbers."""

    numbers: dict[Any, int]

    def number(self, value: Any) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    @property
    def values(self) -> list[Any]:
        return list(self.numbers)


def _data(picture: Picture, opened: Opened) -> dict[str, Any]:
    """Return what the script works on; everything is told by its number."""
    crates = folded(picture)
    colours = _told(picture)
    files, tones = _Shared({}), _Shared({})
    crate_numbers = {node.id: number for number, node in enumerate(crates.nodes)}
    numbers = {node.id: number for number, node in enumerate(picture.nodes)}
    columns = arranged(crates).columns
    return {
        "title": escaped(picture.title),
        "opened": opened.value,
        "legends": {colour.value: colour.legend for colour in colours},
        "layers": [
            {
                "label": escaped(group.label),
                "background": group.is_background,
                "columns": [[crate_numbers[each] for each in ids] for ids in columns[group.id]],
            }
            for group in picture.groups
        ],
        "crates": [_node(node, colours, files, tones) for node in crates.nodes],
        "units": [
            _node(node, colours, files, tones) | {"crate": crate_numbers[node.parent or node.id]}
            for node in picture.nodes
        ],
        "edges": _flat(picture.edges, numbers),
        "lines": _flat(reduced_edges(crate_numbers, crates.edges), crate_numbers),
        "outputs": [
            [escaped(name), sorted(numbers[each] for each in ids)] for name, ids in picture.outputs.items()
        ],
        "files": [[escaped(name) for name in names] for names in files.values],
        "tones": tones.values,
    }


def _node(node: Node, colours: Iterable[Colour], files: _Shared, tones: _Shared) -> dict[str, Any]:
    told = {
        colour.value: tones.number(
            (step_of(node, colour), escaped(node.tones[colour].text) if colour in node.tones else "")
        )
        for colour in colours
    }
    return {
        "id": escaped(node.id),
        "label": escaped(node.label),
        "details": [[name, escaped(value)] for name, value in node.details],
        "files": files.number(node.files),
        "tones": told,
    }


def _flat(edges: Iterable[tuple[str, str]], numbers: Mapping[str, int]) -> list[int]:
    """Return pairs of numbers one after the other, sorted."""
    pairs = sorted((numbers[user], numbers[needed]) for user, needed in edges)
    return [number for pair in pairs for number in pair]

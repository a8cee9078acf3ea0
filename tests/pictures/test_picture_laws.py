"""What holds for every picture, in every format."""

import re
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from hypothesis import given, settings
from made_pictures import HOSTILE, graph_of, hostile_picture, layered_picture, pictures, small_picture

from flakegen.diagnostics.text import escaped
from flakegen.graph.reduction import depths, reduced_edges
from flakegen.pictures.arrange import arranged
from flakegen.pictures.dot import dot_text
from flakegen.pictures.fold import background, folded, with_groups_folded
from flakegen.pictures.html import html_text
from flakegen.pictures.mermaid import MOST_EDGES, MOST_NODES, mermaid_text
from flakegen.pictures.model import Colour
from flakegen.pictures.palette import DARK_TEXT, LIGHT_TEXT, STEPS, dark, light
from flakegen.pictures.svg import svg_text

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLES = settings(max_examples=60, deadline=None)


@EXAMPLES
@given(pictures())
def test_leaving_out_lines_changes_nothing_of_what_needs_what(picture):
    graph = graph_of(picture)
    kept = reduced_edges(graph, picture.edges)
    less = nx.DiGraph(kept)
    less.add_nodes_from(graph)
    assert set(kept) <= set(picture.edges)
    assert all(nx.descendants(less, node) == nx.descendants(graph, node) for node in graph)


@EXAMPLES
@given(pictures())
def test_of_a_graph_without_circles_no_line_is_left_that_could_be(picture):
    order = {node.id: number for number, node in enumerate(picture.nodes)}
    edges = [edge for edge in picture.edges if order[edge[0]] > order[edge[1]]]
    kept = nx.DiGraph(reduced_edges(order, edges))
    for user, needed in list(kept.edges):
        kept.remove_edge(user, needed)
        assert not nx.has_path(kept, user, needed)
        kept.add_edge(user, needed)


@EXAMPLES
@given(pictures())
def test_what_is_needed_is_less_deep(picture):
    depth = depths(graph_of(picture), picture.edges)
    graph = graph_of(picture)
    for user, needed in picture.edges:
        in_circle = nx.has_path(graph, needed, user)
        assert depth[user] == depth[needed] if in_circle else depth[user] > depth[needed]


@EXAMPLES
@given(pictures())
def test_folding_keeps_who_needs_whom(picture):
    coarse = folded(picture)
    into = {node.id: node.parent or node.id for node in picture.nodes}
    quotient = {(into[a], into[b]) for a, b in picture.edges if into[a] != into[b]}
    assert set(coarse.edges) == quotient
    assert {node.id for node in coarse.nodes} == {*into.values(), *(node.id for node in picture.parents)}
    assert folded(coarse) == coarse


@EXAMPLES
@given(pictures())
def test_a_folded_group_is_one_node(picture):
    groups = background(picture)
    coarse = with_groups_folded(picture, groups)
    there = {node.group for node in picture.nodes}
    assert {node.id for node in coarse.nodes if node.group in groups} == groups & there
    assert {node.id for node in coarse.nodes if node.group not in groups} == {
        node.id for node in picture.nodes if node.group not in groups
    }
    assert all({edge[0], edge[1]} <= {node.id for node in coarse.nodes} for edge in coarse.edges)


@EXAMPLES
@given(pictures())
def test_everything_has_one_place_right_of_what_it_needs(picture):
    columns = arranged(picture).columns
    placed = [each for group in picture.groups for ids in columns[group.id] for each in ids]
    assert sorted(placed) == sorted(node.id for node in picture.nodes)
    group_of = {node.id: node.group for node in picture.nodes}
    column_of = {
        each: number for ids in columns.values() for number, column in enumerate(ids) for each in column
    }
    graph = graph_of(picture)
    for user, needed in picture.edges:
        if group_of[user] == group_of[needed] and not nx.has_path(
            graph.subgraph(each for each in graph if group_of[each] == group_of[user]), needed, user
        ):
            assert column_of[user] > column_of[needed]


@EXAMPLES
@given(pictures())
def test_svg_has_every_node_once_and_its_lines_lead_from_box_to_box(picture):
    root = parsed(svg_text(picture))
    drawn = root.findall(f"{SVG}g[@class='node']")
    assert [each.get("data-id") for each in drawn] == [escaped(node.id) for node in picture.nodes]
    boxes = [_box(each.find(f"{SVG}rect")) for each in drawn]
    assert not any(_overlap(a, b) for number, a in enumerate(boxes) for b in boxes[:number])
    lines = root.findall(f"{SVG}path")
    names = [node.id for node in picture.nodes]
    pairs = [(names[int(line.get("data-from"))], names[int(line.get("data-to"))]) for line in lines]
    assert set(pairs) == set(reduced_edges(names, picture.edges))
    for line in lines:
        x1, y1, *_, x2, y2 = map(float, re.findall(r"-?[\d.]+", line.get("d")))
        left, right = boxes[int(line.get("data-to"))], boxes[int(line.get("data-from"))]
        assert x1 == pytest.approx(left[0] + left[2], abs=0.2)
        assert left[1] < y1 < left[1] + left[3]
        assert x2 == pytest.approx(right[0], abs=0.2)
        assert right[1] < y2 < right[1] + right[3]


@EXAMPLES
@given(pictures())
def test_every_format_takes_every_picture(picture):
    for text in (dot_text(picture), mermaid_text(picture), html_text(picture)):
        text.encode("utf-8")
        assert text


@pytest.mark.parametrize("text_of", [svg_text, dot_text, mermaid_text, html_text])
def test_hostile_texts_end_nothing(text_of):
    text = text_of(hostile_picture())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u202e\ud800]", text)
    assert HOSTILE[0] not in text


def test_svg_shows_hostile_texts_as_they_are():
    root = parsed(svg_text(hostile_picture()))
    shown = {group.find(f"{SVG}text").text or "" for group in root.findall(f"{SVG}g")}
    expected = {name for name in HOSTILE if name.isprintable() and len(name) <= 34}
    assert expected <= shown


@pytest.mark.parametrize("colour", Colour)
def test_texts_can_be_read_on_every_colour(colour):
    assert len(light(colour)) == len(dark(colour)) == STEPS + 1
    assert all(_contrast(each, DARK_TEXT) >= 4.5 for each in light(colour).values())
    assert all(_contrast(each, LIGHT_TEXT) >= 4.5 for each in dark(colour).values())


def test_what_mermaid_refuses_is_folded_and_says_so():
    text = mermaid_text(layered_picture(300, 900))
    assert text.startswith("%% folded: 900 nodes")
    assert text.count("-->") <= MOST_EDGES
    assert text.count(":::") <= MOST_NODES
    assert "Layer 0 (270)" in text.replace("#40;", "(").replace("#41;", ")")
    assert "folded" not in mermaid_text(small_picture())


def parsed(text):
    return ET.fromstring(text.encode("utf-8"))  # noqa: S314  # our own


def _box(rect):
    return tuple(float(rect.get(name)) for name in ("x", "y", "width", "height"))


def _overlap(a, b):
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def _contrast(one, other):
    """As WCAG 2.2 defines it."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour):
    parts = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

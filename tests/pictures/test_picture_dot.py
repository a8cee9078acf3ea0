"""Graphviz itself reads what is written for it."""

import html
import json
import re
import subprocess

import pytest
from made_pictures import graph_of, hostile_picture, layered_picture, small_picture

from flakegen.diagnostics.text import escaped
from flakegen.pictures.dot import dot_text


@pytest.fixture
def dot(graphviz):
    """Runs dot on a picture."""

    def run(picture, how):
        return subprocess.run(
            [graphviz, f"-T{how}"], input=dot_text(picture), capture_output=True, text=True, check=True
        ).stdout

    return run


@pytest.mark.parametrize("picture", [small_picture(), layered_picture(60, 120), hostile_picture()])
def test_graphviz_sees_every_node_and_every_line(dot, picture):
    seen = json.loads(dot(picture, "dot_json"))
    nodes = {
        each["_gvid"]: each["name"].replace("\\\\", "\\") for each in seen["objects"] if "nodes" not in each
    }
    lines = {(nodes[each["tail"]], nodes[each["head"]]) for each in seen["edges"]}
    graph = graph_of(picture)
    assert {name for name in nodes.values() if not name.startswith("cluster_")} == set(map(escaped, graph))
    assert lines == {(escaped(user), escaped(needed)) for user, needed in graph.edges}


def test_graphviz_shows_hostile_labels_as_they_are(dot):
    drawn = dot(hostile_picture(), "svg")
    shown = {
        html.unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>(.*)</text>", drawn)
    }
    assert {escaped(node.label) for node in hostile_picture().nodes if node.label.isprintable()} - {
        ""
    } <= shown


def test_groups_are_clusters(dot):
    seen = json.loads(dot(small_picture(), "dot_json"))
    clusters = {
        each["label"]: each["nodes"] for each in seen["objects"] if each["name"].startswith("cluster")
    }
    names = {each["_gvid"]: each["name"] for each in seen["objects"]}
    inside = {label: {names[node] for node in nodes} for label, nodes in clusters.items()}
    assert inside == {"Layer 0: fetched": {"serde-lib", "serde-run"}, "Layer 1": {"core-lib", "cli-bin"}}

"""Mermaid itself, in a browser, reads what is written for it."""

import json

import pytest
from made_pictures import hostile_picture, layered_picture, small_picture

from flakegen.diagnostics.text import escaped
from flakegen.pictures.mermaid import fitting, mermaid_text


@pytest.fixture
def drawn(shown, mermaid_script):
    """Draws a picture, and gives its nodes' and groups' texts, and how many lines there are."""

    def draw(picture):
        page = shown(f'<meta charset="utf-8"><script src="{mermaid_script.as_uri()}"></script><main></main>')
        text = json.dumps(mermaid_text(picture))
        page.js(
            "mermaid.initialize({startOnLoad: false, flowchart: {htmlLabels: true}});"
            f"mermaid.render('drawn', {text}).then(({{svg}}) => {{ document.querySelector('main').innerHTML = svg; }})"
        )
        texts = "(s) => [...document.querySelectorAll(s)].map((each) => each.textContent.trim())"
        return {
            "nodes": page.js(f"({texts})('.node .nodeLabel')"),
            "groups": page.js(f"({texts})('.cluster-label .nodeLabel')"),
            "lines": page.js("document.querySelectorAll('.edgePaths > path').length"),
            "title": page.js("document.title"),
        }

    return draw


@pytest.mark.parametrize("picture", [small_picture(), layered_picture(400, 800)], ids=["small", "large"])
def test_mermaid_sees_every_node_and_every_line(drawn, picture):
    whole = fitting(picture)
    seen = drawn(picture)
    assert sorted(seen["nodes"]) == sorted(node.label for node in whole.nodes)
    assert sorted(seen["groups"]) == sorted(group.label for group in whole.groups)
    assert seen["lines"] == len(whole.edges)


def test_mermaid_shows_hostile_labels_as_they_are(drawn):
    seen = drawn(hostile_picture())
    expected = sorted(" ".join(escaped(node.label).split()) for node in hostile_picture().nodes)
    assert sorted(" ".join(text.split()) for text in seen["nodes"]) == expected
    assert "broken" not in seen["title"]

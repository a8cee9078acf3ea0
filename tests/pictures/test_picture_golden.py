"""Small pictures, whole, for the eye of a reviewer."""

import pytest
from made_pictures import small_picture

from flakegen.pictures.dot import dot_text
from flakegen.pictures.fold import folded
from flakegen.pictures.mermaid import mermaid_text
from flakegen.pictures.svg import svg_text


@pytest.mark.parametrize("text_of", [dot_text, mermaid_text, svg_text])
@pytest.mark.parametrize("seen", [lambda picture: picture, folded], ids=["units", "crates"])
def test_small_picture(text_of, seen, snapshot):
    assert text_of(seen(small_picture())) == snapshot

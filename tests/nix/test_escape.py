"""The law of escaping: whatever a text holds, real Nix evaluates what is written for it to that text."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nix_cases import cases
from real_nix import Nix
from strategies import awkward_text, plain_text

from flakegen.nix import build
from flakegen.nix.ast import File, Identifier
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import (
    attribute_name,
    float_literal,
    identifier,
    integer,
    path_text,
    search_path,
    string_text,
)
from flakegen.nix.indented import indented_lines
from flakegen.nix.printer import print_expression, print_file

lines = st.lists(
    st.sampled_from(["", "  ", "a", "  b", "\tc", "${x}", "''", "'", "$", '"', "\\", " d ", "é"]), max_size=8
)
script_text = lines.map("\n".join)
many_texts = st.lists(plain_text | awkward_text | script_text, min_size=100, max_size=150)
batched = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def evaluated(nix: Nix, expression):
    source = print_file(File((), expression))
    return json.loads(nix.run("nix-instantiate", "--eval", "--strict", "--json", "-", stdin=source))


@pytest.mark.nix
@batched
@given(many_texts)
def test_strings_evaluate_to_themselves(nix: Nix, texts: list[str]):
    assert evaluated(nix, build.value(texts)) == texts


@pytest.mark.nix
@batched
@given(many_texts)
def test_indented_strings_evaluate_to_themselves(nix: Nix, texts: list[str]):
    assert evaluated(nix, build.items([build.indented(text) for text in texts])) == texts


@pytest.mark.nix
@batched
@given(many_texts)
def test_attribute_names_are_themselves(nix: Nix, texts: list[str]):
    assert evaluated(nix, build.attrs(dict.fromkeys(texts, 1))) == dict.fromkeys(texts, 1)


@pytest.mark.nix
@batched
@given(many_texts)
def test_texts_beside_interpolations_are_themselves(nix: Nix, texts: list[str]):
    hole = build.string("|")
    pairs = list(zip(texts, reversed(texts), strict=True))
    normal = [build.interpolated(before, hole, after) for before, after in pairs]
    indented = [build.indented(before, hole, after) for before, after in pairs]
    expected = [f"{before}|{after}" for before, after in pairs]
    assert evaluated(nix, build.items([*normal, *indented])) == expected * 2


@pytest.mark.nix
@batched
@given(many_texts)
def test_names_are_selected_and_inherited_whole(nix: Nix, texts: list[str]):
    source = build.attrs(dict.fromkeys(texts, 1))
    selected = build.attrs({text: build.select(source, text, default=build.value(2)) for text in texts})
    assert evaluated(nix, selected) == dict.fromkeys(texts, 1)


@pytest.mark.nix
def test_numbers_evaluate_to_themselves(nix: Nix):
    numbers = [0, 1, -1, 2**63 - 1, 1 - 2**63, 0.0, 1.0, -0.5, 1e22, 1.5e-7, 123456.789, 2.5e300]
    assert evaluated(nix, build.value(numbers)) == numbers


@pytest.mark.nix
@batched
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=20),
        min_size=50,
        max_size=80,
    )
)
def test_paths_with_any_name_are_that_path(nix: Nix, names: list[str]):
    names = [name for name in names if name not in {".", ".."}]
    assert evaluated(
        nix, build.items([build.call("toString", build.path(f"/x/{name}")) for name in names])
    ) == [f"/x/{name}" for name in names]


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff"])
def test_what_no_string_can_hold_is_refused_everywhere(text: str):
    for make in (
        build.string,
        build.interpolated,
        build.indented,
        string_text,
        attribute_name,
        lambda text: print_file(File((text,), Identifier("a"))),
        lambda text: build.path(f"./{text}"),
        lambda text: indented_lines((text,)),
    ):
        with pytest.raises(NixValueError):
            make(text)


@pytest.mark.parametrize("name", ["", "1a", "a b", "or", "with", "a.b", "ä", "a\n", "${x}", "-a", "a;b"])
def test_no_other_text_becomes_an_identifier(name: str):
    with pytest.raises(NixValueError):
        identifier(name)
    with pytest.raises(NixValueError):
        print_expression(build.function(name, Identifier("a")))
    assert attribute_name(name).startswith('"')


@pytest.mark.parametrize(
    "text", ["a", "a/b", "./", "./a/", ".//a", "./a b", "./a;b", "./ü", "", "/", "./a\n", "~"]
)
def test_no_other_text_becomes_a_path_literal(text: str):
    with pytest.raises(NixValueError):
        path_text(text, first=True, last=True)


@pytest.mark.parametrize("name", ["", "/a", "a>", "a//b", "a b", "a/"])
def test_no_other_text_becomes_a_search_path(name: str):
    with pytest.raises(NixValueError):
        search_path(name)


def test_no_other_numbers_become_literals():
    for value in (-1, 2**63):
        with pytest.raises(NixValueError):
            integer(value)
    for number in (-1.0, float("inf"), float("nan"), 5e-324):
        with pytest.raises(NixValueError):
            float_literal(number)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\rb", "\n}; evil = 1; {"])
def test_comments_end_with_their_lines(text: str):
    source = print_file(File((text,), build.attrs([build.binding("a", 1, comment=text)])))
    outside = [line for line in source.splitlines() if not line.strip().startswith("#")]
    assert outside == ["", "{", "  a = 1;", "}"]


def test_case_files_hold_no_duplicates():
    for name in ("identities.txt", "accepted.txt", "rejected.txt"):
        assert len(set(cases(name))) == len(cases(name))

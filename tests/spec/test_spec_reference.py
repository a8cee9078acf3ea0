"""References: the quick way and the grammar agree, and the escapes are complete."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flakegen.spec.reference import (
    RawReference,
    ReferenceSyntaxError,
    parse_package,
    parse_template,
    split_by_grammar,
    split_plain,
)
from flakegen.spec.values import Namespace, PackageRef

PIECES = st.sampled_from(
    [
        "@{",
        "@@{",
        "@",
        "{",
        "}",
        "@{packages.a}",
        "@{pkgs.a.b'-_1}",
        '@{pkgs."x y".z}',
        "a.b",
        ".",
        "-",
        "1",
        " ",
        "\n",
        '"',
        "é",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=10).map("".join)
NAMES = st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_'-]{0,5}", fullmatch=True), min_size=1, max_size=3)


def by_grammar(text):
    try:
        return split_by_grammar(text)
    except ReferenceSyntaxError as error:
        return error


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_is_read_quickly_is_what_the_grammar_reads(text):
    quick = split_plain(text)
    if quick is not None:
        assert quick == by_grammar(text)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab @.}\n$", max_size=4) | NAMES, max_size=6))
def test_plain_references_are_read_quickly(pieces):
    text = "".join(each if isinstance(each, str) else "x@{" + ".".join(each) + "}" for each in pieces)
    assert (split_plain(text) is not None) == ("@@{" not in text)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_errors_point_into_the_text(text):
    found = by_grammar(text)
    if isinstance(found, ReferenceSyntaxError):
        assert 0 <= found.offset < len(text)
        assert 1 <= found.length <= len(text) - found.offset


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_parts_tile_the_text(text):
    parts = by_grammar(text)
    if isinstance(parts, ReferenceSyntaxError):
        return
    for part in parts:
        if isinstance(part, RawReference):
            assert text[part.offset :].startswith("@{")
            assert text[part.offset + part.length - 1] == "}"
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in itertools.pairwise(parts))
    assert "" not in parts


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="@{}a. ", max_size=12))
def test_every_text_can_be_written(text):
    """Doubling each ``@`` of a run in front of ``{`` escapes any text at all."""
    written = ""
    for index, character in enumerate(text):
        rest = text[index:].lstrip("@")
        written += "@@" if character == "@" and rest.startswith("{") else character
    assert parse_template(written, ()).literal == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("@@{x}", ["@{x}"]),
        ("@@@{toolchain}", ["@", ("toolchain",)]),
        ("@@@@{toolchain}", ["@@{toolchain}"]),
        ("a@b @ @@ ${x} $@", ["a@b @ @@ ${x} $@"]),
        ("@{toolchain}@{toolchain}", [("toolchain",), ("toolchain",)]),
        ('@{pkgs.a."b.c"}/bin', [("pkgs", "a", "b.c"), "/bin"]),
        ("", []),
    ],
)
def test_templates(text, parts):
    found = parse_template(text, ()).parts
    shown = [each if isinstance(each, str) else (each.namespace.value, *each.name) for each in found]
    assert shown == parts


def test_an_attribute_path_is_a_reference_to_nixpkgs():
    plain = parse_package(PackageRef, "python313Packages.black", ("x",))
    assert (plain.namespace, plain.name) == (Namespace.PKGS, ("python313Packages", "black"))
    long = parse_package(PackageRef, "@{pkgs.python313Packages.black}", ("x",))
    assert (long.namespace, long.name) == (plain.namespace, plain.name)
    quoted = parse_package(PackageRef, 'nodePackages."@angular/cli"', ("x",))
    assert quoted.name == ("nodePackages", "@angular/cli")

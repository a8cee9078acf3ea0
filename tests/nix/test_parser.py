"""Reading Nix: what real Nix reads, and errors that say where and what."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nix_cases import cases
from real_nix import Nix

from flakegen.nix.ast import (
    AttrSet,
    Binary,
    BinaryOperator,
    Binding,
    Identifier,
    IndentedString,
    Item,
    Let,
    List,
    Select,
    String,
    Unary,
    UnaryOperator,
)
from flakegen.nix.errors import NixSyntaxError, NixValueError
from flakegen.nix.parser import parse_expression, parse_file
from flakegen.nix.printer import print_expression

A, B, C = map(Identifier, "abc")
REJECTED = [case.partition(" => ") for case in cases("rejected.txt")]
VALID = [*cases("accepted.txt"), *cases("identities.txt")]


@pytest.mark.nix
def test_nix_reads_what_is_said_to_be_accepted(nix: Nix):
    """One variable each is bound by `with`, since Nix looks for undefined ones while it parses."""
    listed = "\n".join(f"(with {{ }}; {case}\n)" for case in VALID)
    nix.run("nix-instantiate", "--parse", "-", stdin=f"[\n{listed}\n]")


@pytest.mark.nix
def test_nix_refuses_what_is_said_to_be_rejected(nix: Nix):
    read = [
        text
        for text, _, _ in REJECTED
        if nix.try_run("nix-instantiate", "--parse", "-", stdin=f"with {{ }}; {text}").returncode == 0
    ]
    assert read == []


@pytest.mark.parametrize("text", VALID)
def test_accepted(text: str):
    printed = print_expression(parse_expression(text))
    assert print_expression(parse_expression(printed)) == printed


@pytest.mark.parametrize(("text", "_", "expected"), REJECTED, ids=[text for text, _, _ in REJECTED])
def test_rejected(text: str, _: str, expected: str):
    with pytest.raises(NixSyntaxError) as caught:
        parse_expression(text)
    error = caught.value
    assert f"{error}" + (f" ({error.hint})" if error.hint else "") == expected


@pytest.mark.nix
def test_printing_keeps_the_meaning(nix: Nix):
    """Nix's own view of the source and of what is printed for it are the same."""

    def seen_by_nix(texts: list[str]) -> str:
        shown = nix.run(
            "nix-instantiate",
            "--parse",
            "-",
            stdin="".join(f"[ (with {{ }}; {text}\n) " for text in texts) + "]" * len(texts),
        )
        # Nix keeps the pieces that a string was read in; they mean the same joined.
        return re.sub(r'\(("(?:[^"\\]|\\.)*")\)', r"\1", shown.replace('" + "', ""))

    texts = [text for text in VALID if "''" not in text and "let in" not in text]
    assert seen_by_nix([print_expression(parse_expression(text)) for text in texts]) == seen_by_nix(texts)


def test_errors_point_into_longer_texts():
    with pytest.raises(NixSyntaxError) as caught:
        parse_expression("{\n  a = 1;\n  b = [ ü;\n}\n")
    assert (caught.value.line, caught.value.column, caught.value.offset) == (3, 9, 19)


def test_a_weak_prefix_operator_takes_what_binds_tighter():
    assert parse_expression("a + !b + c") == Binary(
        BinaryOperator.ADD, A, Unary(UnaryOperator.NOT, Binary(BinaryOperator.ADD, B, C))
    )


def test_selections_without_default_are_one_path():
    assert parse_expression("(a.b).c") == Select(A, ("b", "c"))


def test_old_let_is_a_selection():
    assert parse_expression("let { body = 1; }") == parse_expression("rec { body = 1; }.body")


def test_empty_let_and_inherit_mean_nothing():
    assert parse_expression("let in { inherit; }") == AttrSet(())


def test_crlf_is_one_line_break_in_strings():
    assert parse_expression('"a\r\nb\rc"') == String(("a\nb\nc",))


def test_indentation_is_stripped():
    text = "''\n    a\n  b ${c}\n\n     \n    d\n  ''"
    assert parse_expression(text) == IndentedString(("  a\nb ", C, "\n\n   \n  d\n"))


def test_comments_stay_with_bindings_and_items():
    parsed = parse_expression(
        "let\n  # one\n  a = b; # two\n  /* three\n   * four */ b = 1;\n\n  c = [ # five\n a\n # six\n b ];\nin c"
    )
    assert isinstance(parsed, Let)
    first, second, third = parsed.bindings
    assert (first.comment, second.comment, second.blank_before) == (("one", "two"), ("three", "four"), False)
    assert third == Binding(("c",), List((A, Item(B, ("six",)))), ("five",), blank_before=True)


def test_an_empty_line_before_the_first_entry_is_none():
    assert parse_expression("{\n\n  a = [\n\n b ];\n}") == parse_expression("{ a = [ b ]; }")


def test_comments_elsewhere_are_no_obstacle():
    assert parse_expression("# x\na # y\n. /* z */ b # w") == Select(A, ("b",))
    assert parse_expression("with a; # x\nassert b; # y\n{ # z\n}") == parse_expression(
        "with a; assert b; { }"
    )
    assert parse_expression("{ # x\n a, # y\n ... # z\n }: a") == parse_expression("{ a, ... }: a")
    assert parse_expression("[ a\n # x\n .b ]") == List((Select(A, ("b",)),))


def test_the_comment_at_the_top_is_the_header():
    assert parse_file("# one\n# two\n\na\n").header == ("one", "two")


FRAGMENTS = [
    *"{}[]()\"'$\\ \n\ta1.;:=/-+!?@,<>|&*#~ü",
    "let ",
    " in ",
    "''",
    "${",
    "# a\n",
    "inherit ",
    " or ",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_any_text_is_read_or_refused_with_a_place(text: str):
    error = None
    try:
        printed = print_expression(parse_expression(text))
    except NixSyntaxError as caught:
        error = caught
    if error is None:
        assert print_expression(parse_expression(printed)) == printed
    else:
        assert 0 <= error.offset <= len(text)
        assert error.line <= text.count("\n") + 1


@pytest.mark.parametrize("opening", ["(", "[", "{ a = ", '"${', "''${", "!", "- ", "a: with a; ", "./a${"])
def test_deep_nesting_is_refused_without_a_crash(opening: str):
    with pytest.raises(NixSyntaxError):
        parse_expression(opening * 5000)
    closing = {"(": ")", "[": "]", "{ a = ": "; }", '"${': '}"', "''${": "}''", "./a${": "}"}.get(opening, "")
    with pytest.raises((NixSyntaxError, NixValueError), match=r"too deeply|100 brackets"):
        print_expression(parse_expression(opening * 5000 + "a" + closing * 5000))


@pytest.mark.parametrize("opening", ["x: ", "if a then b else "])
def test_what_is_laid_out_flat_may_be_long(opening: str):
    text = opening * 5000 + "a"
    assert print_expression(parse_expression(text)).count(opening[:2]) == 5000


def test_long_chains_are_not_deep():
    text = " ++ ".join(["a"] * 300)
    assert print_expression(parse_expression(text)).count("++") == 299


def test_grammar_is_part_of_the_checkout():
    assert (Path(__file__).parents[2] / "grammar" / "nix.lark").is_file()

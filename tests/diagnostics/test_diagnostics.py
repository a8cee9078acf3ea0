"""How diagnostics look, whatever text they point into."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Collector, Diagnostic, DiagnosticError, Related, Severity
from flakegen.diagnostics.render import Colour, render, to_json
from flakegen.diagnostics.source import SourceText
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import escaped, quoted, source_line, width


def at(text, offset, length=1, **more):
    span = SourceText("specs/lana.toml", text).span(offset, length)
    return Diagnostic(
        code=Code.UNKNOWN_KEY, message="unknown key 'depps' in packages.lana-cli", span=span, **more
    )


def test_the_form_that_editors_know():
    text = "\n" * 13 + "  depps = []\n"
    assert render(at(text, 15, 5, hint="did you mean 'deps'?")) == (
        "specs/lana.toml:14:3: error: unknown key 'depps' in packages.lana-cli [E102]\n"
        "   14 |   depps = []\n"
        "      |   ^^^^^\n"
        "hint: did you mean 'deps'?\n"
    )


def test_colour_changes_nothing_but_colour():
    found = at("a = 1\n", 0, hint="x", related=(Related(message="y", span=SourceText("b", "c").span(0)),))
    coloured = render(found, colour=Colour.ALWAYS)
    assert "\x1b[1;31merror:\x1b[0m" in coloured
    plain = coloured
    for code in ["1;31", "1;33", "1;36", "1", "2", "0"]:
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == render(found)


def test_json_has_everything():
    found = at("a\nbcd\n", 3, 2, severity=Severity.WARNING, hint="h")
    assert to_json(found) == {
        "severity": "warning",
        "code": "E102",
        "message": "unknown key 'depps' in packages.lana-cli",
        "span": {"file": "specs/lana.toml", "line": 2, "column": 2, "offset": 3, "length": 2},
        "hint": "h",
        "related": [],
    }


def test_without_a_place():
    lost = Diagnostic(code=Code.CARGO, message="no such folder", span=None)
    assert render(lost) == "error: no such folder [E200]\n"


@given(st.text(), st.integers(0, 50), st.integers(0, 10))
def test_the_caret_stands_under_what_is_meant(line, offset, length):
    line = line.replace("\n", "").replace("\r", "")
    offset = min(offset, len(line))
    shown, caret = render(at(line + "\nnext", offset, length)).split("\n")[1:3]
    assert "\n" not in shown
    marked = line[offset : offset + length]
    assert caret.count("^") == max(1, width(marked))
    assert width(caret.split("^")[0]) == len("    1 | ") + width(line[:offset])


def test_wide_and_combining_characters_and_tabs():
    assert width("漢字") == 4
    assert width("e\u0301") == 1
    assert width("\ta") == 5


@given(st.text())
def test_nothing_that_steers_a_terminal_gets_through(text):
    for shown in (escaped(text), quoted(text), source_line(text)):
        assert not any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in shown)


def test_long_lines_are_cut_around_the_place():
    text = "x" * 500 + "HERE" + "y" * 500
    shown, caret = render(at(text, 500, 4)).split("\n")[1:3]
    assert len(shown) < 120
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "HERE"


@given(st.text(alphabet="ab\n", max_size=30), st.integers(-3, 40), st.integers(-1, 5))
def test_lines_and_offsets_agree(text, offset, length):
    source = SourceText("x", text)
    span = source.span(offset, length)
    before = text[: span.offset]
    assert span.line == before.count("\n") + 1
    assert span.column == len(before) - (before.rfind("\n") + 1) + 1
    assert span.line_text == text.split("\n")[span.line - 1]
    again = source.span_at(span.line, span.column, span.length)
    assert again == span


def test_all_are_raised_once_in_the_order_of_the_file():
    found = Collector()
    found.raise_errors()
    later, sooner = at("abc", 2), at("abc", 0)
    found.extend([later, sooner, later])
    found.add(at("abc", 1, severity=Severity.WARNING))
    with pytest.raises(DiagnosticError) as raised:
        found.raise_errors()
    assert [each.span.offset for each in raised.value.diagnostics] == [0, 1, 2]
    assert [each.span.offset for each in found.warnings] == [1]


def test_warnings_alone_are_not_raised():
    found = Collector()
    found.add(at("abc", 1, severity=Severity.WARNING))
    found.raise_errors()
    assert not found.has_errors


def test_suggestions():
    assert did_you_mean("depps", ["deps", "crate"]) == "did you mean 'deps'?"
    assert did_you_mean("SYSTEMS", ["systems"]) == "did you mean 'systems'?"
    assert did_you_mean("shell_hook", ["shell-hook"]) == "did you mean 'shell-hook'?"
    assert did_you_mean("zzz", ["deps", "crate"]) is None
    assert one_of(["a", "b", "c"]) == "'a', 'b' or 'c'"
    assert one_of(["a"]) == "'a'"
    assert one_of("abcdef", most=2) == "'a', 'b' and 4 more"

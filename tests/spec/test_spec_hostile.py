"""Whatever is put in, out comes a spec or a diagnostic, never a traceback."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spec_cases import HERE, diagnose, load
from spec_strategies import SOUP, documents

from flakegen.diagnostics.diagnostic import DiagnosticError
from flakegen.diagnostics.render import Colour, render_all, to_json
from flakegen.spec.to_json import spec_to_json

GOOD = (HERE / "good" / "everything.toml").read_text(encoding="utf-8")
MANY = settings(max_examples=80, deadline=None)


def survive(data):
    """Load, and put what comes out through everything that can be done with it."""
    try:
        spec = load(data, str(HERE / "good" / "x.toml"))
    except DiagnosticError as error:
        show(error.diagnostics)
    else:
        json.dumps(spec_to_json(spec))


def show(diagnostics):
    assert diagnostics
    shown = render_all(diagnostics, colour=Colour.NEVER)
    assert not set(shown) & set("\x00\x1b\r")
    shown.encode("utf-8")
    json.dumps([to_json(each) for each in diagnostics])


@MANY
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf[project]\nname = 'x'\n")
@example(b"\xff\xfe[\x00p\x00")
def test_bytes(data):
    survive(data)


@MANY
@given(SOUP)
@example("a = 0000-01-01")
@example("a = " + "[" * 5000)
@example("[project]\nname = 'x'\n[packages.a]\nalias = 'b'\noverride." + "a." * 60 + "a = 1")
@example("a = '\udc80'")
def test_soup(text):
    survive(text)


@MANY
@given(documents())
def test_toml_of_any_shape(text):
    survive(text)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_good_spec_with_a_piece_cut_out_or_put_in(data):
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    survive(GOOD[:start] + data.draw(SOUP | st.just("")) + GOOD[end:])


@MANY
@given(st.data())
def test_a_good_spec_with_one_value_exchanged(data):
    lines = GOOD.splitlines()
    index = data.draw(st.sampled_from([at for at, line in enumerate(lines) if " = " in line]))
    value = data.draw(
        st.sampled_from(
            ['""', "1", "true", "[]", "{}", '"@{packages.a}"', '"../../.."', '["", ""]', "{ a = 1 }"]
        )
    )
    lines[index] = lines[index].split(" = ")[0] + " = " + value
    survive("\n".join(lines))


@MANY
@given(st.permutations(GOOD.split("\n\n")))
def test_the_order_of_sections_means_nothing(blocks):
    comments, *others = blocks
    assert diagnose("\n\n".join([comments, *others]), str(HERE / "good" / "x.toml")) == ""


def test_a_crowd_of_faults_stays_quick_and_complete():
    text = '[project]\nname = "x"\n' + "".join(
        f'[packages.p{n}]\nalias = "@{{packages.q{n}}}"\nzz = 1\n' for n in range(400)
    )
    with pytest.raises(DiagnosticError) as raised:
        load(text)
    offsets = [each.span.offset for each in raised.value.diagnostics]
    assert len(offsets) == 800
    assert offsets == sorted(offsets)


def test_a_circle_of_a_thousand_is_found():
    text = '[project]\nname = "x"\n[packages]\n' + "".join(
        f'p{n} = "@{{packages.p{(n + 1) % 1000}}}"\n' for n in range(1000)
    )
    shown = diagnose(text)
    assert shown.count("error: a circle of references") == 1

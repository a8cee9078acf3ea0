"""Laws of the lexer, and rustc's own judgement on what is a string."""

import re

import pytest
from embed_tree import scan_one, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flakegen.embed.file_scan import FactScanner, item_end
from flakegen.embed.lexer import (
    Group,
    Token,
    group_at,
    normalise_text,
    render,
    string_value,
    strings_in,
    trees,
)

NOISE = (
    *(
        "/* c */",
        '/* /* mod no; */ " */',
        "// \" ' { mod no;\n",
        '"mod no; { \\" "',
        'r#"mod no; " } "#',
        "b'\"'",
    ),
    *("'\"'", "'{'", "'\\''", "'a", 'br"\\"', "/**/", "/***/", "//\n", "'\\u{22}'", 'c"x"', "r#fn", 'b"}"'),
)
TOKENS = (
    *(
        "mod a;",
        "pub mod r#type;",
        '#[path = "p.rs"] mod b;',
        "#[cfg(test)] mod c;",
        "#[cfg(test)] fn t() {}",
    ),
    *(
        'include_str!("x");',
        'let v = include_bytes![r#"y"#];',
        "mod m { mod inner; }",
        "if a != b {}",
        "x(!(y));",
    ),
    *(
        "macro_rules! z { ($e:expr) => { include_str!($e) } }",
        "z!(1);",
        "#![allow(x)]",
        "#[derive(A, B)] struct S;",
    ),
    *('#[test] fn u() { include_str!("u") }', "impl<'a> T<'a> for U {}", "{ }", "1.0;", "a..=b;"),
)


def pieces(text: str) -> list[str]:
    """Pieces between which a blank may stand: tokens, found independently of the lexer under test."""
    piece = r"""r#*"[^"]*"#*|"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.[^']*)'|'\w+|r\#\w+|\w+|\s+|."""
    return re.findall(piece, text, re.DOTALL)


def meaning(text: str) -> tuple:
    facts = FactScanner(normalise_text(text.encode()), frozenset({"derive", "path"})).scan()
    return (
        [(item.name, item.inline, item.paths, item.test) for item in facts.modules],
        [(item.name, item.inline, item.test) for item in facts.calls],
        [(item.attribute.path, item.test) for item in facts.uses],
        [(item.name, [leaf.text for leaf in leaves(trees(item.body))]) for item in facts.macros],
    )


def leaves(items: tuple) -> list[Token]:
    found = []
    for item in items:
        found += leaves(item.trees) if isinstance(item, Group) else [item]
    return found


@given(st.lists(st.sampled_from(TOKENS), max_size=12), st.data())
@settings(deadline=None, max_examples=150)
def test_comments_and_blanks_between_tokens_change_nothing(items, data):
    plain = " ".join(items)
    blanks = st.sampled_from(["", " ", "\n", "/* mod no; */", '// include_str!("no")\n', "/* /* \" */ ' */"])
    noisy = "".join(piece + data.draw(blanks) for piece in pieces(plain))
    assert meaning(noisy) == meaning(plain), noisy


@given(st.lists(st.sampled_from(NOISE), max_size=20), st.lists(st.sampled_from(TOKENS), max_size=3))
@settings(deadline=None, max_examples=200)
def test_literals_and_comments_hide_their_contents(noise, items):
    hidden = " ".join(f"const _: () = x({item} );\n" for item in noise if not item.startswith("'a"))
    assert meaning(hidden + " ".join(items)) == meaning(" ".join(items))


@given(st.text(alphabet="ar#\"'\\/*\n{}()[];!b ", max_size=60))
@settings(deadline=None, max_examples=400)
def test_any_text_is_survived_and_nothing_is_lost(text):
    found = trees(text)
    assert meaning(text) is not None
    assert item_end(text, 0) <= len(text)
    assert all(text[leaf.start :].startswith((leaf.text, f"r#{leaf.text}")) for leaf in leaves(found))


@given(st.lists(st.sampled_from((*TOKENS, *NOISE)), max_size=12))
@settings(deadline=None)
def test_rendered_trees_mean_the_same(items):
    found = trees("\n".join(items))
    assert [leaf.text for leaf in leaves(trees(render(found)))] == [leaf.text for leaf in leaves(found)]


@given(st.text())
@settings(deadline=None)
def test_a_value_survives_escaping(value):
    escaped = "".join(f"\\u{{{ord(char):x}}}" for char in value)
    assert string_value(f'"{escaped}"') == value
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    assert string_value(f'"{plain}"') == value
    if '"' not in value and "\\" not in value:
        assert string_value(f'r##"{value}"##') == value


@given(
    st.recursive(
        st.sampled_from(["a", "1", '"x"', "'c'", "#", "!"]), lambda inner: st.lists(inner, max_size=4)
    )
)
def test_trees_mirror_nesting(shape):
    def text(item):
        return item if isinstance(item, str) else "( " + " ".join(map(text, item)) + " )"

    def back(item):
        return [back(child) for child in item.trees] if isinstance(item, Group) else item.text

    source = text(shape)
    assert [back(item) for item in trees(source)] == [shape]
    if isinstance(shape, list):
        assert group_at(source, 0).end == len(source)


@pytest.mark.parametrize("bracket", ["(", "[", "{", "([{", "}", "mod a {"])
def test_hostile_nesting_is_survived(bracket):
    text = bracket * 20_000 + '"x"'
    assert list(strings_in(trees(text)))[-1].text == '"x"'
    meaning(text + " include_str!(" + bracket * 5000)


HOSTILE = {
    "open string": '"' + "\\" * 50_001,
    "open raw string": "r" + "#" * 30_000 + '"' + '"#' * 20_000,
    "open comment": "/*" * 60_000,
    "attributes": "#[" * 30_000,
    "attributes with strings": '#[a = "' * 30_000,
    "bangs": "a /* " + "*/ !(" * 20_000,
    "cfgs": "#[cfg(test)] " * 20_000 + "mod x;",
    "tests": "#[test] fn f() { " * 4_000,
    "slashes": "/" * 100_000,
    "quotes": "'" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_long_time(name, tmp_path, benchmark_seconds):
    write(tmp_path, {"src/lib.rs": "mod a;" + HOSTILE[name] + "include_str!"})
    with benchmark_seconds(10):
        scan_one(tmp_path)


@given(st.binary(max_size=80))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_survived(tmp_path, data):
    write(tmp_path, {"src/lib.rs": b"mod a; include_str!(" + data})
    assert scan_one(tmp_path).modules == ("src/lib.rs",)

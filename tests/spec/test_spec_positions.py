"""The place of every key and value, held against TOML readers that know nothing of places."""

import rtoml
import tomlkit
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from spec_strategies import SOUP, STRINGS, documents

from flakegen.spec.keypath import Part
from flakegen.spec.positions import Positions
from flakegen.spec.source import SpecSource
from flakegen.spec.strings import decoded, offset_in

MANY = settings(max_examples=80, deadline=None)


def leaves(value, path=()):
    """Yield every path with its value, containers included."""
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from leaves(inner, (*path, step))


def read(text):
    try:
        return rtoml.loads(text)
    except rtoml.TomlParsingError:
        return None


def only(document):
    """Return the one key and value of a document, through single-key tables."""
    [(key, value)] = document.items()
    return key, value


@MANY
@given(documents())
def test_the_text_of_a_value_reads_as_the_value(text):
    document = read(text)
    assume(document is not None)
    source = SpecSource("x.toml", text)
    for path, value in leaves(document):
        span = source.span_of(path)
        if path in source.positions.values:
            shown = text[span.offset : span.offset + span.length]
            assert repr(read(f"v = {shown}")["v"]) == repr(value)
        else:
            assert isinstance(value, dict | list)


@MANY
@given(documents())
def test_the_text_of_a_key_reads_as_the_key(text):
    document = read(text)
    assume(document is not None)
    source = SpecSource("x.toml", text)
    for path, value in leaves(document):
        if isinstance(path[-1], int) and path not in source.positions.keys:
            assert path in source.positions.values
            continue
        span = source.span_of(path, Part.KEY)
        shown = text[span.offset : span.offset + span.length]
        name = path[-1] if isinstance(path[-1], str) else path[-2]
        assert list(read(f"{shown} = {1 if value is None else 2}")) == [name]


@MANY
@given(documents())
def test_nothing_has_a_place_that_is_not_in_the_document(text):
    document = read(text)
    assume(document is not None)
    places = SpecSource("x.toml", text).positions
    paths = {path for path, _ in leaves(document)}
    assert places.keys.keys() | places.values.keys() == paths


@MANY
@given(STRINGS)
def test_every_character_of_a_string_has_its_place(literal):
    document = read(f"v = {literal}")
    assume(document is not None)
    value = document["v"]
    assert decoded(literal) == value
    source = SpecSource("x.toml", f"v = {literal}")
    for offset, character in enumerate(value):
        span = source.span_of(("v",), offset=offset)
        shown = source.text[span.offset : span.offset + span.length]
        escape = shown.startswith("\\") and not literal.startswith("'")
        assert read(f'v = """{shown}x"""')["v"][0] == character if escape else shown[0] == character


@given(STRINGS)
def test_the_end_of_a_string_is_its_closing_quote(literal):
    assume(read(f"v = {literal}") is not None)
    assert literal[offset_in(literal, len(decoded(literal))) :] in {'"', "'", '"""', "'''"}


@settings(max_examples=100, deadline=None)
@given(documents())
def test_tomlkit_reads_the_same_documents(text):
    """The generator is of use only while its documents are TOML to others as well."""
    document = read(text)
    try:
        other = tomlkit.parse(text).unwrap()
    except tomlkit.exceptions.TOMLKitError:
        other = None
    assume(document is not None and other is not None)
    assert sorted(map(str, document)) == sorted(map(str, other))


def test_lines_and_columns_count_characters():
    source = SpecSource("x.toml", 'a = 1\n"ü" = "漢字"  # c\n\tb.c = [1,\n 22]\n')
    places = {path: source.span_of(path) for path in [("ü",), ("b", "c"), ("b", "c", 1)]}
    assert [(each.line, each.column, each.length) for each in places.values()] == [
        (2, 7, 4),
        (3, 8, 8),
        (4, 2, 2),
    ]


def test_what_is_absent_is_reported_at_the_table_around_it():
    source = SpecSource("x.toml", "[a]\nb = 1\n\n[c.d]\n")
    assert source.span_of(("c", "d", "e", "f")).offset == 14
    assert source.span_of(("zzz",)).offset == 0


def test_of_tables_named_on_the_way_the_own_header_counts():
    source = SpecSource("x.toml", "[a.b]\n[a]\nx = 1\n")
    assert source.span_of(("a",), Part.KEY).line == 2


def test_items_of_one_array_may_stand_apart():
    text = "[[a]]\nx = 1\n[b]\nx = [2020-01-01 , 2]\n[[a]]\nx = 3\n[a.c]\n"
    found = Positions.of(text)
    assert {path: text[slice(*place)] for path, place in found.values.items()} == {
        ("a", 0, "x"): "1",
        ("b", "x"): "[2020-01-01 , 2]",
        ("b", "x", 0): "2020-01-01",
        ("b", "x", 1): "2",
        ("a", 1, "x"): "3",
    }
    assert found.keys["a", 1, "c"] == (text.index("a.c") + 2, text.index("a.c") + 3)


@MANY
@given(SOUP | st.lists(documents(), max_size=3).map("\n".join))
def test_what_no_reader_reads_has_places_of_keys_all_the_same(text):
    found = Positions.of(text)
    for path, (start, end) in found.keys.items():
        name = next(step for step in reversed(path) if isinstance(step, str))
        assert text[start:end] == name or text[start] in {'"', "'"}


BROKEN = """\
a = 1
"b" . c = { d = 2 } # e = 3
[[t.'x']] # [u]
text = \'\'\'
f = 4
[v]\'\'\'
[[t.x]]
"\\UFFFFFFFF" = 5
b =
[t.x.y]
a = 6
a = 7
"""


def test_keys_of_a_broken_text_are_found_by_lines():
    found = Positions.of(BROKEN)
    lines = BROKEN.splitlines()
    places = {path: lines[BROKEN.count("\n", 0, start)] for path, (start, _) in found.keys.items()}
    assert places == {
        ("a",): "a = 1",
        ("b",): '"b" . c = { d = 2 } # e = 3',
        ("b", "c"): '"b" . c = { d = 2 } # e = 3',
        ("t",): "[[t.'x']] # [u]",
        ("t", "x"): "[[t.'x']] # [u]",
        ("t", "x", 0): "[[t.'x']] # [u]",
        ("t", "x", 0, "text"): "text = '''",
        ("t", "x", 1): "[[t.x]]",
        ("t", "x", 1, r'"\UFFFFFFFF"'): r'"\UFFFFFFFF" = 5',
        ("t", "x", 1, "b"): "b =",
        ("t", "x", 1, "y"): "[t.x.y]",
        ("t", "x", 1, "y", "a"): "a = 7",
    }
    assert found.values == {}
    assert found.repeated == {BROKEN.index("a = 7"): (BROKEN.index("a = 6"), BROKEN.index("a = 6") + 1)}

"""Random TOML: valid documents in every style of writing, and soup."""

from hypothesis import strategies as st

_PLAIN = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\"'\\\u2028\u2029\x85")
_ESCAPE = st.sampled_from(["\\n", "\\t", '\\"', "\\\\", "\\u00e9", "\\U0001F600", "\\b", "\\f", "\\r"])
_BASIC = st.lists(_PLAIN | _ESCAPE | st.just("'"), max_size=8).map("".join)
_LITERAL = st.lists(_PLAIN | st.sampled_from(["\\", '"']), max_size=8).map("".join)
_FOLD = st.sampled_from(["\\\n", "\\\n   \n\t", "\\  \n x"])
_LONG_BASIC = st.lists(_PLAIN | _ESCAPE | _FOLD | st.sampled_from(["\n", "'", '"x', '""x']), max_size=8).map(
    "".join
)
_LONG_LITERAL = st.lists(_PLAIN | st.sampled_from(["\n", "\\", "'x", "''x", '"""']), max_size=8).map("".join)
_OPENING = st.sampled_from(["", "\n"])

STRINGS = st.one_of(
    _BASIC.map(lambda text: f'"{text}"'),
    _LITERAL.map(lambda text: f"'{text}'"),
    st.tuples(_OPENING, _LONG_BASIC, st.sampled_from(["", '"', '""'])).map(
        lambda p: f'"""{p[0]}{p[1]}{p[2]}"""'
    ),
    st.tuples(_OPENING, _LONG_LITERAL, st.sampled_from(["", "'", "''"])).map(
        lambda p: f"'''{p[0]}{p[1]}{p[2]}'''"
    ),
)
_BARE = st.sampled_from(
    [
        "true",
        "false",
        "0",
        "-17",
        "+1_000",
        "0xDEAD_beef",
        "0o17",
        "0b1",
        "1.5",
        "-2e-3",
        "inf",
        "1979-05-27",
        "07:32:00",
        "1979-05-27T07:32:00Z",
        "1979-05-27T00:32:00.999-07:00",
    ]
) | st.just("1979-05-27 07:32:00")
_GAP = st.sampled_from(["", " ", "\n", '  # a comment, with ] and } and "\n\t'])
_COMMA = st.tuples(_GAP, _GAP).map(lambda gaps: f"{gaps[0]},{gaps[1]}")


def _array(values):
    return st.builds(
        lambda items, comma, start, end: "["
        + start
        + comma.join(items)
        + (comma if items and end else "")
        + end
        + "]",
        st.lists(values, max_size=4),
        _COMMA,
        _GAP,
        _GAP,
    )


@st.composite
def _inline_table(draw, values):
    pairs = [
        f"{draw(keys(unique))}{draw(_EQUALS)}{draw(values)}" for unique in range(draw(st.integers(0, 3)))
    ]
    return "{ " + ", ".join(pairs) + " }"


_EQUALS = st.sampled_from(["=", " = ", "\t=  "])


@st.composite
def keys(draw, unique):
    """One key that no other of its table equals, dotted now and then."""
    inner = draw(st.sampled_from(["a", "B-c", "_", "ü", "a b", "", "a.b", '"', "[x]", "#"]))
    name = f"{inner}{unique}"
    if name.replace("-", "").replace("_", "").isalnum() and name.isascii() and draw(st.booleans()):
        written = name
    elif "'" not in name and draw(st.booleans()):
        written = f"'{name}'"
    else:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        written = f'"{escaped}"'
    tail = draw(st.sampled_from(["", "", ".x", " . x.'y z'"]))
    return written + tail


VALUES = st.recursive(STRINGS | _BARE, lambda values: _array(values) | _inline_table(values), max_leaves=6)


@st.composite
def documents(draw):
    """A valid TOML document with headers, arrays of tables, dotted keys and comments."""
    lines = []
    for block in range(draw(st.integers(0, 4))):
        header = draw(
            st.sampled_from(
                ["", "[t{0}]", "[ t{0} . 'u v' ]", "[[list]]", "[[deep.list]]", "[t{0}.x]  # why"]
            )
        )
        if block and header:
            lines.append(header.format(block))
        first = block * 10  # the same table may go on
        for unique in range(first, first + draw(st.integers(0, 3))):
            indent = draw(st.sampled_from(["", "  ", "\t"]))
            comment = draw(st.sampled_from(["", " # comment = 'x'"]))
            lines.append(f"{indent}{draw(keys(unique))}{draw(_EQUALS)}{draw(VALUES)}{comment}")
        lines.extend([""] * draw(st.integers(0, 1)))
        if draw(st.booleans()) and lines and lines[-1].startswith("[[deep"):
            lines.append(f"[deep.list.sub{block}]")
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


WORDS = st.sampled_from(
    [
        *(
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            ".",
            "=",
            ",",
            "\n",
            " ",
            '"',
            "'",
            '"""',
            "'''",
            "#",
            "\\",
            "\\u00",
            "\r\n",
        ),
        *("@{", "@@{", "@{packages.a}", "@{env.X}", "}", "${", "\x00", "\x1b[31m", "\ufeff", "é", "漢"),
        *(
            "[project]\n",
            "[packages.a]\n",
            "[cargo]\n",
            "[devShells.default]\n",
            "name = ",
            "crate = ",
            "alias = ",
        ),
        *(
            "systems = ",
            "env = ",
            "override = ",
            "true",
            "1",
            "1.5",
            "2020-01-01",
            '"a"',
            '"../.."',
            '["x"]',
            '{ a = "b" }',
        ),
    ]
)
SOUP = st.lists(WORDS | st.text(max_size=3), max_size=40).map("".join)

"""Random Nix trees in the normal form that `flakegen.nix.ast` describes."""

from hypothesis import strategies as st

from flakegen.nix.ast import (
    AliasSide,
    Apply,
    Assert,
    AttrSet,
    Binary,
    BinaryOperator,
    Binding,
    Dynamic,
    Float,
    Formal,
    HasAttr,
    Identifier,
    If,
    IndentedString,
    Inherit,
    Integer,
    Item,
    Lambda,
    Let,
    List,
    Path,
    Pattern,
    SearchPath,
    Select,
    String,
    Unary,
    UnaryOperator,
    With,
)
from flakegen.nix.entries import joined_parts
from flakegen.nix.indented import indented_lines

KEYWORDS = ["or", "in", "rec", "inherit", "let"]

plain_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
awkward_text = st.lists(
    st.sampled_from(
        [
            "$",
            "{",
            "}",
            "${",
            "$${",
            "''",
            "'",
            '"',
            "\\",
            "\n",
            "\r",
            "\t",
            " ",
            "  ",
            "a",
            "é",
            "''$",
            "\\n",
            "x y",
            "/*",
            "#",
        ]
    ),
    max_size=12,
).map("".join)
texts = plain_text | awkward_text

names = st.sampled_from(
    ["a", "b", "foo", "barBaz", "x'", "with-dash", "_", "aVeryLongNameThatTakesRoomOnTheLine"]
)
attribute_names = names | st.sampled_from([*KEYWORDS, "", "1", "a b", 'q"', "${x}", "ü", "dot.ted"])
comments = st.sampled_from([(), (), (), ("a comment",), ("two", "lines")])

path_starts = st.sampled_from(["./a", "../b/c-d_e+f", "/etc/x.nix", "./.", "~/home"])
atoms = (
    names.map(Identifier)
    | st.integers(0, 2**63 - 1).map(Integer)
    | st.floats(0, 1e300, allow_subnormal=False).map(abs).map(Float)
    | path_starts.map(lambda text: Path((text,)))
    | st.sampled_from(["nixpkgs", "nixpkgs/lib"]).map(SearchPath)
)


def _string_parts(expressions):
    return st.lists(texts | awkward_text | expressions, max_size=4).map(joined_parts)


def _strings(expressions):
    return _string_parts(expressions).map(String)


def _indented(parts):
    """Only those that are spelled so; the others are read back as normal strings."""
    return IndentedString(parts) if indented_lines(parts) is not None else String(parts)


def _interpolated_paths(expressions):
    pieces = st.tuples(
        st.sampled_from(["./a-", "./a/", "/", "~/"]), expressions, st.sampled_from(["", "/b", ".nix"])
    )
    return pieces.map(joined_parts).map(Path)


def _computed(expression):
    """A computed name; a string without interpolation is a known one."""
    if isinstance(expression, String | IndentedString) and not any(
        not isinstance(p, str) for p in expression.parts
    ):
        return Dynamic(Identifier("computed"))
    return Dynamic(expression)


def _paths(expressions):
    quoted = st.tuples(texts, expressions).map(joined_parts).map(String)
    return st.lists(
        attribute_names | attribute_names | quoted | expressions.map(_computed), min_size=1, max_size=3
    ).map(tuple)


def _bindings(expressions, first=None):
    """Bindings whose first names differ, so that none is defined twice."""

    def build(entries):
        seen, kept = set(), []
        for entry in entries:
            if isinstance(entry, Inherit):
                fresh = tuple(dict.fromkeys(name for name in entry.names if name not in seen))
                if not fresh:
                    continue
                seen.update(fresh)
                kept.append(Inherit(fresh, entry.source, entry.comment, entry.blank_before and bool(kept)))
            elif not isinstance(entry.path[0], str) or entry.path[0] not in seen:
                seen.add(entry.path[0])
                kept.append(
                    Binding(entry.path, entry.value, entry.comment, entry.blank_before and bool(kept))
                )
        return tuple(kept)

    paths = _paths(expressions) if first is None else st.tuples(first)
    binding = st.builds(Binding, paths, expressions, comments, st.booleans())
    inherit = st.builds(
        Inherit,
        st.lists(attribute_names, min_size=1, max_size=5).map(tuple),
        st.none() | expressions,
        comments,
        st.booleans(),
    )
    return st.lists(binding | binding | inherit, max_size=4).map(build)


def _list(items):
    first, *others = items or [None]
    if first is None:
        return List(())
    head = Item(first.value, first.comment) if isinstance(first, Item) and first.comment else first
    head = head.value if isinstance(head, Item) and not head.comment else head
    plain = [
        item.value if isinstance(item, Item) and not item.comment and not item.blank_before else item
        for item in others
    ]
    return List((head, *plain))


def _lists(expressions):
    return st.lists(
        expressions | expressions | st.builds(Item, expressions, comments, st.booleans()), max_size=8
    ).map(_list)


def _select(target, path, default):
    if isinstance(target, Select) and target.default is None:
        return Select(target.target, target.path + path, default)
    return Select(target, path, default)


def _pattern(formals, ellipsis, alias, side):
    unique = {formal.name: formal for formal in formals if formal.name != alias}
    return Pattern(tuple(unique.values()), ellipsis, alias, side if alias else AliasSide.AFTER)


def _patterns(expressions):
    formal = st.builds(Formal, names, st.none() | expressions)
    side = st.sampled_from(AliasSide)
    return st.builds(_pattern, st.lists(formal, max_size=4), st.booleans(), st.none() | names, side)


def _let(bindings, body):
    return Let(bindings, body) if bindings else body


def _lets(expressions):
    return st.builds(_let, _bindings(expressions, attribute_names), expressions)


def _extend(expressions):
    return st.one_of(
        _strings(expressions),
        _string_parts(expressions).map(_indented),
        _interpolated_paths(expressions),
        _lists(expressions),
        st.builds(AttrSet, _bindings(expressions), st.booleans()),
        st.builds(_select, expressions, _paths(expressions), st.none() | expressions),
        st.builds(HasAttr, expressions, _paths(expressions)),
        st.builds(Lambda, names | _patterns(expressions), expressions),
        st.builds(Apply, expressions, expressions),
        st.builds(Apply, st.builds(Apply, expressions, expressions), expressions),
        _lets(expressions),
        st.builds(With, expressions, expressions),
        st.builds(Assert, expressions, expressions),
        st.builds(If, expressions, expressions, expressions),
        st.builds(Unary, st.sampled_from(UnaryOperator), expressions),
        st.builds(Binary, st.sampled_from(BinaryOperator), expressions, expressions),
        st.builds(Binary, st.sampled_from(BinaryOperator), expressions, expressions),
    )


expressions = st.recursive(
    atoms | texts.map(lambda text: String((text,) if text else ())), _extend, max_leaves=25
)

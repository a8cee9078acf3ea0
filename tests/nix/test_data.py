"""Plain values are printed without a tree, and look as if there had been one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flakegen.nix import build as nix
from flakegen.nix.ast import File
from flakegen.nix.data import Section, print_data
from flakegen.nix.errors import NixValueError
from flakegen.nix.printer import print_file

_ODD = [
    "true",
    "null",
    "false",
    "if",
    "a.b",
    "${x}",
    "",
    "ü",
    "x" * 39,
    "x" * 41,
    "a b" * 30,
    "x" * 97,
    "a-1.2" * 19,
]
_texts = st.sampled_from(_ODD) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
_names = (
    st.sampled_from(["crate", "target", "features", "bank-cli-0.9.0-custom-build-01234567", *_ODD]) | _texts
)
_values = st.recursive(
    _texts | st.booleans() | st.none() | st.integers(-3, 3),
    lambda inner: st.lists(_texts, max_size=3) | st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


def _as_tree(header, sections):
    bindings = [
        nix.binding(each.name, each.value, comment=each.comment, blank_before=bool(each.comment)) for each in sections
    ]  # fmt: skip
    return print_file(File(header, nix.attrs(bindings)))


@given(st.dictionaries(_names, _values, min_size=2, max_size=4), st.sampled_from(["", "why", "why\nand how"]))
@example({"a": {"true": True}, "b": {"null": None, "x": "y"}}, "")
@example({"a": {"x": [["y"]], "y" * 81: {"z": {}}}, "b": []}, "")
def test_data_is_printed_as_the_printer_would(values, comment):
    values = {name: value for name, value in values.items() if not isinstance(value, bool)}
    values.pop("null", None)  # flakegen names the sections, and none of them so that it could be inherited
    sections = [Section(name, value, comment) for name, value in values.items()]
    sections += [Section("last", {"a": "b"}), Section("very-last", "c")]
    assert print_data(("made by hand",), sections) == _as_tree(("made by hand",), sections)


@given(st.dictionaries(_names, _values, min_size=1, max_size=4))
def test_entries_one_by_one_are_the_same(values):
    whole = [Section("table", values, "a table"), Section("last", 1)]
    streamed = [Section("table", iter(values.items()), "a table"), Section("last", 1)]
    tree = _as_tree(("x",), whole)
    if "inherit" not in tree:  # which joins entries
        assert print_data(("x",), streamed) == tree


@pytest.mark.parametrize("bad", ["\0", "\ud800"])
def test_what_nix_cannot_hold_is_refused(bad):
    for value in (bad, [bad], {bad: "x"}, {"x": {"y": bad}}, [bad, "x"]):
        with pytest.raises(NixValueError):
            print_data(("x",), [Section("a", value)])

"""Constructors: Python values in, the form linters ask for out."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from real_nix import Nix
from strategies import plain_text

from flakegen.nix import build
from flakegen.nix.ast import Binding, Identifier, Inherit, Lambda, Let
from flakegen.nix.errors import NixValueError
from flakegen.nix.printer import print_expression

X, Y = Identifier("x"), Identifier("y")
keys = plain_text | st.sampled_from(["a", "b", "or", "a.b", "${x}"])
json_like = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**63, 2**63 - 1) | plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=30,
)


def printed(expression) -> str:
    return print_expression(expression)


@pytest.mark.nix
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(json_like, min_size=20, max_size=40))
def test_python_values_come_back_from_nix(nix: Nix, values):
    source = printed(build.value(values))
    assert json.loads(nix.run("nix-instantiate", "--eval", "--strict", "--json", "-", stdin=source)) == values


def test_equal_names_are_inherited():
    entries = build.attrs(
        {"x": X, "a": build.select("s.a"), "b": build.select("s.b"), "y": Y, "c": build.select("p.q.c")}
    )
    assert entries.bindings == (
        Inherit(("x", "y")),
        Inherit(("a", "b"), Identifier("s")),
        Inherit(("c",), build.select("p.q")),
    )


def test_recursive_sets_and_let_do_not_inherit_themselves():
    assert printed(build.attrs({"x": X}, recursive=True)) == "rec { x = x; }"
    assert build.let({"x": X, "a": build.select("s.a")}, X) == Let(
        (Binding(("x",), X), Inherit(("a",), Identifier("s"))), X
    )


def test_keys_with_a_common_start_are_nested():
    entries = build.attrs(
        {("a", "b"): 1, "z": 2, ("a", "c", "d"): 3, ("a", "c", "e"): 4, "m": {"n": 5}, ("m", "o"): 6}
    )
    assert printed(entries) == printed(
        build.attrs({"a": {"b": 1, "c": {"d": 3, "e": 4}}, "z": 2, "m": {"n": 5, "o": 6}})
    )


@pytest.mark.parametrize(
    "entries",
    [
        {"a": 1, ("a", "b"): 2},
        {("a", "b"): 1, ("a", "b", "c"): 2},
        [Binding(("a",), X), Binding(("a",), Y)],
        [Inherit(("a",)), Binding(("a",), X)],
        [Inherit(("a",)), Inherit(("a",), X)],
    ],
)
def test_a_second_definition_is_refused(entries):
    with pytest.raises(NixValueError, match=r"'.*' is defined twice"):
        build.attrs(entries)


def test_dots_in_keys_are_part_of_the_name():
    assert printed(build.attrs({"a.b": 1})) == '{ "a.b" = 1; }'
    assert printed(build.select("packages", "a.b", "c")) == 'packages."a.b".c'


def test_selections_join():
    assert build.select(build.select("a.b"), "c") == build.select("a.b.c")


def test_lets_join_unless_a_name_is_mentioned():
    inner = build.let({"y": 2}, Y)
    assert printed(build.let({"x": 1}, inner)).count("let") == 1
    assert printed(build.let({"x": Y}, inner)).count("let") == 2
    assert build.let({}, X) == X


def test_only_a_plain_call_is_reduced():
    assert build.function("x", build.call("f", X)) == Identifier("f")
    assert isinstance(build.function("x", build.call("x", X)), Lambda)
    assert isinstance(build.function("x", build.call("f.g", X)), Lambda)


def test_patterns_take_defaults():
    assert printed(build.pattern_function({"a": ..., "b": None}, X, alias="all")).split() == [
        "{",
        "a,",
        "b",
        "?",
        "null,",
        "}@all:",
        "x",
    ]
    assert printed(build.pattern_function(["a"], X, ellipsis=True)) == "{ a, ... }: x"


def test_operations_group_as_nix_does():
    assert printed(build.concat(X, Y, X)) == "x ++ y ++ x"
    assert printed(build.update(X, Y, X)) == "x // y // x"
    assert build.concat(X) == X


def test_paths_that_literals_cannot_hold_are_added():
    assert printed(build.path("./a/b.rs")) == "./a/b.rs"
    assert printed(build.path("./a b")) == './. + "/a b"'
    assert printed(build.path("../ü")) == '../. + "/ü"'
    assert printed(build.path(".")) == "./."
    with pytest.raises(NixValueError):
        build.path("a")


def test_other_types_are_a_mistake_of_the_programmer():
    with pytest.raises(TypeError, match="set"):
        build.value({1, 2})

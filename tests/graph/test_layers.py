"""Laws of layers: everything is above all that it needs, and as low as that allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx import NetworkXUnfeasible

from flakegen.graph.layers import THIRD_PARTY_LAYER, member_layers


@st.composite
def acyclic_graphs(draw):
    """Packages and what each needs; edges lead from later to earlier in an order that the names do not show."""
    names = draw(st.lists(st.text("abcxyz-", min_size=1, max_size=4), unique=True, max_size=12))
    return {
        name: frozenset(draw(st.sets(st.sampled_from(names[:index])))) if index else frozenset()
        for index, name in enumerate(names)
    }


def longest_chains(needs):
    """The oracle: a package's layer is the number of packages in the longest chain of needs that ends with it."""
    lengths = {}

    def length(name):
        if name not in lengths:
            lengths[name] = 1 + max((length(other) for other in needs[name]), default=THIRD_PARTY_LAYER)
        return lengths[name]

    return {name: length(name) for name in needs}


@given(acyclic_graphs())
def test_everything_is_above_what_it_needs(needs):
    layers = member_layers(needs)
    assert set(layers) == set(needs)
    assert all(layers[name] > layers[other] for name in needs for other in needs[name])
    assert all(layer > THIRD_PARTY_LAYER for layer in layers.values())


@given(acyclic_graphs())
def test_no_package_could_be_lower(needs):
    layers = member_layers(needs)
    for name, layer in layers.items():
        below = {layers[other] for other in needs[name]}
        assert layer == THIRD_PARTY_LAYER + 1 or layer - 1 in below


@given(acyclic_graphs())
def test_layers_are_the_longest_chains(needs):
    assert member_layers(needs) == longest_chains(needs)


@given(acyclic_graphs(), st.randoms(use_true_random=False))
def test_the_order_of_packages_does_not_matter(needs, random):
    names = list(needs)
    random.shuffle(names)
    shuffled = {name: random.sample(sorted(needs[name]), len(needs[name])) for name in names}
    assert list(member_layers(shuffled).items()) == list(member_layers(needs).items())


@given(acyclic_graphs())
def test_a_package_that_names_itself_is_no_circle(needs):
    # A package's binaries need its library, its tests both.
    assert member_layers({name: {*others, name} for name, others in needs.items()}) == member_layers(needs)


def test_nothing_has_no_layers():
    assert member_layers({}) == {}


def test_a_circle_is_refused():
    with pytest.raises(NetworkXUnfeasible):
        member_layers({"a": {"b"}, "b": {"a"}})

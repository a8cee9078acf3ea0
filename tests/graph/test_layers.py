"""Laws of layers: everything is above all that it needs, and as low as that allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx import NetworkXUnfeasible

from flakegen.graph.layers import THIRD_PARTY_LAYER, lifted, member_layers, merged
from flakegen.graph.order import by_generation


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


@given(acyclic_graphs(), st.data())
def test_units_are_lifted_above_what_they_need_and_no_further(needs, data):
    least = {unit: data.draw(st.integers(0, 4)) for unit in needs}
    layers = lifted(by_generation(needs), needs, least)
    for unit in needs:
        below = [layers[each] for each in needs[unit]]
        assert layers[unit] == max([least[unit], *below])


seconds_of_layers = st.dictionaries(st.integers(0, 12), st.floats(0, 100), max_size=12)


@given(seconds_of_layers, st.integers(0, 150))
def test_merging_keeps_the_order_and_numbers_layers_one_after_another(seconds, least):
    numbers = merged(seconds, least)
    assert set(numbers) == set(seconds)
    ordered = [numbers[layer] for layer in sorted(seconds)]
    assert ordered == sorted(ordered)
    own = sorted({number for layer, number in numbers.items() if layer != THIRD_PARTY_LAYER})
    assert own == list(range(THIRD_PARTY_LAYER + 1, THIRD_PARTY_LAYER + 1 + len(own)))


@given(seconds_of_layers, st.integers(0, 150))
def test_own_layers_have_enough_to_do_unless_there_is_only_one(seconds, least):
    sums = {}
    for layer, number in merged(seconds, least).items():
        sums[number] = sums.get(number, 0.0) + seconds[layer]
    own = [total for number, total in sums.items() if number != THIRD_PARTY_LAYER]
    assert len(own) <= 1 or all(total >= least * 0.999999 for total in own)


@given(seconds_of_layers, st.integers(0, 150))
def test_what_is_fetched_is_never_joined_with_own_code(seconds, least):
    numbers = merged(seconds, least)
    assert all(
        (number == THIRD_PARTY_LAYER) == (layer == THIRD_PARTY_LAYER) for layer, number in numbers.items()
    )


@given(seconds_of_layers)
def test_nothing_is_joined_where_everything_is_worth_a_job(seconds):
    own = [number for layer, number in merged(seconds, 0).items() if layer != THIRD_PARTY_LAYER]
    assert len(set(own)) == len(own)

"""Laws of shards: nothing is built twice, nobody waits for long, and little moves when something is added."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakegen.graph.cost import critical_path
from flakegen.graph.order import by_generation, needed_first
from flakegen.graph.shards import Cluster, cut, shared_out, steps_of


@st.composite
def layers(draw):
    """Units, what each needs, and how long each takes."""
    names = draw(st.lists(st.text("abcxyz-", min_size=1, max_size=4), unique=True, max_size=16))
    needs = {
        name: sorted(draw(st.sets(st.sampled_from(names[:index]), max_size=3))) if index else []
        for index, name in enumerate(names)
    }
    return needs, {name: draw(st.floats(0.01, 50)) for name in names}


machines = st.integers(1, 6)
worth = st.sampled_from([0, 1, 20, 60])


def made_up(units: int, seed: int) -> tuple[dict[str, list[str]], dict[str, float]]:
    """A layer like that of a real lock: few units that nearly all need, many that few do."""
    chance = random.Random(seed)  # noqa: S311  # made-up work
    needs, seconds = {}, {}
    names: list[str] = []
    for number in range(units):
        name = f"unit-{chance.randrange(10**6):06}-{number}"
        popular = names[: 1 + len(names) // 10]
        wanted = {chance.choice(popular) for _ in range(2) if popular}
        wanted |= {chance.choice(names) for _ in range(chance.choice((0, 0, 1, 2))) if names}
        needs[name] = sorted(wanted) if chance.random() < 0.6 else []
        seconds[name] = round(chance.lognormvariate(0, 0.8), 3)
        names.append(name)
    return needs, seconds


def placed(steps):
    """Where each unit is; fails where one is in two places."""
    found = [
        (unit, (number, shard))
        for number, step in enumerate(steps)
        for shard, units in enumerate(step)
        for unit in units
    ]
    assert len(found) == len(dict(found)), "a unit is in two shards"
    return dict(found)


def time_of(steps, seconds):
    return sum(max(sum(seconds[unit] for unit in shard) for shard in step) for step in steps)


@given(layers(), machines, worth)
def test_every_unit_is_in_one_shard(layer, number, least):
    needs, seconds = layer
    steps = steps_of(needs, seconds, machines=number, least_seconds=least)
    assert set(placed(steps)) == set(needs)
    assert all(1 <= len(step) <= number for step in steps)
    assert all(shard for step in steps for shard in step) or not needs


@given(layers(), machines, worth)
def test_a_shard_needs_itself_and_earlier_steps_alone(layer, number, least):
    needs, seconds = layer
    places = placed(steps_of(needs, seconds, machines=number, least_seconds=least))
    for unit, wanted in needs.items():
        for each in wanted:
            assert places[each] == places[unit] or places[each][0] < places[unit][0]


@given(layers(), machines, worth)
def test_dividing_is_quicker_by_what_the_steps_cost(layer, number, least):
    needs, seconds = layer
    steps = steps_of(needs, seconds, machines=number, least_seconds=least)
    whole = sum(seconds.values())
    assert time_of(steps, seconds) + least * (len(steps) - 1) <= whole * 1.000001
    assert time_of(steps, seconds) >= max(critical_path_of(needs, seconds), whole / number) * 0.999999


def critical_path_of(needs, seconds):
    return critical_path({unit: seconds[unit] for unit in by_generation(needs)}, needs)


@given(layers(), machines, worth, st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(layer, number, least, chance):
    needs, seconds = layer
    names = list(needs)
    chance.shuffle(names)
    shuffled = {name: chance.sample(needs[name], len(needs[name])) for name in names}
    steps = steps_of(needs, seconds, machines=number, least_seconds=least)
    assert steps_of(shuffled, seconds, machines=number, least_seconds=least) == steps


@given(layers(), st.floats(0.1, 200))
def test_clusters_need_no_others_and_are_no_larger_than_they_may(layer, most):
    needs, seconds = layer
    clusters, later = cut(by_generation(needs), needs, seconds, most)
    for cluster in clusters:
        assert len(cluster.units) == 1 or cluster.seconds <= most * 1.000001
        assert all(each in cluster.units for unit in cluster.units for each in needs[unit])
    assert sorted([*later, *(unit for cluster in clusters for unit in cluster.units)]) == sorted(needs)
    if needs:
        assert clusters, "nothing was built, so nothing ever would be"


clusters_of = st.lists(st.floats(0.01, 50), min_size=1, max_size=40).map(
    lambda found: [Cluster(name=f"c{n}", units=(f"c{n}",), seconds=each) for n, each in enumerate(found)]
)


@given(clusters_of, machines)
def test_no_machine_has_more_than_a_tenth_above_the_mean_but_for_one_cluster(clusters, number):
    loads = [
        sum(each.seconds for each in clusters if each.name in shard) for shard in shared_out(clusters, number)
    ]
    mean = sum(each.seconds for each in clusters) / number
    largest = max(each.seconds for each in clusters)
    assert max(loads) <= max(1.1 * mean, mean + largest) * 1.000001


@pytest.mark.parametrize("number", [2, 4, 8])
def test_the_work_of_a_large_layer_is_balanced(number):
    needs, seconds = made_up(800, seed=number)
    steps = steps_of(needs, seconds, machines=number, least_seconds=10)
    ideal = sum(seconds.values()) / number
    assert time_of(steps, seconds) <= 1.6 * ideal


def test_one_unit_more_moves_little():
    moved = sorted(
        share for number in (2, 3, 4, 6, 8) for base in (10, 50, 90) for share in shares_moved(number, base)
    )
    assert moved[len(moved) // 2] <= 0.02, "mostly next to nothing"
    assert sum(moved) / len(moved) <= 0.12


def shares_moved(number, base):
    """What part of the work of a layer is elsewhere with one unit more, for several such units."""
    needs, seconds = made_up(400, seed=base + number)
    before = placed(steps_of(needs, seconds, machines=number, least_seconds=10))
    for seed in range(6):
        wanted = sorted(random.Random(seed).sample(sorted(needs), 2))  # noqa: S311
        more, costs = {**needs, "new": wanted}, {**seconds, "new": 1.0}
        after = placed(steps_of(more, costs, machines=number, least_seconds=10))
        yield sum(seconds[unit] for unit in needs if after[unit] != before[unit]) / sum(seconds.values())


def test_one_machine_has_one_shard():
    needs, seconds = made_up(50, seed=1)
    assert len(steps_of(needs, seconds, machines=1, least_seconds=0)) == 1


def test_a_chain_is_not_divided():
    chain = {f"u{n}": [f"u{n - 1}"] if n else [] for n in range(20)}
    ((shard,),) = steps_of(chain, dict.fromkeys(chain, 10.0), machines=4, least_seconds=5)
    assert set(shard) == set(chain)


def test_units_that_need_nothing_are_divided_evenly():
    needs = {f"u{n}": [] for n in range(40)}
    (step,) = steps_of(needs, dict.fromkeys(needs, 1.0), machines=4, least_seconds=1)
    assert len(step) == 4
    assert max(map(len, step)) <= 11


def test_a_deep_graph_does_not_exhaust_the_stack():
    chain = {f"u{n}": [f"u{n - 1}"] if n else [] for n in range(20_000)}
    assert next(iter(needed_first(["u19999"], chain.__getitem__))) == "u0"
    assert len(by_generation(chain)) == 20_000


@given(layers())
def test_generations_put_what_is_needed_first(layer):
    needs, _ = layer
    order = by_generation(needs)
    assert sorted(order) == sorted(needs)
    assert all(
        order.index(one) < order.index(other) for one, other in combinations(order, 2) if one in needs[other]
    )
    assert all(order.index(each) < order.index(unit) for unit in needs for each in needs[unit])

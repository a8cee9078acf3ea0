"""The page of a real project, held against its build graph; and pages of any pictures, which must come up without a word."""

from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from made_pictures import pictures

from flakegen.diagnostics.text import escaped
from flakegen.pictures.html import Opened, html_text
from flakegen.pictures.of_build import picture_of_build
from flakegen.pipeline.project import Project

SPEC = Path(__file__).parent.parent.parent / "specs/lana.toml"


@pytest.fixture(scope="module")
def build():
    return Project(str(SPEC)).build_graph("x86_64-linux")


@pytest.fixture(scope="module")
def units(build):
    """What needs what, as networkx has it."""
    graph = nx.DiGraph((unit.id, needed) for unit in build.units.values() for needed in unit.needs)
    graph.add_nodes_from(build.units)
    return graph


def crates_marked(page, *marks):
    selector = ", ".join(f".crate.{mark}" for mark in marks)
    return set(
        page.js(f"[...document.querySelectorAll('{selector}')].map((each) => crates[each.dataset.crate].id)")
    )


@pytest.mark.parametrize("name", ["core-customer", "money", "lana-cli", "codegen", "sqlx"])
def test_what_a_crate_of_lana_needs_and_what_needs_it(shown, build, units, name):
    page = shown(html_text(picture_of_build(build, title="lana"), Opened.CRATES))
    own = {unit.id for unit in build.units.values() if unit.name == name}
    (crate,) = {build.units[unit].crate for unit in own}
    number = page.js("crates.map((each) => each.id)").index(crate)
    page.click(f"[data-crate='{number}'] .name")

    def crates(found):
        return {build.units[unit].crate for unit in found - own}

    needed = set().union(*(nx.descendants(units, unit) for unit in own))
    users = set().union(*(nx.ancestors(units, unit) for unit in own))
    assert crates_marked(page, "needs", "needs-far") - {crate} == crates(needed) - {crate}
    assert crates_marked(page, "users", "users-far") - {crate} == crates(users) - {crate}
    assert crates_marked(page, "chosen") == {crate}
    listed = page.js(
        "[...document.querySelectorAll('[data-list=\"In outputs\"] li')].map((each) => each.textContent)"
    )
    assert set(listed) == set(outputs_with(build, own | users))


def outputs_with(build, units):
    """The outputs that some of the units are in, directly or through other outputs."""
    graph = nx.DiGraph((output.name, below) for output in build.outputs.values() for below in output.outputs)
    graph.add_nodes_from(build.outputs)
    for output in build.outputs.values():
        parts = {output.name, *nx.descendants(graph, output.name)} & set(build.outputs)
        if any(not units.isdisjoint(build.outputs[part].units) for part in parts):
            yield output.name


def test_migrations_are_found_by_what_they_are_called(shown, build):
    page = shown(html_text(picture_of_build(build, title="lana")))
    page.js("byId('search').value = 'migrations'; search()")
    readers = {
        unit.crate
        for unit in build.units.values()
        if unit.source is not None
        and any("migrations" in folder.path for folder in build.sources[unit.source].folders)
    }
    assert readers
    assert readers <= crates_marked(page, "match")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pictures())
def test_any_picture_comes_up(shown, picture):
    page = shown(html_text(picture, Opened.UNITS))
    assert page.js("document.documentElement.dataset.ready") == "true"
    assert sorted(page.js("units.map((each) => each.id)")) == sorted(
        escaped(node.id) for node in picture.nodes
    )
    page.click("[data-unfold=layers]")
    page.click("[data-unfold=units]")
    for number in range(len(page.js("crates"))):
        page.js(f"choose('crate', {number}, {{ move: true }})")
    assert page.complaints == []

"""The page, in a real browser: clicked, typed into, and looked at."""

import json

import networkx as nx
import pytest
from made_pictures import HOSTILE, graph_of, hostile_picture, layered_picture, small_picture

from flakegen.diagnostics.text import escaped
from flakegen.pictures.fold import folded
from flakegen.pictures.html import Opened, html_text
from flakegen.pictures.model import Colour
from flakegen.pictures.palette import dark, light, step_of

MARKS = ("chosen", "needs", "needs-far", "users", "users-far", "match", "hit")
VISIBLE = "[...document.querySelectorAll({})].map((each) => {}.id)"
CRATES = VISIBLE.format("'.crate'", "crates[each.dataset.crate]")
UNITS = VISIBLE.format("'.unit'", "units[each.dataset.unit]")


def marked(page, kind):
    """The ids of visible crates or units, by mark."""
    everything = page.js(
        f"[...document.querySelectorAll('.{kind}')].map((each) => [{kind}s[each.dataset.{kind}].id, [...each.classList]])"
    )
    return {mark: {name for name, classes in everything if mark in classes} for mark in MARKS}


def crate_button(page, name):
    number = page.js(f"crates.findIndex((each) => each.id === {json.dumps(name)})")
    return f"[data-crate='{number}'] .name"


def unit_button(page, name):
    number = page.js(f"units.findIndex((each) => each.id === {json.dumps(name)})")
    return f"[data-unit='{number}']"


def panel(page, title):
    """What stands in one of the panel's lists."""
    return page.js(
        f"[...document.querySelectorAll('[data-list={json.dumps(title)}] li')].map((each) => each.textContent)"
    )


def within(graph, start, distance):
    """What can be reached from some nodes in one step, and what in more."""
    near = {each for node in start for each in distance(graph, node)} - start
    if distance is nx.DiGraph.successors:
        whole = {each for node in start for each in nx.descendants(graph, node)}
    else:
        whole = {each for node in start for each in nx.ancestors(graph, node)}
    return near, whole - near - start


def test_a_page_shows_its_layers_crates_and_lines(shown):
    picture = layered_picture(60, 120)
    page = shown(html_text(picture, Opened.CRATES))
    assert sorted(page.js(CRATES)) == sorted(node.id for node in picture.parents)
    assert page.js(UNITS) == []
    heads = page.js("[...document.querySelectorAll('.layer > h2')].map((each) => each.textContent)")
    assert [head.split("  ")[0][2:].rsplit(" ", 2)[0] for head in heads] == [
        group.label for group in picture.groups
    ]
    lines = page.js("document.getElementById('line-base').getAttribute('d').split('M').length - 1")
    assert lines == len(page.js("data.lines")) / 2 > 0
    assert page.js("document.title") == "a bank"


def test_what_stands_right_needs_what_stands_left(shown):
    page = shown(html_text(layered_picture(60, 120), Opened.CRATES))
    wrong = page.js(
        "(() => { const left = (crate) => boxes.crate[crate].getBoundingClientRect().left; let wrong = 0;"
        " for (let at = 0; at < data.lines.length; at += 2) if (left(data.lines[at]) <= left(data.lines[at + 1])) wrong += 1;"
        " return wrong; })()"
    )
    assert wrong == 0


@pytest.mark.parametrize("opened", [Opened.CRATES, Opened.UNITS])
def test_choosing_a_crate_marks_exactly_what_it_needs_and_what_needs_it(shown, opened):
    picture = layered_picture(120, 360)
    graph = graph_of(picture)
    crate_of = {node.id: node.parent for node in picture.nodes}
    page = shown(html_text(picture, opened))
    for name in ("crate-70", "crate-113", "crate-0"):
        page.click(crate_button(page, name))
        own = {unit for unit, crate in crate_of.items() if crate == name}
        needs_near, needs_far = within(graph, own, nx.DiGraph.successors)
        users_near, users_far = within(graph, own, nx.DiGraph.predecessors)
        found = marked(page, "crate")
        assert found["chosen"] == {name}
        assert found["needs"] - {name} == {crate_of[unit] for unit in needs_near}
        assert found["needs-far"] - {name} == {crate_of[unit] for unit in needs_far}
        assert found["users"] - {name} == {crate_of[unit] for unit in users_near}
        assert found["users-far"] - {name} == {crate_of[unit] for unit in users_far}
        everything = own | needs_near | needs_far | users_near | users_far
        assert found["hit"] == {crate_of[unit] for unit in everything}
        if opened is Opened.UNITS and page.js("units.every((_, number) => boxes.unit[number])"):
            assert marked(page, "unit")["hit"] == everything
        assert set(panel(page, "Needs")) == {crate_of[unit] for unit in needs_near}
        assert set(panel(page, "Needed by")) == {crate_of[unit] for unit in users_near}


def test_choosing_a_unit_marks_exactly_what_it_needs_and_what_needs_it(shown):
    picture = layered_picture(60, 180)
    graph = graph_of(picture)
    page = shown(html_text(picture, Opened.UNITS))
    assert sorted(page.js(UNITS)) == sorted(graph)
    for name in ("unit-30-1", "unit-57-0"):
        page.click(unit_button(page, name))
        found = marked(page, "unit")
        assert found["chosen"] == {name}
        assert (found["needs"], found["needs-far"]) == within(graph, {name}, nx.DiGraph.successors)
        assert (found["users"], found["users-far"]) == within(graph, {name}, nx.DiGraph.predecessors)
        near, far = within(graph, {name}, nx.DiGraph.predecessors)
        roots = {output for output, units in picture.outputs.items() if {name, *near, *far} & set(units)}
        assert set(panel(page, "In outputs")) == roots
        lines = page.js(
            "['line-needs', 'line-users'].map((id) => document.getElementById(id).getAttribute('d').split('M').length - 1)"
        )
        assert lines == [graph.out_degree(name), graph.in_degree(name)]
    page.click(unit_button(page, "unit-57-0"))
    assert not any(marked(page, "unit").values())


def test_choosing_an_output_shows_all_that_it_is_made_from(shown):
    picture = layered_picture(60, 120)
    graph = graph_of(picture)
    page = shown(html_text(picture, Opened.CRATES))
    page.click("[data-list=Outputs] li button")
    crate_of = {node.id: node.parent for node in picture.nodes}
    (root,) = picture.outputs["packages.all"]
    assert marked(page, "crate")["hit"] == {crate_of[unit] for unit in {root, *nx.descendants(graph, root)}}
    assert panel(page, "Made from") == [crate_of[root]]


def test_search_finds_crates_units_and_files(shown):
    picture = layered_picture(120, 360)
    page = shown(html_text(picture))
    page.type("/")
    page.type("crate-11")
    assert page.js("document.getElementById('found').value") == "11 crates, 33 units"
    first = page.js("document.querySelector('#results li[aria-selected=true]').firstChild.textContent")
    assert first == "crate-11"
    page.press("ArrowDown")
    assert page.js("document.getElementById('search').getAttribute('aria-activedescendant')") == "result-1"
    page.press("ArrowUp")
    page.press("Enter")
    assert page.js("document.querySelector('#panel h2').textContent") == "crate-11"
    assert marked(page, "crate")["chosen"] == {"crate-11"}, "its folded layer was unfolded"
    page.press("Escape")
    assert page.js("document.getElementById('search').value") == ""
    page.type("/")
    page.type(".sql")
    members = {node.id for node in picture.parents if node.files}
    assert marked(page, "crate")["match"] == members
    assert page.js("document.querySelector('#results li small').textContent").startswith("crate, reads data/")
    page.press("Escape")
    page.type("/")
    page.type("UNIT-3-2")
    assert page.js("document.getElementById('found').value") == "0 crates, 1 unit"
    page.press("Enter")
    assert marked(page, "unit")["chosen"] == {"unit-3-2"}, "its crate was unfolded"
    page.type("zzz")
    assert page.js("document.getElementById('results').hidden")


def test_folding_folds_and_unfolding_unfolds(shown):
    picture = layered_picture(120, 360)
    page = shown(html_text(picture))
    members = [node.id for node in picture.parents if node.group != "layer-0"]
    assert sorted(page.js(CRATES)) == sorted(members), "the fetched ones are one box at first"
    page.click("[data-layer='0']")
    assert len(page.js(CRATES)) == 120
    assert page.js("document.activeElement.dataset.layer") == "0"
    page.click("[data-layer='3']")
    hidden = {node.id for node in picture.parents if node.group == "layer-3"}
    assert set(page.js(CRATES)) == {node.id for node in picture.parents} - hidden
    page.click("[data-unfold=units]")
    assert len(page.js(UNITS)) == 360
    page.click("[data-unfold=layers]")
    assert page.js(CRATES) == page.js(UNITS) == []
    assert page.js("document.getElementById('line-base').getAttribute('d')") != ""
    page.click("[data-unfold=members]")
    assert sorted(page.js(CRATES)) == sorted(members)


def test_a_crate_is_unfolded_with_mouse_and_keys(shown):
    page = shown(html_text(small_picture(), Opened.CRATES))
    page.click(crate_button(page, "serde").replace(".name", ".fold"))
    assert page.js(UNITS) == ["serde-lib", "serde-run"]
    page.press("ArrowLeft")
    assert page.js(UNITS) == []
    page.press("ArrowRight")
    assert page.js(UNITS) == ["serde-lib", "serde-run"]
    page.click(unit_button(page, "serde-run"))
    assert marked(page, "crate")["users-far"] == {"cli", "core"}
    page.press("Escape")
    assert not any(marked(page, "crate").values())


@pytest.mark.parametrize(("scheme", "scale"), [("light", light), ("dark", dark)])
def test_colours_are_those_of_the_palette(shown, scheme, scale):
    picture = small_picture()
    page = shown(html_text(picture, Opened.CRATES), {"scheme": scheme})
    for colour in (Colour.LAYER, Colour.CHURN):
        page.click(f"input[value={colour.value}]")
        seen = dict(
            page.js(
                "[...document.querySelectorAll('.crate')].map((each) => [crates[each.dataset.crate].id,"
                " getComputedStyle(each).backgroundColor])"
            )
        )
        for node in folded(picture).nodes:
            assert seen[node.id] == rgb(scale(colour)[step_of(node, colour)])
        assert page.js("document.getElementById('legend').textContent").startswith(colour.legend[0])


def test_hostile_texts_are_shown_and_nothing_more(shown):
    picture = hostile_picture()
    page = shown(html_text(picture, Opened.UNITS))
    assert page.js("document.title") == escaped(picture.title)
    assert sorted(page.js("crates.map((each) => each.label)")) == sorted(map(escaped, HOSTILE))
    assert page.js("document.querySelectorAll('script').length") == 2
    assert len(page.js(CRATES)) == len(HOSTILE)
    for number in range(len(HOSTILE)):
        page.js(f"choose('crate', {number}, {{ move: true }})")
        assert page.js("document.querySelector('#panel h2').textContent") == page.js(
            f"crates[{number}].label"
        )
        address = page.js("location.hash")
        page.js("chooseNothing()")
        page.js(f"location.hash = {json.dumps(address)}; recall()")
        assert page.js("chosen?.number") == number
    for name in ("</script>", "__proto__", "漢字"):
        page.js(f"byId('search').value = {json.dumps(name)}; search()")
        assert marked(page, "crate")["match"] == {
            f"crate {escaped(each)}" for each in HOSTILE if name in each
        }


def test_the_page_may_connect_to_nothing(shown):
    page = shown(html_text(small_picture()))
    answers = page.js(
        "Promise.all([fetch('data:text/plain,x'), fetch('http://127.0.0.1:9/'),"
        " new Promise((done, failed) => { const i = new Image(); i.onload = done; i.onerror = failed; i.src = 'http://127.0.0.1:9/'; }),"
        "].map((each) => each.then(() => 'reached', () => 'refused')))"
    )
    assert answers == ["refused"] * 3
    page.js(
        "{ const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s); }"
    )
    assert page.js("window.broken ?? 'refused'") == "refused"
    assert all("Content Security Policy" in each for each in page.complaints)
    page.complaints.clear()
    page.requests.clear()


def test_everything_that_can_be_used_has_a_name(shown):
    page = shown(html_text(small_picture(), Opened.UNITS))
    page.click(crate_button(page, "core"))
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    used = [
        (each["role"]["value"], each.get("name", {}).get("value", ""))
        for each in nodes
        if not each.get("ignored")
        and each["role"]["value"] in {"button", "combobox", "radio", "checkbox", "region", "complementary"}
    ]
    assert all(name for _, name in used)
    names = {name for _, name in used}
    assert {
        "core",
        "core lib",
        "Search crates, units and files",
        "Units of core",
        "Larger",
        "layer",
        "churn",
    } <= names


def test_the_address_says_what_is_chosen(shown):
    page = shown(html_text(small_picture()))
    page.click(crate_button(page, "core"))
    assert page.js("location.hash") == "#crate=core"
    page.js("location.hash = '#unit=serde-run'; recall()")
    assert page.js("document.querySelector('#panel h2').textContent") == "serde run"
    page.js("location.hash = '#crate=%E0%A4%A'; recall()")


def test_zoom_and_drag_move_what_is_seen(shown):
    page = shown(html_text(layered_picture(200, 400), Opened.CRATES))
    for button in ("larger", "larger", "smaller"):
        page.click(f"#{button}")
    assert page.js("scale") == pytest.approx(
        page.js("Number(byId('world').style.transform.match(/[\\d.]+/)[0])")
    )
    page.js("zoomTo(3)")
    page.js("byId('view').scrollTo(300, 200)")
    for kind, x, y in (("mousePressed", 700, 880), ("mouseMoved", 640, 840), ("mouseReleased", 640, 840)):
        page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
    assert page.js("[byId('view').scrollLeft, byId('view').scrollTop]") == [360, 240]
    page.click("#fit")
    assert page.js("byId('world').getBoundingClientRect().width <= byId('view').clientWidth + 1")


def test_a_thousand_crates_stay_fluid(shown):
    """The limits are several times what a slow machine takes; they are there to see that nothing grows with the square."""
    picture = layered_picture(1000, 5000)
    page = shown(html_text(picture))
    assert page.js("performance.getEntriesByType('navigation')[0].domComplete") < 5000
    assert len(page.js(CRATES)) == 100
    spent = "(() => { const start = performance.now(); %s; document.body.offsetWidth; return performance.now() - start; })()"
    assert page.js(spent % "unfoldTo('crates'); refreshAll(); fit()") < 3000
    assert len(page.js(CRATES)) == 1000
    assert page.js(spent % "choose('crate', 950)") < 2000
    assert page.js(spent % "byId('search').value = 'crate-9'; search()") < 2000
    assert page.js(spent % "openCrate(950, true); refreshAll()") < 2000
    assert page.js(spent % "unfoldTo('units'); refreshAll()") < 6000


def rgb(colour):
    return f"rgb({', '.join(str(part) for part in bytes.fromhex(colour[1:]))})"

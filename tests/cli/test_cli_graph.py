"""`flakegen graph`: every format of a real workspace, what it says when it cannot draw, and what it leaves alone."""

import json
import os
import re
import subprocess
from xml.etree import ElementTree as ET

import pytest
from small_projects import cargo_project, plain_project, run_process, write_files

from flakegen.cargo.source import CRATES_IO_NAME

IN_PAGE = re.compile(r'<script type="application/json" id="data">(.*)</script>')

LEAF = "code/crates/base/src/lib.rs"


@pytest.fixture
def spec(project):
    """A spec with a workspace of two crates, `tool` needs `base`; told from where its project's root is."""
    return cargo_project(project).relative_to(project)


def page_data(text):
    return json.loads(IN_PAGE.search(text)[1])


def unit_graph(spec):
    """The units, and what they need, as another command tells them."""
    from flakegen.pipeline.project import Project  # noqa: PLC0415

    graph = Project(str(spec)).build_graph("x86_64-linux")
    return set(graph.units), {(unit.id, other) for unit in graph.units.values() for other in unit.needs}


def test_every_format_has_every_unit_and_what_it_needs(run, project, spec):
    units, edges = unit_graph(spec)
    assert len(units) > 1
    for name in ("a.svg", "a.dot", "a.mmd", "a.html"):
        assert run("graph", spec, "-o", name, "--of", "units").code == 0
    svg = ET.fromstring((project / "a.svg").read_bytes())  # noqa: S314
    assert {each.get("data-id") for each in svg.iter() if each.get("data-id")} == units
    dot = (project / "a.dot").read_text()
    assert set(re.findall(r'^    "(.*?)" \[', dot, re.MULTILINE)) == units
    assert set(re.findall(r'^  "(.*?)" -> "(.*?)";', dot, re.MULTILINE)) == edges
    mermaid = (project / "a.mmd").read_text()
    assert (mermaid.count(":::"), mermaid.count("-->")) == (len(units), len(edges))
    data = page_data((project / "a.html").read_text())
    names = [unit["id"] for unit in data["units"]]
    assert set(names) == units
    pairs = zip(data["edges"][::2], data["edges"][1::2], strict=True)
    assert {(names[user], names[needed]) for user, needed in pairs} == edges


def test_crates_stand_in_their_layers_with_their_outputs(run, project, spec):
    assert run("graph", spec, "-o", "a.html").code == 0
    data = page_data((project / "a.html").read_text())
    labels = [crate["label"] for crate in data["crates"]]
    layers = {
        layer["label"]: [labels[crate] for column in layer["columns"] for crate in column]
        for layer in data["layers"]
    }
    assert layers == {"Layer 1": ["base", "tool"]}
    assert "packages.tool" in [name for name, _ in data["outputs"]]
    base = data["crates"][labels.index("base")]
    assert data["files"][base["files"]] == ["data/text.txt"]


@pytest.mark.parametrize("how", ["svg", "dot", "mermaid", "html"])
def test_standard_output(run_both, spec, how):
    done = run_both("graph", spec, "-o", "-", "--format", how)
    assert done.code == 0
    assert done.err == ""
    assert "tool" in done.out


def test_bytes_depend_on_nothing_else(project, spec):
    for how in ("svg", "html"):  # which hold what the others do
        words = ("graph", spec, "-o", "-", "--format", how, "--of", "units")
        texts = {
            run_process(*words, cwd=project, PYTHONHASHSEED=seed, NO_COLOR="1").out for seed in ("1", "2")
        }
        assert len(texts) == 1


def test_an_unknown_ending_names_the_known_ones(run, project, spec):
    done = run("graph", spec, "-o", "a.png")
    assert done.code == 2
    assert "no format goes by the ending of 'a.png' [E600]" in done.err
    assert ".svg" in done.err
    assert not (project / "a.png").exists()
    assert run("graph", spec, "-o", "a.png", "--format", "svg").code == 0
    assert (project / "a.png").read_bytes().startswith(b"<svg")


def test_what_cannot_be_drawn_is_said(run, project, spec):
    assert "add --format" in run("graph", spec, "-o", "-").err
    assert "impact of what?" in run("graph", spec, "-o", "a.svg", "--colour", "impact").err
    plain = run("graph", plain_project(project), "-o", "a.svg")
    assert plain.code == 2
    assert "there is nothing to draw" in plain.err
    assert "no system 'riscv'" in run("graph", spec, "-o", "a.svg", "--system", "riscv").err
    assert "neither a path nor a crate" in run("graph", spec, "-o", "a.svg", "--changed", "bsae").err
    assert run("graph", "none.toml", "-o", "a.svg").code == 2
    assert not (project / "a.svg").exists()


def test_a_file_is_replaced_as_a_whole_and_nothing_else_is_touched(run, project, spec):
    (project / "a.svg").write_text("older")
    (project / "link.svg").symlink_to("a.svg")
    before = {
        path: path.read_bytes() for path in project.rglob("*") if path.is_file() and path.suffix != ".svg"
    }
    assert run("graph", spec, "-o", "link.svg").code == 0
    assert (project / "link.svg").is_symlink()
    assert (project / "a.svg").read_text().startswith("<svg")
    after = {
        path: path.read_bytes() for path in project.rglob("*") if path.is_file() and path.suffix != ".svg"
    }
    assert after == before
    missing = run("graph", spec, "-o", "none/a.svg")
    assert missing.code == 2
    assert "none/a.svg" in missing.err
    assert run("graph", spec, "-o", ".", "--format", "svg").code == 2


def test_a_pipe_is_written_to(run, project, spec):
    os.mkfifo(project / "a.svg")
    with subprocess.Popen(["cat", project / "a.svg"], stdout=subprocess.PIPE) as reader:
        assert run("graph", spec, "-o", "a.svg").code == 0
        assert reader.communicate()[0].startswith(b"<svg")
    assert (project / "a.svg").is_fifo()


def tones(page, colour):
    """What colours of crates say in words."""
    return {crate["label"]: page["tones"][crate["tones"][colour]][1] for crate in page["crates"]}


def test_impact_is_coloured(run, project, spec):
    assert run("graph", spec, "-o", "a.html", "--changed", LEAF).code == 0
    text = (project / "a.html").read_text()
    assert 'data-colour="impact"' in text
    assert tones(page_data(text), "impact") == {"base": "other source", "tool": "built again"}
    assert run("graph", spec, "-o", "a.html", "--changed", "tool").code == 0
    assert tones(page_data((project / "a.html").read_text()), "impact")["base"] == "as it was"
    assert run("graph", spec, "-o", "a.svg", "--changed", LEAF, "--of", "members").code == 0
    assert "changed itself" in (project / "a.svg").read_text()


def test_churn_counts_commits_and_is_not_needed(run, project, spec):
    done = run("graph", spec, "-o", "a.svg", "--colour", "churn")
    assert done.code == 0
    assert "note: without git's history nothing is known of churn" in done.err
    git(project, "init", "-q")
    commit(project, "all")
    for number in range(3):
        write_files(project, {LEAF: f"// {number}\n"})
        commit(project, f"base {number}")
    assert run("graph", spec, "-o", "a.html").err == ""
    page = page_data((project / "a.html").read_text())
    assert tones(page, "churn") == {"base": "changed in 4 of 4 commits", "tool": "changed in 1 of 4 commits"}
    assert "legends" in page
    assert set(page["legends"]) == {"layer", "churn"}


def git(folder, *words):
    me = (
        "-c",
        "log.follow=false",
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    return subprocess.run(["git", *me, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder, message):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


LOCK = """\
[[package]]
name = "serde"
version = "{serde}"
source = "registry+https://github.com/rust-lang/{name}-index"

[[package]]
name = "itoa"
version = "{itoa}"
source = "registry+https://github.com/rust-lang/{name}-index"
"""


@pytest.fixture
def history(project):
    """A project with commits of all sorts, two folders down in its repository."""
    root = project / "deep/er"
    git(project, "init", "-q")
    for serde, itoa, file in (
        ("1.0.0", "1.0.0", "a b/src/lib.rs"),
        ("1.0.1", "1.0.0", "a b/inner/x"),
        ("1.0.2", "1.0.1", "é/y"),
    ):
        write_files(
            root, {"Cargo.lock": LOCK.format(serde=serde, itoa=itoa, name=CRATES_IO_NAME), file: serde}
        )
        commit(project, serde)
    write_files(project, {"elsewhere.txt": "x"})
    commit(project, "elsewhere")
    git(project, "mv", "deep/er/é/y", "deep/er/é/z")
    commit(project, "renamed")
    # What a user likes to see in their logs must not count.
    for name, value in (
        ("color.ui", "always"),
        ("log.follow", "true"),
        ("diff.noprefix", "true"),
        ("diff.orderFile", "none"),
        ("log.showSignature", "true"),
        ("format.pretty", "fuller"),
        ("diff.external", "false"),
        ("log.decorate", "full"),
    ):
        git(project, "config", name, value)
    return root


def test_churn_of_folders_is_what_git_counts(history):
    graph = made_graph(
        {"outer": "a b", "inner": "a b/inner", "other": "é", "none": "nothing"}, ["serde", "itoa", "libc"]
    )
    found = churn(history, graph)
    counted = {
        name: len(git(history, "log", "-O/dev/null", "--format=%H", "--no-renames", "--", *paths).split())
        for name, paths in {
            "outer": ["a b", ":!a b/inner"],
            "inner": ["a b/inner"],
            "other": ["é"],
            "none": ["nothing"],
        }.items()
    }
    assert counted == {"outer": 1, "inner": 1, "other": 2, "none": 0}
    assert {name: found.commits[name] for name in counted} == counted
    assert {name: found.commits[name] for name in ("serde", "itoa", "libc")} == {
        "serde": 3,
        "itoa": 2,
        "libc": 0,
    }
    assert found.history == 4


def test_a_package_at_the_root_has_what_no_other_has(history):
    found = churn(history, made_graph({"root": "", "inner": "a b/inner"}, []))
    assert found.commits == {"root": 4, "inner": 1}


def churn(root, graph):
    from flakegen.pictures.churn import churn_of  # noqa: PLC0415

    return churn_of(graph, root, "Cargo.lock")


def made_graph(folders, fetched):
    from types import SimpleNamespace  # noqa: PLC0415

    units = [SimpleNamespace(crate=name, name=name, directory=folder) for name, folder in folders.items()]
    units += [SimpleNamespace(crate=name, name=name, directory=None) for name in fetched]
    return SimpleNamespace(units={unit.crate: unit for unit in units})


def test_impact_draws_the_crates_of_its_answer(run, spec):
    for asked, crates in ((LEAF, {"base", "tool"}), ("tool", {"tool"}), ("README.md", set())):
        units = json.loads(run("impact", spec, asked, "--format", "json").out)["units"]
        assert {unit["crate"] for unit in units} == crates
        dot = run("impact", spec, asked, "--format", "dot").out
        assert set(re.findall(r'^    ".*" \[label="(.*?)"', dot, re.MULTILINE)) == crates
        assert dot.count("->") == max(0, len(crates) - 1)
        mermaid = run("impact", spec, asked, "--format", "mermaid").out
        assert set(re.findall(r'^    n\d+\["(.*?)"\]', mermaid, re.MULTILINE)) == crates

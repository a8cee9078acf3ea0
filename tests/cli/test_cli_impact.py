"""`flakegen impact`: what it takes for an answer, and how it says so."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from small_projects import CARGO, cargo_project

from flakegen.files.git import commit_of, modified_files
from flakegen.memory.records import record_path

LIBRARY = "code/crates/base/src/lib.rs"


@pytest.fixture
def spec(project) -> Path:
    return cargo_project(project)


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


@pytest.fixture
def repository(spec, project) -> Path:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "one")
    return spec


def ask(run, *words: object) -> dict:
    done = run("impact", *words, "--format", "json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def crates(answer: dict) -> list[str]:
    return [f"{unit['crate']} {unit['target']}" for unit in answer["units"]]


def test_people_are_told_what_why_and_how_much(spec, run):
    done = run("impact", spec, LIBRARY)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "2 of 2 units on x86_64-linux are rebuilt: 100 % of the work\n"
        "an estimate: 2 s on one core, no less than 2 s on many\n"
        "\n"
        "  base 0.1.0  lib       source\n"
        "  tool 0.1.0  bin tool  ← base\n"
        "\n"
        "packages  tool\n"
        "layers    1\n"
        "perhaps also packages.shell: what they read cannot be told\n"
    )


@pytest.mark.parametrize(("how", "line"), [("dot", " -> "), ("mermaid", " --> ")])
def test_the_answer_can_be_drawn(spec, run, how, line):
    both = run("impact", spec, LIBRARY, "--format", how)
    assert (both.code, both.err) == (0, "")
    assert line in both.out
    assert "base" in both.out
    alone = run("impact", spec, "tool", "--format", how)
    assert "tool" in alone.out
    assert "base" not in alone.out
    assert run("impact", spec, "README.md", "--format", how).code == 0


def test_nothing_is_an_answer(spec, run):
    assert run("impact", spec, "README.md").out == (
        "0 of 2 units on x86_64-linux are rebuilt\n"
        "perhaps also packages.shell: what they read cannot be told\n"
    )


def test_files_folders_and_crates_can_be_asked_about(spec, run):
    both = ["base lib", "tool bin tool"]
    assert crates(ask(run, spec, "data")) == both
    assert crates(ask(run, spec, "data/text.txt")) == both
    assert crates(ask(run, spec, "base")) == both
    assert crates(ask(run, spec, "base@0.1.0")) == both
    assert crates(ask(run, spec, "tool")) == ["tool bin tool"]
    assert crates(ask(run, spec, "code/crates/tool/src/target")) == ["tool bin tool"]
    assert crates(ask(run, spec, "code/crates/tool/src/not_there_yet.rs")) == ["tool bin tool"]
    assert crates(ask(run, spec, "code/crates/tool/notes/not/there.txt")) == []


def test_a_path_says_how_the_change_travels(spec, run):
    base, tool = ask(run, spec, LIBRARY)["units"]
    assert (base["reasons"], base["path"]) == (["source"], [base["id"]])
    assert (tool["reasons"], tool["path"]) == ([], [base["id"], tool["id"]])


def test_paths_count_from_the_working_directory_and_else_from_the_project(spec, run, project, monkeypatch):
    monkeypatch.chdir(project / "code/crates/base")
    assert crates(ask(run, spec, "src/lib.rs")) == crates(ask(run, spec, LIBRARY)) != []
    assert crates(ask(run, spec, project / LIBRARY)) != []


@pytest.mark.parametrize("path", ["code/Cargo.lock", "code/crates/base/Cargo.toml", "specs/rusty.toml"])
def test_of_what_decides_what_is_built_only_the_change_itself_can_tell(spec, run, path):
    answer = ask(run, spec, path)
    assert (answer["decided-by-content"], answer["units"]) == ([path], [])
    assert "--since" in run("impact", spec, path).out


def test_the_answer_is_the_same_with_and_without_memory(spec, run):
    first = ask(run, spec, LIBRARY)
    run("compile", spec)
    assert ask(run, spec, LIBRARY) == first  # the compilation's
    [record] = Path(record_path(str(spec), "graph-x86_64-linux")).parent.iterdir()
    for damaged in (record.read_bytes()[:-9], b"", b"\x93\x01\x02", b"[" * 100_000, b"\xff" * 99):
        record.write_bytes(damaged)
        assert ask(run, spec, LIBRARY) == first
    record.unlink()
    record.mkdir()
    assert ask(run, spec, LIBRARY) == first


def test_memory_of_another_graph_is_none(spec, run, project):
    run("compile", spec)
    (project / "code/crates/tool/build.rs").write_text("fn main() {}\n")
    assert crates(ask(run, spec, "tool")) == ["tool build-script", "tool build-script", "tool bin tool"]
    spec.write_text(CARGO.replace('crate = "tool"', 'crate = "base"'))
    assert crates(ask(run, spec, "base")) == ["base lib"]


def test_since_a_revision(repository, run, project):
    assert ask(run, repository, "--since", "HEAD")["units"] == []
    with (project / LIBRARY).open("a") as file:
        file.write("// words\n")
    assert crates(ask(run, repository, "--since", "HEAD")) == ["base lib", "tool bin tool"]
    git(project, "commit", "-aqm", "two")
    assert ask(run, repository, "--since", "HEAD")["units"] == []
    assert crates(ask(run, repository, "--since", "HEAD~1")) == ["base lib", "tool bin tool"]


def test_since_leaves_nothing_behind_and_changes_nothing(repository, run, project, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    ask(run, repository, "--since", "HEAD")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    assert list(scratch.iterdir()) == []


def test_within_a_hook_git_is_asked_about_the_project(repository, run, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    git(elsewhere, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(elsewhere / ".git/index"))
    assert ask(run, repository, "--since", "HEAD")["units"] == []


def test_a_repository_around_the_project(spec, run, project, tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "beside").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    (project / "data/text.txt").write_text("other\n")
    assert crates(ask(run, spec, "--since", "HEAD")) == ["base lib", "tool bin tool"]


def test_an_older_lock(spec, run, project):
    old = project / "old.lock"
    shutil.copy(project / "code/Cargo.lock", old)
    assert ask(run, spec, "--lock", old)["units"] == []


def test_revisions_that_have_been_compiled_need_no_resolving(repository, run, project, monkeypatch):
    run("compile", repository)
    with (project / LIBRARY).open("a") as file:
        file.write("// changed\n")
    monkeypatch.setattr("flakegen.pipeline.project.resolve_builds", None)
    monkeypatch.setattr("flakegen.pipeline.project.plan_cargo", None)
    assert crates(ask(run, repository, "--since", "HEAD")) == ["base lib", "tool bin tool"]


CHANGES = {
    "contents": (lambda folder: (folder / LIBRARY).write_text("pub fn other() {}\n"), (LIBRARY,)),
    "a file more": (lambda folder: (folder / "more.rs").write_text(""), None),
    "a file less": (lambda folder: (folder / LIBRARY).unlink(), None),
    "an executable": (lambda folder: (folder / LIBRARY).chmod(0o755), None),
    "nothing": (lambda _folder: None, ()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_git_tells_when_contents_alone_are_others(repository, project, name):  # noqa: ARG001
    change, expected = CHANGES[name]
    change(project)
    assert modified_files(project, commit_of(project, "HEAD")) == expected


def test_locks_that_have_been_compiled_need_no_resolving(spec, run, project, monkeypatch):
    lock, old = project / "code/Cargo.lock", project / "old.lock"
    run("compile", spec)
    shutil.copy(lock, old)
    lock.write_text(f"# touched by somebody\n{lock.read_text()}")
    run("compile", spec)
    monkeypatch.setattr("flakegen.pipeline.project.resolve_builds", None)
    monkeypatch.setattr("flakegen.pipeline.project.plan_cargo", None)
    assert ask(run, spec, "--lock", old)["units"] == []


WRONG = {
    "nothing is asked": ((), "error: what changes must be said in one way"),
    "two things are asked": (
        (LIBRARY, "--since", "HEAD"),
        "error: what changes must be said in one way",
    ),
    "a crate that is close": (("basse",), "hint: did you mean base?"),
    "a crate that is not": (("zz",), "error: 'zz' is neither a path nor a crate of the build [E201]"),
    "a version that is not": (("base@9",), "error: 'base@9' is neither"),
    "outside": (("../../x/y",), "error: '../../x/y' lies outside the project"),
    "a system": (
        (LIBRARY, "--system", "riscv64-linux"),
        "error: the project has no system 'riscv64-linux'",
    ),
    "no repository": (("--since", "HEAD"), "error: cannot tell what has changed: "),
    "no lock": (("--lock", "nowhere.lock"), "error: there is no lock nowhere.lock"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_answered_is_said(name, spec, run):
    words, said = WRONG[name]
    done = run("impact", spec, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_everything_that_is_wrong_is_said_at_once(spec, run):
    done = run("impact", spec, "zz", "yy")
    assert "'zz'" in done.err
    assert "'yy'" in done.err


def test_a_revision_that_is_not_there_or_is_none(repository, run, project):
    for revision in ("nonsense", "--output=x", "HEAD^{tree}"):
        done = run("impact", repository, f"--since={revision}")
        assert (done.code, done.out) == (2, "")
        assert "error: cannot tell what has changed: git knows no revision" in done.err
    (project / "specs/late.toml").write_text(CARGO)
    done = run("impact", "specs/late.toml", "--since", "HEAD")
    assert "there was no specs/late.toml in HEAD" in done.err


def test_a_spec_for_the_overlay_has_no_units(spec, run):
    text = CARGO.replace('workspace = "../code"', 'workspace = "../code"\nformat = "cargo2nix"')
    spec.write_text(text.replace("[inputs]", '[inputs]\ncargo2nix = "github:cargo2nix/cargo2nix"'))
    done = run("impact", spec, LIBRARY)
    assert done.code == 2
    assert 'only known with cargo.format = "units"' in done.err

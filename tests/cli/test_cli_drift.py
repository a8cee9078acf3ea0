"""`check` notices every kind of edit, in what is read and in what was written."""

import subprocess

import pytest
from small_projects import cargo_project, tree_of, write_files


@pytest.fixture
def compiled(project, run):
    spec = cargo_project(project)
    assert run("compile").code == 0
    assert run("check").code == 0
    return spec


def _edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


OUTPUT_EDITS = {
    "changed": lambda out: _edit(out / "flake.nix", "jq", "yq"),
    "missing": lambda out: (out / "cargo/unit.sh").unlink(),
    "extra": lambda out: (out / "stale.nix").write_text((out / "flake.nix").read_text()),
    "mode": lambda out: (out / "cargo/common.sh").chmod(0o755),
}


@pytest.mark.parametrize("kind", OUTPUT_EDITS)
@pytest.mark.usefixtures("compiled")
def test_edits_of_what_was_written(project, run, kind):
    before = tree_of(project)
    OUTPUT_EDITS[kind](project / "generated/rusty")
    done = run("check")
    assert done.code == 1
    assert f"specs/rusty.toml: {kind}: " in done.err
    assert "hint: run: flakegen compile specs/rusty.toml" in done.err
    assert done.out.startswith("diff --git ")
    assert run("compile").code == 0
    assert tree_of(project) == before
    assert run("check").code == 0


@pytest.mark.parametrize("name", ["README.md", "flake.lock", "mine/tool.nix"])
@pytest.mark.usefixtures("compiled")
def test_files_of_others_are_no_drift(project, run, name):
    write_files(project / "generated/rusty", {name: "mine\n"})
    assert run("check").code == 0
    assert run("compile").code == 0
    assert (project / "generated/rusty" / name).read_text() == "mine\n"


INPUT_EDITS = {
    "spec": lambda root: _edit(root / "specs/rusty.toml", '"jq"', '"yq"'),
    "manifest": lambda root: _edit(root / "code/crates/tool/Cargo.toml", "2021", "2018"),
    "lock": lambda root: _edit(root / "code/Cargo.lock", "version = 4", "version = 4 # newer"),
    "embedded": lambda root: _edit(root / "data/text.txt", "text", "TEXT"),
    "embeds-more": lambda root: _edit(
        root / "code/crates/tool/src/target/mod.rs", "//", 'const _: &str = include_str!("nothing.txt"); //'
    ),
    "configuration": lambda root: write_files(
        root, {".cargo/config.toml": "[profile.release]\nopt-level = 1\n"}
    ),
}


@pytest.mark.parametrize("kind", INPUT_EDITS)
@pytest.mark.usefixtures("compiled")
def test_edits_of_what_is_read(project, run, kind):
    INPUT_EDITS[kind](project)
    assert run("check").code == 1
    assert run("compile").code == 0
    assert run("check").code == 0


@pytest.mark.usefixtures("compiled")
def test_edits_that_mean_nothing(project, run):
    write_files(project / "code", {"README.md": "read me\n", "crates/tool/notes.txt": "notes\n"})
    _edit(project / "code/crates/tool/src/main.rs", "fn main", "// a comment\nfn main")
    assert run("check").code == 0


@pytest.mark.usefixtures("compiled")
def test_a_missing_facts_file_is_drift(project, run):
    (project / "specs/rusty.crates.json").unlink()
    done = run("check")
    assert done.code == 1
    assert "missing: rusty.crates.json" in done.err


def test_a_diff_makes_the_committed_tree_right(project, run, compiled):  # noqa: ARG001
    out = project / "generated/rusty"
    wanted = tree_of(project)
    for edit in OUTPUT_EDITS.values():
        edit(out)
    diff = run("check", "-v").out
    subprocess.run(["git", "apply", "-"], cwd=out, input=diff.encode(), check=True)
    assert tree_of(project) == wanted
    assert run("check").code == 0

"""What git does not know is in no flake: it is told, wherever git can be asked."""

import json
import subprocess
from pathlib import Path

import pytest
from small_projects import cargo_project, write_files


def git(*words: str, cwd: Path | None = None) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(project, run):
    """A project that is committed as a whole, generated files and all."""
    cargo_project(project)
    write_files(
        project, {"code/crates/base/build.rs": 'fn main() { println!("cargo:rerun-if-changed=steps"); }'}
    )
    write_files(project, {"code/crates/base/steps/one.txt": ""})
    git("init", "-q")
    assert run("compile").code == 0
    git("add", ".")
    git("commit", "-q", "-m", "one")
    return project


def warned(run, *command: str) -> list[str]:
    done = run(*command)
    assert done.code in (0, 1)
    words = done.err.splitlines()
    said = [line for line in words if "[E310]" in line]
    found = json.loads(run(*command, "--json").out)["diagnostics"]
    assert [each["severity"] for each in found] == ["warning"] * len(said)
    return [each["message"] for each in found] + [each["hint"] for each in found]


def test_what_is_committed_or_added_is_no_matter(repository, run):
    write_files(repository, {"code/crates/base/steps/two.txt": "", "code/crates/base/README.md": ""})
    git("add", "--intent-to-add", "code/crates/base/steps/two.txt")
    assert warned(run, "check") == []
    assert warned(run, "compile") == []


NEW = {
    "a module": (
        {"code/crates/tool/src/more.rs": "", "code/crates/tool/src/main.rs": "mod target; mod more; fn main() {}"},
        "code/crates/tool/src/more.rs",
    ),
    "a file in an embedded folder": (
        {"code/crates/base/steps/two.txt": ""}, "code/crates/base/steps/two.txt"),
    "an embedded file": (
        {"data/more.txt": "", "code/crates/tool/src/target/mod.rs": 'const _: &str = include_str!("../../../../../data/more.txt");'},
        "data/more.txt",
    ),
    "a file with an odd name": (
        {"code/crates/base/steps/a 'b\n": ""}, "code/crates/base/steps/a 'b\\n"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("command", ["check", "compile"])
def test_a_new_file_is_told(repository, run, kind, command):
    files, path = NEW[kind]
    write_files(repository, files)
    message, hint = warned(run, command)
    assert message == f"a file that is built is not known to git, so the flake does not hold it: '{path}'"
    assert hint.startswith("run: git add ")
    assert "--force" not in hint


def test_the_command_that_is_told_does_it(repository, run):
    write_files(repository, {"code/crates/base/steps/a 'b": ""})
    _, hint = warned(run, "check")
    subprocess.run(hint.removeprefix("run: "), shell=True, check=True)  # noqa: S602  # as a user would
    assert warned(run, "check") == []


def test_an_ignored_file_is_told_with_the_force_that_it_takes(repository, run):
    write_files(repository, {".gitignore": "*.txt\n", "code/crates/base/steps/two.txt": ""})
    _, hint = warned(run, "check")
    assert hint == "run: git add --force code/crates/base/steps/two.txt"


def test_many_files_are_one_warning(repository, run):
    write_files(repository, {f"code/crates/base/steps/{number}.txt": "" for number in range(9)})
    message, hint = warned(run, "check")
    assert message.startswith("9 files that are built are not known to git")
    assert message.endswith(" and 4 more")
    assert hint.endswith(" …")


@pytest.mark.usefixtures("repository")
def test_a_lock_that_git_ignores_is_told(run):
    git("rm", "-q", "--cached", "code/Cargo.lock")
    message, _ = warned(run, "check")
    assert "'code/Cargo.lock'" in message


@pytest.mark.usefixtures("repository")
def test_a_hooks_own_index_is_no_matter(run, monkeypatch):
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/elsewhere")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert warned(run, "check") == []


def test_without_git_nothing_is_told(repository, run, monkeypatch):
    write_files(repository, {"code/crates/base/steps/two.txt": ""})
    monkeypatch.setenv("PATH", "/nowhere")
    assert warned(run, "check") == []


def test_without_a_repository_nothing_is_told(repository, run):
    write_files(repository, {"code/crates/base/steps/two.txt": ""})
    (repository / ".git").rename(repository / "git")
    assert warned(run, "check") == []


def test_a_workspace_without_a_spec(repository, run, monkeypatch):
    write_files(
        repository, {"code/crates/base/src/lib.rs": "mod fresh;", "code/crates/base/src/fresh.rs": ""}
    )
    monkeypatch.chdir(repository / "code")
    assert run("cargo").code == 0
    message, _ = warned(run, "cargo", "--check")
    assert "'crates/base/src/fresh.rs'" in message

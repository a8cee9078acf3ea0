"""The next version, of real repositories."""

import subprocess

import pytest
from played_server import run
from small_repository import Repository


@pytest.fixture
def repository(tmp_path):
    return Repository.new(tmp_path / "repository")


def next_version(repository, *arguments):
    done = run("next-version", *arguments, cwd=repository.folder)
    assert (done.returncode == 0) == bool(done.stdout), done.stderr
    return done.stdout.strip() or done.returncode


@pytest.mark.parametrize(
    ("last", "messages", "expected"),
    [
        ("1.2.3", ["fix: a"], "1.2.4"),
        ("1.2.3", ["perf(core): a"], "1.2.4"),
        ("1.2.3", ["Revert: a"], "1.2.4"),
        ("1.2.3", ["fix: a", "feat(api): b", "fix: c"], "1.3.0"),
        ("1.2.3", ["feat: a", "fix!: b"], "2.0.0"),
        ("1.2.3", ["chore(deps)!: a"], "2.0.0"),
        ("1.2.3", ["fix: a\n\nBody.\n\nBREAKING CHANGE: b"], "2.0.0"),
        ("1.2.3", ["docs: a\n\nBREAKING-CHANGE: b\n"], "2.0.0"),
        ("0.42.0", ["feat!: a"], "0.43.0"),
        ("0.42.0", ["fix: a"], "0.42.1"),
        ("0.0.1", ["feat: a"], "0.1.0"),
        ("1.2.3", ["docs: a", "chore: b", "Merge pull request #7", "feat without a colon"], 1),
        ("1.2.3", ["feature: a", "fixes: b", "docs: feat: c", "  feat: d", "feat:e"], 1),
        ("1.2.3", ["docs: a\n\nfeat: in the body\nno BREAKING CHANGE: here"], 1),
        ("1.2.3", [], 1),
        ("1.9.9", ["fix: a"], "1.9.10"),
        ("1.9.10", ["feat: a"], "1.10.0"),
        ("999999999.0.0", ["fix: a"], "999999999.0.1"),
    ],
)
def test_commits_since_the_last_release_say_which(repository, last, messages, expected):
    repository.commit("feat!: before the release")
    repository.release(last)
    for message in messages:
        repository.commit(message)
    assert next_version(repository) == expected


def test_the_last_release_is_the_highest_tag_below(repository):
    for tag in ("1.9.0", "1.10.0", "1.2.0", "v9.0.0", "2.0.0-rc.1", "01.50.0", "1.60", "nightly", "3.0.0.1"):
        repository.commit(f"fix: {tag}")
        repository.release(tag)
    repository.git("checkout", "--quiet", "-b", "other", "1.9.0")
    repository.commit("fix: elsewhere")
    repository.release("7.0.0")
    repository.git("checkout", "--quiet", "main")
    assert next_version(repository) == "1.10.1"
    assert next_version(repository, "--prefix", "v") == "9.0.1"


def test_without_a_release_it_is_the_initial_version(repository):
    repository.commit("docs: first")
    assert next_version(repository) == "0.1.0"
    assert next_version(repository, "--initial", "1.0.0", "--rc") == "1.0.0-rc.1"


def test_candidates_are_counted_wherever_they_are(repository):
    repository.commit("feat: a")
    repository.release("v1.2.3")
    repository.commit("feat: b")
    arguments = ("--prefix", "v", "--rc")
    assert next_version(repository, *arguments) == "1.3.0-rc.1"
    for tag in ("v1.3.0-rc.9", "v1.3.0-rc.10", "v1.3.0-rc.2x", "v1.4.0-rc.50", "1.3.0-rc.70", "v1x3.0-rc.80"):
        repository.release(tag)
    assert next_version(repository, *arguments) == "1.3.0-rc.11"
    assert next_version(repository, "--prefix", "v") == "1.3.0"


def test_only_changes_of_a_path_count_where_that_is_asked_for(repository):
    (repository.folder / "app").mkdir()
    (repository.folder / "li*b").mkdir()
    repository.commit("feat: a")
    repository.release("1.0.0")
    repository.commit("feat: b", "app/x")
    repository.commit("fix: c", "li*b/x")
    assert next_version(repository, "--path", "app") == "1.1.0"
    assert next_version(repository, "--path", "li*b") == "1.0.1"
    assert next_version(repository, "--path", "li*b", "--path", "app") == "1.1.0"
    assert next_version(repository, "--path", "l*") == 1


def test_a_floor_asks_for_a_patch(repository):
    repository.commit("a")
    repository.release("1.0.0")
    assert next_version(repository, "--floor", "patch") == 1
    repository.commit("b")
    assert next_version(repository, "--floor", "patch") == "1.0.1"
    repository.commit("feat: c")
    assert next_version(repository, "--floor", "patch") == "1.1.0"


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ('[workspace.package]\nversion = "2.0.0" # next\n', "2.0.0"),
        ("[package]\nname = 'a'\nversion='1.0.9'\n[dependencies.b]\nversion = \"9.0.0\"\n", "1.1.0"),
        ('[dependencies]\nversion = "9.0.0"\n[ package ]\r\n  version = "1.10.0"\r\n', "1.10.0"),
        ('[package]\nversion = "1.0.0"\n', "1.1.0"),
        ("[package]\nversion.workspace = true\n", 2),
        ('[package]\nversion = "$(touch x)"\n', 2),
        ("", 2),
    ],
)
def test_a_manifest_may_ask_for_more(repository, tmp_path, manifest, expected):
    repository.commit("feat: a")
    repository.release("1.0.0")
    repository.commit("feat: b")
    (tmp_path / "Cargo.toml").write_text(manifest)
    assert next_version(repository, "--manifest", "../Cargo.toml") == expected


def test_a_manifest_that_is_raised_is_a_release_by_itself(repository):
    repository.commit("docs: a")
    repository.release("1.0.0")
    (repository.folder / "Cargo.toml").write_text('[package]\nversion = "1.0.1"\n')
    assert next_version(repository, "--manifest", "Cargo.toml") == "1.0.1"
    (repository.folder / "Cargo.toml").write_text('[package]\nversion = "0.9.0"\n')
    assert next_version(repository, "--manifest", "Cargo.toml") == 1


def test_a_version_with_a_tag_elsewhere_is_not_given_again(repository):
    repository.commit("feat: a")
    repository.release("1.0.0")
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit("fix: b")
    repository.release("1.0.1")
    repository.git("checkout", "--quiet", "main")
    repository.commit("fix: c")
    assert next_version(repository) == 3


def test_a_shallow_repository_cannot_tell(repository, tmp_path):
    repository.commit("feat: a")
    repository.release("1.0.0")
    repository.commit("feat: b")
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{repository.folder}", "shallow"],
        cwd=tmp_path,
        check=True,
    )
    done = run("next-version", "--repository", "shallow", cwd=tmp_path)
    assert done.returncode == 3
    assert "git fetch --unshallow --tags" in done.stderr


def test_where_there_is_no_commit_nobody_can_tell(repository, tmp_path):
    assert next_version(repository) == 3
    assert run("next-version", cwd=tmp_path).returncode == 3


def test_messages_are_text_and_nothing_else(repository):
    repository.commit("feat: a")
    repository.release("1.0.0")
    repository.commit("fix: $(touch gone) `touch gone` \\ ' \" * \x1b[31m\n\n$(touch gone)\n-e\n")
    repository.commit("docs: %s %B\n\n\\0\\n")
    assert next_version(repository) == "1.0.1"
    assert not (repository.folder / "gone").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--prefix", "-v"),
        ("--prefix", "v*"),
        ("--prefix"),
        ("--initial", "1.0"),
        ("--floor", "minor"),
        ("--manifest", "absent"),
        ("--unknown",),
        ("1.0.0",),
    ],
)
def test_wrong_usage_is_told(repository, arguments):
    repository.commit("feat: a")
    words = (arguments,) if isinstance(arguments, str) else arguments
    done = run("next-version", *words, cwd=repository.folder)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr

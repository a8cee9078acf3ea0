"""Whether a commit is the latest, asked of real repositories."""

import subprocess

import pytest
from played_server import Answer, playing, run
from small_repository import Repository


@pytest.fixture
def upstream(tmp_path):
    made = Repository.new(tmp_path / "upstream")
    made.commit("one")
    made.git("update-ref", "refs/pull/7/head", "HEAD")
    made.git("update-ref", "refs/merge-requests/7/head", "HEAD")
    return made


@pytest.fixture
def clone(upstream, tmp_path):
    subprocess.run(["git", "clone", "--quiet", str(upstream.folder), "clone"], cwd=tmp_path, check=True)
    return Repository(tmp_path / "clone")


WAYS = [("--pull", "7"), ("--branch", "main"), ("--ref", "refs/merge-requests/7/head")]


@pytest.mark.parametrize("way", WAYS)
def test_the_latest_is_told_from_an_older_one(upstream, clone, way):
    assert run("check-latest-commit", *way, cwd=clone.folder).returncode == 0
    newer = upstream.commit("two")
    for ref in ("refs/pull/7/head", "refs/merge-requests/7/head"):
        upstream.git("update-ref", ref, newer)
    done = run("check-latest-commit", *way, cwd=clone.folder)
    assert done.returncode == 1
    assert newer in done.stderr
    clone.git("fetch", "--quiet")
    given = run("check-latest-commit", *way, "--commit", "origin/main", cwd=clone.folder)
    assert given.returncode == 0, given.stderr


def test_a_ref_whose_name_ends_alike_is_another_one(upstream, clone):
    upstream.git("update-ref", "refs/heads/refs/heads/topic", "HEAD")
    assert run("check-latest-commit", "--branch", "topic", cwd=clone.folder).returncode == 3


def test_the_resource_of_concourse_says_which(upstream, clone):
    assert run("check-latest-commit", cwd=clone.folder).returncode == 2
    folder = clone.folder / ".git/resource"
    folder.mkdir()
    head = clone.git("rev-parse", "HEAD")
    (folder / "pr").write_text("7")
    (folder / "head_sha").write_text(f"{head}\n")
    clone.commit("merged into the base")
    assert run("check-latest-commit", cwd=clone.folder).returncode == 0
    upstream.git("update-ref", "refs/pull/7/head", upstream.commit("two"))
    assert run("check-latest-commit", cwd=clone.folder).returncode == 1
    (folder / "pr").write_text("7; touch gone")
    assert run("check-latest-commit", cwd=clone.folder).returncode == 2


@pytest.mark.parametrize("way", [("--pull", "8"), ("--branch", "absent"), ("--ref", "refs/x/y")])
def test_what_is_gone_cannot_be_the_latest(clone, way):
    done = run("check-latest-commit", *way, cwd=clone.folder)
    assert done.returncode == 3
    assert "the remote has no" in done.stderr


def test_a_remote_that_cannot_be_asked_is_told_without_its_password(clone):
    with playing(lambda _: Answer(403)) as forge:
        address = forge.url.replace("//", "//user:s3cret@")
        done = run("check-latest-commit", "--pull", "7", "--remote", f"{address}/x.git", cwd=clone.folder)
    assert done.returncode == 3
    assert "s3cret" not in done.stderr


def test_a_remote_that_does_not_answer_is_not_waited_for(clone):
    with playing(lambda _: Answer(200, wait=20)) as forge:
        options = ("--timeout", "1", "--remote", f"{forge.url}/x.git")
        done = run("check-latest-commit", "--pull", "7", *options, cwd=clone.folder)
    assert done.returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("--pull", "7", "--branch", "main"),
        ("--pull", "x"),
        ("--pull", "0"),
        ("--branch", "*"),
        ("--branch", "a b"),
        ("--branch", "$(touch gone)..x"),
        ("--ref", "--upload-pack=touch gone"),
        ("--pull", "7", "--commit", "absent"),
        ("--pull", "7", "--commit", "--all"),
        ("--pull", "7", "--timeout", "0"),
        ("--unknown",),
    ],
)
def test_wrong_usage_is_told(clone, arguments):
    done = run("check-latest-commit", *arguments, cwd=clone.folder)
    assert done.returncode == 2, done.stderr
    assert not (clone.folder / "gone").exists()


@pytest.mark.parametrize("remote", ["--upload-pack=touch gone", "ext::sh -c 'touch gone'", "absent"])
def test_a_remote_runs_nothing(clone, remote):
    done = run("check-latest-commit", "--pull", "7", "--remote", remote, cwd=clone.folder)
    assert done.returncode == 3
    assert not (clone.folder / "gone").exists()


def test_a_branch_may_have_any_name_that_git_allows(upstream, clone):
    name = "feat/$(touch${IFS}gone);'\"&|<>`x`"
    upstream.git("branch", name)
    done = run("check-latest-commit", "--branch", name, cwd=clone.folder)
    assert done.returncode == 0, done.stderr
    assert not (clone.folder / "gone").exists()


def test_outside_of_a_repository_nobody_can_tell(tmp_path):
    assert run("check-latest-commit", "--pull", "7", cwd=tmp_path).returncode == 3

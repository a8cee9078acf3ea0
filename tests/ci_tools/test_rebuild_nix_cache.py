"""Having caches built anew: a local server plays the forge and the CI's webhook."""

import json

import pytest
from played_server import Answer, playing, run, watched_programs

SHA = "0123456789abcdef0123456789abcdef01234567"
EVIL = "x\"; $(touch gone) `touch gone` ' \\ {number} \n::error::"


def pull(number, **more):
    return {
        "number": number,
        "title": EVIL,
        "draft": False,
        "head": {"sha": SHA[:-2] + f"{number:02d}", "ref": f"branch-{number}"},
        "base": {"ref": "main"},
        **more,
    }


def forge_of(*pages, hook=lambda _: Answer(204)):
    """A forge with these pages of pull requests, then empty ones."""

    def answer(asked):
        if asked.method == "POST":
            return hook(asked)
        page = int(asked.path.rpartition("page=")[2])
        return Answer(200, json.dumps(pages[page - 1] if page <= len(pages) else []).encode())

    return answer


def rebuild(forge, tmp_path, *arguments, **env):
    given = {"WEBHOOK_URL": f"{forge.url}/hook?webhook_token=s3cret&n={{number}}&sha={{sha}}", **env}
    options = ("--repository", "acme/bank", "--api", forge.url)
    return run("rebuild-nix-cache", *options, *arguments, cwd=tmp_path, env=given)


def hooks(forge):
    return [asked for asked in forge.asked if asked.method == "POST"]


def test_every_open_pull_request_is_started_once(tmp_path):
    with playing(forge_of([pull(3), pull(1)], [pull(2), pull(3)])) as forge:
        done = rebuild(forge, tmp_path)
    assert done.returncode == 0, done.stderr
    assert forge.asked[0].path == "/repos/acme/bank/pulls?state=open&per_page=100&page=1"
    assert [json.loads(asked.body) for asked in hooks(forge)] == [
        {"number": number, "sha": SHA[:-2] + f"0{number}", "ref": f"branch-{number}"} for number in (1, 2, 3)
    ]
    assert hooks(forge)[0].path == f"/hook?webhook_token=s3cret&n=1&sha={SHA[:-2]}01"
    assert "3 open pull requests, 0 not started" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_forge_that_knows_no_pages_is_asked_no_further(tmp_path):
    with playing(forge_of(*[[pull(1)]] * 5)) as forge:
        assert rebuild(forge, tmp_path).returncode == 0
    assert (len(forge.asked), len(hooks(forge))) == (3, 1)


def test_no_pull_requests_are_fine(tmp_path):
    with playing(forge_of()) as forge:
        assert rebuild(forge, tmp_path).returncode == 0
    assert hooks(forge) == []


def test_some_can_be_left_out(tmp_path):
    pulls = [pull(1), pull(2, draft=True), pull(3, base={"ref": "release"}), pull(4, base={"ref": EVIL})]
    with playing(forge_of(pulls)) as forge:
        done = rebuild(forge, tmp_path, "--skip-drafts", "--base", "main", "--dry-run", WEBHOOK_URL="")
        assert done.stdout == f"1 {SHA[:-2]}01\n"
        assert hooks(forge) == []
        assert rebuild(forge, tmp_path, "--base", EVIL).returncode == 0
    assert [json.loads(asked.body)["number"] for asked in hooks(forge)] == [4]


def test_one_that_fails_does_not_keep_others_from_being_started(tmp_path):
    def hook(asked):
        return Answer(500 if "n=2" in asked.path else 200)

    with playing(forge_of([pull(1), pull(2), pull(3)], hook=hook)) as forge:
        done = rebuild(forge, tmp_path)
    assert done.returncode == 1
    assert "not started for #2: HTTP 500" in done.stderr
    assert len(hooks(forge)) == 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(403, b"{}"), "refuses"),
        (Answer(401), "refuses"),
        (Answer(404), "refuses"),
        (Answer(500), "no sensible answer"),
        (Answer(302, headers={"Location": "/x"}), "no sensible answer"),
        (Answer(200, b"<html>"), "no list"),
        (Answer(200, b""), "no list"),
        (Answer(200, b"{}"), "no list"),
        (Answer(200, b'[{"number": "1; touch gone"}]'), "no list"),
        (Answer(200, json.dumps([pull(1, head={"sha": "$(touch gone)", "ref": "x"})]).encode()), "no list"),
        (Answer(200, json.dumps([pull(1)] * 2).encode() + b"[]"), "no list"),
        (Answer(200, b"[]", wait=5), "in time"),
    ],
)
def test_a_forge_that_tells_nothing_starts_nothing(tmp_path, answer, told):
    with playing(lambda _: answer) as forge:
        done = rebuild(forge, tmp_path, "--timeout", "0.3")
    assert done.returncode == 3
    assert told in done.stderr
    assert hooks(forge) == []


def test_what_others_write_is_text_and_nothing_else(tmp_path):
    with playing(forge_of([pull(1, head={"sha": SHA, "ref": EVIL})])) as forge:
        done = rebuild(forge, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(hooks(forge)[0].body)["ref"] == EVIL
    assert "::error::" not in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["FORGE_TOKEN", "GITHUB_TOKEN"])
def test_secrets_are_no_arguments_and_not_told(tmp_path, name):
    programs = watched_programs(tmp_path, "curl", "jq", "sleep")
    with playing(forge_of([pull(1), pull(2)], hook=lambda _: Answer(500))) as forge:
        done = rebuild(forge, tmp_path, "--delay", "0.01", **programs, **{name: "t0ken"})
    assert forge.asked[0].headers["Authorization"] == "Bearer t0ken"
    assert "Authorization" not in hooks(forge)[0].headers
    told = done.stdout + done.stderr + (tmp_path / "seen").read_text()
    assert "s3cret" not in told
    assert "t0ken" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("--repository", "acme"),
        ("--repository", "acme/bank/../x"),
        ("--repository", "acme/$(touch gone)"),
        ("--api", "ftp://x"),
        ("--api", 'http://x"\nurl = "file:///etc/passwd'),
        ("--delay", "x"),
        ("--unknown",),
        ("--base",),
    ],
)
def test_wrong_usage_is_told(tmp_path, arguments):
    with playing(forge_of([pull(1)])) as forge:
        done = rebuild(forge, tmp_path, *arguments)
    assert (done.returncode, forge.asked) == (2, [])
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("webhook", ["", "x", 'http://x"\nupload-file = "/etc/passwd', "file:///etc/passwd"])
def test_a_webhook_that_is_no_address_is_refused(tmp_path, webhook):
    with playing(forge_of([pull(1)])) as forge:
        done = rebuild(forge, tmp_path, WEBHOOK_URL=webhook)
    assert (done.returncode, forge.asked) == (2, [])

"""Waiting for a cache: a local server plays it, in all the ways in which caches behave."""

import time

import pytest
from played_server import Answer, playing, run, watched_programs

HASHES = ["0123456789abcdfghijklmnpqrsvwxyz", "zyxwvsrqpnmlkjihgfdcba9876543210"]
PATHS = [f"/nix/store/{hash_}-thing-{number}" for number, hash_ in enumerate(HASHES)]
QUICK = ("--attempts", "3", "--delay", "0")


def narinfo(path):
    return f"StorePath: {path}\nURL: nar/x.nar.xz\nNarSize: 1\n".encode()


def cache_of(*paths):
    known = {f"/{path.split('/')[3][:32]}.narinfo": narinfo(path) for path in paths}
    return lambda asked: Answer(200, known[asked.path]) if asked.path in known else Answer(404, b"404")


def test_paths_that_are_there_are_found_at_once(tmp_path):
    with playing(cache_of(*PATHS)) as cache:
        done = run("wait-cachix-paths", "--cache", cache.url, *PATHS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert sorted(asked.path for asked in cache.asked) == sorted(f"/{each}.narinfo" for each in HASHES)
    assert list(tmp_path.iterdir()) == []


def test_a_paths_file_holds_one_path_a_line(tmp_path):
    (tmp_path / "paths").write_text(f"{PATHS[0]}\n\n  \n{PATHS[1]}/bin/program")
    with playing(cache_of(*PATHS)) as cache:
        done = run("wait-cachix-paths", f"--cache={cache.url}", cwd=tmp_path)
        assert done.returncode == 2  # options and values are words of their own
        done = run("wait-cachix-paths", "--cache", f"{cache.url}/", "--paths-file", "paths", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        piped = run(
            "wait-cachix-paths", "--cache", cache.url, "--paths-file", "-", cwd=tmp_path, stdin=PATHS[0]
        )
    assert piped.returncode == 0
    assert len(cache.asked) == 3


def test_an_output_of_a_flake_stands_for_what_it_would_be_built_to(tmp_path):
    nix = tmp_path / "nix"
    nix.write_text(f"#!/bin/sh\n[ \"$*\" = 'eval --raw ./x y#tool.outPath' ] && printf %s {PATHS[0]}\n")
    nix.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    with playing(cache_of(PATHS[0])) as cache:
        done = run("wait-cachix-paths", "--cache", cache.url, "./x y#tool", cwd=tmp_path, env=path)
        assert done.returncode == 0, done.stderr
        done = run("wait-cachix-paths", "--cache", cache.url, "./x y#other", cwd=tmp_path, env=path)
    assert done.returncode == 2


def test_what_is_not_there_in_time_is_named_and_asked_for_alone(tmp_path):
    with playing(cache_of(PATHS[0])) as cache:
        done = run("wait-cachix-paths", *QUICK, "--cache", cache.url, *PATHS, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == f"{PATHS[1]}\n"
    asked = [each.path for each in cache.asked]
    assert asked.count(f"/{HASHES[0]}.narinfo") == 1
    assert asked.count(f"/{HASHES[1]}.narinfo") == 3


def test_what_appears_later_is_found(tmp_path):
    with playing(lambda _: Answer(404)) as cache:

        def later(asked):
            return cache_of(*PATHS)(asked) if len(cache.asked) > 4 else Answer(404)

        cache.answer = later
        done = run(
            "wait-cachix-paths", "--cache", cache.url, "--delay", "0.05", *PATHS, PATHS[0], cwd=tmp_path
        )
    assert done.returncode == 0, done.stderr
    assert "attempt 2 of 60: 2 still missing" in done.stderr
    assert len(cache.asked) == 6


@pytest.mark.parametrize("status", [401, 403, 400, 302])
def test_a_cache_that_refuses_is_not_asked_again(tmp_path, status):
    with playing(lambda _: Answer(status, b"no", {"Location": "file:///etc/passwd"})) as cache:
        done = run("wait-cachix-paths", *QUICK, "--cache", cache.url, PATHS[0], cwd=tmp_path)
    assert done.returncode == 3
    assert f"HTTP {status}" in done.stderr
    assert len(cache.asked) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(500, b"oops"), "trouble (HTTP 500)"),
        (Answer(429), "trouble (HTTP 429)"),
        (Answer(200, b"<html>StorePath: x</html>"), "no descriptions of paths"),
        (Answer(200, b""), "no descriptions of paths"),
        (Answer(200, bytes(range(256)) * 50), "no descriptions of paths"),
        (Answer(200, narinfo(PATHS[1])), "no descriptions of paths"),
    ],
)
def test_trouble_may_pass_and_else_is_told(tmp_path, answer, told):
    with playing(lambda _: answer) as cache:
        done = run("wait-cachix-paths", *QUICK, "--cache", cache.url, PATHS[0], cwd=tmp_path)
        assert (done.returncode, done.stdout) == (3, f"{PATHS[0]}\n"), done.stderr
        assert told in done.stderr
        cache.asked.clear()
        cache.answer = lambda asked: answer if len(cache.asked) == 1 else cache_of(*PATHS)(asked)
        done = run("wait-cachix-paths", *QUICK, "--cache", cache.url, PATHS[0], cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_slow_answer_is_not_waited_for(tmp_path):
    with playing(lambda _: Answer(200, narinfo(PATHS[0]), wait=5)) as cache:
        start = time.monotonic()
        options = ("--attempts", "2", "--delay", "0", "--timeout", "0.2")
        done = run("wait-cachix-paths", *options, "--cache", cache.url, PATHS[0], cwd=tmp_path)
    assert done.returncode == 3
    assert time.monotonic() - start < 5


def test_a_cache_that_is_off_cannot_be_reached(tmp_path):
    with playing(lambda _: Answer(404)) as cache:
        pass
    done = run("wait-cachix-paths", *QUICK, "--cache", cache.url, PATHS[0], cwd=tmp_path)
    assert done.returncode == 3
    assert "cannot be reached" in done.stderr


def test_redirections_in_a_circle_end(tmp_path):
    with playing(lambda asked: Answer(302, headers={"Location": asked.path})) as cache:
        done = run("wait-cachix-paths", *QUICK, "--cache", cache.url, PATHS[0], cwd=tmp_path)
    assert done.returncode == 3
    assert len(cache.asked) == 6


def test_redirections_are_followed(tmp_path):
    def answer(asked):
        if asked.path.startswith("/far/"):
            return Answer(200, narinfo(PATHS[0]))
        return Answer(307, headers={"Location": f"/far{asked.path}"})

    with playing(answer) as cache:
        done = run("wait-cachix-paths", "--cache", cache.url, PATHS[0], cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_time_between_attempts_doubles_up_to_a_limit(tmp_path):
    sleeps = tmp_path / "sleep"
    sleeps.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/slept\n')
    sleeps.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    options = ("--attempts", "6", "--delay", "1.5", "--exponential", "--max-delay", "10")
    with playing(lambda _: Answer(404)) as cache:
        run(
            "wait-cachix-paths",
            *options,
            "--cache",
            cache.url,
            PATHS[0],
            cwd=tmp_path,
            env={"PATH": path},
        )
    assert (tmp_path / "slept").read_text().split() == ["1.500", "3.000", "6.000", "10.000", "10.000"]


def test_the_token_goes_to_the_cache_and_nowhere_else(tmp_path):
    programs = watched_programs(tmp_path, "curl", "rm")
    with playing(cache_of(*PATHS)) as cache:
        done = run(
            "wait-cachix-paths",
            "--cache",
            cache.url,
            PATHS[0],
            cwd=tmp_path,
            env={"CACHIX_AUTH_TOKEN": "s3cret", **programs},
        )
    assert cache.asked[0].headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in done.stdout + done.stderr + (tmp_path / "seen").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (PATHS[0],),
        ("--cache", "galoymoney"),
        ("--cache", "Not A Cache", PATHS[0]),
        ("--cache", "file:///etc", PATHS[0]),
        ("--cache", 'http://a"\nurl = "file:///etc/passwd', PATHS[0]),
        ("--cache", "http://127.0.0.1:1", "/etc/passwd"),
        ("--cache", "http://127.0.0.1:1", "/nix/store/short-x"),
        ("--cache", "http://127.0.0.1:1", f"/nix/store/{'e' * 32}-x"),
        ("--cache", "http://127.0.0.1:1", f"/nix/store/{HASHES[0]}-$(touch x)"),
        ("--cache", "http://127.0.0.1:1", "--paths-file", "absent"),
        ("--cache", "http://127.0.0.1:1", "--attempts", "0", PATHS[0]),
        ("--cache", "http://127.0.0.1:1", "--delay", "soon", PATHS[0]),
        ("--cache", "http://127.0.0.1:1", "--delay", "-1", PATHS[0]),
        ("--cache", "http://127.0.0.1:1", "--unknown", PATHS[0]),
        (PATHS[0], "--cache"),
    ],
)
def test_wrong_usage_is_told(tmp_path, arguments):
    done = run("wait-cachix-paths", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "--help tells more" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_token_that_would_be_configuration_is_refused(tmp_path):
    env = {"CACHIX_AUTH_TOKEN": 'x"\noutput = "stolen'}
    with playing(cache_of(*PATHS)) as cache:
        done = run("wait-cachix-paths", "--cache", cache.url, PATHS[0], cwd=tmp_path, env=env)
    assert done.returncode == 2
    assert cache.asked == []
    assert list(tmp_path.iterdir()) == []


def test_hundreds_of_paths_are_asked_for_together(tmp_path):
    many = [f"/nix/store/{number:032d}-x" for number in range(400)]
    with playing(cache_of(*many)) as cache:
        done = run(
            "wait-cachix-paths",
            "--cache",
            cache.url,
            "--paths-file",
            "-",
            cwd=tmp_path,
            stdin="\n".join(many),
        )
    assert done.returncode == 0, done.stderr
    assert len(cache.asked) == 400

"""Dockerfiles say what the spec says, as a reader of Dockerfiles and a shell understand them."""

import hashlib
import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from flakegen.outputs.dockerfiles.emit import version_word, words
from flakegen.pipeline.project import Project

SPECS = Path(__file__).parent / "specs"
FOLDER = "images/released"
TOLD = {"VERSION": "2.0", "COMMITHASH": "abc", "BUILDTIME": "now"}
HOSTILE = [
    "plain",
    "a b",
    "it's",
    'say "x"',
    "$HOME",
    "${VERSION}",
    "\\",
    "a\\",
    "`id`",
    "$(id)",
    "a}b",
    "#",
    "ü",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    spec = folder / "specs" / "images.toml"
    spec.parent.mkdir()
    spec.write_bytes((SPECS / "images.toml").read_bytes())
    before = Path.cwd()
    os.chdir(folder)
    try:
        return Project("specs/images.toml").outputs
    finally:
        os.chdir(before)


def parsed(text, tmp_path):
    (tmp_path / "Dockerfile").write_text(text)
    return DockerfileParser(str(tmp_path / "Dockerfile"), env_replace=True, build_args=TOLD)


def instructions(text, tmp_path, name):
    return [each["value"] for each in parsed(text, tmp_path).structure if each["instruction"] == name]


def processed(word, variables):
    """What Docker makes of a word (Dockerfile reference, "Environment replacement")."""
    found, quote, rest = "", "", word
    while rest:
        if quote != "'" and (match := re.match(r"\\(.)", rest)) and not (quote and match[1] not in '"$\\'):
            found += match[1]
            rest = rest[2:]
        elif rest[0] in "\"'" and quote in {"", rest[0]}:
            quote, rest = ("" if quote else rest[0]), rest[1:]
        elif quote != "'" and (match := re.match(r"\$(?:\{(\w+)\}|(\w+))", rest)):
            found += variables.get(match[1] or match[2], "")
            rest = rest[match.end() :]
        else:
            found, rest = found + rest[0], rest[1:]
    assert not quote
    return found


@pytest.mark.parametrize("kind", ["rc", "release"])
def test_a_reader_of_dockerfiles_finds_what_the_spec_says(files, tmp_path, kind):
    text = files[f"{FOLDER}/Dockerfile.{kind}"]
    read = parsed(text, tmp_path)
    assert read.parent_images == [
        "registry.example.org/tools@sha256:" + "0123456789abcdef" * 4,
        "registry.example.org/base:1",
    ]
    given = {
        "PLAIN": "text",
        "REFERENCE": "${VERSION} $HOME",
        "QUOTES": '''say "it's"''',
        "BACKSLASH": "a\\b\\",
        "EMPTY": "",
    }
    assert read.envs == TOLD | given
    assert read.labels == {"org.example.note": '$(x) "y" \\'}
    assert json.loads(read.cmd) == ["it's"]
    [entrypoint] = instructions(text, tmp_path, "ENTRYPOINT")
    assert json.loads(entrypoint) == ["/bin/hello", "$HOME", "${VERSION}", "\\", "a\nb", "images"]
    assert instructions(text, tmp_path, "USER") == ["1000:100"]
    assert instructions(text, tmp_path, "EXPOSE") == ["53/udp", "8080"]
    [folder] = instructions(text, tmp_path, "WORKDIR")
    assert processed(folder, {"HOME": "/root"}) == "/app/it's $HOME"


def test_the_release_is_downloaded_for_its_version_and_copied_to_bin(files, tmp_path):
    text = files[f"{FOLDER}/Dockerfile.release"]
    [add] = instructions(text, tmp_path, "ADD")
    assert [processed(word, TOLD) for word in json.loads(add)] == [
        "https://example.org/2.0/hello-2.0?a=(b)&c=d",
        "/download/hello",
    ]
    [copy] = instructions(text, tmp_path, "COPY")
    assert copy.startswith("--from=download ")
    assert json.loads(copy[copy.index("[") :]) == ["/download/hello", "/bin/hello"]


def run(text, tmp_path, folder, data, **variables):
    """Play a RUN instruction in a folder of ours."""
    [command] = instructions(text, tmp_path, "RUN")
    place = tmp_path / "place"
    place.mkdir(exist_ok=True)
    (place / "hello").write_bytes(data)
    *shell, script = json.loads(command)
    done = subprocess.run(
        [*shell, script.replace(f"cd {folder}", f"cd {place}")],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, (place / "hello").stat().st_mode & 0o777


def test_a_download_with_another_checksum_stops_the_build(files, tmp_path):
    text = files[f"{FOLDER}/Dockerfile.release"]
    right = hashlib.sha256(b"program").hexdigest()
    done, mode = run(text, tmp_path, "/download", b"program", SHA256=right)
    assert (done.returncode, mode) == (0, 0o555)
    for wrong in ("", "x", right[:-1], hashlib.sha256(b"other").hexdigest(), f"{right}\n{right}"):
        done, _ = run(text, tmp_path, "/download", b"program", SHA256=wrong)
        assert done.returncode != 0, wrong


def test_a_program_that_needs_the_nix_store_stops_the_build(files, tmp_path):
    text = files[f"{FOLDER}/Dockerfile.rc"]
    done, mode = run(text, tmp_path, "/program", b"\x7fELF static \x00 program")
    assert (done.returncode, mode) == (0, 0o555), done.stderr
    done, _ = run(text, tmp_path, "/program", b"\x7fELF\0/nix/store/abc-glibc/lib/ld-linux.so.2\0")
    assert done.returncode != 0
    assert "hello needs the Nix store: build it for a musl target" in done.stderr


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_shell_takes_the_variables_and_keeps_what_is_set(files, shell):
    script = f"{files[f'{FOLDER}/.env']}\nprintf '%s|' \"$VERSION\" \"$COMMITHASH\" \"$BUILDTIME\""

    def told(**variables):
        done = subprocess.run(
            [shell, "-euc", script], env=variables, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert told() == "1.2.3+build.5|unknown|1970-01-01T00:00:01Z|"
    assert told(VERSION="$(x) }", COMMITHASH="abc") == "$(x) }|abc|1970-01-01T00:00:01Z|"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text):
    assert shlex.split(version_word(text)) == [version_word(text)]
    assert processed(shlex.quote(text), TOLD) == text
    assert [processed(word, TOLD) for word in json.loads(words([text]))] == [text]


def test_every_file_says_first_what_made_it(files):
    made = [text for path, text in files.items() if path.startswith("images/")]
    assert len(made) == 3
    assert all(text.startswith("# @generated by flakegen ") for text in made)

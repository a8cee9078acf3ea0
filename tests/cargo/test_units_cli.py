"""`flakegen units` on any workspace: cargo's JSON out, errors without traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from materialise import materialise
from oracle import OracleError, cargo_environment, cargo_graph, differences
from real_nix import cache_folder
from small import lock, package, write

from flakegen.cli.units import main

ROOT = Path(__file__).parents[2]


def command(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`flakegen units` as a process of its own."""
    environment = {**cargo_environment(), "PYTHONPATH": str(ROOT), **variables}
    del environment["RUSTC_BOOTSTRAP"]
    line = [sys.executable, "-m", "flakegen.cli.main", "units", *arguments]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def quiet(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("CARGO_", "RUSTFLAGS")) and name != "CARGO_HOME":
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.cargo
def test_it_prints_what_cargo_prints(tmp_path, quiet, capsys):
    case = materialise("vendored", tmp_path)
    quiet.chdir(case.folder)
    for arguments in ([], ["--release"], ["--target", "aarch64-unknown-linux-gnu"], ["--all-targets"]):
        assert main(arguments) == 0
        ours = json.loads(capsys.readouterr().out)
        assert differences(ours, cargo_graph("build", arguments, case.folder)) == ""


@pytest.mark.cargo
@pytest.mark.parametrize(
    "variables",
    [
        {"RUSTFLAGS": "--cfg special"},
        {"CARGO_ENCODED_RUSTFLAGS": "", "RUSTFLAGS": "--cfg special"},
        {"CARGO_BUILD_TARGET": "x86_64-unknown-linux-gnu"},
        {
            "CARGO_PROFILE_DEV_OPT_LEVEL": "s",
            "CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG": "true",
            "CARGO_INCREMENTAL": "0",
        },
        {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS": "--cfg special"},
        {"CARGO_BUILD_RUSTFLAGS": "--cfg special"},
    ],
)
def test_variables_count_as_for_cargo(tmp_path, quiet, capsys, variables):
    case = materialise("rustflags", tmp_path)
    quiet.chdir(case.folder)
    for name, value in variables.items():
        quiet.setenv(name, value)
    assert main([]) == 0
    ours = json.loads(capsys.readouterr().out)
    assert differences(ours, cargo_graph("build", [], case.folder, **variables)) == ""


def test_the_stable_cfgs_are_a_choice(tmp_path, quiet, capsys):
    more = '[target."cfg(target_thread_local)".dependencies]\nb = { path = "b" }\n'
    files = {"Cargo.toml": package("a", more), "b/Cargo.toml": package("b"), "Cargo.lock": lock("a: b", "b")}
    quiet.chdir(write(tmp_path, files))
    counts = []
    for arguments in ([], ["--stable-cfg"]):
        assert main(["--host", "x86_64-unknown-linux-gnu", *arguments]) == 0
        counts.append(len(json.loads(capsys.readouterr().out)["units"]))
    assert counts == [2, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--manifest-path", "nowhere/Cargo.toml"],
            "nowhere/Cargo.toml:1:1: error: there is no manifest here",
        ),
        (["--release", "--profile", "dev"], "error: --release"),
        (["-p", "nobody"], "error: no package matches `nobody`"),
        (["--target", "nothing-at-all"], "error: "),
        (["--facts", "bad.json"], "bad.json:1:1: error: facts file is damaged"),
        (["--manifest-path", "broken/Cargo.toml"], "broken/Cargo.toml:1:9: error: "),
        (["--bin", "nothing"], "error: no bin target is named `nothing`"),
    ],
)
def test_mistakes_give_exit_code_2_and_no_traceback(tmp_path, arguments, said):
    files = {
        "Cargo.toml": package("a"),
        "Cargo.lock": lock("a"),
        "bad.json": "[",
        "broken/Cargo.toml": "[package",
    }
    done = command(write(tmp_path, files), *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(said)
    assert "Traceback" not in done.stderr


@pytest.mark.cargo
@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("ripgrep-15.2.0", ["--release", "--features", "pcre2"]),
        ("ripgrep-15.2.0", ["--all-targets", "--target", "x86_64-unknown-linux-musl"]),
        ("nu-0.115.1", ["--bin", "nu", "--profile", "release"]),
    ],
)
def test_the_command_answers_for_a_published_program(program, arguments):
    folder = cache_folder() / "published" / program
    done = command(folder, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert differences(json.loads(done.stdout), cargo_graph("build", arguments, folder)) == ""


@pytest.mark.cargo
def test_the_compilers_age_is_not_asked(tmp_path):
    manifest = package("a", '[workspace]\nmembers = ["b"]\n').replace(
        "edition", 'rust-version = "1.999"\nedition'
    )
    files = {"Cargo.toml": manifest, "b/Cargo.toml": package("b"), "Cargo.lock": lock("a", "b")}
    folder = write(tmp_path, files)
    with pytest.raises(OracleError, match=r"not supported by the following package"):
        cargo_graph("build", [], folder)
    theirs = cargo_graph("build", ["--ignore-rust-version"], folder)
    assert differences(json.loads(command(folder).stdout), theirs) == ""


def test_it_reads_and_writes_nothing_else(tmp_path):
    folder = write(tmp_path, {"Cargo.toml": package("a"), "Cargo.lock": lock("a")})
    before = sorted(path for path in folder.rglob("*"))
    first, again = command(folder), command(folder, "--pretty", PATH="", HOME="/nowhere")
    assert (first.returncode, first.stderr) == (0, "")
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert sorted(path for path in folder.rglob("*")) == before

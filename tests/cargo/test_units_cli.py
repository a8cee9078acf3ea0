"""`flakegen units` on any workspace: cargo's JSON out, errors without traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from materialise import materialise
from oracle import cargo_environment, cargo_graph, differences
from small import lock, package, write

from flakegen.cli.units import main

ROOT = Path(__file__).parents[2]


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
    ("arguments", "code"),
    [
        (["--manifest-path", "nowhere/Cargo.toml"], "arguments"),
        (["--release", "--profile", "dev"], "arguments"),
        (["-p", "nobody"], "package-unknown"),
        (["--target", "nothing-at-all"], "platform-unknown"),
        (["--facts", "bad.json"], "facts-damaged"),
    ],
)
def test_mistakes_give_exit_code_2_and_no_traceback(tmp_path, arguments, code):
    files = {"Cargo.toml": package("a"), "Cargo.lock": lock("a"), "bad.json": "["}
    environment = {**cargo_environment(), "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "flakegen.cli.units", *arguments]
    done = subprocess.run(
        line, cwd=write(tmp_path, files), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error[{code}]: ")
    assert "Traceback" not in done.stderr

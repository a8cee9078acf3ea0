"""The programs as packages: what a spec may say of them, what shellcheck says, and that real Nix builds what runs."""

import re
import subprocess

import pytest
from played_server import SCRIPTS, Answer, playing
from small_repository import Repository

from flakegen.builders.tool import Tool
from flakegen.diagnostics.diagnostic import DiagnosticError
from flakegen.diagnostics.render import render_all
from flakegen.pipeline.project import Project

SPEC = """\
[project]
name = "tools"
systems = ["x86_64-linux", "aarch64-linux"]

[inputs]
nixpkgs = "github:NixOS/nixpkgs/nixos-unstable"

[packages.wait]
tool = "wait-cachix-paths"
args = ["--attempts", "1", "--cache", "http://127.0.0.1:1/it's $(none)"]

[packages.next-version]
tool = "next-version"
args = ["--prefix", "v"]

[packages.latest]
tool = "check-latest-commit"

[packages.rebuild]
tool = "rebuild-nix-cache"
"""
PATH = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-x"


def project(tmp_path, monkeypatch, spec):
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/tools.toml").write_text(spec)
    monkeypatch.chdir(tmp_path)
    return Project("specs/tools.toml")


def test_every_script_is_a_tool():
    assert {path.name for path in SCRIPTS.iterdir()} == {f"{tool.value}.sh" for tool in Tool}


@pytest.mark.parametrize("tool", Tool, ids=lambda tool: tool.value)
def test_the_options_of_a_tool_are_those_that_its_script_takes_and_tells(tool):
    text = (SCRIPTS / f"{tool.value}.sh").read_text()
    assert set(re.findall(r"^    (--[a-z-]+)\)", text, re.MULTILINE)) == tool.options | {"--help"}
    shown = subprocess.run(
        ["bash", SCRIPTS / f"{tool.value}.sh", "--help"], check=True, capture_output=True, text=True
    ).stdout
    assert set(re.findall(r"^  (--[a-z-]+)", shown, re.MULTILINE)) == tool.options
    assert "exit status: 0" in shown


@pytest.mark.parametrize("tool", Tool, ids=lambda tool: tool.value)
def test_shellcheck_has_nothing_to_say(tool, shellcheck, tmp_path):
    """Of the text that `writeShellApplication` hands it, with arguments of a spec before the script."""
    text = (SCRIPTS / f"{tool.value}.sh").read_text()
    script = tmp_path / "script"
    script.write_text(
        f"#!/bin/bash\nset -o errexit\nset -o nounset\nset -o pipefail\n\nset -- --x 'y' \"$@\"\n# @generated\n{text}"
    )
    done = subprocess.run([shellcheck, script], check=False, capture_output=True, text=True)
    assert done.stdout == ""


def test_only_the_scripts_in_use_are_written(tmp_path, monkeypatch):
    spec = SPEC.partition("[packages.next-version]")[0]
    outputs = project(tmp_path, monkeypatch, spec).outputs
    assert sorted(outputs) == ["flake.nix", "tools/wait-cachix-paths.sh"]


def test_an_option_that_a_tool_does_not_have_is_told_where_it_stands(tmp_path, monkeypatch):
    spec = SPEC.replace('"--prefix", "v"', '"--prefixes", "v", "--=x"')
    with pytest.raises(DiagnosticError) as error:
        _ = project(tmp_path, monkeypatch, spec).outputs
    told = render_all(error.value.diagnostics)
    assert "specs/tools.toml:14:9: error: next-version has no option '--prefixes' [E125]" in told
    assert "hint: did you mean '--prefix'?" in told
    assert "specs/tools.toml:14:28: error: next-version has no option '--=x' [E125]" in told


def test_real_nix_builds_programs_that_run(tmp_path, monkeypatch, nix, nixpkgs):
    for name, text in project(tmp_path, monkeypatch, SPEC).outputs.items():
        (tmp_path / "flake" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "flake" / name).write_text(text)
    names = ("wait", "next-version", "latest", "rebuild")
    flake = f"path:{tmp_path}/flake"
    wait, version, latest, rebuild = (
        f"{folder}/bin/{name}"
        for folder, name in zip(
            nix.build(*nixpkgs.flake_args, *(f"{flake}#{name}" for name in names)), names, strict=True
        )
    )
    with playing(lambda _: Answer(200, f"StorePath: {PATH}\n".encode())) as cache:
        # Without PATH: all that they run is among their own inputs.
        run = {"env": {"TMPDIR": str(tmp_path), "HOME": str(tmp_path)}, "capture_output": True, "text": True}
        done = subprocess.run([wait, "--cache", cache.url, PATH], **run, check=False)
        assert done.returncode == 0, done.stderr
        assert subprocess.run([wait, PATH], **run, check=False).returncode == 2  # the spec's own address
        repository = Repository.new(tmp_path / "repository")
        repository.commit("feat: a")
        repository.release("v1.0.0")
        repository.commit("fix: b")
        done = subprocess.run([version], **run, check=False, cwd=repository.folder)
        assert (done.returncode, done.stdout) == (0, "1.0.1\n"), done.stderr
        done = subprocess.run(
            [latest, "--remote", ".", "--branch", "main"], **run, check=False, cwd=repository.folder
        )
        assert done.returncode == 0, done.stderr
        cache.answer = lambda _: Answer(200, b"[]")
        done = subprocess.run(
            [rebuild, "--api", cache.url, "--repository", "a/b", "--dry-run"], **run, check=False
        )
        assert done.returncode == 0, done.stderr

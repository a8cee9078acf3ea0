"""A graph that is shared by several hosts is the graph that each of them has."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from generator import generate
from oracle import cargo_environment
from ours import load, parse

from flakegen.cargo.alike import GraphMaker
from flakegen.cargo.config import ConfigRoots
from flakegen.cargo.errors import CargoError
from flakegen.cargo.facts import load_facts
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cargo.workspace import load_workspace
from flakegen.cli.units import request_of

HOSTS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-unknown-linux-musl",
         "x86_64-pc-windows-gnu")  # fmt: skip
SPECS = Path(__file__).parents[2] / "specs"


def _answers(workspace, command, arguments):
    """The graph of each host as it is made after the others, and as it is made alone."""
    request = request_of(parse(command, arguments), ())
    maker = GraphMaker(workspace)
    for host in HOSTS:
        asked = replace(request, host=host)
        alone = shared = None
        with suppress(CargoError):
            alone = build_unit_graph(workspace, asked)
        with suppress(CargoError):
            shared = maker.make(asked).graph
        yield alone, shared


@pytest.mark.cargo
@pytest.mark.parametrize("seed", range(8_000, 8_016))
def test_random_workspaces(seed, tmp_path):
    case = generate(seed)
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    line = ["cargo", "generate-lockfile", "--offline"]
    done = subprocess.run(
        line, cwd=tmp_path / "ws", env=cargo_environment(), capture_output=True, check=False
    )
    for folder, command, arguments in case.invocations if done.returncode == 0 else ():
        with suppress(CargoError):
            for alone, shared in _answers(load(tmp_path / folder), command, arguments):
                assert shared == alone


@pytest.fixture(scope="module")
def lana():
    folder = SPECS / "workspaces/lana"
    return load_workspace(
        folder / "Cargo.toml",
        facts=load_facts(SPECS / "lana.crates.json"),
        config_roots=ConfigRoots(start=folder),
    )


@pytest.mark.parametrize("command", ["build", "test", "check", "doc"])
@pytest.mark.parametrize("more", [[], ["--release"], ["--all-features"]])
def test_lana(lana, command, more):
    for alone, shared in _answers(lana, command, ["--workspace", *more]):
        assert alone is not None
        assert shared == alone


@pytest.mark.cargo
def test_systems_that_select_the_same_share_a_graph(tmp_path):
    key = 'cfg(target_os = "macos")'
    files = {
        "Cargo.toml": f"[package]\nname = 'p'\nversion = '1.0.0'\n[target.'{key}'.dependencies]\nq = {{ path = 'q' }}\n",
        "q/Cargo.toml": "[package]\nname = 'q'\nversion = '1.0.0'\n",
        "src/lib.rs": "",
        "q/src/lib.rs": "",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    line = ["cargo", "generate-lockfile", "--offline"]
    subprocess.run(line, cwd=tmp_path, env=cargo_environment(), capture_output=True, check=True)
    maker = GraphMaker(load(tmp_path))
    request = request_of(parse("build", []), ())
    first, second, apple, third, _ = (maker.make(replace(request, host=host)).graph.units for host in HOSTS)
    assert first is second is third
    assert (len(first), len(apple)) == (1, 2)


def test_a_replaced_build_script_is_minded(tmp_path):
    config = '[target.aarch64-unknown-linux-gnu.z]\nrustc-link-lib = ["z"]\n'
    files = {
        "Cargo.toml": '[package]\nname = "p"\nversion = "1.0.0"\nedition = "2021"\nlinks = "z"\nbuild = "build.rs"\n',
        "Cargo.lock": 'version = 4\n\n[[package]]\nname = "p"\nversion = "1.0.0"\n',
        "build.rs": "",
        "src/lib.rs": "",
        ".cargo/config.toml": config,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    counts = [len(shared.units) for _, shared in _answers(load(tmp_path), "build", [])]
    assert counts == [3, 2, 3, 3, 3]

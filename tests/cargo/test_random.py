"""The law: for any path-only workspace and any invocation that cargo answers, our graph is cargo's graph."""

from __future__ import annotations

import subprocess
from contextlib import suppress

import pytest
from generator import generate
from oracle import OracleError, cargo_environment, cargo_graph, differences
from ours import load, our_graph

from flakegen.cargo.errors import CargoError

SEEDS = range(7_000, 7_024)


@pytest.mark.cargo
@pytest.mark.parametrize("seed", SEEDS)
def test_random_workspaces_have_cargos_graphs(seed, tmp_path):
    case = generate(seed)
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    line = ["cargo", "generate-lockfile", "--offline"]
    done = subprocess.run(
        line, cwd=tmp_path / "ws", env=cargo_environment(), capture_output=True, check=False
    )
    for folder, command, arguments in case.invocations if done.returncode == 0 else ():
        try:
            theirs = cargo_graph(command, arguments, tmp_path / folder)
        except OracleError:
            # What cargo refuses may be refused here too, or answered; it must not crash.
            with suppress(CargoError):
                our_graph(load(tmp_path / folder), command, arguments)
            continue
        ours = our_graph(load(tmp_path / folder), command, arguments)
        assert differences(ours, theirs) == "", (folder, command, arguments)


def test_generated_cases_are_stable_and_mostly_valid():
    assert generate(1) == generate(1)
    assert generate(1) != generate(2)

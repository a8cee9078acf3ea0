"""The made-up workspace is one that cargo accepts, is the same each time, and has cargo's graphs here as well."""

import importlib
import sys
from pathlib import Path

import pytest
from synthetic_workspace import Size, make_workspace

from flakegen.cargo.facts_sources import FactsSources

sys.path.insert(0, str(Path(__file__).parents[1] / "cargo"))
oracle, ours = importlib.import_module("oracle"), importlib.import_module("ours")

SIZE = Size(packages=160, members=13, rust_bytes=60_000)
INVOCATIONS = [
    ("build", ["-p", "bank-cli-00", "--release"]),
    ("build", ["--workspace", "--target", "aarch64-unknown-linux-gnu"]),
    ("test", ["--workspace"]),
    ("check", ["--workspace", "--all-targets"]),
    ("doc", ["--workspace"]),
]


def _texts(folder):
    return {
        path.relative_to(folder): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.cargo
def test_it_is_cargos_graph_every_time(tmp_path, monkeypatch):
    made, again = (make_workspace(tmp_path / name, SIZE) for name in ("one", "two"))
    assert _texts(made.root) == _texts(again.root)
    assert (made.workspace / "Cargo.lock").read_text().count("[[package]]") == SIZE.packages
    monkeypatch.setenv("CARGO_HOME", str(made.cargo_home))
    sources = FactsSources(cargo_home=made.cargo_home)
    workspace = ours.load(made.workspace, sources)
    for command, arguments in INVOCATIONS:
        theirs = oracle.cargo_graph(command, arguments, made.workspace)
        found = ours.our_graph(workspace, command, arguments, sources)
        assert oracle.differences(found, theirs) == "", (command, arguments)

"""The Lana workspace, with real crates.io dependencies: our graph is cargo's, in every way it is built."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from oracle import cargo_graph, differences
from ours import load, our_graph

from flakegen.cargo.cargo_home import default_cargo_home
from flakegen.cargo.facts_sources import FactsSources

LANA = Path(__file__).parents[2] / "specs" / "workspaces" / "lana"
ARM = ["--target", "aarch64-unknown-linux-gnu"]
CUSTOM = "release-lto"
INVOCATIONS = [
    ("build", ["-p", "lana-cli"]),
    ("build", ["-p", "lana-cli", "--release"]),
    ("build", ["-p", "lana-cli", "--profile", CUSTOM]),
    ("build", ["-p", "lana-cli", *ARM]),
    ("build", ["-p", "lana-cli", "--release", *ARM]),
    ("build", ["-p", "lana-cli", "--profile", CUSTOM, *ARM]),
    ("build", ["-p", "lana-cli", "--all-targets"]),
    ("build", ["--workspace"]),
    ("build", ["--workspace", "--release"]),
    ("build", ["--workspace", "--profile", CUSTOM]),
    ("build", ["--workspace", "--profile", "ci"]),
    ("build", ["--workspace", *ARM]),
    ("build", ["--workspace", "--release", *ARM]),
    ("build", ["--workspace", "--profile", CUSTOM, *ARM]),
    ("build", ["--workspace", "--all-targets"]),
    ("build", ["--workspace", "--all-targets", "--release"]),
    ("build", ["--workspace", "--all-targets", *ARM]),
    ("build", ["--workspace", "--all-features"]),
    ("build", ["--workspace", "--no-default-features"]),
    ("build", ["--workspace", "--target", "aarch64-apple-darwin"]),
    ("test", ["--workspace"]),
    ("test", ["--workspace", "--doc"]),
    ("check", ["--workspace", "--all-targets"]),
    ("bench", ["--workspace"]),
    ("doc", ["--workspace"]),
    ("doc", ["--workspace", "--no-deps"]),
]


@pytest.fixture(scope="module")
def sources():
    return FactsSources(cargo_home=default_cargo_home(os.environ))


@pytest.fixture(scope="module")
def workspace(sources):
    return load(LANA, sources)


@pytest.mark.cargo
@pytest.mark.parametrize(
    ("command", "arguments"),
    INVOCATIONS,
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_graph_is_cargos(workspace, sources, command, arguments):
    theirs = cargo_graph(command, arguments, LANA)
    assert differences(our_graph(workspace, command, arguments, sources), theirs) == ""
    assert len(theirs["units"]) > 100

"""A fetched crate that needs a local one, as `[patch]` can have it, stands above that one, and no longer below own code."""

import json
import subprocess
import sys
from pathlib import Path

from real_nix import CHECKOUT
from registries import write_files
from shop import SPEC, WORKSPACE, cargo, environment, make_shop


def test_a_fetched_crate_stands_above_a_local_one_that_it_needs(tmp_path: Path):
    project = make_shop(tmp_path)
    write_files(
        project,
        {
            "spec.toml": SPEC + "\n[cargo.layers]\nleast-seconds = 0\n",
            "code/Cargo.toml": WORKSPACE + '\n[patch.alt]\nleaf = { path = "leaf" }\n',
            "code/leaf/Cargo.toml": '[package]\nname = "leaf"\nversion = "1.0.0"\nedition = "2021"\n',
            "code/leaf/src/lib.rs": "",
        },
    )
    cargo(tmp_path, project, "update", "-p", "leaf")
    said = subprocess.run(
        [
            sys.executable,
            "-m",
            "flakegen.cli.main",
            "layers",
            "spec.toml",
            "--json",
            "--system",
            "x86_64-linux",
        ],
        cwd=project,
        env=environment(tmp_path, tmp_path / "cache") | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    layers = json.loads(said.stdout)["layers"]
    of = {
        unit.rpartition(":")[2].rsplit("-", 3)[0]: layer["layer"]
        for layer in layers
        for shard in layer["shards"]
        for unit in shard["units"]
        if "-lib-" in unit
    }
    assert of["deriver"] == 0
    assert 0 < of["leaf"] <= of["serial"] <= of["base"]
    assert [layer["third-party"] for layer in layers] == [True] + [False] * (len(layers) - 1)
    with_leaf = next(layer for layer in layers if "leaf 1.0.0" in layer["crates"])
    assert "code/leaf" in with_leaf["changes-with"]

"""How soon the caching layers are told, and how near their shards come to sharing the work evenly."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

from bench_runs import FLAKEGEN, Bench, in_turns, timed
from bench_table import Row
from part_compile import synthetic
from synthetic_workspace import Size

_MACHINES = 4


def layer_rows(bench: Bench) -> Iterator[Row]:
    """Ask for the layers of what was compiled, divided for several machines."""
    made, environment = synthetic(bench, Size())
    with made.spec.open("a") as file:
        file.write(f"\n[cargo.layers]\nshards = {_MACHINES}\n")
    asked = (*FLAKEGEN, "layers", "--json", made.spec.name)
    timed((*FLAKEGEN, "compile", made.spec.name), cwd=made.root, env=environment)
    [seconds] = in_turns(bench.rounds, lambda: timed(asked, cwd=made.root, env=environment))
    yield Row(what="layers of 660 packages", figure=seconds)
    told = subprocess.run(asked, cwd=made.root, env=environment, check=True, capture_output=True)
    layers = json.loads(told.stdout)["layers"]
    yield Row(
        what=f"a build on {_MACHINES} machines, layer by layer, estimated",
        figure=sum(max(shard["seconds"] for shard in layer["shards"]) for layer in layers),
        beside=f"1/{_MACHINES} of one machine's",
        other=sum(layer["seconds"] for layer in layers) / _MACHINES,
    )

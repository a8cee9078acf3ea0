"""How long it takes to list what a large workspace embeds."""

from __future__ import annotations

from collections.abc import Iterator

from bench_runs import FLAKEGEN, Bench, in_turns, timed
from bench_table import Aim, Row
from part_compile import synthetic
from synthetic_workspace import Size


def includes_rows(bench: Bench) -> Iterator[Row]:
    """List all, with a spec and without."""
    made, environment = synthetic(bench, Size())
    manifest = str(made.workspace / "Cargo.toml")

    def listing(*words: str) -> float:
        return timed((*FLAKEGEN, "includes", "--json", *words), cwd=made.root, env=environment)

    listing(made.spec.name)
    spec, plain = in_turns(
        bench.rounds, lambda: listing(made.spec.name), lambda: listing("--manifest-path", manifest)
    )
    yield Row(what="includes of 660 packages", figure=spec, beside="without a spec", other=plain,
              aim=Aim(limit=0.3))  # fmt: skip

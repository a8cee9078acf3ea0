"""How long the peers take that can be installed from the registry: crate2nix."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench_runs import GRAIN, Bench, in_turns, timed
from bench_table import Aim, Row
from part_compile import Compilation, synthetic
from real_nix import cache_folder
from synthetic_workspace import Size

_CRATE2NIX = "crate2nix@0.15.0"


def peer_rows(bench: Bench) -> Iterator[Row]:
    """Generate for the same workspace with each: crate2nix starts from nothing each time, flakegen need not."""
    program = crate2nix_program(bench)
    made, environment = synthetic(bench, Size())
    ours = Compilation(bench, made.root, made.spec.name, made.workspace, environment)
    output = bench.scratch / "crate2nix"
    output.mkdir()
    environment |= {"PATH": f"{bench.nix.programs}:{environment['PATH']}"}

    def theirs() -> float:
        (output / "Cargo.nix").unlink(missing_ok=True)
        (output / "crate-hashes.json").unlink(missing_ok=True)
        words = (program, "generate", "-f", made.workspace / "Cargo.toml", "-o", output / "Cargo.nix",
                 "-h", output / "crate-hashes.json")  # fmt: skip
        return timed(words, cwd=output, env=environment)

    rounds = max(1, bench.rounds // 2)
    first, crate2nix = in_turns(rounds, ours.first, theirs)
    yield Row(
        what="compile 660 packages, first time",
        figure=first,
        beside="crate2nix generate",
        other=crate2nix,
        aim=Aim(ratio=0.2),
    )
    time.sleep(GRAIN)
    ours.again()
    time.sleep(GRAIN)
    same, crate2nix = in_turns(rounds, ours.again, theirs)
    yield Row(
        what="compile 660 packages, nothing changed",
        figure=same,
        beside="crate2nix generate",
        other=crate2nix,
        aim=Aim(ratio=0.2),
    )


def crate2nix_program(bench: Bench) -> Path:
    """Return crate2nix, built once into the cache folder: by cargo's release profile, as its users do."""
    folder = cache_folder() / "tools" / "bench"
    program = folder / "bin/crate2nix"
    if not program.exists():
        target = bench.scratch / "crate2nix-target"
        words = (
            "cargo",
            "install",
            "--quiet",
            "--locked",
            "--root",
            str(folder),
            "--target-dir",
            str(target),
        )
        subprocess.run((*words, _CRATE2NIX), check=True)
        shutil.rmtree(target)
    return program

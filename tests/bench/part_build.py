"""How long Nix takes to build Lana, beside cargo with the same number of jobs."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from bench_runs import Bench, in_turns, timed
from bench_table import Aim, Row
from real_nix import CHECKOUT, Nix

_PROGRAM = "lana-cli"
_LEAF = "specs/workspaces/lana/lana/cli/src/main.rs"


def build_rows(bench: Bench) -> Iterator[Row]:
    """Build into an empty store and an empty target folder, then again after one line of a leaf is changed."""
    jobs = str(os.cpu_count() or 2)
    project = _project(bench.scratch / "build")
    workspace = project / "specs/workspaces/lana"
    home = bench.scratch / "nix"
    store = Nix(programs=bench.nix.programs, home=home)
    target = {"CARGO_TARGET_DIR": str(bench.scratch / "target"), "SQLX_OFFLINE": "true"}

    def nix() -> float:
        start = time.perf_counter()
        store.run(
            "build", "--no-link", "--max-jobs", jobs, "--cores", jobs, *bench.nixpkgs.flake_args,
            f"path:{project}?dir=generated/lana#{_PROGRAM}-debug", timeout=7200,
        )  # fmt: skip
        return time.perf_counter() - start

    def cargo() -> float:
        words = ("cargo", "build", "--offline", "--locked", "-p", _PROGRAM, "-j", jobs)
        return timed(words, cwd=workspace, env=os.environ | target)

    yield Row(what=f"nix build {_PROGRAM}-debug, all of it", figure=nix(), beside="cargo build", other=cargo(),
              aim=Aim(ratio=1.25))  # fmt: skip

    def edited(build: object) -> float:
        with (project / _LEAF).open("a") as file:
            file.write(f"// {time.time_ns()}\n")
        return build()  # type: ignore[operator,no-any-return]

    again, theirs = in_turns(bench.rounds, lambda: edited(nix), lambda: edited(cargo))
    yield Row(what=f"nix build {_PROGRAM}-debug, one line of it edited", figure=again, beside="cargo build",
              other=theirs, aim=Aim(excess=1))  # fmt: skip


def _project(folder: Path) -> Path:
    for part in ("specs", "generated", "flakegen", "grammar"):
        shutil.copytree(
            CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("target", "__pycache__")
        )
    for file in ("pyproject.toml", "LICENSE", "README.md"):
        shutil.copy2(CHECKOUT / file, folder / file)
    return folder

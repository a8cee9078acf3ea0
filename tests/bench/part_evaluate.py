"""How long Nix takes to evaluate all that was compiled, to the last derivation."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench_runs import FLAKEGEN, Bench, in_turns, timed
from bench_table import Aim, Row
from part_compile import synthetic
from real_nix import CHECKOUT
from synthetic_workspace import Size

_PER_DERIVATION = 0.3  # milliseconds
_SYSTEM = "x86_64-linux"
_DRV_PATHS = "outputs: builtins.attrValues (builtins.mapAttrs (_: each: each.drvPath) outputs)"
_EVERYTHING = f"flake: builtins.concatMap ({_DRV_PATHS}) [ flake.packages.{_SYSTEM} flake.checks.{_SYSTEM} ]"


def evaluate_rows(bench: Bench) -> Iterator[Row]:
    """Evaluate packages and checks of made-up workspaces and of Lana, and one program of 2,000 crates."""
    base: float | None = None
    for packages in (660, 2_000):
        made, environment = synthetic(bench, Size(packages=packages, members=packages * 54 // 660))
        timed((*FLAKEGEN, "compile", made.spec.name), cwd=made.root, env=environment)
        flake = _committed(made.root, "generated/bank")
        count, seconds = _evaluated(bench, flake, _EVERYTHING)
        each = seconds / count * 1000
        yield Row(what=f"nix eval, {packages} packages: each of {count} derivations", figure=each, unit="ms",
                  beside="" if base is None else "at 660 packages", other=base,
                  aim=Aim(limit=_PER_DERIVATION))  # fmt: skip
        base = each
        one = f"flake: [ flake.packages.{_SYSTEM}.bank-cli.drvPath ]"
        count, seconds = _evaluated(bench, flake, one)
        yield Row(what=f"nix eval, one program of {packages} packages ({count} derivations)", figure=seconds,
                  aim=Aim(limit=1) if packages == 2_000 else Aim())  # fmt: skip
        shutil.rmtree(made.root.parent)
    count, seconds = _evaluated(bench, _committed(_lana(bench), "generated/lana"), _EVERYTHING)
    yield Row(what=f"nix eval, Lana: {count} derivations", figure=seconds, aim=Aim(limit=0.3))


def _lana(bench: Bench) -> Path:
    folder = bench.scratch / "lana-evaluate"
    for part in ("specs", "generated", "flakegen", "grammar"):
        shutil.copytree(
            CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("target", "__pycache__")
        )
    for file in ("pyproject.toml", "LICENSE", "README.md"):
        shutil.copy2(CHECKOUT / file, folder / file)
    return folder


def _committed(folder: Path, flake: str) -> str:
    """Commit a folder, as flakes are, and return the reference."""
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "--quiet"), ("add", "--all"), (*who, "commit", "--quiet", "--message", "all")):
        subprocess.run(("git", *words), cwd=folder, check=True)
    return f"git+file://{folder}?dir={flake}"


def _evaluated(bench: Bench, flake: str, expression: str) -> tuple[int, float]:
    """Return how many derivations an expression's paths stand upon, and how long it takes to evaluate them."""
    words = (
        "eval",
        "--json",
        "--no-eval-cache",
        *bench.nixpkgs.flake_args,
        f"{flake}#.",
        "--apply",
        expression,
    )
    paths = json.loads(bench.nix.run(*words))  # also brings flake and derivations into the store

    def evaluate() -> float:
        start = time.perf_counter()
        bench.nix.run(*words)
        return time.perf_counter() - start

    [seconds] = in_turns(bench.rounds, evaluate)
    return len(bench.nix.derivations_below(*paths)), seconds

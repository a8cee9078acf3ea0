"""`make bench`: flakegen and what it emits beside cargo, as ratios within one run on one machine.

Each figure is the best of several runs, the two sides taking turns, so that a busy moment hits both. The build is
measured once: it takes minutes.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import stand_in
from real_nix import CHECKOUT, Nix, cache_folder, find_nix

SPEC = "specs/lana.toml"
WORKSPACE = CHECKOUT / "specs/workspaces/lana"
OUTPUTS = ("packages", "checks")
OFFLINE = {"SQLX_OFFLINE": "true"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; times in seconds."""

    what: str
    ours: float
    beside: str
    theirs: float | None
    aim: str


def timed(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> float:
    """Return the wall time of a command that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=dict(env), capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr.decode(errors='replace')[-4000:]}")
    return time.perf_counter() - start


def best_in_turns(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """Return the best time of each side; the sides take turns."""
    times = [[side() for side in sides] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def compile_rows(rounds: int, scratch: Path) -> list[Row]:
    """Time the whole process, without and with a record of an earlier run."""
    command = [sys.executable, "-m", "flakegen.cli.main", "compile", SPEC]
    memory = scratch / "memory"

    def ours(*, cold: bool) -> float:
        if cold:
            shutil.rmtree(memory, ignore_errors=True)
        return timed(command, cwd=CHECKOUT, env=os.environ | {"XDG_CACHE_HOME": str(memory)})

    def metadata() -> float:
        words = ["cargo", "metadata", "--offline", "--locked", "--format-version=1"]
        return timed(words, cwd=WORKSPACE, env=os.environ)

    ours(cold=True)
    time.sleep(0.2)  # past the clock's grain, so that the record counts
    ours(cold=True)
    time.sleep(0.2)
    cold, metadata_time = best_in_turns(rounds, lambda: ours(cold=True), metadata)
    time.sleep(0.2)
    [warm] = best_in_turns(rounds, lambda: ours(cold=False))
    beside = "cargo metadata --offline"
    return [
        Row(what="flakegen compile, cold", ours=cold, beside=beside, theirs=metadata_time, aim="below it"),
        Row(
            what="flakegen compile, nothing changed",
            ours=warm,
            beside=beside,
            theirs=metadata_time,
            aim="below it",
        ),
    ]


def evaluation_row(rounds: int, nix: Nix, nixpkgs: stand_in.StandIn, project: Path) -> Row:
    """Time the evaluation of every package and check of this system to its derivation."""
    flake = f"path:{project}?dir=generated/lana"
    apply = "outputs: builtins.mapAttrs (_: each: each.drvPath) outputs"
    nix.run("eval", "--json", *nixpkgs.flake_args, f"{flake}#packages.x86_64-linux", "--apply", apply)

    def evaluate() -> float:
        start = time.perf_counter()
        sections = " ".join(f'"{output}"' for output in OUTPUTS)
        both = f"flake: builtins.toJSON (map (section: ({apply}) flake.${{section}}.x86_64-linux) [ {sections} ])"
        nix.run("eval", "--raw", "--no-eval-cache", *nixpkgs.flake_args, f"{flake}#.", "--apply", both)
        return time.perf_counter() - start

    [best] = best_in_turns(rounds, evaluate)
    paths = [
        path
        for output in OUTPUTS
        for path in nix.eval(*nixpkgs.flake_args, f"{flake}#{output}.x86_64-linux", "--apply", apply).values()
    ]
    count = len(nix.derivations_below(*paths))
    return Row(
        what=f"nix eval of all {count} derivations", ours=best, beside="", theirs=None, aim="under 0.3 s"
    )


def build_row(nixpkgs: stand_in.StandIn, nix: Nix, project: Path, scratch: Path) -> Row:
    """Time a build into an empty store beside one into an empty target folder, with the same number of jobs."""
    jobs = str(os.cpu_count() or 2)
    cold = Nix(programs=nix.programs, home=scratch / "nix")
    start = time.perf_counter()
    cold.run(
        "build", "--no-link", "--max-jobs", jobs, "--cores", jobs, *nixpkgs.flake_args,
        f"path:{project}?dir=generated/lana#lana-cli-debug", timeout=3600,
    )  # fmt: skip
    ours = time.perf_counter() - start
    cargo = ["cargo", "build", "--offline", "--locked", "-p", "lana-cli", "-j", jobs]
    theirs = timed(
        cargo, cwd=WORKSPACE, env=os.environ | OFFLINE | {"CARGO_TARGET_DIR": str(scratch / "target")}
    )
    return Row(
        what="nix build lana-cli-debug, cold",
        ours=ours,
        beside=" ".join(cargo[:2]),
        theirs=theirs,
        aim="1.30",
    )


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    print(f"{'what':42} {'seconds':>9}  {'beside':26} {'seconds':>9} {'ratio':>6}  aim")
    for row in rows:
        theirs = "" if row.theirs is None else f"{row.theirs:.3f}"
        ratio = "" if row.theirs is None else f"{row.ours / row.theirs:.2f}"
        print(f"{row.what:42} {row.ours:9.3f}  {row.beside:26} {theirs:>9} {ratio:>6}  {row.aim}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each short measurement")
    parser.add_argument("--no-build", action="store_true", help="leave the builds out: they take minutes")
    arguments = parser.parse_args()
    programs = find_nix()
    if programs is None:
        sys.exit("Nix is missing: run tests/tools/setup")
    nix = Nix(programs=programs, home=cache_folder() / "nix")
    nixpkgs = stand_in.materialise()
    with tempfile.TemporaryDirectory(prefix="flakegen-bench-") as name:
        scratch = Path(name)
        project = scratch / "project"
        for part in ("specs", "generated", "flakegen", "grammar"):
            shutil.copytree(
                CHECKOUT / part, project / part, ignore=shutil.ignore_patterns("target", "__pycache__")
            )
        for file in ("pyproject.toml", "LICENSE", "README.md"):
            shutil.copy2(CHECKOUT / file, project / file)
        rows = compile_rows(arguments.rounds, scratch)
        rows.append(evaluation_row(arguments.rounds, nix, nixpkgs, project))
        if not arguments.no_build:
            rows.append(build_row(nixpkgs, nix, project, scratch))
        show(rows)
        subprocess.run(["chmod", "-R", "u+w", str(scratch)], check=False)


if __name__ == "__main__":
    main()

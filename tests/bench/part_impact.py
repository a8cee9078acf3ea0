"""How soon it is said what a change rebuilds, on what was compiled."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench_runs import FLAKEGEN, GRAIN, Bench, in_turns, timed
from bench_table import Aim, Row
from part_compile import synthetic
from rebuild_edits import bump
from synthetic_workspace import Size


def impact_rows(bench: Bench) -> Iterator[Row]:
    """Ask for a source as it was compiled, for one edited since, for a crate, for an older lock, and for a revision."""
    made, environment = synthetic(bench, Size())
    source, older = made.a_source, made.root / "Cargo.lock.before"
    edits = itertools.count()

    def run(*words: str) -> float:
        return timed((*FLAKEGEN, *words), cwd=made.root, env=environment)

    def impact(*words: str) -> float:
        return run("impact", made.spec.name, *words)

    def edited() -> float:
        with source.open("a") as file:
            file.write(f"// {next(edits)}\n")
        return impact(str(source))

    def measured(what: str, *words: str) -> Row:
        time.sleep(GRAIN)
        run("compile", made.spec.name)
        time.sleep(GRAIN)
        impact(*words)
        [seconds] = in_turns(bench.rounds, lambda: impact(*words))
        return Row(what=f"impact of {what}, 660 packages", figure=seconds, aim=Aim(limit=0.3))

    yield measured("a source", str(source))
    yield measured("a crate", "serde")
    shutil.copy2(made.workspace / "Cargo.lock", older)
    bump(made)
    yield measured("an older lock", "--lock", str(older))
    [seconds] = in_turns(bench.rounds, edited)
    yield Row(what="impact of a source edited since, 660 packages", figure=seconds, aim=Aim(limit=0.3))
    commit(made.root)
    edited()
    yield measured("what has changed since a revision", "--since", "HEAD")


def commit(folder: Path) -> None:
    """Have git know a folder as it is."""
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "all")):
        subprocess.run(("git", *words), cwd=folder, check=True)

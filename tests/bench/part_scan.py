"""How long it takes to find what each package reads: for the first time, and after one edit."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from bench_runs import FLAKEGEN, GRAIN, Bench, timed
from bench_table import Aim, Row
from part_compile import synthetic
from synthetic_scan import make_sources
from synthetic_workspace import Size

from flakegen.embed.cache import ScanCache
from flakegen.pipeline.project import Project

_BYTES = 30_000_000


def scan_rows(bench: Bench) -> Iterator[Row]:
    """Scan 30 MB, with and without what an earlier scan has found, and a workspace as large as companies have them."""
    spec = make_sources(bench.scratch / "sources", _BYTES)
    record = bench.scratch / "scans"
    source = spec.parent / "crates/crate-000/src/lib.rs"
    what = f"scan {_size(spec.parent)}"
    yield Row(what=f"{what}, first time", figure=_first(bench, spec), aim=Aim(limit=0.6))
    _seconds(spec, record)
    same = statistics.median(_seconds(spec, record) for _ in range(bench.rounds))
    yield Row(what=f"{what}, nothing changed", figure=same)
    edited = statistics.median(_after_edit(spec, record, source) for _ in range(bench.rounds))
    yield Row(what=f"{what}, one source edited", figure=edited, aim=Aim(limit=0.05))
    made, environment = synthetic(bench, Size())
    timed((*FLAKEGEN, "compile", made.spec.name), cwd=made.root, env=environment)  # gathers facts
    with mock.patch.dict(os.environ, CARGO_HOME=environment["CARGO_HOME"]):
        first = _first(bench, made.spec)
    yield Row(
        what=f"scan {Size().members} members, {_size(made.workspace)}, first time",
        figure=first,
        aim=Aim(limit=0.15),
    )


def _first(bench: Bench, spec: Path) -> float:
    """Return what a scan takes that finds nothing from before, and leaves a record."""
    records = (bench.scratch / f"first-{spec.stem}-{number}" for number in range(bench.rounds))
    return statistics.median(_seconds(spec, record) for record in records)


def _after_edit(spec: Path, record: Path, source: Path) -> float:
    with source.open("a") as file:
        file.write("// more\n")
    time.sleep(GRAIN)
    return _seconds(spec, record)


def _seconds(spec: Path, record: Path) -> float:
    """Return what the stage takes in this process, once all that it works with is there."""
    project = Project(str(spec), ScanCache(str(record), "bench"))
    assert project.workspace is not None
    assert project.origins is not None
    gc.collect()
    gc.disable()  # as the command does
    start = time.perf_counter()
    assert project.files is not None
    seconds = time.perf_counter() - start
    gc.enable()
    return seconds


def _size(folder: Path) -> str:
    """Return how much Rust there is."""
    sizes = [path.stat().st_size for path in folder.rglob("*.rs")]
    return f"{sum(sizes) / 1e6:.0f} MB of Rust in {len(sizes)} files"

"""`make bench`: flakegen and what it emits beside cargo and its peers, as ratios within one run on one machine.

Short measurements are medians of several runs, the two sides taking turns, so that a busy moment hits both; builds are
measured once. `make bench BENCH="compile scale"` runs some parts only. docs/performance.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import stand_in
from bench_runs import Bench
from bench_table import Row, show
from part_build import build_rows
from part_compile import compile_rows, lana_rows
from part_evaluate import evaluate_rows
from part_impact import impact_rows
from part_includes import includes_rows
from part_layers import layer_rows
from part_peers import peer_rows
from part_rebuilds import rebuild_rows
from part_scale import scale_rows
from part_scan import scan_rows
from real_nix import Nix, cache_folder, find_nix

PARTS: dict[str, Callable[[Bench], Iterable[Row]]] = {
    "compile": compile_rows,
    "lana": lana_rows,
    "includes": includes_rows,
    "impact": impact_rows,
    "layers": layer_rows,
    "scan": scan_rows,
    "scale": scale_rows,
    "evaluate": evaluate_rows,
    "peers": peer_rows,
    "rebuilds": rebuild_rows,
    "build": build_rows,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument("--rounds", type=int, default=7, help="runs of each short measurement")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - PARTS.keys()
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}")
    programs = find_nix()
    if programs is None:
        sys.exit("Nix is missing: run tests/tools/setup")
    with tempfile.TemporaryDirectory(prefix="flakegen-bench-") as name:
        bench = Bench(
            rounds=arguments.rounds,
            scratch=Path(name),
            nix=Nix(programs=programs, home=cache_folder() / "nix"),
            nixpkgs=stand_in.materialise(),
        )
        rows: list[Row] = []
        try:
            for part in arguments.parts or PARTS:
                print(f"measuring: {part} …", file=sys.stderr, flush=True)
                folder = bench.scratch / part
                folder.mkdir()
                rows += PARTS[part](dataclasses.replace(bench, scratch=folder))
        finally:  # a part that fails must not lose what the others have measured
            show(rows)
        subprocess.run(["chmod", "-R", "u+w", name], check=False)  # a store's folders are read-only


if __name__ == "__main__":
    main()

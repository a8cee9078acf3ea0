"""Running programs and measuring them from outside: wall time and the peak of their memory."""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from real_nix import CHECKOUT, Nix
from stand_in import StandIn

FLAKEGEN = (sys.executable, "-m", "flakegen.cli.main")
GRAIN = 0.2  # seconds: past the clock's grain, so that what was remembered counts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all parts share."""

    rounds: int
    scratch: Path
    nix: Nix
    nixpkgs: StandIn

    def environment(self) -> dict[str, str]:
        """Python as installed programs run: compiled once, and found without the checkout as working directory."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | {
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONPYCACHEPREFIX": str(self.scratch / "pycache"),
            "XDG_CACHE_HOME": str(self.scratch / "memory"),
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took."""

    seconds: float
    megabytes: float  # the peak of the largest process


def measured(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> Cost:
    """Run a command that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        env=dict(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} failed:\n{said.decode(errors='replace')[-4000:]}")
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return Cost(seconds=seconds, megabytes=usage.ru_maxrss / scale)


def timed(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> float:
    """Return the wall time of a command that must succeed."""
    return measured(command, cwd=cwd, env=env).seconds


def in_turns(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """Return the median of each side; the sides take turns, so that a busy moment hits all of them."""
    times = [[side() for side in sides] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]

"""How long a compilation takes, beside cargo's own reading of the same workspace."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench_runs import FLAKEGEN, GRAIN, Bench, in_turns, timed
from bench_table import Aim, Row
from real_nix import CHECKOUT
from synthetic_workspace import Size, Synthetic, make_workspace

_METADATA = ("cargo", "metadata", "--offline", "--locked", "--format-version=1")
_BESIDE = "cargo metadata --offline"


class Compilation:
    """One project, compiled again and again in different states."""

    def __init__(
        self, bench: Bench, folder: Path, spec: str, workspace: Path, environment: dict[str, str]
    ) -> None:
        """Compile it once, so that all it takes from elsewhere is there."""
        self.workspace = workspace
        self.environment = environment
        self._memory = Path(environment["XDG_CACHE_HOME"])
        self._output = folder / "generated" / Path(spec).stem
        self._command = (*FLAKEGEN, "compile", spec)
        self._folder = folder
        self._edits = itertools.count()
        self.rounds = bench.rounds
        self.again()

    def again(self) -> float:
        """Compile as it is now."""
        return timed(self._command, cwd=self._folder, env=self.environment)

    def first(self) -> float:
        """Compile without anything from before, but for what is known of the crates."""
        shutil.rmtree(self._memory, ignore_errors=True)
        shutil.rmtree(self._output)
        return self.again()

    def after(self, edit: Callable[[int], object]) -> float:
        """Compile after an edit that was made when all was up to date."""
        time.sleep(GRAIN)
        self.again()
        edit(next(self._edits))
        return self.again()

    def metadata(self) -> float:
        """Let cargo read the workspace."""
        return timed(_METADATA, cwd=self.workspace, env=self.environment)


def synthetic(bench: Bench, size: Size) -> tuple[Synthetic, dict[str, str]]:
    """Make up a workspace, and say what is run there."""
    made = make_workspace(bench.scratch / f"synthetic-{size.packages}", size)
    return made, bench.environment() | made.environment()


def compile_rows(bench: Bench) -> Iterator[Row]:
    """Compile a workspace as large as companies have them: nothing changed, one edit, the first time."""
    made, environment = synthetic(bench, Size())
    project = Compilation(bench, made.root, made.spec.name, made.workspace, environment)
    yield from _rows(project, made.a_source, made.a_migration, "660 packages", first=Aim(limit=3))


def lana_rows(bench: Bench) -> Iterator[Row]:
    """The same for Lana, which is a third as large."""
    folder = bench.scratch / "lana-compile"
    shutil.copytree(CHECKOUT / "specs", folder / "specs", ignore=shutil.ignore_patterns("target"))
    workspace = folder / "specs/workspaces/lana"
    project = Compilation(bench, folder, "specs/lana.toml", workspace, bench.environment())
    migrations = next(path for path in sorted(workspace.rglob("migrations")) if path.is_dir())
    source = workspace / "lana/cli/src/main.rs"
    yield from _rows(
        project, source, lambda number: migrations / f"9{number:03}_more.sql", "Lana", first=Aim()
    )


def _rows(
    project: Compilation, source: Path, migration: Callable[[int], Path], name: str, *, first: Aim
) -> Iterator[Row]:
    def edit(number: int) -> None:
        with source.open("a") as file:
            file.write(f"// {number}\n")

    time.sleep(GRAIN)
    project.again()
    time.sleep(GRAIN)
    same, metadata = in_turns(project.rounds, project.again, project.metadata)
    yield Row(what=f"compile {name}, nothing changed", figure=same, beside=_BESIDE, other=metadata,
              aim=Aim(limit=0.25, ratio=0.5))  # fmt: skip
    edited, metadata = in_turns(project.rounds, lambda: project.after(edit), project.metadata)
    yield Row(what=f"compile {name}, one source edited", figure=edited, beside=_BESIDE, other=metadata,
              aim=Aim(limit=0.4))  # fmt: skip
    grown, metadata = in_turns(
        project.rounds,
        lambda: project.after(lambda number: migration(number).write_text("")),
        project.metadata,
    )
    yield Row(what=f"compile {name}, one migration more", figure=grown, beside=_BESIDE, other=metadata)
    whole, metadata = in_turns(project.rounds, project.first, project.metadata)
    yield Row(what=f"compile {name}, first time", figure=whole, beside=_BESIDE, other=metadata, aim=first)

"""Published programs, each with the Cargo.lock it was published with: our graphs are cargo's, here and for another platform."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from oracle import cargo_graph, differences
from ours import HOST, load, our_graph
from real_nix import cache_folder

from flakegen.cargo.cargo_home import default_cargo_home
from flakegen.cargo.facts_sources import FactsSources

LIST = Path(__file__).parent / "programs.txt"


@dataclass(frozen=True)
class Program:
    """A line of the list."""

    name: str
    version: str
    platform: str

    def __str__(self) -> str:
        """Name the test."""
        return f"{self.name}-{self.version}"

    @property
    def folder(self) -> Path:
        """Where tests/tools/fetch-programs puts it."""
        return cache_folder() / "published" / str(self)

    @property
    def invocations(self) -> list[tuple[str, list[str]]]:
        """Ways to build it; crates for other platforms are not there."""
        there = ["--target", self.platform]
        return [
            ("build", []),
            ("build", ["--release", "--target", HOST]),
            ("build", ["--release", *there]),
            ("build", ["--no-default-features", *there]),
            ("build", ["--all-features", "--all-targets", *there, "--target", HOST]),
            ("test", []),
            ("check", ["--all-targets", *there]),
        ]


def programs() -> list[Program]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [Program(*line.split()[:3]) for line in lines if line and not line.startswith("#")]


@pytest.mark.cargo
@pytest.mark.parametrize("program", programs(), ids=str)
def test_graphs_of_published_programs_are_cargos(program):
    sources = FactsSources(cargo_home=default_cargo_home(os.environ))
    workspace = load(program.folder, sources)
    for command, arguments in program.invocations:
        theirs = cargo_graph(command, arguments, program.folder)
        ours = our_graph(workspace, command, arguments, sources)
        assert differences(ours, theirs) == "", (command, arguments)
        assert len(theirs["units"]) > 30


def test_the_programs_are_of_many_kinds():
    platforms = {program.platform for program in programs()}
    assert len(programs()) >= 10
    for part in ("x86_64", "aarch64", "linux-gnu", "linux-musl", "apple-darwin", "wasm32"):
        assert any(part in platform for platform in platforms)

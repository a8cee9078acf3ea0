"""How much of a program is built again after an edit, beside the peers: counted in derivations, not timed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from bench_runs import Bench
from bench_table import Aim, Row
from part_peers import crate2nix_program
from rebuild_edits import bump, edits, with_shared_text
from rebuild_tools import Site, Tool, Work, Works, cargo2nix, crane, crate2nix, flakegen
from rebuild_units import CargoUnits, cargo_units
from synthetic_workspace import Size, make_workspace

EMBEDDED = (".sql", ".csv", ".txt", ".svg", ".json")
"""What users of crane must add to its filter, for this workspace to compile as it should."""


def rebuild_rows(bench: Bench) -> Iterator[Row]:
    """Count for each edit what every tool builds again; flakegen should build what cargo's graph says, and no unit more."""
    made = make_workspace(bench.scratch / "synthetic", Size())
    with_shared_text(made)
    site = Site(bench=bench, made=made)
    by_package = [flakegen(site), crate2nix(site, crate2nix_program(bench)), cargo2nix(site)]
    tools = [
        *by_package,
        crane(site, "crane", *EMBEDDED),
        crane(site, "crane with its own filter"),
    ]
    before = _generated(tools)
    units = cargo_units(made)
    _same_packages(by_package, before, units)
    yield _row("in all", tools, [list(works.values()) for works in before], len(units.packages))
    for edit in edits(made):
        with edit.made():
            after = [tool.derivations() for tool in tools]
        least = units.depending_on(edit.reader).total() if edit.reader else 0
        yield _row(f"built again after {edit.what}", tools, rebuilt(before, after), least)
    bumped = bump(made)
    after, least = _generated(tools), cargo_units(made).depending_on(bumped).total()
    yield _row(f"built again after a bump to {bumped}", tools, rebuilt(before, after), least)


def rebuilt(before: Sequence[Works], after: Sequence[Works]) -> list[list[Work]]:
    """What each tool builds then and has not built before."""
    return [
        [work for path, work in now.items() if path not in then]
        for then, now in zip(before, after, strict=True)
    ]


def _generated(tools: Sequence[Tool]) -> list[Works]:
    for tool in tools:
        tool.generate()
    return [tool.derivations() for tool in tools]


def _same_packages(tools: Sequence[Tool], found: Sequence[Works], units: CargoUnits) -> None:
    """All stand for the same program: those that build package by package, or finer, must have cargo's packages."""
    for tool, works in zip(tools, found, strict=False):
        if {work.what for work in works.values()} != set(units.packages):
            sys.exit(f"{tool.name} does not build the packages that cargo builds")


def _row(what: str, tools: Sequence[Tool], built: Sequence[Sequence[Work]], least: int) -> Row:
    units = [sum(work.units for work in works) for works in built]
    peers = zip(tools[1:], units[1:], built[1:], strict=True)
    beside = ", ".join(f"{tool.name} {count} in {len(works)}" for tool, count, works in peers)
    return Row(what=f"units {what}", figure=units[0], unit="units", beside=beside, aim=Aim(exact=least))

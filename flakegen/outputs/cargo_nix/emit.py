"""Cargo.nix, the table of all cargo units, and in the folder beside it the fixed Nix and bash that builds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flakegen.nix.data import Section, print_data
from flakegen.outputs.cargo_nix.table import table
from flakegen.outputs.embedded_files import EMBEDDED, embedded_text
from flakegen.outputs.fixed import fixed_files
from flakegen.outputs.header import header
from flakegen.plan.model import BuildPlan

_RUNTIME = (
    "builder.nix",
    "bundle.sh",
    "cargo.sh",
    "cfg.sh",
    "common.sh",
    "default.nix",
    "doc.sh",
    "doctest.sh",
    "fetched.nix",
    "fmt.sh",
    "join.sh",
    "override.nix",
    "replaced.sh",
    "script.nix",
    "script.sh",
    "test.sh",
    "tests.sh",
    "toolbox.sh",
    "unit.sh",
    "units.nix",
    "unpack.sh",
)
_COMMENTS = {
    "guard": "What this file was made from: evaluation stops when one of these is another file.",
    "profiles": "Flags of rustc, by the name that units use.",
    "scripts": "What build scripts are told of a profile.",
    "replaced": "What the configuration has build scripts print that are not run, by platform and `links`.",
    "environment": "Variables of cargo's configuration, of all units and of the workspace's own.",
    "builds": "The roots of each build, platform by platform.",
    "crates": "What the units of a package share.",
    "sources": "The files that each target of a workspace package is compiled from.",
    "units": "One entry for each unit, by package, kind of target and identity; `only` is what a platform adds.",
}


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield the files of the Cargo workspace; nothing without one."""
    if plan.cargo is None:
        return
    sections = (Section(name, value, _COMMENTS.get(name, "")) for name, value in table(plan.cargo).items())
    yield "Cargo.nix", print_data(header(plan), sections)
    yield f"{plan.runtime}/{EMBEDDED}", embedded_text(header(plan), plan.cargo)
    for name, text in fixed_files(Path(__file__).with_name("runtime"), _RUNTIME, plan):
        yield f"{plan.runtime}/{name}", text

"""Four ways to have Nix build the program, as far as the derivations that it would build; docs/performance.md says how true."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench_runs import FLAKEGEN, Bench
from real_nix import CHECKOUT
from rebuild_edits import PROGRAM
from rebuild_units import cargo_units, work_of_packages
from synthetic_workspace import Synthetic

_PEERS = Path(__file__).with_name("peers")
_OVERLAY = CHECKOUT / "tests/cargo2nix/overlay/overlay.nix"
_SYSTEM = "x86_64-linux"
_UNIT_NAME = re.compile(rf"(.+?-\d+\.\d+\.\d+)(?:-.*\.crate-unit|\.script-run)|({PROGRAM}-[\d.]+)")
_PACKAGE_SET = f"""
[project]
name = "bank-set"
systems = ["{_SYSTEM}"]

[inputs]
cargo2nix = "github:cargo2nix/cargo2nix/release-0.12"

[cargo]
workspace = "workspace"
format = "cargo2nix"

[packages.bank-cli]
crate = "{PROGRAM}"
"""


class Work(NamedTuple):
    """What a derivation compiles."""

    what: str  # a package as name-version, or what holds several
    units: int


Works = Mapping[str, Work]
"""By the path of the derivation; what compiles nothing is left out."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One way: what its users run when the lock changes, and what Nix would build then."""

    name: str
    generate: Callable[[], object]
    derivations: Callable[[], Works]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The workspace, and what is asked there."""

    bench: Bench
    made: Synthetic

    def run(self, *command: str | Path) -> None:
        """Run what generates, in the project's folder; it must succeed."""
        environment = self.bench.environment() | self.made.environment()
        environment["PATH"] = f"{self.bench.nix.programs}:{environment['PATH']}"
        subprocess.run(
            [*map(str, command)], cwd=self.made.root, env=environment, check=True, capture_output=True
        )

    def below(self, derivation: str) -> dict[str, str]:
        """The derivations that one stands upon, itself included: their names by path."""
        found = self.bench.nix.derivations_below(derivation)
        return {path: Path(path).name.partition("-")[2].removesuffix(".drv") for path in found}

    def model(self, file: str, **arguments: Path | str) -> dict[str, str]:
        """The derivations that an expression of `peers/` stands upon."""
        given = {"system": _SYSTEM, "program": PROGRAM, "nixpkgs": self.bench.nixpkgs.path, **arguments}
        words = [_PEERS / file]
        for name, value in given.items():
            words += ["--arg" if isinstance(value, Path) else "--argstr", name, value]
        program = self.bench.nix.run("nix-instantiate", *words).strip()
        return self.below(program.partition("!")[0])


def flakegen(site: Site) -> Tool:
    """What this project emits: a derivation is a unit."""

    def derivations() -> Works:
        output = f"path:{site.made.root}?dir=generated/bank#packages.{_SYSTEM}.bank-cli.drvPath"
        names = site.below(site.bench.nix.run("eval", "--raw", *site.bench.nixpkgs.flake_args, output))
        matches = {path: _UNIT_NAME.fullmatch(name) for path, name in names.items()}
        return {path: Work(match[1] or match[2], 1) for path, match in matches.items() if match}

    return Tool(
        name="flakegen",
        generate=lambda: site.run(*FLAKEGEN, "compile", site.made.spec.name),
        derivations=derivations,
    )


def crate2nix(site: Site, program: Path) -> Tool:
    """The real one's file: a derivation is a package, its source the package's folder."""
    output = site.made.root / "crate2nix"
    output.mkdir()
    words = ("-f", "workspace/Cargo.toml", "-o", output / "Cargo.nix", "-h", output / "crate-hashes.json")

    def derivations() -> Works:
        return _by_package(site, "rust_", site.model("crate2nix.nix", cargoNix=output / "Cargo.nix"))

    return Tool(
        name="crate2nix",
        generate=lambda: site.run(program, "generate", *words),
        derivations=derivations,
    )


def cargo2nix(site: Site) -> Tool:
    """A package set for its overlay: a derivation is a package, a member's source the whole workspace."""
    spec = site.made.root / "bank-set.toml"
    spec.write_text(_PACKAGE_SET)
    given = {
        "cargoNix": site.made.root / "generated/bank-set/Cargo.nix",
        "overlay": _OVERLAY,
        "workspace": site.made.workspace,
    }
    return Tool(
        name="cargo2nix",
        generate=lambda: site.run(*FLAKEGEN, "compile", spec.name),
        derivations=lambda: _by_package(site, "crate-", site.model("cargo2nix.nix", **given)),
    )


def crane(site: Site, name: str, *endings: str) -> Tool:
    """Two derivations, all that is fetched and all members; sources of these endings are kept beside crane's own."""

    def derivations() -> Works:
        found = site.model("crane.nix", workspace=site.made.workspace, endings=json.dumps(endings))
        units = cargo_units(site.made)
        members = units.of_members()
        sizes = {f"{PROGRAM}-deps": len(units.packages) - members, PROGRAM: members}
        return {path: Work(name, sizes[name]) for path, name in found.items() if name in sizes}

    return Tool(name=name, generate=lambda: None, derivations=derivations)


def _by_package(site: Site, prefix: str, names: Mapping[str, str]) -> Works:
    work = work_of_packages(site.made)
    packages = {path: name.removeprefix(prefix) for path, name in names.items() if name.startswith(prefix)}
    return {path: Work(package, work[package]) for path, package in packages.items()}

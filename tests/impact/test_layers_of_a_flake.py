"""Layers and shards of a flake, by real Nix: they hold all of it, each unit once, and no machine builds another's work."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from real_nix import CHECKOUT, Nix
from shop import SPEC, environment, make_shop
from stand_in import StandIn

SYSTEM = "x86_64-linux"
MANY = "\n[cargo.layers]\nshards = 3\nleast-seconds = 0\n"
"""As many layers and shards as there can be."""

SHARDS = (
    "layers: builtins.mapAttrs (_: layer: builtins.mapAttrs (_: shard: shard.drvPath)"
    ' (builtins.removeAttrs layer (builtins.filter (name: builtins.match "[0-9]+" name == null)'
    " (builtins.attrNames layer)))) layers"
)


@dataclass(frozen=True, kw_only=True)
class Flake:
    """A compiled project, what `flakegen layers` says of it, and Nix to ask about it."""

    folder: Path
    layers: list[dict[str, Any]]
    nix: Nix
    nixpkgs: StandIn

    def eval(self, attribute: str, apply: str) -> Any:
        flake = f"path:{self.folder}?dir=generated/spec#{attribute}"
        return self.nix.eval(*self.nixpkgs.flake_args, flake, "--apply", apply)

    @property
    def shards(self) -> dict[tuple[int, int], str]:
        """The derivation of each shard."""
        found = self.eval(f"legacyPackages.{SYSTEM}.layers", SHARDS)
        return {(int(layer), int(shard)): drv for layer, each in found.items() for shard, drv in each.items()}

    @property
    def units(self) -> set[str]:
        """The derivations of all units that Cargo.nix describes, for this machine and for the other one."""
        keys = {unit for layer in self.layers for shard in layer["shards"] for unit in shard["units"]}
        native = " ".join(f'"{key}"' for key in sorted(keys) if ":" not in key)
        other = " ".join(f'"{key.partition(":")[2]}"' for key in sorted(keys) if ":" in key)
        ask = (
            f"all: map (key: all.units.${{key}}.drvPath) [ {native} ]"
            f" ++ map (key: all.unitsFor.aarch64-linux.${{key}}.drvPath) [ {other} ]"
        )
        return set(self.eval(f"legacyPackages.{SYSTEM}", ask))

    def direct(self, drv: str) -> set[str]:
        """The derivations that one is made from directly."""
        shown = json.loads(self.nix.run("derivation", "show", drv))
        (only,) = shown.get("derivations", shown).values()
        inputs = only.get("inputDrvs") or only["inputs"]["drvs"]
        return {f"{Path(drv).parent}/{Path(path).name}" for path in inputs}


@pytest.fixture(scope="module", params=["one machine", "three machines"])
def flake(request, tmp_path_factory: pytest.TempPathFactory, nix: Nix, nixpkgs: StandIn) -> Flake:
    folder = tmp_path_factory.mktemp("shop")
    project = make_shop(folder)
    if request.param == "three machines":
        (project / "spec.toml").write_text(SPEC + MANY)

    def flakegen(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "flakegen.cli.main", *arguments],
            cwd=project,
            env=environment(folder, folder / "cache") | {"PYTHONPATH": str(CHECKOUT)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    flakegen("compile", "spec.toml")
    told = json.loads(flakegen("layers", "spec.toml", "--system", SYSTEM, "--json"))
    (project / "generated/spec/flake.lock").unlink(missing_ok=True)
    return Flake(folder=project, layers=told["layers"], nix=nix, nixpkgs=nixpkgs)


def test_shards_are_those_that_are_told(flake: Flake):
    told = {(layer["layer"], shard["shard"]) for layer in flake.layers for shard in layer["shards"]}
    assert set(flake.shards) == told
    assert len(told) == 2 or max(shard for _, shard in told) == 2
    assert all(
        shard["attribute"] == f"legacyPackages.{SYSTEM}.layers.{layer['layer']}.{shard['shard']}"
        for layer in flake.layers
        for shard in layer["shards"]
    )


def test_every_unit_of_every_package_and_check_is_in_one_shard(flake: Flake):
    units = flake.units
    drvs = [
        drv
        for section in ("packages", "checks")
        for drv in flake.eval(f"{section}.{SYSTEM}", "all: map (one: one.drvPath) (builtins.attrValues all)")
    ]
    needed = flake.nix.derivations_below(*drvs) & units
    assert needed == units, "all that is told to be built is built for something"
    found = [unit for drv in flake.shards.values() for unit in flake.direct(drv) & units]
    assert set(found) == needed
    assert len(found) == len(set(found)), "a unit is in two shards"


def test_a_shard_builds_nothing_that_is_built_beside_it(flake: Flake):
    units, shards = flake.units, flake.shards
    place = {unit: number for number, drv in shards.items() for unit in flake.direct(drv) & units}
    for number, drv in shards.items():
        for unit in flake.nix.derivations_below(drv) & units:
            assert place[unit] == number or place[unit][0] < number[0]


def test_fetched_crates_are_the_lowest_layers_and_the_package_of_dependencies(flake: Flake):
    shards = flake.shards
    lowest = [layer["layer"] for layer in flake.layers if layer["third-party"]]
    assert lowest == list(range(len(lowest)))
    assert lowest
    units = flake.units
    of_layers = {unit for (layer, _), drv in shards.items() if layer in lowest for unit in flake.direct(drv)}
    deps = flake.eval(f"packages.{SYSTEM}.deps", "one: one.drvPath")
    assert flake.direct(deps) & units == of_layers & units


def test_packages_and_checks_need_no_later_layer_than_theirs(flake: Flake):
    shards, units = flake.shards, flake.units
    place = {unit: layer for (layer, _), drv in shards.items() for unit in flake.direct(drv) & units}
    told = {name: layer["layer"] for layer in flake.layers for name in layer["outputs"]}
    assert sum(len(layer["outputs"]) for layer in flake.layers) == len(told)
    for section in ("packages", "checks"):
        drvs = flake.eval(f"{section}.{SYSTEM}", "builtins.mapAttrs (_: one: one.drvPath)")
        for name, drv in drvs.items():
            highest = max((place[unit] for unit in flake.nix.derivations_below(drv) & units), default=0)
            assert told[f"{section}.{name}"] == highest


def test_the_flake_is_accepted_with_its_jobs(flake: Flake):
    jobs = flake.eval("hydraJobs", "jobs: builtins.mapAttrs (_: builtins.attrNames) jobs")
    assert jobs == {"packages": [SYSTEM], "checks": [SYSTEM], "layers": [SYSTEM]}
    reference = f"path:{flake.folder}?dir=generated/spec"
    flake.nix.run("flake", "check", "--no-build", *flake.nixpkgs.flake_args, reference)

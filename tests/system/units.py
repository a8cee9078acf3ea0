"""The units that Nix builds and those that cargo would, in a form that can be compared."""

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from real_nix import Nix
from stand_in import StandIn


class Unit(NamedTuple):
    """What one rustc call or build-script run is about; a program's test and itself are two units."""

    package: str
    crate: str
    action: str  # "run" of a build script, "test", or "build"
    platform: str  # "" where the build runs
    features: tuple[str, ...]


def units_of_nix(nix: Nix, nixpkgs: StandIn, flake: str, *outputs: str) -> Counter[Unit]:
    """The units among the derivations below outputs of a flake."""
    told = derivations_of(nix, nixpkgs, flake, *outputs)
    return Counter(_unit_of_derivation(each) for each in told if "features" in each)


def derivations_of(nix: Nix, nixpkgs: StandIn, flake: str, *outputs: str) -> list[dict]:
    """The attributes of all derivations below outputs of a flake."""
    targets = [f"{flake}#{output}" for output in outputs]
    shown = json.loads(nix.run("derivation", "show", "-r", *nixpkgs.flake_args, *targets))
    return [
        (
            json.loads(each["env"]["__json"])
            if "__json" in each["env"]
            else each.get("structuredAttrs", each["env"])
        )
        for each in shown.values()
    ]


def _unit_of_derivation(told: dict) -> Unit:
    if "platformEnvironment" in told:
        triple = re.search(r"-cargo-cfg-(.*)$", told["platformEnvironment"])[1]
        action, crate = "run", told["program"].replace("-", "_")
        platform = "" if triple == HOST else triple
    else:
        action = "test" if not told["crateTypes"] else "build"
        crate, platform = told["crateName"], told["triple"]
    return Unit(told["pname"], crate, action, platform, tuple(told["features"]))


def units_of_cargo(workspace: Path, *arguments: str, **environment: str) -> Counter[Unit]:
    """The units of `cargo ARGUMENT…`, as cargo itself says beforehand."""
    said = subprocess.run(
        ["cargo", *arguments, "--offline", "--locked", "--unit-graph", "-Z", "unstable-options"],
        cwd=workspace,
        env=os.environ | {"RUSTC_BOOTSTRAP": "1"} | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return Counter(_unit_of_graph(unit) for unit in json.loads(said.stdout)["units"])


def _unit_of_graph(unit: dict) -> Unit:
    source, _, rest = unit["pkg_id"].rpartition("#")
    name = rest.partition("@")[0] if "@" in rest else source.rpartition("/")[2]
    action = {"run-custom-build": "run", "test": "test"}.get(unit["mode"], "build")
    crate = unit["target"]["name"].replace("-", "_")
    return Unit(name, crate, action, unit["platform"] or "", tuple(unit["features"]))


HOST = (
    subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True)
    .stdout.split("host: ")[1]
    .split()[0]
)

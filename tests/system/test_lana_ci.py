"""What Lana's CI files ask Nix for is there, and is what it should be: asked of real Nix."""

import itertools
import re
import shlex
from collections.abc import Iterator
from typing import Any

import yaml
from lana import Lana
from real_nix import CHECKOUT

FOLDER = CHECKOUT / "generated/lana/ci"
FLAKE = "./generated/lana"
OF_NIXPKGS = ["--inputs-from", FLAKE, "nixpkgs#skopeo"]
OPTIONS = {"--no-link", "--print-build-logs", "--print-out-paths", "--impure"}


def scripts(value: Any) -> Iterator[str]:
    """Every piece of shell in a CI file: what GitHub's steps run, and what Concourse gives to `sh`."""
    if isinstance(value, dict):
        if isinstance(value.get("run"), str):
            yield value["run"]
        for each in value.values():
            yield from scripts(each)
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, str) and "\n" in each)
        for each in value:
            yield from scripts(each)


def calls() -> Iterator[tuple[str, str]]:
    """What the commands of all files ask Nix to do, and the attribute that they name."""
    for path in sorted(FOLDER.iterdir()):
        for line in itertools.chain(*map(str.splitlines, scripts(yaml.safe_load(path.read_text())))):
            for command in re.findall(r"\bnix (?:build|run) [^)\n]*", line):
                _, verb, *rest = shlex.split(command.replace('"', ""))
                if rest[:3] == OF_NIXPKGS:
                    continue  # the tests' stand-in has it not
                named = next(word for word in rest if word not in OPTIONS)
                assert named.startswith(f"{FLAKE}#"), command
                yield verb, named.removeprefix(f"{FLAKE}#")


def test_all_that_is_built_is_there(lana: Lana):
    built = sorted({attribute for verb, attribute in calls() if verb == "build"})
    assert {"lana-deps", "lana-cli-debug", "lana-cli-release", "devShells.x86_64-linux.default"} <= set(built)
    lana.nix.run("build", "--dry-run", *lana.nixpkgs.flake_args, *(f"{lana.flake}#{each}" for each in built))


def test_all_that_is_run_is_there(lana: Lana):
    apps = lana.nix.eval(
        *lana.nixpkgs.flake_args, f"{lana.flake}#apps.x86_64-linux", "--apply", "builtins.attrNames"
    )
    packages = lana.nix.eval(
        *lana.nixpkgs.flake_args, f"{lana.flake}#packages.x86_64-linux", "--apply", "builtins.attrNames"
    )
    run = {attribute for verb, attribute in calls() if verb == "run"}
    assert {"nextest", "bats", "simulation", "flakegen"} <= run
    assert run <= {*apps, *packages}


def test_a_cached_app_is_all_that_the_app_needs(lana: Lana):
    (built,) = lana.build("legacyPackages.x86_64-linux.programs.simulation")
    program = lana.nix.eval(*lana.nixpkgs.flake_args, f"{lana.flake}#apps.x86_64-linux.simulation.program")
    needed = lana.nix.runtime_closure(built)
    assert built.read_text() == program
    assert {path for path in needed if program.startswith(f"{path}/")}
    assert [path for path in needed if "lana-cli" in path]


def test_nix_is_told_of_the_cache(lana: Lana):
    told = lana.nix.eval(
        "--expr", f'(import "{lana.folder}/generated/lana/flake.nix").nixConfig.extra-substituters'
    )
    assert told == ["https://galoymoney.cachix.org"]

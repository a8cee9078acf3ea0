"""Cargo's own graph of the program: what must be compiled again after an edit, and how much work each package is."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections import Counter
from pathlib import Path

from rebuild_edits import PROGRAM
from synthetic_workspace import Synthetic

_BUILD = ("build", "--release", "--package", PROGRAM, "--unit-graph", "-Z", "unstable-options")
_WORK = {"lib": 1, "proc-macro": 1, "bin": 1, "custom-build": 2}  # a build script is compiled, and run


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CargoUnits:
    """The units of `cargo build` for the program: calls of rustc and runs of build scripts."""

    packages: tuple[str, ...]  # of each unit: its package, as name-version
    is_script: tuple[bool, ...]  # of each unit: whether it is a build script, compiled or run
    users: tuple[tuple[int, ...], ...]
    members: frozenset[str]

    def depending_on(self, package: str) -> Counter[str]:
        """Count the units that a package's library or program is part of, itself included, by package."""
        found: set[int] = set()
        queue = [
            number
            for number, each in enumerate(self.packages)
            if each == package and not self.is_script[number]
        ]
        while queue:
            number = queue.pop()
            if number not in found:
                found.add(number)
                queue += self.users[number]
        return Counter(self.packages[number] for number in found)

    def of_members(self) -> int:
        """How many of the units are the workspace's own."""
        return sum(package in self.members for package in self.packages)


def cargo_units(made: Synthetic) -> CargoUnits:
    """Ask cargo."""
    units = json.loads(_cargo(made, *_BUILD))["units"]
    users: list[list[int]] = [[] for _ in units]
    for number, unit in enumerate(units):
        for needed in unit["dependencies"]:
            users[needed["index"]].append(number)
    own = (unit["pkg_id"] for unit in units if unit["pkg_id"].startswith("path+"))
    return CargoUnits(
        packages=tuple(_package(unit["pkg_id"]) for unit in units),
        is_script=tuple(unit["target"]["kind"] == ["custom-build"] for unit in units),
        users=tuple(map(tuple, users)),
        members=frozenset(map(_package, own)),
    )


def work_of_packages(made: Synthetic) -> dict[str, int]:
    """Count the units that a builder of whole packages makes of each: library, programs, build script and its run."""
    return {
        f"{package['name']}-{package['version']}": sum(
            _WORK.get(target["kind"][0], 0) for target in package["targets"]
        )
        for package in json.loads(_cargo(made, "metadata", "--format-version=1"))["packages"]
    }


def _package(identity: str) -> str:
    source, _, rest = identity.rpartition("#")
    return rest.replace("@", "-") if "@" in rest else f"{Path(source).name}-{rest}"


def _cargo(made: Synthetic, *arguments: str) -> str:
    return subprocess.run(
        ["cargo", *arguments, "--offline", "--locked"],
        cwd=made.workspace,
        env=os.environ | made.environment() | {"RUSTC_BOOTSTRAP": "1"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

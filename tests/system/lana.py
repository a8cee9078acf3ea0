"""The Lana project as tests see it: a copy of the committed files, edited and compiled again at will."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from real_nix import CHECKOUT, Nix, cache_folder
from stand_in import StandIn

PARTS = ("specs", "generated/lana", "flakegen", "grammar", "pyproject.toml", "LICENSE", "README.md")
WORKSPACE = "specs/workspaces/lana"
PRODUCTS = ("lana-cli", "lana-cli-debug", "lana-deps", "admin-server", "customer-server")
IMAGES = (
    "docker-image",
    "lana-bank",
    "lana-bank-admin-panel",
    "lana-bank-customer-portal",
    "dagster-code-location-lana-dw",
)
CHECKS = ("tests", "clippy", "fmt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lana:
    """One copy of the project."""

    folder: Path
    nix: Nix
    nixpkgs: StandIn

    @property
    def flake(self) -> str:
        """The flake reference of the generated folder."""
        return f"path:{self.folder}?dir=generated/lana"

    def file(self, path: str) -> Path:
        """A file of the workspace."""
        return self.folder / WORKSPACE / path

    def append(self, path: str, text: str) -> None:
        """Add text at the end of a file of the workspace."""
        with self.file(path).open("a", encoding="utf-8") as file:
            file.write(text)

    def compile(self) -> None:
        """Run `flakegen compile` as a user would."""
        flakegen("compile", "specs/lana.toml", cwd=self.folder)

    def derivations(self, *outputs: str) -> frozenset[str]:
        """All derivations below packages and checks of the flake, by path."""
        paths = [
            self.nix.run("eval", "--raw", *self.nixpkgs.flake_args, f"{self.flake}#{output}.drvPath")
            for output in outputs
        ]
        return frozenset(self.nix.derivations_below(*paths))

    def build(self, *outputs: str) -> list[Path]:
        """Build outputs of the flake."""
        return self.nix.build(*self.nixpkgs.flake_args, *(f"{self.flake}#{output}" for output in outputs))


def copy_of_lana(folder: Path, nix: Nix, nixpkgs: StandIn) -> Lana:
    """Copy what is committed to a folder; what builds leave behind is not."""
    for part in PARTS:
        source, target = CHECKOUT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns("target", "__pycache__"), dirs_exist_ok=True
            )
        else:
            shutil.copy2(source, target)
    return Lana(folder=folder, nix=nix, nixpkgs=nixpkgs)


def flakegen(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run flakegen in a project, without a memory of earlier runs."""
    return subprocess.run(
        [sys.executable, "-m", "flakegen.cli.main", *arguments],
        cwd=cwd,
        env=os.environ | {"XDG_CACHE_HOME": str(cwd / ".cache"), "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )


def commit_all(folder: Path) -> None:
    """Make a folder a git repository with one commit."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-q", "-m", "one")):
        subprocess.run(
            ["git", *identity, *command], cwd=folder, env=environment, check=True, capture_output=True
        )


def crates_of(derivations: Iterable[str]) -> set[str]:
    """The names of derivations, without store hash and version: `core-report lib.crate-unit`, `tests`."""
    return {
        re.sub(r"-\d+\.\d+\.\d+[^-]*?(?=-|\.(?:crate|script|drv))", "", name_of(path)) for path in derivations
    }


def name_of(path: str) -> str:
    """A derivation's name without the store's hash."""
    return Path(path).name.partition("-")[2].removesuffix(".drv")


@functools.cache
def dependents(crate: str) -> frozenset[str]:
    """The workspace's own packages that need a package, itself included, as `cargo metadata` says."""
    said = subprocess.run(
        ["cargo", "metadata", "--format-version=1", "--locked", "--offline"],
        cwd=CHECKOUT / WORKSPACE,
        check=True,
        capture_output=True,
        text=True,
    )
    metadata = json.loads(said.stdout)
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    members = set(metadata["workspace_members"])
    needs = {
        node["id"]: {dependency["pkg"] for dependency in node["deps"]}
        for node in metadata["resolve"]["nodes"]
        if node["id"] in members
    }
    reached = {package for package in members if names[package] == crate}
    while grown := {package for package in members if needs[package] & reached} - reached:
        reached |= grown
    return frozenset(names[package] for package in reached)


def cargo_target() -> Path:
    """Where cargo builds the same workspace, to compare with."""
    return cache_folder() / "cargo-target"

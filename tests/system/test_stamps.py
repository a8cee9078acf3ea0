"""Versions told at evaluation: from the commit, or from outside; either way in a wrapper, so that no crate is built anew."""

import os
import subprocess
from pathlib import Path

import pytest
from lana import IMAGES, Lana, commit_all, name_of

SECTION = "packages.x86_64-linux"
OUTPUTS = ("lana-cli", "lana-cli-release", "admin-server", "customer-server", "lana-deps", *IMAGES)
CHECKS = ("tests", "clippy", *(f"{image}-contract" for image in IMAGES))


@pytest.fixture
def repository(edited: Lana) -> Lana:
    """The project as a git repository, with its inputs locked: Nix calls a tree dirty whose lock is not as it should be."""
    commit_all(edited.folder)
    nixpkgs = ("--override-input", "nixpkgs", f"path:{edited.nixpkgs.path}")
    edited.nix.run("flake", "lock", *nixpkgs, flake(edited))
    git(edited, "add", ".")
    git(edited, "commit", "-m", "lock")
    return edited


def flake(lana: Lana) -> str:
    return f"git+file://{lana.folder}?dir=generated/lana"


def evaluated(lana: Lana, *outputs: str) -> list[str]:
    """Paths of derivations, as the flake of the repository has them."""
    return [lana.nix.run("eval", "--raw", f"{flake(lana)}#{output}.drvPath") for output in outputs]


def everything(lana: Lana, *more: str) -> frozenset[str]:
    outputs = [f"{SECTION}.{name}" for name in (*OUTPUTS, *more)]
    checks = [f"checks.x86_64-linux.{name}" for name in CHECKS]
    return frozenset(lana.nix.derivations_below(*evaluated(lana, *outputs, *checks)))


def git(lana: Lana, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    done = subprocess.run(
        ["git", *identity, *words],
        cwd=lana.folder,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": "2026-11-20T12:00:00Z"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def version(lana: Lana) -> str:
    [built] = lana.nix.build(f"{flake(lana)}#{SECTION}.lana-cli-stamped")
    done = subprocess.run([built / "bin/lana-cli", "--version"], capture_output=True, text=True, check=True)
    return done.stdout


def test_a_commit_makes_another_wrapper_and_nothing_else(repository: Lana):
    before = everything(repository, "lana-cli-stamped")
    git(repository, "commit", "--allow-empty", "-m", "two")
    after = everything(repository, "lana-cli-stamped")
    assert {name_of(path) for path in after - before} == {"lana-cli-stamped"}
    assert everything(repository) <= before


def test_a_stamp_is_the_commit_and_its_time(repository: Lana):
    git(repository, "commit", "--allow-empty", "-m", "two")
    commit = git(repository, "rev-parse", "--short=7", "HEAD")
    assert version(repository) == f"lana-cli 0.42.0 (commit {commit}, built 20261120120000)\n"
    with Path(repository.folder / "README.md").open("a", encoding="utf-8") as file:
        file.write("More.\n")
    assert f"(commit {commit}-dirty, built 20261120120000)" in version(repository)


def test_a_stamp_from_outside_makes_another_wrapper_and_nothing_else(lana: Lana):
    def below(**variables: str) -> frozenset[str]:
        drv = lana.nix.run(
            "eval",
            "--impure",
            "--raw",
            *lana.nixpkgs.flake_args,
            f"{lana.flake}#{SECTION}.lana-bank.drvPath",
            env=variables,
        )
        return frozenset(lana.nix.derivations_below(drv))

    changed = {name_of(path) for path in below(VERSION="1.2.3") - below(VERSION="1.2.4")}
    assert "lana-cli-release" in changed
    assert not [name for name in changed if "crate" in name or "0.42.0" in name]

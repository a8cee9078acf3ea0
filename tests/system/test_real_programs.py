"""Published programs, built by Nix from the generated files with the locks that they were published with, beside cargo's own
builds: ripgrep without a spec, and bat, which brings libraries in C."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from lana import commit_all, flakegen
from real_nix import CHECKOUT, Nix, cache_folder
from stand_in import StandIn
from units import derivations_of, units_of_cargo, units_of_nix

HERE = Path(__file__).parent
NATIVE_LIBRARIES = {"libgit2-sys", "libz-sys"}


@dataclass(frozen=True, kw_only=True)
class Program:
    """A published program as a project: where its workspace is, its flake, and what Nix and cargo made of it."""

    workspace: Path
    flake: str
    nix_built: Path
    cargo_built: Path

    def both_say(self, *arguments: str, cwd: Path, statuses: tuple[int, ...] = (0,)) -> str:
        """What both binaries print, which must be the same."""
        ours, theirs = (
            subprocess.run(
                [program, *arguments],
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                env={"PATH": os.environ["PATH"], "HOME": "/homeless-shelter"},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            for program in (self.nix_built, self.cargo_built)
        )
        assert (ours.stdout, ours.stderr, ours.returncode) == (
            theirs.stdout,
            theirs.stderr,
            theirs.returncode,
        )
        assert ours.returncode in statuses, ours.stderr
        return ours.stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Copies a program of tests/cargo/programs.txt, as it was published, to a folder of its own name."""

    def copy(name: str) -> Path:
        lines = (CHECKOUT / "tests/cargo/programs.txt").read_text().splitlines()
        version = next(line.split()[1] for line in lines if line.split()[:1] == [name])
        target = tmp_path_factory.mktemp(name) / name
        shutil.copytree(cache_folder() / "published" / f"{name}-{version}", target)
        return target

    return copy


def cargo_build(workspace: Path) -> Path:
    """Builds with cargo for development, and returns the folder of programs."""
    target = workspace.parent.with_name(f"{workspace.parent.name}-target")  # outside of what Nix copies
    command = ["cargo", "build", "--quiet", "--locked", "--offline"]
    subprocess.run(command, cwd=workspace, env=os.environ | {"CARGO_TARGET_DIR": str(target)}, check=True)
    return target / "debug"


@pytest.fixture(scope="module")
def ripgrep(published: Callable[[str], Path], nix: Nix, nixpkgs: StandIn) -> Program:
    workspace = published("ripgrep")
    flakegen("cargo", cwd=workspace)
    flake = f"path:{workspace}"
    return Program(
        workspace=workspace,
        flake=flake,
        nix_built=nix.build(*nixpkgs.flake_args, flake)[0] / "bin/rg",
        cargo_built=cargo_build(workspace) / "rg",
    )


@pytest.fixture(scope="module")
def bat(published: Callable[[str], Path], nix: Nix, nixpkgs: StandIn) -> Program:
    workspace = published("bat")
    shutil.copy(HERE / "bat.toml", workspace.parent)
    flakegen("compile", "bat.toml", cwd=workspace.parent)
    flake = f"path:{workspace.parent}?dir=out"
    return Program(
        workspace=workspace,
        flake=flake,
        nix_built=nix.build(*nixpkgs.flake_args, f"{flake}#bat")[0] / "bin/bat",
        cargo_built=cargo_build(workspace) / "bat",
    )


def test_ripgrep_searches_as_cargos_does(ripgrep: Program):
    folder = ripgrep.workspace / "crates"
    assert "features:" in ripgrep.both_say("--version", cwd=folder)
    assert "fn main()" in ripgrep.both_say("-n", "--sort=path", r"\bfn\s+main\b", cwd=folder)
    ripgrep.both_say("--files", "--sort=path", "-trust", cwd=folder)
    ripgrep.both_say("--count", "--sort=path", "-i", "regex", "--glob=!**/tests/**", cwd=folder)
    ripgrep.both_say("--pcre2", "(?<=a)b", cwd=folder, statuses=(2,))  # a feature that is off
    assert ".TH RG 1" in ripgrep.both_say("--generate=man", cwd=folder)


def test_ripgrep_is_made_of_cargos_units(ripgrep: Program, nix: Nix, nixpkgs: StandIn):
    ours = units_of_nix(nix, nixpkgs, ripgrep.flake, "default")
    assert ours == units_of_cargo(ripgrep.workspace, "build", "--release")


def test_ripgreps_own_tests_pass(ripgrep: Program, nix: Nix, nixpkgs: StandIn):
    """The binary's unit tests, and the integration tests, which run the binary."""
    log = nix.build(*nixpkgs.flake_args, f"{ripgrep.flake}#checks.{nixpkgs.system}.ripgrep-test")[0]
    results = re.findall(r"^test result: .*", log.read_text(), re.MULTILINE)
    assert [result for result in results if not result.startswith("test result: ok.")] == []
    assert sum(int(re.search(r"(\d+) passed", result)[1]) for result in results) > 400


def test_bat_renders_as_cargos_does(bat: Program):
    folder = bat.workspace
    bat.both_say("--version", cwd=folder)
    assert "Rust" in bat.both_say("--list-languages", cwd=folder)
    bat.both_say("--list-themes", "--color=always", cwd=folder)
    rendered = bat.both_say("--color=always", "--style=full", "--paging=never", "src/lib.rs", cwd=folder)
    assert "\x1b[38;" in rendered
    bat.both_say("--color=always", "--theme=GitHub", "-A", "--paging=never", "Cargo.toml", cwd=folder)


def test_bats_library_in_c_sees_what_git_sees(bat: Program, tmp_path: Path):
    edited = tmp_path / "edited.txt"
    edited.write_text("one\ntwo\nthree\n")
    commit_all(tmp_path)
    edited.write_text("one\n2\nthree\nfour\n")
    rendered = bat.both_say(
        "--style=changes", "--paging=never", "--decorations=always", "edited.txt", cwd=tmp_path
    )
    assert [line[:1] for line in rendered.splitlines()] == [" ", "~", " ", "+"]


def test_bat_is_made_of_cargos_units(bat: Program, nix: Nix, nixpkgs: StandIn):
    assert units_of_nix(nix, nixpkgs, bat.flake, "bat") == units_of_cargo(bat.workspace, "build")


def test_only_bats_native_libraries_pay_for_stdenv(bat: Program, nix: Nix, nixpkgs: StandIn):
    units = [each for each in derivations_of(nix, nixpkgs, bat.flake, "bat") if "packageEnv" in each]
    assert {each["pname"] for each in units if "stdenv" in each} == NATIVE_LIBRARIES
    assert len(units) > 200


@pytest.mark.parametrize("name", ["ripgrep", "bat"])
def test_the_runtime_closure_is_the_program_alone(name: str, request: pytest.FixtureRequest, nix: Nix):
    program: Program = request.getfixturevalue(name)
    output = str(program.nix_built.parent.parent)
    assert nix.runtime_closure(output) == {output}

"""Crate overrides of nixpkgs' protocol, as its defaultCrateOverrides use it, built by real Nix."""

import shutil
import subprocess
from pathlib import Path

import pytest
from lana import commit_all, flakegen
from real_nix import Nix
from stand_in import StandIn
from units import derivations_of

HERE = Path(__file__).parent
SAID = """\
as changed for stand-in-hooks 1.2.3, patched: yes
flags [true, true, true, false, true]
env [Some("configured"), Some("building"), Some("1")]
script built with in_script true
STAND_IN_CONFIGURED=Some("configured")
STAND_IN_BUILDING=None
STAND_IN_TRUE=Some("1")
STAND_IN_FALSE=Some("")
STAND_IN_LIST=Some("1 two")
STAND_IN_NULL=None
CARGO_FEATURE_OF_OVERRIDE=Some("1")
header true
after the script
twice 4 is 8
as it was Some("configured")
built at Some("315532800")
"""


@pytest.fixture(scope="module")
def flake(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The workspace, with the crate that is overridden most in a git repository of its own."""
    folder = tmp_path_factory.mktemp("overrides")
    shutil.copytree(HERE / "overrides-fetched", folder / "fetched")
    commit_all(folder / "fetched")
    project = folder / "project"
    shutil.copytree(HERE / "overrides", project / "overrides", ignore=shutil.ignore_patterns("target"))
    shutil.copy(HERE / "overrides.toml", project)
    manifest = project / "overrides/program/Cargo.toml"
    manifest.write_text(manifest.read_text().replace("@GIT@", (folder / "fetched").as_uri()))
    subprocess.run(["cargo", "generate-lockfile"], cwd=project / "overrides", check=True, capture_output=True)
    flakegen("compile", "overrides.toml", cwd=project)
    return f"path:{project}?dir=out"


@pytest.fixture(scope="module")
def built(flake: str, nix: Nix, nixpkgs: StandIn) -> Path:
    return nix.build(*nixpkgs.flake_args, f"{flake}#program")[0]


def test_everything_that_an_override_says_is_done_where_build_rust_crate_does_it(built: Path):
    said = subprocess.run([built / "bin/program"], check=True, capture_output=True, text=True).stdout
    assert said == SAID


def test_hooks_after_installation_see_the_product(flake: str, nix: Nix, nixpkgs: StandIn):
    hooked = [
        path
        for path in nix.drv_closure(*nixpkgs.flake_args, f"{flake}#program")
        if path.endswith("-stand-in-hooks-1.2.3-lib.crate-unit.drv")
    ]
    library = nix.build(f"{hooked[0]}^out")[0]
    assert (library / "share/note").read_text() == "built\n"


def test_a_library_that_is_linked_stays_in_the_closure_and_nothing_else(built, nix: Nix):
    names = {Path(path).name.partition("-")[2] for path in nix.runtime_closure(built)}
    assert names == {"program-0.1.0", "libmeasure-2.5.0"}


def test_other_crates_do_not_pay_for_stdenv(flake: str, nix: Nix, nixpkgs: StandIn):
    units = [each for each in derivations_of(nix, nixpkgs, flake, "program") if "packageEnv" in each]
    assert {each["pname"] for each in units if "stdenv" in each} == {
        "stand-in-hooks",
        "stand-in-local",
    }
    assert {each["pname"] for each in units if "stdenv" not in each} == {"plain", "program"}

"""The committed flake, evaluated by real Nix: complete, fresh, well-formed, and stopped by a stale lock."""

import json
import subprocess
from pathlib import Path

import pytest
from lana import IMAGES, PRODUCTS, Lana, flakegen
from real_nix import CHECKOUT

GENERATED = CHECKOUT / "generated" / "lana"
TASKS = {
    "build",
    "check-code-apps",
    "check-code-rust",
    "docker",
    "reset-deps",
    "sdl",
    "sqlx-prepare",
    "start-deps",
}
SYSTEMS = {"x86_64-linux", "aarch64-linux", "aarch64-darwin"}

BUNDLES = ("-lana-layer-0.drv", "-lana-layer-0-0.drv")


def test_committed_output_is_what_the_spec_compiles_to():
    flakegen("check", "specs/lana.toml", cwd=CHECKOUT)


def test_flake_check_accepts_every_output_of_every_system(lana: Lana):
    lana.nix.run("flake", "check", "--no-build", "--all-systems", *lana.nixpkgs.flake_args, lana.flake)


def test_flake_show_lists_what_the_spec_describes(lana: Lana):
    shown = json.loads(
        lana.nix.run(
            "flake", "show", "--json", "--all-systems", "--legacy", *lana.nixpkgs.flake_args, lana.flake
        )
    )
    assert set(shown["packages"]) == SYSTEMS
    here = shown["packages"]["x86_64-linux"]
    assert {
        *PRODUCTS,
        "lana-cli-release",
        "lana-cli-aarch64-linux",
        "lana-cli-static",
        "default",
        *IMAGES,
    } <= set(here)
    assert not set(IMAGES) & set(shown["packages"]["aarch64-darwin"])
    assert "lana-cli-aarch64-linux" not in shown["packages"]["aarch64-linux"]
    contracts = {f"{image}-contract" for image in IMAGES}
    assert {"tests", "clippy", "fmt", "flake-check", "sqlx"} | contracts == set(
        shown["checks"]["x86_64-linux"]
    )
    assert {"nextest", "bats", "simulation", "deploy", *TASKS} == set(shown["apps"]["x86_64-linux"])
    assert set(shown["devShells"]["x86_64-linux"]) == {"default"}
    assert set(shown["formatter"]) == SYSTEMS


def test_layers_are_exposed_from_third_party_upwards(lana: Lana):
    layers = lana.nix.eval(
        *lana.nixpkgs.flake_args,
        f"{lana.flake}#legacyPackages.x86_64-linux.layers",
        "--apply",
        "builtins.attrNames",
    )
    assert layers == ["0", "1"], "Lana's own crates are too little work for more"
    first, second = (lana.derivations(f'legacyPackages.x86_64-linux.layers."{number}"') for number in layers)
    assert not [path for path in first if "-0.42.0-" in path]
    assert [path for path in second if "lana-app-" in path]


def test_lana_deps_is_the_layer_of_fetched_crates(lana: Lana):
    layer, package = (
        {path for path in lana.derivations(output) if not path.endswith(("-lana-deps.drv", *BUNDLES))}
        for output in ('legacyPackages.x86_64-linux.layers."0"', "packages.x86_64-linux.lana-deps")
    )
    assert layer == package


def test_lana_deps_holds_none_of_lanas_own_code(lana: Lana):
    own = [path for path in lana.derivations("packages.x86_64-linux.lana-deps") if "-0.42.0-" in path]
    assert own == []


@pytest.mark.parametrize(
    ("package", "triple"),
    [
        ("lana-cli-aarch64-linux", "aarch64-unknown-linux-gnu"),
        ("lana-cli-static", "x86_64-unknown-linux-musl"),
    ],
)
def test_cross_build_compiles_for_the_target_and_runs_scripts_here(lana: Lana, package: str, triple: str):
    shown = json.loads(
        lana.nix.run(
            "derivation",
            "show",
            "-r",
            *lana.nixpkgs.flake_args,
            f"{lana.flake}#packages.x86_64-linux.{package}",
        )
    )
    by_name: dict[str, set[str]] = {}
    for each in shown.values():
        attributes = (
            json.loads(each["env"]["__json"]) if "__json" in each["env"] else each.get("structuredAttrs", {})
        )
        if "crateName" in attributes:
            by_name.setdefault(attributes["crateName"], set()).add(attributes["triple"])
        assert each["system"] == "x86_64-linux"
    assert by_name["lana_cli"] == {triple}
    assert by_name["build_script_build"] == {""}
    assert by_name["serde_derive"] == {""}
    assert by_name["tokio"] == {"", triple}  # sqlx's macros use it here


@pytest.mark.parametrize("name", ["Cargo.lock", "Cargo.toml", "core/report/Cargo.toml"])
def test_a_changed_lock_or_manifest_stops_evaluation_with_the_command_to_run(edited: Lana, name: str):
    edited.append(name, "\n# touched\n")
    error = edited.nix.fails(
        "eval", *edited.nixpkgs.flake_args, f"{edited.flake}#packages.x86_64-linux.lana-cli.drvPath"
    )
    assert f"specs/workspaces/lana/{name} has changed since Cargo.nix was made from it" in error
    assert "run: flakegen compile specs/lana.toml" in error


def _nix_files() -> list[Path]:
    return sorted(path for path in GENERATED.rglob("*.nix"))


def test_every_nix_file_parses_with_nix_2_8_too(nix, old_nix):
    nix.parse(_nix_files())
    old_nix.parse(_nix_files())


def test_every_nix_file_is_a_fixed_point_of_nixfmt(tool):
    subprocess.run([tool("nixfmt"), "--check", *_nix_files()], check=True)


def test_deadnix_finds_nothing(tool):
    done = subprocess.run(
        [tool("deadnix"), "--fail", *_nix_files()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_statix_finds_nothing(tool):
    for file in _nix_files():
        done = subprocess.run(
            [tool("statix"), "check", "-o", "errfmt", file], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout

"""What `flakegen impact` tells is what Nix finds: the very derivations that are other ones after a change."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from real_nix import CHECKOUT, Nix
from registries import commit
from shop import cargo, copy_of, environment, make_shop
from stand_in import StandIn

SYSTEM = "x86_64-linux"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The workspace before anything is changed, and what Nix makes of it."""

    folder: Path
    project: Path
    cache: Path
    nix: Nix
    nixpkgs: StandIn

    def flakegen(self, project: Path, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flakegen.cli.main", *arguments],
            cwd=project,
            env=environment(self.folder, self.cache) | {"PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def impact(self, project: Path, *arguments: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(
            self.flakegen(project, "impact", "spec.toml", *arguments, "--system", SYSTEM, "--format", "json")
        )
        return answer

    def derivations(self, project: Path) -> tuple[dict[str, str], dict[str, str]]:
        """The derivations of all units (by id) and of packages and checks (by name)."""
        graph = self.graph(project)
        foreign = f"{SYSTEM}-to-aarch64-linux:"
        native = [key for key in graph if ":" not in key]
        crossed = [key.removeprefix(foreign) for key in graph if key.startswith(foreign)]
        ask = (
            f"all: {{ units = let of = {OF}; in of all.units {listed(native)}; "
            f"cross = let of = {OF}; in of all.unitsFor.aarch64-linux {listed(crossed)}; "
            f"layers = builtins.mapAttrs (_: one: one.drvPath) all.layers; }}"
        )
        told = self._eval(project, f"legacyPackages.{SYSTEM}", ask)
        units = {**told["units"], **{foreign + key: drv for key, drv in told["cross"].items()}}
        outputs = {f"legacyPackages.layers.{name}": drv for name, drv in told["layers"].items()}
        for section in SECTIONS:
            found = self._eval(project, f"{section}.{SYSTEM}", "builtins.mapAttrs (_: one: one.drvPath)")
            outputs |= {f"{section}.{name}": drv for name, drv in found.items()}
        return units, outputs

    def _eval(self, project: Path, attribute: str, apply: str) -> Any:
        flake = f"path:{project}?dir=generated/spec#{attribute}"
        lock = project / "generated/spec/flake.lock"
        inputs = [*self.nixpkgs.flake_args]
        if "rust-overlay" in (project / "spec.toml").read_text():
            inputs += self.nixpkgs.rust_overlay_args
        kept = lock.read_bytes() if lock.exists() else None  # whose inputs would have to be fetched
        lock.unlink(missing_ok=True)
        said = self.nix.run("eval", "--json", *inputs, flake, "--apply", apply)
        if kept is not None:
            lock.write_bytes(kept)
        return json.loads(said)

    def graph(self, project: Path) -> list[str]:
        """The ids of all units."""
        return [
            unit["id"]
            for unit in self.impact(project, "flake.lock.of.nobody", "generated/spec/flake.lock")["units"]
        ]


OF = "units: keys: builtins.listToAttrs (map (name: { inherit name; value = units.${name}.drvPath; }) keys)"
SECTIONS = ("packages", "checks")


def listed(keys: list[str]) -> str:
    return "[ " + " ".join(f'"{key}"' for key in keys) + " ]"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, nix: Nix, nixpkgs: StandIn) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    project = make_shop(folder)
    shop = Shop(folder=folder, project=project, cache=folder / "cache", nix=nix, nixpkgs=nixpkgs)
    shop.flakegen(project, "compile", "spec.toml")
    return shop


@pytest.fixture(scope="module")
def before(shop: Shop) -> tuple[dict[str, str], dict[str, str]]:
    return shop.derivations(shop.project)


def replace(path: str, old: str, new: str) -> Callable[[Path, Shop], None]:
    def edit(project: Path, _shop: Shop) -> None:
        text = (project / path).read_text()
        assert old in text
        (project / path).write_text(text.replace(old, new))

    return edit


def append(path: str, text: str) -> Callable[[Path, Shop], None]:
    def edit(project: Path, _shop: Shop) -> None:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        with (project / path).open("a") as file:
            file.write(text)

    return edit


def bump(name: str) -> Callable[[Path, Shop], None]:
    def edit(project: Path, shop: Shop) -> None:
        cargo(shop.folder, project, "update", "-p", name, "--precise", "1.0.1")

    return edit


def depend(project: Path, shop: Shop) -> None:
    """A new dependency, of a member that others need."""
    manifest = project / "code/crates/store/Cargo.toml"
    manifest.write_text(manifest.read_text() + 'leaf = { version = "1", registry = "alt" }\n')
    cargo(shop.folder, project, "metadata", "--format-version=1")


def remove(path: str) -> Callable[[Path, Shop], None]:
    def edit(project: Path, _shop: Shop) -> None:
        (project / path).unlink()

    return edit


EDITS: dict[str, Callable[[Path, Shop], None]] = {
    "a library's source": append("code/crates/base/src/money.rs", "// words\n"),
    "a program's source": append("code/crates/till/src/main.rs", "// words\n"),
    "a new module": append("code/crates/base/src/more.rs", "// words\n"),
    "an embedded file outside the package": append("shared/labels.yml", "c: d\n"),
    "a build script": append("code/crates/store/build.rs", "// words\n"),
    "a module of a build script": append("code/crates/store/helper.rs", "// words\n"),
    "an input of a build script": append("code/crates/store/stock.csv", "3,4\n"),
    "a test": append("code/crates/base/tests/books.rs", "// words\n"),
    "a test's fixture": append("code/crates/base/tests/books.txt", "more\n"),
    "a new fixture in a new folder": append("code/crates/base/tests/more/books.txt", "more\n"),
    "an example": append("code/crates/till/examples/show.rs", "// words\n"),
    "a README": append("code/crates/base/README.md", "words\n"),
    "a README that was not there": append("code/crates/till/README.md", "words\n"),
    "a file of a folder of an image": append("pages/more/index.html", "words\n"),
    "a new file in a folder of an image": append("pages/new/index.html", "words\n"),
    "a file of images": append("pages/index.html", "words\n"),
    "a guide": append("docs/guide.md", "words\n"),
    "continuous integration": append(".github/workflows/ci.yml", "on: push\n"),
    "a file of rustfmt": append("code/rustfmt.toml", "max_width = 90\n"),
    "a file of clippy": append("code/clippy.toml", "msrv = '1.80'\n"),
    "a member's description": replace(
        "code/crates/base/Cargo.toml", 'name = "base"', 'name = "base"\ndescription = "words"'
    ),
    "a comment in a manifest": append("code/crates/base/Cargo.toml", "# words\n"),
    "lints": append("code/crates/base/Cargo.toml", '[lints.rust]\ndead_code = "warn"\n'),
    "a feature that nobody turns on": replace(
        "code/crates/base/Cargo.toml", "fancy = []", "fancy = []\nplain = []"
    ),
    "a feature that is turned on": replace(
        "code/crates/base/Cargo.toml", "fancy = []", "default = ['plain']\nfancy = []\nplain = []"
    ),
    "the version of the workspace": replace("code/Cargo.toml", 'version = "0.3.0"', 'version = "0.3.1"'),
    "a profile": replace("code/Cargo.toml", "opt-level = 2", "opt-level = 3"),
    "a profile of one package": append("code/Cargo.toml", "[profile.dev.package.serial]\nopt-level = 1\n"),
    "flags of rustc": append("code/.cargo/config.toml", "[build]\nrustflags = ['--cfg', 'words']\n"),
    "variables of the configuration": append("code/.cargo/config.toml", "[env]\nWORDS = 'words'\n"),
    "a leaf of the lock": bump("leaf"),
    "a library of the lock": bump("serial"),
    "a procedural macro of the lock": bump("deriver"),
    "a new dependency": depend,
    "a target that is gone": remove("code/crates/till/examples/show.rs"),
    "a program that is gone": remove("code/crates/till/src/main.rs"),
    "the environment of units": replace(
        "spec.toml", 'workspace = "code"', 'workspace = "code"\nenv = { WORDS = "words" }'
    ),
    "a crate's override": append("spec.toml", '[cargo.crates.serial]\nbuild-inputs = ["zlib"]\n'),
    "an output of the spec": append(
        "spec.toml", '[packages.other]\ncrate = "till"\nprofile = "dev"\nenv = { A = "b" }\n'
    ),
    "an output's value": replace("spec.toml", "red", "blue"),
    "an image's account": replace("spec.toml", "[images.counter]", '[images.counter]\nuser = "4711"'),
    "a comment in the spec": append("spec.toml", "# words\n"),
    "an output that an override names": replace("spec.toml", '"note" "words"', '"note" "other words"'),
    "a file of Nix": append("nix/file.nix", "# words\n"),
    "all features of a package": replace(
        "spec.toml", 'profile = "dev"', 'profile = "dev"\nall-features = true'
    ),
}
IN_SOURCES = frozenset(list(EDITS)[:20])
DECISIVE = frozenset(("a README that was not there", "a file of rustfmt", "a file of clippy"))


@pytest.mark.parametrize("name", EDITS)
def test_what_changed_is_what_nix_builds_anew(name: str, shop: Shop, before, tmp_path: Path):
    project = copy_of(shop.project, tmp_path)
    EDITS[name](project, shop)
    shop.flakegen(project, "compile", "spec.toml")
    units, outputs = shop.derivations(project)
    told = shop.impact(project, "--since", "HEAD")
    known = set(before[0].values())
    assert {unit["id"] for unit in told["units"]} == {unit for unit, drv in units.items() if drv not in known}
    changed = {output for output, drv in outputs.items() if before[1].get(output) != drv}
    told_outputs = {each for each in told["outputs"] if each in outputs}
    assert told_outputs <= changed <= told_outputs | set(told["perhaps"])
    assert all(unit["reasons"] or len(unit["path"]) > 1 for unit in told["units"])


@pytest.mark.parametrize("name", sorted(IN_SOURCES))
def test_what_would_change_is_what_changes(name: str, shop: Shop, tmp_path: Path):
    project = copy_of(shop.project, tmp_path)
    EDITS[name](project, shop)
    said = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=project, capture_output=True, text=True, check=True
    )
    [path] = [line[3:] for line in said.stdout.splitlines()]
    asked = shop.impact(shop.project, path)
    since = shop.impact(project, "--since", "HEAD")
    if name in DECISIVE:
        assert asked["decided-by-content"] == [path]
    else:
        assert [unit["id"] for unit in asked["units"]] == [unit["id"] for unit in since["units"]]
        assert asked["decided-by-content"] == []


OVERLAY = '[toolchain]\nsource = "rust-overlay"\n\n[inputs]\nrust-overlay = "github:oxalica/rust-overlay"\n'


@pytest.fixture(scope="module")
def pinned(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same workspace with a toolchain that it names itself."""
    project = tmp_path_factory.mktemp("pinned") / "project"
    shutil.copytree(shop.project, project, symlinks=True)
    replace("spec.toml", "[inputs]\n", OVERLAY)(project, shop)
    append("code/rust-toolchain.toml", '[toolchain]\nchannel = "1.90.0"\n')(project, shop)
    shop.flakegen(project, "compile", "spec.toml")
    return project


def test_another_toolchain_rebuilds_everything(pinned: Path, shop: Shop, tmp_path: Path):
    units, outputs = shop.derivations(pinned)
    project = copy_of(pinned, tmp_path)
    replace("code/rust-toolchain.toml", "1.90.0", "1.91.0")(project, shop)
    shop.flakegen(project, "compile", "spec.toml")
    later, later_outputs = shop.derivations(project)
    asked = shop.impact(pinned, "code/rust-toolchain.toml")
    for told in (shop.impact(project, "--since", "HEAD"), asked):
        changed = {unit for unit, drv in later.items() if drv not in set(units.values())}
        assert {unit["id"] for unit in told["units"]} == changed
    assert {unit["reasons"][0] for unit in asked["units"]} == {"toolchain"}
    changed = {name for name, drv in later_outputs.items() if drv != outputs[name]}
    assert changed <= {*told["outputs"], *told["perhaps"]}


def test_another_revision_of_nixpkgs_rebuilds_everything_and_of_another_input_nothing(
    shop: Shop, tmp_path: Path
):
    project = copy_of(shop.project, tmp_path)
    lock = project / "generated/spec/flake.lock"

    def write(nixpkgs: str, other: str) -> None:
        nodes = {
            "nixpkgs": {"locked": {"rev": nixpkgs}},
            "other": {"locked": {"rev": other}},
            "root": {"inputs": {"nixpkgs": "nixpkgs", "other": "other"}},
        }
        lock.write_text(json.dumps({"nodes": nodes, "root": "root", "version": 7}))

    write("a", "a")
    commit(project)
    total = shop.impact(project, "--since", "HEAD")["share"]["of"]
    write("a", "b")
    assert shop.impact(project, "--since", "HEAD")["units"] == []
    write("b", "b")
    assert len(shop.impact(project, "--since", "HEAD")["units"]) == total


@pytest.mark.parametrize("name", ["leaf", "serial", "deriver"])
def test_an_older_lock_is_as_good_as_a_revision(name: str, shop: Shop, tmp_path: Path):
    project = copy_of(shop.project, tmp_path)
    old = tmp_path / "old.lock"
    shutil.copy(project / "code/Cargo.lock", old)
    bump(name)(project, shop)
    worked_out = shop.impact(project, "--lock", str(old))
    assert worked_out == shop.impact(project, "--since", "HEAD")
    assert worked_out["units"]
    with (project / "code/crates/base/src/money.rs").open("a") as file:
        file.write("// which both states have\n")
    assert shop.impact(project, "--lock", str(old)) == worked_out  # from what was remembered of both

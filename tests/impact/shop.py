"""A workspace with one of everything that a change can be about, on crates of its own registry."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from registries import Crate, commit, publish_in_git, run_cargo, write_files

SPEC = """
[project]
name = "shop"
systems = ["x86_64-linux"]

[inputs]
nixpkgs = "github:NixOS/nixpkgs/nixos-unstable"

[cargo]
workspace = "code"

[cargo.crates.deriver]
env = { NOTE = "@{packages.note}" }

[packages.till]
crate = "till"

[packages.till-debug]
crate = "till"
profile = "dev"

[packages.till-arm]
crate = "till"
cross = "aarch64-linux"

[packages.deps]
crate-deps = "all"

[packages.same]
alias = "@{packages.till}"

[packages.stamped]
wrap = "@{packages.till}"
env = { COLOUR = "red" }

[packages.note]
nix-expr = 'pkgs.writeText "note" "words"'

[packages.file]
nix = "nix/file.nix"

[images.counter]
contents = ["@{packages.till}"]
files = { "/pages" = "pages" }
entrypoint = ["@{packages.till}/bin/till"]
paths = ["/pages/index.html"]

[images.pages]
contents = ["jq"]
files = { "/index.html" = "pages/index.html" }
entrypoint = ["/bin/jq"]

[checks.tests]
cargo = "test"

[checks.clippy]
cargo = "clippy"
per-member = true

[checks.docs]
cargo = "doc"

[checks.fmt]
cargo = "fmt"

[checks.words]
script = 'grep -q words README.md'

[apps.till]
program = "@{packages.till}/bin/till"
"""

WORKSPACE = """
[workspace]
members = ["crates/*"]
resolver = "2"

[workspace.package]
version = "0.3.0"
edition = "2021"

[workspace.dependencies]
serial = { version = "1", registry = "alt" }

[profile.release]
opt-level = 2
"""


def member(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion.workspace = true\nedition.workspace = true\n{more}'


FILES = {
    "spec.toml": SPEC,
    "README.md": "words\n",
    "docs/guide.md": "words\n",
    "nix/file.nix": '{ writeText }: writeText "file" "words"\n',
    "pages/index.html": "words\n",
    "pages/more/index.html": "words\n",
    "shared/labels.yml": "a: b\n",
    "code/Cargo.toml": WORKSPACE,
    "code/crates/base/Cargo.toml": member(
        "base",
        '[features]\nfancy = []\n[dependencies]\nserial.workspace = true\n[dev-dependencies]\nleaf = { version = "1", registry = "alt" }\n',
    ),
    "code/crates/base/src/lib.rs": 'pub mod money;\npub const LABELS: &str = include_str!("../../../../shared/labels.yml");\n',
    "code/crates/base/src/money.rs": "/// Cents.\npub type Cents = u64;\n",
    "code/crates/base/README.md": "words\n",
    "code/crates/base/tests/books.rs": '#[test]\nfn opens() { assert!(std::fs::read_to_string("tests/books.txt").is_ok()); }\n',
    "code/crates/base/tests/books.txt": "words\n",
    "code/crates/store/Cargo.toml": member(
        "store",
        'build = "build.rs"\n[dependencies]\nbase = { path = "../base" }\nderiver = { version = "1", registry = "alt" }\n',
    ),
    "code/crates/store/build.rs": 'mod helper;\nfn main() { println!("cargo:rerun-if-changed=stock.csv"); helper::say(); }\n',
    "code/crates/store/helper.rs": 'pub fn say() { println!("cargo:rustc-env=STOCK=1"); }\n',
    "code/crates/store/stock.csv": "1,2\n",
    "code/crates/store/src/lib.rs": "pub use base::money::Cents;\n",
    "code/crates/till/Cargo.toml": member(
        "till",
        '[dependencies]\nstore = { path = "../store" }\nbase = { path = "../base", features = ["fancy"] }\n',
    ),
    "code/crates/till/src/main.rs": 'fn main() { println!("{}", store::Cents::MAX); }\n',
    "code/crates/till/src/lib.rs": "pub fn open() {}\n",
    "code/crates/till/examples/show.rs": "fn main() {}\n",
}

LEAF = [Crate(name="leaf", version=version) for version in ("1.0.0", "1.0.1")]
SERIAL = [
    Crate(
        name="serial",
        version=version,
        needs={"leaf": "^1"},
        files={"src/lib.rs": "", "build.rs": "fn main() {}"},
    )
    for version in ("1.0.0", "1.0.1")
]
DERIVER = [
    Crate(name="deriver", version=version, manifest="[lib]\nproc-macro = true\n")
    for version in ("1.0.0", "1.0.1")
]


def make_shop(folder: Path) -> Path:
    """Write the workspace and its registry; Cargo.lock has the older version of everything."""
    index = publish_in_git(folder / "alt", *LEAF, *(_with_index(each, folder) for each in SERIAL), *DERIVER)
    project = folder / "project"
    write_files(project, {**FILES, "code/.cargo/config.toml": f'[registries.alt]\nindex = "{index}"\n'})
    cargo(folder, project, "generate-lockfile")
    for name in ("leaf", "serial", "deriver"):
        cargo(folder, project, "update", "-p", name, "--precise", "1.0.0")
    cargo(folder, project, "fetch")
    return project


def _with_index(crate: Crate, folder: Path) -> Crate:
    index = (folder / "alt/index").as_uri()
    return Crate(
        name=crate.name,
        version=crate.version,
        needs=crate.needs,
        files=crate.files,
        manifest=f'[dependencies.leaf]\nversion = "1"\nregistry-index = "{index}"\n',
    )


def cargo(folder: Path, project: Path, *arguments: str) -> None:
    """Run cargo in the workspace, with a home beside the project."""
    run_cargo(project / "code", folder / "home", *arguments)


def copy_of(project: Path, folder: Path) -> Path:
    """A copy of the project, as a repository with one commit."""
    copy = folder / "project"
    shutil.copytree(project, copy, symlinks=True, ignore=shutil.ignore_patterns("target", ".git"))
    commit(copy)
    return copy


def environment(folder: Path, cache: Path) -> dict[str, str]:
    """What flakegen is run with: cargo's home beside the project, and a memory of its own."""
    return {**os.environ, "CARGO_HOME": str(folder / "home"), "XDG_CACHE_HOME": str(cache)}

"""The kitchen as tests see it: the workspace with its git dependency, and cargo, whose compilers record their calls."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from lana import commit_all, flakegen
from recording import wrapper
from stand_in import rust_facts

HERE = Path(__file__).parent


def make_project(folder: Path) -> Path:
    """The workspace, with a dependency in a git repository of its own."""
    outside = folder / "elsewhere"
    crate = outside / "crates/outside"
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text('[package]\nname = "outside"\nversion = "4.5.6"\nedition = "2021"\n')
    (crate / "src/lib.rs").write_text('pub fn who() -> &\'static str {\n    "a guest"\n}\n')
    commit_all(outside)
    project = folder / "project"
    shutil.copytree(HERE / "kitchen", project / "kitchen")
    shutil.copy(HERE / "kitchen.toml", project / "kitchen.toml")
    manifest = project / "kitchen/app/Cargo.toml"
    manifest.write_text(manifest.read_text().replace("@GIT@", outside.as_uri()))
    subprocess.run(["cargo", "generate-lockfile"], cwd=project / "kitchen", check=True, capture_output=True)
    flakegen("compile", "kitchen.toml", cwd=project)
    return project


def run_cargo(project: Path, *arguments: str, **environment: str) -> str:
    """What cargo prints; its compilers write down how they are called."""
    wrappers = project / "wrappers"
    if not wrappers.exists():
        wrappers.mkdir()
        for name, real in (("rustc", []), ("rustdoc", [f"{rust_facts()['sysroot']}/bin/rustdoc"])):
            (wrappers / name).write_text(wrapper(real))
            (wrappers / name).chmod(0o755)
    own = {
        "KITCHEN_ANSWER": "42",
        "RUSTC_WRAPPER": str(wrappers / "rustc"),
        "RUSTDOC": str(wrappers / "rustdoc"),
        "RECORD_TO": str(project / "calls"),
    }
    command = ["cargo", *arguments, "--offline", "--locked"]
    if "--" in arguments:
        command = ["cargo", arguments[0], "--offline", "--locked", *arguments[1:]]
    done = subprocess.run(
        command,
        cwd=project / "kitchen",
        env=os.environ | own | environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout

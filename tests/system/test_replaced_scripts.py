"""Build scripts that the configuration replaces: built by Nix and by cargo, and compared."""

import os
import subprocess
from pathlib import Path

import pytest
from lana import flakegen
from real_nix import Nix
from registries import manifest, write_files
from stand_in import StandIn

SPEC = """\
[project]
name = "replaced"
root = "."
output = "out"
systems = ["x86_64-linux", "aarch64-linux"]

[cargo]
workspace = "code"

[packages.app]
crate = "app"
profile = "dev"
"""
CONFIG = """\
[target.x86_64-unknown-linux-gnu.sys]
rustc-cfg = ["replaced", 'kind="table"']
rustc-check-cfg = ['cfg(kind, values("table"))', "cfg(replaced)"]
rustc-env = { SYS_SAYS = "a \\"b\\" ${c} $d", OTHER = "" }
rustc-flags = "-l m -L/nowhere/at/all"
rustc-link-lib = ["c"]
rustc-link-search = ["native=/nowhere/else"]
rustc-link-arg = ["-Wl,--as-needed"]
rustc-link-arg-bins = ["-Wl,--no-such-option-for-no-such-bin"]
root = "/x=y"
two-words = "z"
"""
FILES = {
    "spec.toml": SPEC,
    "code/.cargo/config.toml": CONFIG,
    "code/Cargo.toml": '[workspace]\nmembers = ["app", "sys"]\nresolver = "2"\n',
    "code/app/Cargo.toml": manifest("app", "0.1.0", '[dependencies]\nsys = { path = "../sys" }\n'),
    "code/app/build.rs": 'fn main() {\n    for name in ["DEP_NATIVE_ROOT", "DEP_NATIVE_TWO_WORDS"] {\n'
    '        println!("cargo::rustc-env=SAW_{name}={}", std::env::var(name).unwrap());\n    }\n}\n',
    "code/app/src/main.rs": 'fn main() {\n    println!("{} {} {}", sys::say(), env!("SAW_DEP_NATIVE_ROOT"), env!("SAW_DEP_NATIVE_TWO_WORDS"));\n}\n',
    "code/sys/Cargo.toml": manifest("sys", "0.1.0").replace("edition", 'links = "native"\nedition'),
    "code/sys/build.rs": 'fn main() {\n    panic!("the script is run");\n}\n',
    "code/sys/src/lib.rs": 'extern "C" {\n    fn cos(x: f64) -> f64;\n}\n\npub fn say() -> String {\n'
    '    let one = unsafe { cos(0.0) };\n    format!("{one} {} {} {}", cfg!(replaced), cfg!(kind = "table"), env!("SYS_SAYS"))\n}\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    config = tmp_path / "code/.cargo/config.toml"
    config.write_text(CONFIG.replace(".sys]", ".native]"))
    subprocess.run(["cargo", "generate-lockfile"], cwd=tmp_path / "code", check=True, capture_output=True)
    return tmp_path


def test_a_program_says_what_cargos_says(project: Path, nix: Nix, nixpkgs: StandIn):
    flakegen("compile", "spec.toml", cwd=project)
    flake = f"path:{project}?dir=out"
    (built,) = nix.build(*nixpkgs.flake_args, f"{flake}#app")
    ours = subprocess.run([built / "bin/app"], check=True, capture_output=True, text=True).stdout
    theirs = subprocess.run(
        ["cargo", "run", "-q", "--offline", "--locked"],
        cwd=project / "code",
        env=os.environ | {"CARGO_TARGET_DIR": str(project / "target")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert ours == theirs == '1 true true a "b" ${c} $d /x=y z\n'
    # The script of `sys` is not compiled here, and on the other platform it is.
    here = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#app")
    assert not any("-sys-0.1.0-custom-build" in path for path in here)
    there = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#packages.aarch64-linux.app")
    assert any("-sys-0.1.0-custom-build" in path for path in there)

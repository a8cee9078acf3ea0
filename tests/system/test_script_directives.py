"""What build scripts may print: each line is accepted, or refused, by units as it is by cargo."""

import os
import subprocess
from pathlib import Path

import pytest
from lana import flakegen
from real_nix import Nix
from stand_in import StandIn

FILES = {
    "spec.toml": '[project]\nname = "said"\nroot = "."\noutput = "out"\nsystems = ["x86_64-linux"]\n\n'
    '[cargo]\nworkspace = "code"\n\n[packages.said]\ncrate = "said"\nprofile = "dev"\n',
    "code/Cargo.toml": '[package]\nname = "said"\nversion = "0.1.0"\nedition = "2021"\nlinks = "said"\n',
    "code/build.rs": 'fn main() {\n    print!("{}", std::fs::read_to_string("lines.txt").unwrap());\n}\n',
    "code/src/lib.rs": "",
    "code/lines.txt": "",
}
ACCEPTED = (
    "  cargo::rustc-cfg=spaces_around  \ncargo:error=metadata of old\ncargo:metadata=k=v\ncargo:whatever=1\ncargo:rerun-if-anything=1",
    'nothing\ncargo\ncargo::metadata=a=b\ncargo:warning=told\ncargo::rustc-check-cfg=cfg(x, values("a b"))\ncargo::rustc-env=small=1',
    "cargo:rustc-flags=-l m -L/nowhere\ncargo::rustc-link-search=/nowhere\ncargo:rustc-link-arg-foo=metadata",
)
REFUSED = (
    "cargo::error=said so\ncargo::error=and again",
    "cargo::unknown=1",
    "cargo::rustc-link-arg-foo=1",
    "cargo::metadata=no-value",
    "cargo::rustc-env=no-value",
    "cargo::rustc-cfg",
    "cargo:no-value",
    "cargo:rustc-flags=-O",
    "cargo:rustc-flags=-l",
    "cargo:rustc-env=RUSTC_BOOTSTRAP=1",
    "cargo::rustc-link-arg-bin=no-value",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("directives")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["cargo", "generate-lockfile"], cwd=folder / "code", check=True, capture_output=True)
    flakegen("compile", "spec.toml", cwd=folder)
    return folder


@pytest.mark.parametrize("lines", [*ACCEPTED, *REFUSED])
def test_lines_are_taken_as_cargo_takes_them(project: Path, nix: Nix, nixpkgs: StandIn, lines: str):
    (project / "code/lines.txt").write_text(f"{lines}\n")
    environment = {name: value for name, value in os.environ.items() if name != "RUSTC_BOOTSTRAP"}
    command = ["cargo", "build", "--offline", "--locked"]
    cargos = subprocess.run(command, cwd=project / "code", env=environment, capture_output=True, check=False)
    ours = nix.try_run("build", "--no-link", *nixpkgs.flake_args, f"path:{project}?dir=out#said")
    assert (cargos.returncode == 0) is (lines in ACCEPTED)
    assert (ours.returncode == 0) is (lines in ACCEPTED), ours.stderr


def test_the_new_syntax_is_for_new_versions_of_rust(project: Path, nix: Nix, nixpkgs: StandIn):
    manifest = project / "code/Cargo.toml"
    manifest.write_text(f'{manifest.read_text()}rust-version = "1.70"\n')
    (project / "code/lines.txt").write_text("cargo::rustc-cfg=x\n")
    flakegen("compile", "spec.toml", cwd=project)
    cargos = subprocess.run(
        ["cargo", "build", "--offline"], cwd=project / "code", capture_output=True, text=True, check=False
    )
    ours = nix.fails("build", "--no-link", "-L", *nixpkgs.flake_args, f"path:{project}?dir=out#said")
    assert "1.77" in cargos.stderr
    assert "1.77" in ours

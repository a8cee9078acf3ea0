"""A toolchain that is too old for a crate is told before anything is built, and stops nothing."""

import json
from pathlib import Path

import pytest
from registries import manifest, write_files

from flakegen.cli.main import main

SPEC = """\
[project]
name = "x"
root = "."
output = "out"
systems = ["x86_64-linux"]

[toolchain]
source = "rust-overlay"

[cargo]
workspace = "code"

[packages.app]
crate = "app"
"""


def asking(version: str) -> str:
    return manifest("app", "0.1.0", "").replace("edition", f'rust-version = "{version}"\nedition')


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    files = {
        "spec.toml": SPEC,
        "code/Cargo.toml": asking("1.81"),
        "code/Cargo.lock": 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
        "code/src/main.rs": "fn main() {}\n",
    }
    write_files(tmp_path, files)
    return tmp_path


@pytest.mark.parametrize(
    ("channel", "asked", "is_old"),
    [
        ("1.80.1", "1.81", True),
        ("1.80", "1.80.1", False),
        ("1.80.0", "1.80.1", True),
        ("1.81.0", "1.81", False),
        ("1.100.0", "1.81", False),
        ("stable", "1.81", False),
        ("nightly-2024-01-01", "1.81", False),
    ],
)
def test_a_channel_of_the_spec_is_compared(project, capsys, channel, asked, is_old):
    spec = SPEC.replace("[cargo]", f'channel = "{channel}"\n\n[cargo]')
    write_files(project, {"spec.toml": spec, "code/Cargo.toml": asking(asked)})
    assert main(["compile", "spec.toml"]) == 0
    said = capsys.readouterr().err
    message = f"Rust {channel} is older than the rust-version of app 0.1.0 ({asked}): cargo would refuse to build this"
    assert (f"spec.toml:10:11: warning: {message}" in said) == is_old
    assert ("warning" in said) == is_old


def test_a_toolchain_file_is_compared_where_it_is_used(project, capsys):
    write_files(project, {"code/rust-toolchain.toml": '[toolchain]\nchannel = "1.70.0"\n'})
    assert main(["compile", "spec.toml"]) == 0
    assert "code/rust-toolchain.toml:2:1: warning: Rust 1.70.0 is older" in capsys.readouterr().err
    assert main(["check", "--json", "spec.toml"]) == 0
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["severity"] == "warning"
    write_files(project, {"spec.toml": SPEC.replace("rust-overlay", "nixpkgs")})
    assert main(["compile", "spec.toml"]) == 0
    assert "warning" not in capsys.readouterr().err

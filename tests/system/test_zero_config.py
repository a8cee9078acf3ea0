"""A workspace without a spec, through real Nix from a git repository: built, tested, run."""

import os
import subprocess
from pathlib import Path

import pytest
from lana import flakegen
from real_nix import Nix
from stand_in import StandIn

FILES = {
    ".gitignore": "/main/target\n",
    "main/Cargo.toml": (
        '[workspace]\nmembers = ["greet"]\nresolver = "3"\n\n[workspace.package]\nversion = "0.3.0"\n'
        '\n[package]\nname = "hello"\nversion.workspace = true\nedition = "2024"\n'
        '\n[dependencies]\ngreet = { path = "greet" }\nbeside = { path = "../beside" }\n'
        '\n[dev-dependencies]\ngreet = { path = "greet", features = ["loud"] }\n'
    ),
    "main/Cargo.lock": (
        'version = 4\n\n[[package]]\nname = "beside"\nversion = "2.0.0"\n'
        '\n[[package]]\nname = "greet"\nversion = "0.3.0"\n'
        '\n[[package]]\nname = "hello"\nversion = "0.3.0"\ndependencies = [\n "beside",\n "greet",\n]\n'
    ),
    "main/src/main.rs": (
        'fn main() {\n    println!("{}, {}", greet::greeting(), beside::WHOM);\n}\n'
        '\n#[test]\nfn loud() {\n    assert_eq!(greet::greeting(), "HELLO");\n'
        '    assert!(std::fs::read_to_string("fixture.txt").is_ok());\n}\n'
    ),
    "main/fixture.txt": "seen by tests\n",
    "main/tests/program.rs": (
        '#[test]\nfn runs() {\n    let program = std::process::Command::new(env!("CARGO_BIN_EXE_hello")).output();\n'
        '    assert!(program.unwrap().stdout.ends_with(b", world\\n"));\n}\n'
    ),
    "main/greet/Cargo.toml": (
        '[package]\nname = "greet"\nversion.workspace = true\nedition = "2024"\n\n[features]\nloud = []\n'
    ),
    "main/greet/src/lib.rs": (
        "/// Says hello.\n///\n/// ```\n/// assert!(!greet::greeting().is_empty());\n/// ```\n"
        "pub fn greeting() -> &'static str {\n"
        '    if cfg!(feature = "loud") {\n        "HELLO"\n    } else {\n        "hello"\n    }\n}\n'
    ),
    "beside/Cargo.toml": '[package]\nname = "beside"\nversion = "2.0.0"\nedition = "2021"\n\n[workspace]\n',
    "beside/src/lib.rs": 'pub const WHOM: &str = include_str!("../../whom.txt");\n',
    "whom.txt": "world",
}


def git(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zero")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    flakegen("cargo", "main", cwd=folder)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    return folder


@pytest.fixture
def arguments(repository: Path, nixpkgs: StandIn) -> tuple[list[str], str]:
    return [*nixpkgs.flake_args], f"git+file://{repository}?dir=main"


def test_programs_and_what_lies_beside_the_workspace(nix: Nix, arguments):
    options, flake = arguments
    (built,) = nix.build(*options, flake)
    assert (
        subprocess.run([built / "bin/hello"], check=True, capture_output=True, text=True).stdout
        == "hello, world\n"
    )
    assert nix.runtime_closure(built) == {str(built)}


def test_all_checks(nix: Nix, arguments, nixpkgs: StandIn):
    options, flake = arguments
    nix.run("flake", "check", "--no-build", "--all-systems", *options, flake)
    names = sorted(nix.eval(*options, "--apply", "builtins.attrNames", f"{flake}#checks.{nixpkgs.system}"))
    assert names == EXPECTED_CHECKS
    nix.build(*options, *(f"{flake}#checks.{nixpkgs.system}.{name}" for name in names))


EXPECTED_CHECKS = [
    "fmt",
    "greet-clippy",
    "greet-doc",
    "greet-test",
    "hello-clippy",
    "hello-doc",
    "hello-test",
]


def test_compiling_again_rebuilds_nothing(nix: Nix, arguments, repository: Path, nixpkgs: StandIn):
    """The root package's tests see its folder, where the generated files lie too."""
    options, flake = arguments
    checks = [f"{flake}#checks.{nixpkgs.system}.{name}" for name in EXPECTED_CHECKS]
    before = [nix.drv_path(*options, check) for check in checks]
    with (repository / "main/flake.nix").open("a") as file:
        file.write("# edited\n")
    assert [nix.drv_path(*options, check) for check in checks] == before
    flakegen("cargo", "main", cwd=repository)
    flakegen("cargo", "main", "--check", cwd=repository)

"""Crates from a registry of one's own, from git, and from a vendor folder, built by Nix; then once more from facts alone."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lana import flakegen
from real_nix import CHECKOUT, Nix
from registries import Crate, commit, manifest, publish_in_folder, publish_in_git, run_cargo, write_files
from stand_in import StandIn

HERE = Path(__file__).parent
LEAF = Crate(
    name="leaf",
    version="1.0.0+a",
    files={"src/lib.rs": 'pub const LEAF: &str = include_str!("leaf.txt");\n', "src/leaf.txt": "leaf"},
)
HOME_SAYS = "leaf mid guest sib 0.3.0\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cargo home for these projects alone."""
    return tmp_path_factory.mktemp("home")


def make_project(folder: Path, home: Path) -> Path:
    index = (folder / "alt/index").as_uri()
    mid = Crate(
        name="mid",
        version="1.2.0",
        needs={"leaf": "^1"},
        manifest=f'[dependencies.leaf]\nversion = "1"\nregistry-index = "{index}"\n',
        files={
            "src/lib.rs": 'pub use leaf::LEAF;\npub const MID: &str = env!("MID");\n',
            "build.rs": 'fn main() { println!("cargo:rustc-env=MID=mid") }\n',
        },
    )
    publish_in_git(folder / "alt", LEAF, mid)
    package = '[package]\nname = "guest"\nversion.workspace = true\nedition.workspace = true\n'
    repository = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.3.0"\nedition = "2021"\n',
        "crates/guest/Cargo.toml": package + '[dependencies]\nsib = { path = "../sib" }\n',
        "crates/guest/src/lib.rs": 'pub fn who() -> String { format!("guest {}", sib::NAME) }\n',
        "crates/sib/Cargo.toml": package.replace("guest", "sib"),
        "crates/sib/src/lib.rs": 'pub const NAME: &str = concat!("sib ", env!("CARGO_PKG_VERSION"));\n',
    }
    write_files(folder / "repository", repository)
    commit(folder / "repository")
    project = folder / "project"
    dependencies = f'mid = {{ version = "1", registry = "alt" }}\nguest = {{ git = "{(folder / "repository").as_uri()}" }}\n'
    write_files(
        project,
        {
            "sources.toml": (HERE / "sources.toml").read_text(),
            "code/Cargo.toml": manifest("app", "0.1.0", f"[dependencies]\n{dependencies}"),
            "code/src/main.rs": 'fn main() { println!("{} {} {}", mid::LEAF, mid::MID, guest::who()); }\n',
            "code/.cargo/config.toml": f'[registries.alt]\nindex = "{index}"\n',
        },
    )
    run_cargo(project / "code", home, "fetch")
    return project


@pytest.fixture
def project(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARGO_HOME", str(home))
    return make_project(tmp_path, home)


@pytest.fixture
def says(project: Path, nix: Nix, nixpkgs: StandIn) -> Callable[[], str]:
    def run() -> str:
        (built,) = nix.build(*nixpkgs.flake_args, f"path:{project}?dir=out#app")
        return subprocess.run([built / "bin/app"], check=True, capture_output=True, text=True).stdout

    return run


def check_from_facts_alone(project: Path) -> None:
    """Compile and check where there is no cargo, no git, no registry and no repository."""
    away = project.parent
    hidden = [away / name for name in ("alt", "repository")]
    for path in hidden:
        path.rename(path.with_suffix(".away"))
    environment = {
        "PATH": str(away / "nothing"),
        "CARGO_HOME": str(away / "nothing"),
        "PYTHONPATH": str(CHECKOUT),
    }
    environment |= {"HOME": str(away / "nothing"), "XDG_CACHE_HOME": str(away / "cache")}
    try:
        for command in ("check", "compile"):
            done = subprocess.run(
                [sys.executable, "-m", "flakegen.cli.main", command, "sources.toml"],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert done.stderr.splitlines() in (
                ["sources.toml: up to date"],
                ["sources.toml: nothing changed"],
            )
    finally:
        for path in hidden:
            path.with_suffix(".away").rename(path)


def derivations(project: Path, nix: Nix, nixpkgs: StandIn) -> set[str]:
    return nix.drv_closure(*nixpkgs.flake_args, f"path:{project}?dir=out#app")


def test_a_registry_and_a_repository(project: Path, says):
    flakegen("compile", "sources.toml", cwd=project)
    assert says() == HOME_SAYS
    check_from_facts_alone(project)
    facts = (project / "sources.crates.json").read_text().splitlines()
    assert len(facts) == 8
    assert facts[1].startswith('"registry+file://')


def test_vendored_in_the_project_nothing_is_fetched(
    project: Path, home: Path, says, nix: Nix, nixpkgs: StandIn
):
    config = project / "code/.cargo/config.toml"
    config.write_text(
        config.read_text() + run_cargo(project / "code", home, "vendor", "--locked", "../third party/v")
    )
    vendor = project / "third party/v"
    assert (vendor / "sib/Cargo.toml").is_file()
    flakegen("compile", "sources.toml", cwd=project)
    assert says() == HOME_SAYS
    check_from_facts_alone(project)
    before = derivations(project, nix, nixpkgs)
    assert not any(path.endswith(".crate.drv") for path in before)
    table = (project / "out/Cargo.nix").read_text()
    assert "sha256 =" not in table
    assert 'vendored = "third party/v/leaf";' in table
    # A change of one crate is a change of what uses it, and of nothing else.
    (vendor / "leaf/src/leaf.txt").write_text("changed")
    assert says() == HOME_SAYS.replace("leaf", "changed")
    changed = derivations(project, nix, nixpkgs) - before
    assert {
        name for name in ("leaf", "mid", "guest", "sib") if any(f"-{name}-" in path for path in changed)
    } == {
        "leaf",
        "mid",
    }


def test_vendored_outside_the_project_all_is_fetched(project: Path, home: Path):
    config = project / "code/.cargo/config.toml"
    flakegen("compile", "sources.toml", cwd=project)
    table = (project / "out/Cargo.nix").read_text()
    vendor = run_cargo(project / "code", home, "vendor", "--locked", "../../elsewhere")
    config.write_text(config.read_text() + vendor)
    flakegen("compile", "sources.toml", cwd=project)
    again = (project / "out/Cargo.nix").read_text()
    hashes = [line for line in table.splitlines() if "sha256 =" in line]
    assert [line for line in again.splitlines() if "sha256 =" in line] == hashes
    assert again.count("subfolder") == 2


def test_a_local_registry_in_the_project(project: Path, home: Path, says):
    index = (project.parent / "alt/index").as_uri()
    mid = Crate(
        name="mid",
        version="1.2.0",
        files={"src/lib.rs": 'pub const MID: &str = "local";\npub const LEAF: &str = "all";\n'},
    )
    publish_in_folder(project / "code/local", mid)
    config = project / "code/.cargo/config.toml"
    config.write_text(
        config.read_text()
        + f'[source.alt]\nregistry = "{index}"\nreplace-with = "here"\n[source.here]\nlocal-registry = "local"\n'
    )
    (project / "code/Cargo.lock").unlink()
    run_cargo(project / "code", home, "generate-lockfile")
    flakegen("compile", "sources.toml", cwd=project)
    assert says() == "all local guest sib 0.3.0\n"
    check_from_facts_alone(project)
    assert 'archive = "code/local/mid-1.2.0.crate";' in (project / "out/Cargo.nix").read_text()

"""A small workspace with one of everything that units can ask for, built by Nix and by cargo, and compared."""

import ctypes
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lana import commit_all, flakegen
from real_nix import Nix
from stand_in import StandIn

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace, with a dependency in a git repository of its own."""
    folder = tmp_path_factory.mktemp("kitchen")
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


@pytest.fixture(scope="module")
def cargo(project: Path):
    """Runs cargo on the workspace and returns its target folder."""

    def run(*arguments: str, **environment: str) -> Path:
        subprocess.run(
            ["cargo", *arguments, "--offline", "--locked"],
            cwd=project / "kitchen",
            env=os.environ | {"KITCHEN_ANSWER": "42", **environment},
            check=True,
            capture_output=True,
        )
        return project / "kitchen/target"

    return run


@pytest.fixture(scope="module")
def build(project: Path, nix: Nix, nixpkgs: StandIn):
    return lambda output: nix.build(*nixpkgs.flake_args, f"path:{project}?dir=out#{output}")[0]


def says(program: Path) -> str:
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout


def test_release_with_features_environment_lto_and_overrides(build, cargo):
    built = build("app")
    target = cargo("build", "--release", "-p", "kitchen-app", "--features", "kit", KITCHEN_STAMP='a "b" ${c}')
    ours, theirs = says(built / "bin/kitchen-app"), says(target / "release/kitchen-app")
    assert ours == theirs
    assert "answer 42" in ours
    assert "flag true" in ours
    assert 'kit ["extra"]' in ours
    assert says(built / "bin/second-tool") == "second 42\n"


def test_debug_without_features(build, cargo):
    built = build('"app-debug-c2n"')
    target = cargo("build", "-p", "kitchen-app")
    assert says(built / "bin/kitchen-app") == says(target / "debug/kitchen-app")


def test_custom_profile_one_binary_and_override(build):
    built = build("app-fast")
    assert built.name.endswith("-renamed")
    assert sorted(path.name for path in (built / "bin").iterdir()) == ["second-tool"]


def test_shared_library_has_its_plain_name(build):
    library = ctypes.CDLL(str(build("plug") / "lib/libplug.so"))
    assert library.plug_answer() == 42


def test_all_tests_run(build):
    logs = build("checks.x86_64-linux.tests")
    texts = [(path / "log" if path.is_dir() else path).read_text() for path in logs.iterdir()]
    ours = sum(int(count) for text in texts for count in re.findall(r"test result: ok\. (\d+) passed", text))
    assert ours == 5  # two of the app, one of the macros, one documentation test, one without harness


def test_clippy_lints_what_clippy_lints(build, project: Path, nix: Nix, nixpkgs: StandIn):
    build("checks.x86_64-linux.clippy")
    source = project / "kitchen/codec/src/lib.rs"
    text = source.read_text()
    source.write_text(
        text + "\npub fn f(x: Option<i32>) -> i32 { if let Some(y) = x { return y } else { return 0 } }\n"
    )
    try:
        spec = project / "kitchen.toml"
        kept = spec.read_text()
        spec.write_text(kept.replace('cargo = "clippy"', 'cargo = "clippy"\nargs = ["-D", "warnings"]'))
        flakegen("compile", "kitchen.toml", cwd=project)
        error = nix.fails(
            "build",
            "--no-link",
            "-L",
            *nixpkgs.flake_args,
            f"path:{project}?dir=out#checks.x86_64-linux.clippy",
        )
        assert "needless_return" in error
    finally:
        source.write_text(text)
        spec.write_text(kept)


def test_units_reused_by_every_build_are_built_once(project: Path, nix: Nix, nixpkgs: StandIn):
    flake = f"path:{project}?dir=out"
    one = nix.drv_closure(*nixpkgs.flake_args, f'{flake}#"app-debug-c2n"')
    other = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#checks.x86_64-linux.tests")
    shared = {path for path in one & other if "kitchen-sys" in path}
    assert any("custom-build" in path for path in shared)
    assert any(path.endswith("script-run.drv") for path in shared)


def test_a_git_dependency_is_found_in_its_subfolder(project: Path):
    assert 'subfolder = "crates/outside"' in (project / "out/Cargo.nix").read_text()


def test_files_that_no_scan_can_find_count_when_the_spec_names_them(
    project: Path, nix: Nix, nixpkgs: StandIn
):
    flake = f"path:{project}?dir=out"
    before = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#app")
    added = project / "kitchen/shared/deep/more.txt"
    added.parent.mkdir(parents=True)
    added.write_text("more")
    try:
        new = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#app") - before
    finally:
        added.unlink()
    assert any("-codec-1.0.0-lib" in path for path in new)
    assert not any("kitchen-sys" in path for path in new)

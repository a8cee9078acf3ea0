"""What is said of crates that no one can fetch, and what a spec can say of registries."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from registries import Crate, manifest, publish_in_git, run_cargo, write_files

from flakegen.cli.main import main

CHECKOUT = Path(__file__).resolve().parents[2]
SPEC = """\
[project]
name = "x"
root = "."
output = "out"
systems = ["x86_64-linux"]

[cargo]
workspace = "code"

[packages.app]
crate = "app"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "home"


@pytest.fixture
def make(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A project with one crate of a registry called alt, fetched."""

    def made(**config: object) -> Path:
        index = publish_in_git(tmp_path / "alt", Crate(name="leaf"), **config)
        project = tmp_path / "project"
        write_files(
            project,
            {
                "spec.toml": SPEC,
                "code/Cargo.toml": manifest(
                    "app", "0.1.0", '[dependencies]\nleaf = { version = "1", registry = "alt" }\n'
                ),
                "code/src/main.rs": "fn main() {}\n",
                "code/.cargo/config.toml": f'[registries.alt]\nindex = "{index}"\n',
            },
        )
        run_cargo(project / "code", home, "fetch")
        monkeypatch.chdir(project)
        return project

    return made


def add(project: Path, text: str) -> None:
    spec = project / "spec.toml"
    spec.write_text(spec.read_text() + text)


def test_the_address_of_the_index_is_emitted_with_the_locks_checksum(make):
    project = make()
    assert main(["compile", "spec.toml"]) == 0
    table = (project / "out/Cargo.nix").read_text()
    assert f'url = "{(project.parent / "alt/crates").as_uri()}/leaf-1.0.0.crate";' in table
    assert f'sha256 = "{hashlib.sha256(Crate(name="leaf").archive()).hexdigest()}";' in table
    assert not (project / "spec.crates.json").read_text().count("auth")


def test_a_registry_that_asks_who_is_there(make, capsys):
    project = make()
    assert main(["compile", "spec.toml"]) == 0
    kept = project / "spec.crates.json"
    kept.write_text(kept.read_text().replace('.crate"}', '.crate","auth-required":true}'))
    capsys.readouterr()
    assert main(["compile", "spec.toml"]) == 2
    said = capsys.readouterr().err
    assert "gives its archives only to those whom it knows" in said
    assert "spec.toml:8:13: error" in said
    address = (project.parent / "alt/index").as_uri()
    assert f'hint: vendor them, or give cargo.registries."{address}".download' in said
    # What the spec says counts, and then the index is not asked.
    add(project, f'[cargo.registries]\n"{address}" = "https://open.invalid/{{crate}}"\n')
    assert main(["compile", "spec.toml"]) == 0
    assert 'url = "https://open.invalid/leaf";' in (project / "out/Cargo.nix").read_text()
    assert "registries" not in kept.read_text()


def test_a_registry_whose_index_is_not_here(make, home, capsys):
    project = make()
    (home / "registry/index").rename(home / "registry/elsewhere")
    assert main(["compile", "spec.toml"]) == 2
    assert "has the archives of `leaf` is not known" in capsys.readouterr().err
    add(project, '[cargo.registries.alt]\ndownload = "https://h.invalid/dl"\n')
    assert main(["compile", "spec.toml"]) == 0
    assert 'url = "https://h.invalid/dl/leaf/1.0.0/download";' in (project / "out/Cargo.nix").read_text()


def test_a_registry_that_is_not_there_is_told_at_its_key(make, capsys):
    project = make()
    add(project, '[cargo.registries]\nalp = "https://h.invalid"\ncrates-io = "https://c.invalid/"\n')
    assert main(["compile", "spec.toml"]) == 2
    said = capsys.readouterr().err
    assert "spec.toml:13:1: error: no crate of Cargo.lock comes from the registry 'alp' [E205]" in said
    assert "hint: did you mean 'alt'?" in said
    assert "'crates-io' [E205]" in said
    assert "hint: one of 'alt' or 'file:" in said


def test_crates_that_nobody_has_are_named(make, home, capsys, monkeypatch):
    make()
    monkeypatch.setenv("CARGO_HOME", str(home / "none"))
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["compile", "spec.toml"]) == 2
    said = capsys.readouterr().err
    assert "nothing is known of leaf 1.0.0, and cargo is not there to fetch them" in said
    assert "commit the facts file" in said


def test_crates_that_cargo_cannot_fetch_are_named_beside_its_reason(make, home, capsys, monkeypatch):
    make()
    monkeypatch.setenv("CARGO_HOME", str(home / "none"))
    monkeypatch.setenv("CARGO_NET_OFFLINE", "true")
    assert main(["compile", "spec.toml"]) == 2
    said = capsys.readouterr().err
    assert "cargo could not fetch the missing crates: no matching package named `leaf` found" in said
    assert "hint: missing: leaf 1.0.0; run `cargo fetch --locked`" in said


def test_facts_are_read_again_where_the_lock_has_moved_on_and_others_stay(make, home):
    project = make()
    assert main(["compile", "spec.toml"]) == 0
    kept, code = project / "spec.crates.json", project / "code"
    first = kept.read_text().splitlines()
    index = publish_in_git(project.parent / "next", Crate(name="more"))
    config, package = code / ".cargo/config.toml", code / "Cargo.toml"
    config.write_text(config.read_text() + f'[registries.next]\nindex = "{index}"\n')
    alone = package.read_text()
    package.write_text(alone + 'more = { version = "1", registry = "next" }\n')
    run_cargo(code, home, "fetch")
    assert main(["check", "spec.toml"]) == 1
    assert main(["compile", "spec.toml"]) == 0
    second = kept.read_text()
    assert first[3] in second
    assert '"name":"more"' in second
    package.write_text(alone)
    run_cargo(code, home, "fetch")
    assert main(["compile", "spec.toml"]) == 0
    assert kept.read_text().splitlines() == first


def test_an_index_that_has_no_address_to_give(make, capsys):
    project = make()
    assert main(["compile", "spec.toml"]) == 0
    kept = project / "spec.crates.json"
    kept.write_text(kept.read_text().replace('{"download":"file://', '{"download":"/no address'))
    assert main(["check", "spec.toml"]) == 2
    said = capsys.readouterr().err
    assert "its archives are at `/no address/" in said
    assert ".download\n" in said


def test_names_of_a_lock_are_no_paths(make, capsys):
    project = make()
    lock = project / "code/Cargo.lock"
    lock.write_text(lock.read_text().replace('name = "leaf"', 'name = "../leaf"'))
    assert main(["compile", "spec.toml"]) == 2
    assert "every package needs a name and a version" in capsys.readouterr().err


def test_a_vendor_folder_with_gaps_and_changes(make, home, capsys):
    project = make()
    assert main(["compile", "spec.toml"]) == 0
    config = project / "code/.cargo/config.toml"
    config.write_text(config.read_text() + run_cargo(project / "code", home, "vendor", "--locked"))
    assert main(["compile", "spec.toml"]) == 0
    vendored = project / "code/vendor/leaf"
    (vendored / "Cargo.toml").write_text((vendored / "Cargo.toml").read_text() + "\n")
    assert main(["compile", "spec.toml"]) == 2
    assert "the manifest has changed since leaf 1.0.0 was vendored" in capsys.readouterr().err
    vendored.rename(project / "leaf")
    assert main(["compile", "spec.toml"]) == 2
    assert "code/vendor does not hold `leaf` 1.0.0" in capsys.readouterr().err


def test_a_manifest_that_was_edited_where_cargo_allows_it_counts(make, home, capsys):
    project = make()
    config = project / "code/.cargo/config.toml"
    config.write_text(config.read_text() + run_cargo(project / "code", home, "vendor", "--locked"))
    assert main(["compile", "spec.toml"]) == 0
    vendored = project / "code/vendor/leaf"
    checksums = vendored / ".cargo-checksum.json"
    package = checksums.read_text().partition('"package":')[2]
    checksums.write_text('{"files":{},"package":' + package)
    write_files(vendored, {"Cargo.toml": manifest("leaf", "1.0.0", "[features]\ndefault = []\n")})
    capsys.readouterr()
    assert main(["check", "spec.toml"]) == 1
    assert "default" in capsys.readouterr().out


def test_committed_facts_are_enough(tmp_path, monkeypatch):
    """crates.io's crates, as in a clone on a machine that has never seen cargo."""
    for part in ("specs", "generated/lana"):
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("target"))
    for name, value in {
        "CARGO_HOME": str(tmp_path / "none"),
        "HOME": str(tmp_path / "none"),
        "PATH": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert main(["check", "specs/lana.toml"]) == 0

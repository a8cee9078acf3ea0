"""Facts of registry crates: where they are read from, what is kept, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import graph, load, package, write

from flakegen.cargo.crate_archive import read_archive
from flakegen.cargo.errors import CargoError, FactsError
from flakegen.cargo.facts import (
    Facts,
    PackageFacts,
    TargetFacts,
    facts_text,
    load_facts,
    package_of,
    parse_facts,
)
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.gather import ask_cargo, gather_facts
from flakegen.cargo.lock import parse_lock
from flakegen.cargo.package import Dependency, DependencyKind, Source, SourceKind, TargetKind
from flakegen.cargo.source import CRATES_IO_NAME

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
INDEX = f"index.{CRATES_IO_NAME}-1949cf8c6b5b557f"
MANIFEST = """
[package]
name = "old"
version = "0.3.7"
links = "old"
description = "An old crate"
[lib]
[dependencies]
leaf = { version = "1", optional = true }
[dev-dependencies]
never = "1"
[target."cfg(windows)".build-dependencies]
win = { version = "2", package = "winner", default-features = false, features = ["a"] }
[features]
f = ["leaf"]
"""
FILES = {"Cargo.toml": MANIFEST, "src/old.rs": "", "build.rs": "", "examples/e.rs": "", "src/main.rs": ""}


def archive(files: dict[str, str], folder: str = "old-0.3.7/") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(folder + name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def locked(checksum: str | None, source: str = REGISTRY):
    line = f'checksum = "{checksum}"\n' if checksum else ""
    text = f'version = 4\n[[package]]\nname = "old"\nversion = "0.3.7"\nsource = "{source}"\n{line}'
    return parse_lock(text, Path("Cargo.lock"))


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def check_old(facts: PackageFacts) -> None:
    found = package_of(facts)
    assert (found.id.name, found.id.version, found.edition, found.links) == ("old", "0.3.7", "2015", "old")
    assert [(t.kind, t.name, t.src_path) for t in found.targets] == [
        (TargetKind.LIB, "old", "src/old.rs"),
        (TargetKind.BIN, "old", "src/main.rs"),
        (TargetKind.CUSTOM_BUILD, "build-script-build", "build.rs"),
    ]
    assert [(d.name, d.package, d.kind, d.optional, d.platform) for d in found.dependencies] == [
        ("leaf", "leaf", DependencyKind.NORMAL, True, None),
        ("win", "winner", DependencyKind.BUILD, False, "cfg(windows)"),
    ]
    assert found.features == {"f": ("leaf",)}
    assert found.metadata["description"] == "An old crate"


def test_from_the_unpacked_registry(tmp_path):
    folder = tmp_path / "registry" / "src" / INDEX / "old-0.3.7"
    write(folder, {**FILES, ".cargo-ok": "{}"})
    (facts,) = gather_facts(locked("aa"), FactsSources(cargo_home=tmp_path), Facts())
    check_old(facts)
    assert facts.checksum == "aa"


def test_from_an_archive_with_the_locks_checksum(tmp_path):
    data = archive(FILES)
    put(tmp_path / "registry" / "cache" / INDEX / "old-0.3.7.crate", data)
    lock = locked(hashlib.sha256(data).hexdigest())
    (facts,) = gather_facts(lock, FactsSources(cargo_home=tmp_path), Facts())
    check_old(facts)


def test_an_archive_with_another_checksum_is_refused(tmp_path):
    put(tmp_path / "registry" / "cache" / INDEX / "old-0.3.7.crate", archive(FILES))
    with pytest.raises(FactsError) as caught:
        gather_facts(locked("00" * 32), FactsSources(cargo_home=tmp_path), Facts())
    assert caught.value.code == "crate-damaged"
    assert "sha256" in caught.value.message


def test_from_a_vendor_folder(tmp_path):
    write(
        tmp_path / "vendor" / "old",
        {**FILES, ".cargo-checksum.json": json.dumps({"files": {}, "package": "aa"})},
    )
    sources = FactsSources(cargo_home=tmp_path, vendor=(tmp_path / "vendor",))
    (facts,) = gather_facts(locked("aa"), sources, Facts())
    check_old(facts)
    with pytest.raises(FactsError):
        gather_facts(locked("bb"), sources, Facts())


def test_from_a_git_checkout_with_its_own_workspace(tmp_path):
    checkout = tmp_path / "git" / "checkouts" / "repo-0123456789abcdef" / "abcdef0"
    manifest = '[package]\nname = "old"\nversion.workspace = true\nedition = "2021"\n[dependencies]\nsib = { path = "../sib" }\n'
    files = {
        ".cargo-ok": "",
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.3.7"\n',
        "crates/old/Cargo.toml": manifest,
        "crates/sib/Cargo.toml": package("sib"),
        ".hidden/Cargo.toml": package("old"),
    }
    write(checkout, files)
    source = "git+https://e.org/repo.git?branch=main#abcdef0123456789abcdef0123456789abcdef01"
    (facts,) = gather_facts(locked(None, source), FactsSources(cargo_home=tmp_path), Facts())
    assert facts.directory == "crates/old"
    (dependency,) = facts.dependencies
    assert dependency.source == package_of(facts).id.source
    assert dependency.source.kind is SourceKind.GIT


def test_existing_facts_are_kept_while_the_checksum_is_the_locks(tmp_path):
    kept = PackageFacts(name="old", version="0.3.7", checksum="aa", edition="2021")
    facts = Facts(by_key={kept.key: kept})
    sources = FactsSources(cargo_home=tmp_path)
    assert list(gather_facts(locked("aa"), sources, facts)) == [kept]
    assert list(gather_facts(locked("bb"), sources, facts)) == []


HOSTILE = {
    "no manifest": archive({"src/lib.rs": ""}),
    "another folder": archive(FILES, "evil/"),
    "a way out": archive(FILES, "old-0.3.7/../"),
    "no archive": b"hello",
    "cut off": archive(FILES)[:200],
    "empty": b"",
    "not utf-8": None,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_archives(tmp_path, name):
    data = HOSTILE[name]
    if data is None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            entry = tarfile.TarInfo("old-0.3.7/Cargo.toml")
            entry.size = 2
            tar.addfile(entry, io.BytesIO(b"\xff\xfe"))
        data = buffer.getvalue()
    path = tmp_path / "x.crate"
    path.write_bytes(data)
    with pytest.raises(FactsError) as caught:
        read_archive(path, "old-0.3.7", None)
    assert caught.value.code == "crate-damaged"


_words = st.text(alphabet='abz-_0"\\\nüß', min_size=1, max_size=8)
_dependencies = st.builds(
    Dependency,
    name=_words,
    package=_words,
    kind=st.sampled_from([DependencyKind.NORMAL, DependencyKind.BUILD]),
    requirement=_words,
    source=st.none() | st.builds(Source, kind=st.just(SourceKind.GIT), url=_words),
    features=st.lists(_words, max_size=2).map(tuple),
    default_features=st.booleans(),
    optional=st.booleans(),
    platform=st.none() | _words,
)
_targets = st.builds(
    TargetFacts,
    name=_words,
    kind=st.sampled_from(TargetKind),
    path=_words,
    crate_types=st.lists(_words, max_size=2).map(tuple),
    required_features=st.lists(_words, max_size=1).map(tuple),
    off=st.lists(st.sampled_from(["test", "doc"]), unique=True).map(tuple),
    proc_macro=st.booleans(),
)
_facts = st.builds(
    PackageFacts,
    name=_words,
    version=st.just("1.0.0"),
    checksum=st.none() | _words,
    links=st.none() | _words,
    targets=st.lists(_targets, max_size=2).map(tuple),
    dependencies=st.lists(_dependencies, max_size=3).map(tuple),
    features=st.dictionaries(_words, st.lists(_words, max_size=2).map(tuple), max_size=2),
    metadata=st.dictionaries(_words, _words, max_size=2),
)


@given(st.lists(_facts, max_size=4, unique_by=lambda facts: facts.key))
def test_the_file_holds_everything_one_crate_a_line(entries):
    text = facts_text(entries)
    read = parse_facts(text.encode(), Path("crates.json"))
    assert read.by_key == {entry.key: entry for entry in entries}
    assert facts_text(read) == text
    assert len(text.splitlines()) == (len(entries) + 2 if entries else 1)


def test_a_missing_file_holds_nothing_and_a_damaged_one_is_an_error(tmp_path):
    assert list(load_facts(tmp_path / "none.json")) == []
    for text in ("", "[", "{}", '[{"name": 1}]', '[{"name": "a"}]', "\xff"):
        (tmp_path / "bad.json").write_bytes(text.encode("latin-1"))
        with pytest.raises(CargoError) as caught:
            load_facts(tmp_path / "bad.json")
        assert caught.value.code == "facts-damaged"


def test_missing_facts_matter_only_when_they_are_reached(tmp_path):
    lock = f'version = 4\n[[package]]\nname = "a"\nversion = "0.1.0"\ndependencies = ["w"]\n[[package]]\nname = "w"\nversion = "1.0.0"\nsource = "{REGISTRY}"\n'
    files = {
        "Cargo.toml": package("a", '[target."cfg(windows)".dependencies]\nw = "1"\n'),
        "Cargo.lock": lock,
    }
    workspace = load(write(tmp_path, files))
    assert len(graph(workspace).units) == 1
    with pytest.raises(FactsError) as caught:
        graph(workspace, targets=("x86_64-pc-windows-msvc",))
    assert caught.value.code == "facts-missing"
    assert "w 1.0.0" in caught.value.message


def test_when_cargo_cannot_fetch_its_reason_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/lib.rs").touch()
    manifest = tmp_path / "Cargo.toml"
    manifest.write_text(
        '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nb = { path = "b" }\n'
    )
    with pytest.raises(FactsError) as caught:
        ask_cargo(manifest)
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith("cargo could not fetch the missing crates: failed to")
    assert caught.value.hint

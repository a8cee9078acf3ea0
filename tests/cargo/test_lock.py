"""Cargo.lock in all its versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakegen.cargo.errors import LockError, TomlError
from flakegen.cargo.lock import parse_lock
from flakegen.cargo.package import Source, SourceKind
from flakegen.cargo.source import crates_io, git_reference, git_source, parse_source, patch_key, source_key

PATH = Path("Cargo.lock")
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"

V1 = f"""
[root]
name = "app"
version = "0.1.0"
dependencies = ["log 0.4.1 ({REGISTRY})", "own 0.2.0"]

[[package]]
name = "log"
version = "0.4.1"
source = "{REGISTRY}"

[[package]]
name = "own"
version = "0.2.0"

[metadata]
"checksum log 0.4.1 ({REGISTRY})" = "abc"
"""
V4 = f"""
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["gq 0.1.0", "gq 0.1.0 ({REGISTRY})", "log 0.3.9", "log 0.4.1", "only"]

[[package]]
name = "gq"
version = "0.1.0"

[[package]]
name = "gq"
version = "0.1.0"
source = "{REGISTRY}"
checksum = "aa"

[[package]]
name = "log"
version = "0.3.9"
source = "{REGISTRY}"
checksum = "bb"

[[package]]
name = "log"
version = "0.4.1"
source = "sparse+https://example.org/index/"
checksum = "cc"

[[package]]
name = "only"
version = "1.0.0"
source = "git+https://example.org/only.git?branch=feat%2Fa%2Bb#0123456789abcdef"

[[patch.unused]]
name = "nobody"
version = "1.0.0"
"""


def edges(text):
    lock = parse_lock(text, PATH)
    return {p.name: [lock.packages[i] for i in p.dependencies] for p in lock.packages if p.dependencies}


def test_version_1_has_a_root_and_checksums_aside():
    lock = parse_lock(V1, PATH)
    assert sorted(p.name for p in lock.packages) == ["app", "log", "own"]
    assert [(p.name, p.version, p.checksum) for p in edges(V1)["app"]] == [
        ("log", "0.4.1", "abc"),
        ("own", "0.2.0", None),
    ]


def test_version_4_edges_say_as_little_as_they_can():
    found = [(p.name, p.version, p.source is None) for p in edges(V4)["app"]]
    assert found == [
        ("gq", "0.1.0", True),
        ("gq", "0.1.0", False),
        ("log", "0.3.9", False),
        ("log", "0.4.1", False),
        ("only", "1.0.0", False),
    ]


def test_sources():
    by_name = {(p.name, p.version): p.source for p in parse_lock(V4, PATH).packages if p.source}
    assert by_name["log", "0.3.9"] == crates_io()
    assert by_name["log", "0.4.1"] == Source(
        kind=SourceKind.REGISTRY, url="sparse+https://example.org/index/"
    )
    assert by_name["only", "1.0.0"].rev == "0123456789abcdef"
    assert git_reference(by_name["only", "1.0.0"].url) == ("branch", "feat/a+b")


def test_unused_patches_are_no_packages():
    lock = parse_lock(V4, PATH)
    assert lock.unused_patches == ("nobody",)
    assert "nobody" not in lock.named()


@pytest.mark.parametrize("version", [3, 4])
def test_old_locks_write_git_references_raw(version):
    query = "feat/a+b" if version == 3 else "feat%2Fa%2Bb"
    text = f'version = {version}\n[[package]]\nname = "g"\nversion = "1.0.0"\nsource = "git+https://e.org/g?branch={query}#abc"\n'
    source = parse_lock(text, PATH).packages[0].source
    assert source is not None
    assert source_key(source) == source_key(git_source("https://e.org/g", "branch", "feat/a+b"))


def test_the_commit_is_no_part_of_equality_and_references_are():
    one, other = (parse_source(f"git+https://e.org/g.git?tag=v1#{sha}") for sha in ("aaa", "bbb"))
    assert source_key(one) == source_key(other) == source_key(git_source("https://e.org/g", "tag", "v1"))
    assert source_key(one) != source_key(git_source("https://e.org/g", "branch", "v1"))
    assert source_key(one) != source_key(git_source("https://e.org/g"))


def test_addresses_are_canonical():
    wanted = source_key(git_source("https://github.com/Owner/Repo.git"))
    assert wanted == source_key(git_source("https://github.com/owner/repo"))
    assert wanted == source_key(git_source("https://github.com/OWNER/repo/"))
    assert patch_key("crates-io") == patch_key("https://github.com/rust-lang/crates.io-index")
    assert source_key(git_source("https://e.org/A")) != source_key(git_source("https://e.org/a"))


def test_replacements():
    text = f"""
[[package]]
name = "r"
version = "1.0.0"
source = "{REGISTRY}"
replace = "r 1.0.0"

[[package]]
name = "r"
version = "1.0.0"
"""
    assert parse_lock(text, PATH).replacements == {0: 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version = 5\n", "lock-version"),
        ("[[package]]\nname = 1\nversion = '1.0.0'\n", "lock-malformed"),
        ("package = 3\n", "lock-malformed"),
        ("[[package]]\nname = 'a'\nversion = '1.0.0'\nsource = 'what'\n", "lock-malformed"),
        ("[[package]]\nname = 'a'\nversion = '1.0.0'\ndependencies = 'b'\n", "lock-malformed"),
        ("[[package]]\nname = 'a'\nversion = '1.0.0'\ndependencies = ['']\n", "lock-malformed"),
    ],
)
def test_malformed_locks(text, code):
    with pytest.raises(LockError) as caught:
        parse_lock(text, PATH)
    assert caught.value.code == code
    assert caught.value.path == "Cargo.lock"


def test_syntax_errors_have_a_place():
    with pytest.raises(TomlError) as caught:
        parse_lock("version = 4\nwhat\n", PATH)
    assert caught.value.position is not None
    assert caught.value.position[0] == 2


def test_all_problems_of_a_lock_are_reported_at_once():
    text = "".join(f"[[package]]\nname = '{n}'\nversion = '1.0.0'\nsource = 'what'\n" for n in "ab")
    with pytest.raises(LockError) as caught:
        parse_lock(text, PATH)
    assert len(caught.value.problems) == 2

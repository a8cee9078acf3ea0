"""What is remembered of a scan is what a scan would find now, whatever has been done to the sources and to the record."""

import contextlib
import os
import shutil
import tempfile
import time
from hashlib import sha256
from pathlib import Path

import pytest
from embed_tree import write
from hypothesis import given, settings
from hypothesis import strategies as st

from flakegen.embed import cache as cache_module
from flakegen.embed.cache import ScanCache
from flakegen.embed.disk import Disk
from flakegen.embed.hashes import rebuild_hash
from flakegen.embed.inputs import ScanTarget, TargetKind
from flakegen.embed.scan import scan_package
from flakegen.files import stamps

PACKAGES = ("one", "two")
TARGETS = (
    ScanTarget(name="lib", kind=TargetKind.LIB, src_path="src/lib.rs"),
    ScanTarget(name="build", kind=TargetKind.BUILD_SCRIPT, src_path="build.rs"),
)
CRATES = frozenset({"sqlx", "include_dir", "askama"})
TICK = 0.012  # seconds: more than one of the kernel's clock

CODE = (
    "",
    "mod a;",
    "mod b;\nmod a;",
    "#[cfg(test)]\nmod a;",
    'const A: &str = include_str!("a.txt");',
    'const A: &str = include_str!("../../two/src/a.txt");',
    'include!("b.rs");',
    "sqlx::migrate!();",
    'include_dir::include_dir!("$CARGO_MANIFEST_DIR/web");',
    "macro_rules! read { ($x:expr) => { include_str!($x) } }",
    'read!("a.txt");',
    '#[derive(Template)]\n#[template(path = "x")]\nstruct P;',
    'fn main() { println!("cargo:rerun-if-changed=web"); }',
    'sqlx::query!("select 1");',
)
FOLDERS = ("src", "web", "migrations", "web/deep", "src/a")
FILES = (
    *("src/lib.rs", "src/a.rs", "src/b.rs", "src/a/mod.rs", "src/a.txt", "build.rs", "web/x", "web/deep/y"),
    *("migrations/1_a.sql", "migrations/2_b.sql", "sqlx.toml", "askama.toml", "web/Cargo.toml"),
    f".sqlx/query-{sha256(b'select 1').hexdigest()}.json",
)
TARGETS_OF_LINKS = ("a.rs", "../src", "../web", "../../two/src/a.txt", "/etc", "nowhere", ".", "../../one")
PACKAGE = st.sampled_from(PACKAGES)
EDITS = st.one_of(
    st.tuples(st.just("write"), PACKAGE, st.sampled_from(FILES), st.sampled_from(CODE)),
    st.tuples(st.just("write"), PACKAGE, st.sampled_from(("src/lib.rs", "build.rs")), st.sampled_from(CODE)),
    st.tuples(st.just("keep times"), PACKAGE, st.sampled_from(FILES), st.sampled_from(CODE)),
    st.tuples(st.just("remove"), PACKAGE, st.sampled_from(FILES + FOLDERS), st.just("")),
    st.tuples(st.just("rename"), PACKAGE, st.sampled_from(FILES + FOLDERS), st.sampled_from(FILES + FOLDERS)),
    st.tuples(st.just("link"), PACKAGE, st.sampled_from(FILES + FOLDERS), st.sampled_from(TARGETS_OF_LINKS)),
    st.tuples(st.just("folder"), PACKAGE, st.sampled_from(FILES + FOLDERS), st.just("")),
)
START = {
    f"{package}/{name}": text
    for package in PACKAGES
    for name, text in {
        "Cargo.toml": "",
        "src/lib.rs": 'mod a;\ninclude_str!("a.txt");\nsqlx::migrate!();\ninclude_dir!("$CARGO_MANIFEST_DIR/web");\n',
        "src/a.rs": "macro_rules! read { ($x:expr) => { include_str!($x) } }\n",
        "src/a.txt": "text",
        "web/deep/y": "",
        "migrations/1_a.sql": "",
        "build.rs": "fn main() {}",
    }.items()
}


def edit(root: Path, kind: str, package: str, name: str, what: str) -> None:
    """Do something to a tree; what cannot be done is not."""
    path = root / package / name
    with contextlib.suppress(OSError):
        if kind == "keep times":
            before = path.stat()
            path.write_text(what.ljust(before.st_size)[: before.st_size])
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            return
        if kind == "rename":
            (root / package / what).parent.mkdir(parents=True, exist_ok=True)
            path.rename(root / package / what)
            return
        if kind != "write" or path.is_symlink():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "write":
                path.write_text(what)
            case "link":
                path.symlink_to(what)
            case "folder":
                path.mkdir()


def results(root: Path, cache: ScanCache):
    disk = Disk(root)
    cache.open(disk)
    found = {
        package: cache.scan(
            disk, package, TARGETS, dependency_names=CRATES, variables={"CARGO_PKG_NAME": package}
        )
        for package in PACKAGES
    }
    hashes = [rebuild_hash(disk, inputs) for inputs in found.values()]
    cache.save(disk)
    return found, hashes


def cold(root: Path):
    return results(root, ScanCache(None, ""))


@pytest.fixture
def record(tmp_path: Path) -> str:
    return str(tmp_path / "memory/scans/record.msgpack")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = write(tmp_path / "tree", START)
    time.sleep(0.1)
    return root


@pytest.fixture
def scans(monkeypatch):
    """The packages that have been scanned, and not remembered."""
    done = []

    def scan(disk, package, *arguments, **named):
        done.append(package)
        return scan_package(disk, package, *arguments, **named)

    monkeypatch.setattr("flakegen.embed.scan.scan_package", scan)
    return done


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_after_any_edits_the_answer_is_that_of_a_first_scan(rounds):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stamps, "_GRAIN", int(TICK * 1e9 * 0.9))  # so that something is remembered at all
        record = f"{name}/record"
        root = write(Path(name) / "tree", START)
        for edits in rounds:
            time.sleep(TICK)
            assert results(root, ScanCache(record, "")) == cold(root)
            for one in edits:
                edit(root, *one)
        assert results(root, ScanCache(record, "")) == cold(root)


BEFORE = (
    (
        "write",
        "two",
        "src/lib.rs",
        'mod a; mod b; include_str!("../../one/src/a.txt"); include!("../../one/src/a.rs");',
    ),
    ("link", "two", "src/b.rs", "a.rs"),
    ("link", "one", "web/link", "../src"),
)
SINGLE_EDITS = {
    "an embedded file of two packages goes": ("remove", "one", "src/a.txt", ""),
    "a file becomes a folder": ("folder", "one", "src/a.txt", ""),
    "a file becomes a link": ("link", "one", "src/a.txt", "a.rs"),
    "a link gets another target": ("link", "two", "src/b.rs", "lib.rs"),
    "a link to a folder gets another target": ("link", "one", "web/link", "../migrations"),
    "an absent file comes": ("write", "one", "sqlx.toml", '[migrate]\nmigrations-dir = "web"'),
    "a module moves": ("rename", "one", "src/a.rs", "src/a/mod.rs"),
    "a module of two packages says something else": ("write", "one", "src/a.rs", 'include_str!("lib.rs");'),
    "a folder gets a link": ("link", "one", "web/deep/z", "../../src/a.rs"),
    "a folder becomes a package": ("write", "two", "web/Cargo.toml", ""),
    "a folder becomes a link": ("link", "one", "web", "migrations"),
}


@pytest.mark.parametrize("change", SINGLE_EDITS.values(), ids=SINGLE_EDITS)
def test_an_edit_that_changes_the_answer_is_seen(tmp_path, record, scans, change):
    root = write(tmp_path / "tree", START)
    for one in BEFORE:
        edit(root, *one)
    time.sleep(0.1)
    before = results(root, ScanCache(record, ""))
    scans.clear()
    assert results(root, ScanCache(record, "")) == before
    assert scans == []
    edit(root, *change)
    after = cold(root)
    assert after != before
    assert results(root, ScanCache(record, "")) == after


def test_of_a_package_only_what_may_matter_is_read_again(tree, record, monkeypatch):
    write(tree, {"one/src/lib.rs": "mod a;\nmod quiet;", "one/src/quiet.rs": 'fn f() { text!("a.txt"); }'})
    read = []
    contents = Disk.bytes_of
    monkeypatch.setattr(Disk, "bytes_of", lambda disk, path: read.append(path) or contents(disk, path))

    def read_after(path: str, text: str) -> bool:
        write(tree, {path: text})
        expected = cold(tree)
        time.sleep(0.1)
        read.clear()
        assert results(tree, ScanCache(record, "")) == expected
        return "one/src/quiet.rs" in read

    assert read_after("one/src/a.rs", "")
    assert not read_after("one/src/a.rs", "// more")
    assert not read_after("one/src/a.rs", "// even more")
    assert read_after("one/src/a.rs", "macro_rules! text { ($x:expr) => { include_str!($x) } }")
    assert read_after("one/src/a.rs", "// none again")
    assert not read_after("one/src/a.rs", "// none, still")
    assert read_after("one/src/quiet.rs", 'fn f() { include_str!("a.txt"); }')


def test_what_was_touched_just_now_is_not_remembered(tree, record, scans, monkeypatch):
    monkeypatch.setattr(stamps, "_GRAIN", 10**11)
    results(tree, ScanCache(record, ""))
    results(tree, ScanCache(record, ""))
    assert len(scans) == 4
    assert not Path(record).exists()


def test_only_what_an_edit_concerns_is_scanned_again(tree, record, scans):
    results(tree, ScanCache(record, ""))
    assert scans == ["one", "two"]
    results(tree, ScanCache(record, ""))
    assert scans == ["one", "two"]
    (tree / "two/src/a.rs").write_text("")
    time.sleep(0.1)
    results(tree, ScanCache(record, ""))
    assert scans == ["one", "two", "two"]
    results(tree, ScanCache(record, ""))
    assert scans == ["one", "two", "two"]


def test_an_embedded_file_is_hashed_once_and_again_after_an_edit(tree, record, monkeypatch):
    read = []
    contents = Disk.bytes_of

    def bytes_of(disk, path):
        read.append(path)
        return contents(disk, path)

    monkeypatch.setattr(Disk, "bytes_of", bytes_of)
    first = results(tree, ScanCache(record, ""))
    assert "one/src/a.txt" in read
    read.clear()
    assert results(tree, ScanCache(record, "")) == first
    assert read == []
    edit(tree, "keep times", "one", "src/a.txt", "TEXT")
    second = results(tree, ScanCache(record, ""))
    assert read == ["one/src/a.txt"]
    assert second[0] == first[0]
    assert second[1][0] != first[1][0]


def test_other_arguments_are_another_scan(tree, record, scans):
    def scan(**more):
        disk = Disk(tree)
        cache = ScanCache(record, "")
        cache.open(disk)
        found = cache.scan(disk, "one", TARGETS, **{"dependency_names": CRATES, **more})
        cache.save(disk)
        return found

    scan()
    assert scan(dependency_names=frozenset()).targets[0].folders == ()
    assert scan(dependency_names=frozenset({"sqlx"})) == scan_package(
        tree, "one", TARGETS, dependency_names=frozenset({"sqlx"})
    )
    assert scan(workspace_dir="one") == scan_package(
        tree, "one", TARGETS, dependency_names=CRATES, workspace_dir="one"
    )
    assert len(scans) == 4


@pytest.mark.parametrize("part", ["start", "middle", "end"])
def test_a_damaged_record_is_none(tree, record, scans, part):
    results(tree, ScanCache(record, ""))
    data = bytearray(Path(record).read_bytes())
    place = {"start": 0, "middle": len(data) // 2, "end": len(data) - 1}[part]
    data[place] ^= 1
    Path(record).write_bytes(data)
    expected = cold(tree)
    scans.clear()
    assert results(tree, ScanCache(record, "")) == expected
    assert scans == ["one", "two"]
    Path(record).write_bytes(data[:place])
    assert results(tree, ScanCache(record, "")) == expected
    assert scans == ["one", "two", "one", "two"]


def test_the_record_of_another_program_is_none(tree, record, scans):
    results(tree, ScanCache(record, "before"))
    results(tree, ScanCache(record, "after"))
    assert len(scans) == 4


def test_the_record_of_another_root_is_none(tree, tmp_path, record):
    results(tree, ScanCache(record, ""))
    tree.rename(tmp_path / "moved")
    write(tree, dict.fromkeys(START, ""))
    assert results(tree, ScanCache(record, "")) == cold(tree)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_can_stand_in_place_of_a_record(data, is_signed):
    with tempfile.TemporaryDirectory() as name:
        root = write(Path(name) / "tree", {"one/src/lib.rs": "mod a;", "two/src/lib.rs": ""})
        record = Path(name) / "record"
        digest = cache_module.blake2b(data, digest_size=16).digest()
        record.write_bytes(digest + data if is_signed else data)
        assert results(root, ScanCache(str(record), "")) == cold(root)


def test_without_a_place_to_write_nothing_is_lost(tree, tmp_path):
    (tmp_path / "file").write_text("")
    assert results(tree, ScanCache(str(tmp_path / "file/record"), "")) == cold(tree)
    (tmp_path / "record").mkdir()
    assert results(tree, ScanCache(str(tmp_path / "record"), "")) == cold(tree)


def test_names_that_are_no_unicode_are_no_trouble(tree, record):
    (tree / os.fsdecode(b"one/web/\xff")).write_text("")
    (tree / os.fsdecode(b"one/migrations/3_\xff.sql")).symlink_to("1_a.sql")
    for _ in range(2):
        assert results(tree, ScanCache(record, "")) == cold(tree)


def test_old_records_make_room(tree, record, monkeypatch):
    monkeypatch.setattr(cache_module, "_MAX_RECORDS", 3)
    folder = Path(record).parent
    write(folder, {f"{number}.msgpack": "old" for number in range(5)})
    for number in range(5):
        os.utime(folder / f"{number}.msgpack", (number, number))
    results(tree, ScanCache(record, ""))
    assert sorted(path.name for path in folder.iterdir()) == ["3.msgpack", "4.msgpack", "record.msgpack"]

"""Build scripts, rebuild hashes, links, and the root that nothing may leave."""

import os
import re
from pathlib import Path

import pytest
from embed_tree import library, scan, scan_one, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rustc_oracle import dep_info

from flakegen.embed.disk import Disk
from flakegen.embed.hashes import listing, rebuild_hash
from flakegen.embed.inputs import FolderInput, InputRole, PackageInputs, ScanTarget, TargetKind

SCRIPT = ScanTarget(name="build-script-build", kind=TargetKind.BUILD_SCRIPT, src_path="build.rs")
TEST = ScanTarget(name="it", kind=TargetKind.TEST, src_path="tests/it.rs")


def script(root: Path, **more):
    found = scan(root, SCRIPT, package="pkg", **more).build_script_inputs
    assert found is not None
    return found


def test_a_declaring_script_reads_the_existing_paths_among_its_literals(tmp_path):
    code = """
    #[path = "build/gen.rs"] mod gen;
    fn main() {
        println!("cargo:rerun-if-changed=../proto/a.proto");
        println!("cargo::rerun-if-changed=schemas");
        println!("cargo:rerun-if-changed=later.txt");
        println!("cargo:rerun-if-env-changed=HOME");
        compile(&["data/x.csv", "/etc/passwd", "../../outside", ".", "..", "x", "src"]);
    }"""
    root = write(
        tmp_path / "root",
        {
            "pkg/build.rs": code,
            "pkg/build/gen.rs": 'const D: &str = "data/y.csv"; // "data/comment.csv"',
            **dict.fromkeys(
                ("pkg/data/x.csv", "pkg/data/y.csv", "pkg/data/comment.csv", "proto/a.proto"), ""
            ),
            **dict.fromkeys(("pkg/schemas/deep/a", "pkg/src/lib.rs", "outside"), ""),
        },
    )
    (tmp_path / "outside").write_text("")
    found = script(root)
    assert found.declared
    assert not found.whole_package
    assert found.files == (
        *("pkg/build.rs", "pkg/build/gen.rs", "pkg/data/x.csv", "pkg/data/y.csv", "proto/a.proto"),
    )
    assert [item.path for item in found.folders] == ["pkg/schemas", "pkg/src"]
    assert found.optional_files == ("pkg/later.txt",)


def test_paths_that_a_script_puts_together_are_taken_as_far_as_they_are_known(tmp_path):
    code = """
    fn main() {
        println!("cargo:rerun-if-changed={}/schema", env!("CARGO_MANIFEST_DIR"));
        println!("cargo:rerun-if-changed={dir}/later.txt");
        println!("cargo:rerun-if-changed={}", path.display());
        let one = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/a.proto");
        let two = format!("{root:?}/data/{name}.csv"); glob("icons/**/*.svg"); join("/"); join("/etc"); x("*");
    }"""
    present = (
        "pkg/schema/x",
        "proto/a.proto",
        "proto/b.proto",
        "pkg/data/1.csv",
        "pkg/icons/deep/a.svg",
        "etc/x",
    )
    found = script(write(tmp_path, {"pkg/build.rs": code, **dict.fromkeys(present, "")}))
    assert found.files == ("pkg/build.rs", "proto/a.proto")
    assert [item.path for item in found.folders] == ["pkg/data", "pkg/icons", "pkg/schema"]
    assert found.optional_files == ()


def test_a_silent_script_reads_the_whole_package_without_other_packages(tmp_path):
    root = write(
        tmp_path,
        {
            "pkg/build.rs": 'fn main() { /* "rerun-if-changed" */ println!("cargo:rustc-cfg=x"); }',
            "pkg/Cargo.toml": "",
            "pkg/nested/deep/Cargo.toml": "",
            "pkg/target/x": "",
            "pkg/src/target/x": "",
            "pkg/.git/HEAD": "",
        },
    )
    found = script(root)
    assert (found.declared, found.whole_package) == (False, True)
    assert found.folders == (FolderInput(path="pkg"),)
    assert found.excluded == ("pkg/.git", "pkg/nested/deep", "pkg/target")


def test_a_script_that_declares_its_own_folder_means_it(tmp_path):
    root = write(
        tmp_path, {"pkg/build.rs": 'fn main() { println!("cargo:rerun-if-changed=."); }', "pkg/a": ""}
    )
    assert [item.path for item in script(root).folders] == ["pkg"]


def test_a_folder_around_the_package_is_read_without_output_and_other_packages(tmp_path):
    code = 'fn main() { println!("cargo:rerun-if-changed=.."); println!("cargo:rerun-if-changed=../.git/HEAD"); }'
    names = (
        "group/pkg/target/x",
        "group/pkg/src/a",
        "group/other/Cargo.toml",
        "group/.git/HEAD",
        "group/data/x",
    )
    root = write(
        tmp_path, {"group/pkg/build.rs": code, **dict.fromkeys(names, ""), "group/pkg/Cargo.toml": ""}
    )
    inputs = scan(root, SCRIPT, package="group/pkg")
    found = inputs.build_script_inputs
    assert found is not None
    assert [item.path for item in found.folders] == ["group"]
    assert found.excluded == ("group/.git", "group/other", "group/pkg/target")
    assert found.files == ("group/pkg/build.rs",)
    before = rebuild_hash(root, inputs)
    write(root, {"group/pkg/target/y": "", "group/.git/HEAD": "x", "group/other/src/lib.rs": ""})
    assert rebuild_hash(root, inputs) == before
    write(root, {"group/data/y": ""})
    assert rebuild_hash(root, inputs) != before


def test_without_a_script_there_are_no_script_inputs(tmp_path):
    root = write(tmp_path, {"src/lib.rs": ""})
    assert scan(root).build_script_inputs is None


EDITABLE = {
    "src/lib.rs": (
        'mod a; const X: &str = include_str!("x.txt"); const D: Dir = include_dir!("data"); fn f() { migrate!() }'
        '#[cfg(test)] const T: &str = include_str!("t.txt"); const L: &str = include_str!("later.txt");'
    ),
    "src/a.rs": "",
    "src/x.txt": "x",
    "src/t.txt": "t",
    "data/deep/one": "1",
    "migrations/1_a.sql": "",
    "tests/it.rs": 'const F: &str = include_str!("f.txt");',
    "tests/f.txt": "f",
}


def hashes(root: Path) -> tuple[str, str]:
    found: PackageInputs = scan(root, library(), TEST, crates=("include_dir", "sqlx"))
    return rebuild_hash(root, found), rebuild_hash(Disk(root), found, InputRole.TEST)


PRODUCTION, TESTS, NOTHING = (True, False), (False, True), (False, False)
EDITS = {
    "an embedded file": ("src/x.txt", "y", PRODUCTION),
    "an embedded file becomes empty": ("src/x.txt", "", PRODUCTION),
    "a file appears that was absent": ("src/later.txt", "", PRODUCTION),
    "a file in a folder": ("data/deep/one", "2", PRODUCTION),
    "a new file in a folder": ("data/deep/two", "", PRODUCTION),
    "a new migration": ("migrations/2_b.sql", "", PRODUCTION),
    "no migration by its name": ("migrations/README.md", "", NOTHING),
    "no migration by its place": ("migrations/deep/3_c.sql", "", NOTHING),
    "a module": ("src/a.rs", "//", NOTHING),
    "a file that nobody reads": ("README.md", "", NOTHING),
    "a file that tests read": ("src/t.txt", "u", TESTS),
    "a file of an integration test": ("tests/f.txt", "g", TESTS),
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_hash_changes_exactly_with_what_is_read(edit, tmp_path):
    name, content, expected = EDITS[edit]
    root = write(tmp_path, EDITABLE)
    before = hashes(root)
    assert re.fullmatch(r"[0-9a-f]{64}", before[0])
    assert hashes(root) == before
    write(root, {name: content})
    assert tuple(old != new for old, new in zip(before, hashes(root), strict=True)) == expected


def test_the_hash_does_not_depend_on_where_the_root_lies(tmp_path):
    assert hashes(write(tmp_path / "one", EDITABLE)) == hashes(write(tmp_path / "two/three", EDITABLE))


names = st.sampled_from(["a", "b", "a/b.txt", "c d", "é", "file 3", "x\ny"])


@given(
    st.dictionaries(names, st.sampled_from(["", "1", "absent a"]), max_size=4).filter(
        lambda tree: "a" not in tree or "a/b.txt" not in tree
    )
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_different_folders_never_hash_alike(tmp_path_factory, tree):
    seen = tmp_path_factory.getbasetemp()
    root = write(tmp_path_factory.mktemp("r"), {"src/lib.rs": 'const D: Dir = include_dir!("data");'})
    write(root, {f"data/{name}": content for name, content in tree.items()})
    found = scan(root, crates=("include_dir",))
    key = rebuild_hash(root, found)
    record = seen / re.sub(r"\W", "_", key)
    text = repr(sorted(tree.items()))
    assert not record.exists() or record.read_text() == text
    record.write_text(text)


def test_listing_is_sorted_and_obeys_pattern_and_depth(tmp_path):
    write(tmp_path, {f"m/{name}": "" for name in ("10_b.sql", "2_a.sql", "x.sql", "deep/1_c.sql")})
    disk = Disk(tmp_path)
    assert listing(disk, FolderInput(path="m", recursive=False, pattern=r"[0-9]+_.*\.sql")) == [
        "m/10_b.sql",
        "m/2_a.sql",
    ]
    assert listing(disk, FolderInput(path="m")) == ["m/10_b.sql", "m/2_a.sql", "m/deep/1_c.sql", "m/x.sql"]
    assert listing(disk, FolderInput(path="absent")) == []


def test_links_are_listed_with_their_targets(tmp_path):
    root = write(
        tmp_path,
        {
            "pkg/src/lib.rs": 'mod a; const X: &str = include_str!("x.txt"); const Y: &str = include_str!("dir/y.txt");',
            "shared/real.rs": "mod b;",
            **dict.fromkeys(("pkg/src/a/b.rs", "shared/real.txt", "shared/y.txt"), ""),
        },
    )
    for link, target in {
        "pkg/src/a.rs": "../../shared/real.rs",
        "pkg/src/x.txt": "once.txt",
        "pkg/src/once.txt": "../../shared/real.txt",
        "pkg/src/dir": "../../shared",
    }.items():
        (root / link).symlink_to(target)
    found = scan_one(root, package="pkg")
    assert found.modules == ("pkg/src/a/b.rs", "pkg/src/lib.rs", "shared/real.rs")
    links = ("pkg/src/a.rs", "pkg/src/dir", "pkg/src/once.txt", "pkg/src/x.txt")
    assert found.files == (*links, "shared/real.txt", "shared/y.txt")
    listed = dep_info(root / "pkg/src/lib.rs", package=root / "pkg", cwd=root)
    assert {path.resolve() for path in listed or ()} <= {
        (root / path).resolve() for path in found.modules + found.files
    }


def test_nothing_outside_the_root_is_read(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "secret.rs").write_text('const X: &str = include_str!("y");')
    root = write(
        tmp_path / "root",
        {
            "src/lib.rs": (
                'const A: &str = include_str!("../../secret.txt"); const B: &str = include_str!("/etc/passwd");\n'
                'const C: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../secret.txt"));\n'
                '#[path = "../../secret.rs"] mod s; const D: &str = include_str!("link.txt"); mod linked; mod loops;\n'
                'const E: &str = include_str!("folder/secret.txt"); const F: D = include_dir!("assets");'
            ),
            "assets/one": "",
        },
    )
    (root / "src/link.txt").symlink_to("../../secret.txt")
    (root / "src/linked.rs").symlink_to(tmp_path / "secret.rs")
    (root / "src/folder").symlink_to("../..")
    (root / "src/loops.rs").symlink_to("loops.rs")
    (root / "assets/two").symlink_to("../../secret.txt")
    found = scan_one(root, crates=("include_dir",))
    assert found.modules == ("src/lib.rs",)
    assert not any("secret" in path for path in found.files + found.optional_files)
    assert len({item.message for item in found.findings}) == 8
    assert all("so it is not read" in item.message for item in found.findings)
    assert Disk(root).bytes_of("src/link.txt") is None
    before = rebuild_hash(root, scan(root))
    (tmp_path / "secret.txt").write_text("other")
    assert rebuild_hash(root, scan(root)) == before


def test_pipes_and_folders_are_no_files(tmp_path):
    root = write(
        tmp_path,
        {
            "src/lib.rs": 'mod pipe; const A: &str = include_str!("pipe.txt"); include!("dir");',
            "src/dir/x": "",
        },
    )
    os.mkfifo(root / "src/pipe.rs")
    os.mkfifo(root / "src/pipe.txt")
    found = scan_one(root)
    assert found.modules == ("src/lib.rs",)
    assert [item.message for item in found.findings] == [
        "the file `src/pipe.txt` is not there",
        "`src/dir` is a folder, a file was expected",
    ]


def test_wrapper_macros_of_a_dependency_read_from_the_caller(tmp_path):
    root = write(
        tmp_path,
        {
            "m/src/lib.rs": (
                '#[macro_export] macro_rules! sql { ($n:literal) => { $crate::raw!(concat!("sql/", $n)) } }'
                '#[macro_export] macro_rules! raw { ($e:expr) => { include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $e)) } }'
            ),
            "user/src/lib.rs": 'const A: &str = m::sql!("a.sql");',
            "user/sql/a.sql": "",
        },
    )
    exported = scan(root, package="m").exported_macros
    assert {macro.name for macro in exported} == {"sql", "raw"}
    found = scan_one(root, package="user", imported_macros=exported)
    assert found.files == ("user/sql/a.sql",)


def test_what_cannot_be_followed_is_reported_with_its_place(tmp_path):
    root = write(
        tmp_path,
        {
            "src/lib.rs": (
                "\nconst A: &str =\n    include_str!(NAME);\n"
                'const B: &str = include_str!(concat!(env!("OUT_DIR"), "/x"));'
                'fn q() { quote! { include_str!(#path) } } const C: &str = include_str!(concat!(X, "x.txt"));'
            ),
            "src/x.txt": "",
        },
    )
    found = scan_one(root)
    assert [(item.line, item.column) for item in found.findings] == [(3, 5)]
    assert "is not a literal" in found.findings[0].message
    # The literal of an argument that has no value names a present file, so that file is taken.
    assert found.files == ("src/x.txt",)


def test_a_folder_that_a_path_only_passes_must_be_there(tmp_path):
    code = 'const A: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/../x.txt"));'
    found = scan_one(write(tmp_path, {"src/lib.rs": code, "docs/unread.md": "", "x.txt": ""}))
    assert found.files == ("x.txt",)
    assert [item.path for item in found.folders] == ["docs"]
    assert listing(Disk(tmp_path), found.folders[0]) == []


def test_headers_of_a_bridge_are_not_rust(tmp_path):
    code = 'mod ffi { extern "C++" { include!("demo/include/x.h"); include!("y.hpp"); } }'
    found = scan_one(write(tmp_path, {"src/lib.rs": code}))
    assert (found.files, found.optional_files, found.findings) == ((), (), ())


def test_variables_of_the_package_are_known(tmp_path):
    code = 'const A: &str = include_str!(concat!(env!("CARGO_PKG_NAME"), ".txt"));'
    root = write(tmp_path, {"src/lib.rs": code, "src/me.txt": ""})
    assert scan_one(root, variables={"CARGO_PKG_NAME": "me"}).files == ("src/me.txt",)
    assert len(scan_one(root).findings) == 1


def test_a_target_without_its_file_is_reported(tmp_path):
    found = scan_one(tmp_path)
    assert found.modules == ()
    assert [item.message for item in found.findings] == ["the lib `it` has no file `src/lib.rs`"]


def test_sources_that_are_no_text_are_survived(tmp_path):
    root = write(
        tmp_path,
        {
            "src/lib.rs": b'mod a; // \xff\xfe\nconst X: &str = include_str!("x\\u{e9}.txt");',
            "src/a.rs": b"\xff",
        },
    )
    found = scan_one(root)
    assert found.modules == ("src/a.rs", "src/lib.rs")
    assert found.optional_files == ("src/x\u00e9.txt",)

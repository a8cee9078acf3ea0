"""What a user says of files: macros and attributes that the table does not know, and paths that do not count."""

import pytest
from embed_tree import library, scan, write
from test_embed_uses import check_laws

from flakegen.embed.declared import Declared, Kind, Trigger, UserRules
from flakegen.embed.hashes import rebuild_hash
from flakegen.embed.inputs import FindingKind, FolderInput, ScanTarget, TargetKind
from flakegen.embed.readers import Base


def macro(name: str, base: Base = Base.PACKAGE, kind: Kind = Kind.FILE) -> Declared:
    return Declared(Trigger.MACRO, name, base, kind)


def attribute(name: str, base: Base = Base.PACKAGE, kind: Kind = Kind.FILE) -> Declared:
    return Declared(Trigger.ATTRIBUTE, name, base, kind)


def found(root, code: str, *declared: Declared):
    write(root, {"pkg/src/deep/m.rs": code})
    target = ScanTarget(name="it", kind=TargetKind.LIB, src_path="src/deep/m.rs")
    inputs = scan(root, target, package="pkg", rules=UserRules(declared))
    check_laws(inputs.targets[0])
    return inputs.targets[0]


@pytest.mark.parametrize(
    ("code", "declared", "path"),
    [
        ('sql!("a.sql")', macro("sql"), "pkg/a.sql"),
        ('my::sql! { r#"a.sql"#, 7 }', macro("sql", Base.FILE), "pkg/src/deep/a.sql"),
        ('sql!(Name, "a.sql")', macro("sql", Base.WORKSPACE), "a.sql"),
        ('sql!(path = "a.sql")', macro("sql"), "pkg/a.sql"),
        ('sql!(concat!(env!("CARGO_MANIFEST_DIR"), "/b/", "a.sql"))', macro("sql", Base.FILE), "pkg/b/a.sql"),
        ('#[load("a.sql")] struct A;', attribute("load"), "pkg/a.sql"),
        ('#[load = "a.sql"] struct A;', attribute("load"), "pkg/a.sql"),
        ('#[my::load(x, path = "a.sql", y = "z")] struct A;', attribute("my::load", Base.FILE), "pkg/src/deep/a.sql"),
        ('#[cfg_attr(feature = "x", load("a.sql"))] struct A;', attribute("load"), "pkg/a.sql"),
    ],
)  # fmt: skip
def test_the_first_literal_is_the_path(code, declared, path, tmp_path):
    write(tmp_path, {path: ""})
    inputs = found(tmp_path, f"fn f() {{ {code}; }}" if "!" in code else code, declared)
    assert inputs.files == (path,)
    assert [use.rule for use in inputs.uses] == [
        f"{declared.name}!" if declared.trigger is Trigger.MACRO else f"#[{declared.name}]"
    ]
    assert found(tmp_path, code).files == ()


def test_a_folder_is_read_with_all_that_is_in_it(tmp_path):
    write(tmp_path, {"pkg/web/a/b.css": ""})
    inputs = found(
        tmp_path, 'fn f() { assets!("$CARGO_MANIFEST_DIR/web") }', macro("assets", kind=Kind.FOLDER)
    )
    assert inputs.folders == (FolderInput(path="pkg/web"),)


def test_what_has_no_path_is_told_and_what_is_generated_is_not(tmp_path):
    code = (
        'fn f() { sql!(NAME); sql!(concat!(env!("OUT_DIR"), "/x")); sql!(); sql!("gone"); sql!("../../x") }'
    )
    inputs = found(tmp_path, code, macro("sql"))
    assert sorted((item.kind.value, item.column) for item in inputs.findings) == [
        ("absent", 68),
        ("outside", 82),
        ("unknown", 10),
    ]


SOURCE = (
    'const A: &str = include_str!("a.txt"); const B: &str = include_str!("gone.txt");'
    'static D: Dir = include_dir!("$CARGO_MANIFEST_DIR/assets"); include!("more.rs");'
)
FILES = {
    "pkg/src/lib.rs": SOURCE,
    "pkg/src/a.txt": "",
    "pkg/src/more.rs": 'const C: &str = include_str!("c.txt");',
    "pkg/src/c.txt": "",
    "pkg/assets/in.txt": "",
    "pkg/assets/big/out.bin": "",
}


def ignoring(root, *paths: str):
    return scan(root, package="pkg", crates=("include_dir",), rules=UserRules(ignored=paths))


def test_what_is_ignored_is_neither_read_nor_missed(tmp_path):
    write(tmp_path, FILES)
    told = ignoring(
        tmp_path, "pkg/src/a.txt", "pkg/src/gone.txt", "pkg/src/more.rs", "elsewhere", "pkg/never.txt"
    )
    inputs = told.targets[0]
    check_laws(inputs)
    assert (inputs.files, inputs.optional_files, inputs.findings) == ((), (), ())
    assert inputs.modules == ("pkg/src/lib.rs",)
    assert told.ignored == ("pkg/src/a.txt", "pkg/src/gone.txt", "pkg/src/more.rs")


def test_a_folder_is_ignored_with_all_that_is_in_it(tmp_path):
    write(tmp_path, FILES)
    assert ignoring(tmp_path, "pkg/src").targets[0].files == ()
    assert ignoring(tmp_path, "pkg/src").targets[0].modules == ("pkg/src/lib.rs",)
    assert ignoring(tmp_path, "").targets[0].folders == ()


def test_what_is_ignored_in_an_embedded_folder_is_no_part_of_the_hash(tmp_path):
    write(tmp_path, FILES)
    told = ignoring(tmp_path, "pkg/assets/big")
    assert told.ignored == ("pkg/assets/big",)
    before = rebuild_hash(tmp_path, told)
    write(tmp_path, {"pkg/assets/big/out.bin": "other", "pkg/assets/big/new.bin": ""})
    assert rebuild_hash(tmp_path, told) == before
    assert rebuild_hash(tmp_path, ignoring(tmp_path)) != before
    write(tmp_path, {"pkg/assets/in.txt": "other"})
    assert rebuild_hash(tmp_path, told) != before
    single = ignoring(tmp_path, "pkg/assets/in.txt")
    before = rebuild_hash(tmp_path, single)
    write(tmp_path, {"pkg/assets/in.txt": "a third"})
    assert rebuild_hash(tmp_path, single) == before


def test_links_are_ignored_by_their_own_path_and_by_what_they_lead_to(tmp_path):
    write(tmp_path, {**FILES, "data/real.txt": ""})
    (tmp_path / "pkg/assets/link.txt").symlink_to("../../data/real.txt")
    assert "data/real.txt" in ignoring(tmp_path).targets[0].files
    for path in ("pkg/assets/link.txt", "data"):
        assert "data/real.txt" not in ignoring(tmp_path, path).targets[0].files
        assert ignoring(tmp_path, path).ignored == (path,)


def test_what_a_build_script_names_can_be_ignored(tmp_path):
    code = (
        'fn main() { println!("cargo:rerun-if-changed=../proto"); println!("cargo:rerun-if-changed=gone"); }'
    )
    write(tmp_path, {"pkg/build.rs": code, "pkg/src/lib.rs": "", "proto/a.proto": ""})
    script = ScanTarget(name="build", kind=TargetKind.BUILD_SCRIPT, src_path="build.rs")
    rules = UserRules(ignored=("pkg/gone", "proto"))
    told = scan(tmp_path, script, library(), package="pkg", rules=rules)
    inputs = told.build_script_inputs
    assert inputs is not None
    assert (inputs.folders, inputs.optional_files, inputs.findings) == ((), (), ())
    assert told.ignored == ("pkg/gone", "proto")
    kept = scan(tmp_path, script, library(), package="pkg").build_script_inputs
    assert kept is not None
    assert [item.kind for item in kept.findings] == [FindingKind.ABSENT]

"""Every embedded file says where it comes from: by which rule, at which place, in which role."""

import msgspec
import pytest
from embed_tree import library, scan, scan_one, write
from test_embed_lana import LANA, packages, scanned

from flakegen.embed.disk import Disk
from flakegen.embed.inputs import (
    FindingKind,
    FolderInput,
    InputRole,
    PackageInputs,
    ScanTarget,
    TargetInputs,
    TargetKind,
    UseKind,
)
from flakegen.embed.mechanisms import MECHANISMS


def check_laws(found: TargetInputs) -> None:
    """What is read is what uses say, and the other way round."""
    single = {use.path for use in found.uses if use.kind is not UseKind.FOLDER and use.present}
    folders = {
        FolderInput(path=use.path, recursive=use.recursive, pattern=use.pattern)
        for use in found.uses
        if use.kind is UseKind.FOLDER
    }
    files = {*found.files, *found.test_files}
    assert files <= single <= {*files, *found.modules, *found.test_modules}
    assert folders == {*found.folders, *found.test_folders}
    absent = {use.path for use in found.uses if use.kind is UseKind.FILE and not use.present}
    assert absent <= {*found.optional_files, *found.test_optional_files}
    assert list(found.uses) == sorted(
        set(found.uses), key=type(found.uses[0]).sort_key if found.uses else None
    )
    production = {use.path for use in found.uses if use.role is InputRole.PRODUCTION}
    assert {*found.files, *(folder.path for folder in found.folders)} <= (
        production if found.target.kind.role is InputRole.PRODUCTION else single | {f.path for f in folders}
    )


def places(found: TargetInputs) -> list[tuple[str, str, int, int]]:
    return [(use.rule, use.path, use.line, use.column) for use in found.uses]


@pytest.mark.cargo
def test_what_lana_reads_is_what_the_uses_say():
    disk = Disk(LANA)
    for name in packages():
        inputs = scanned(name)
        for target in inputs.targets:
            check_laws(target)
            for use in target.uses:
                line = (disk.text_of(use.file) or "").split("\n")[use.line - 1]
                assert line[use.column - 1].isalpha() or line[use.column - 1] == "#"
        assert msgspec.json.decode(msgspec.json.encode(inputs), type=PackageInputs) == inputs


def test_a_use_is_told_at_the_outermost_call(tmp_path):
    code = (
        '// ä\nmacro_rules! sql { ($n:literal) => { include_str!(concat!("sql/", $n)) } }\n'
        'mod deep;\nconst A: &str = sql!("a.sql");\n'
        '#[doc = include_str!("x.md")] fn f() {}\n'
        '#[cfg(test)] mod t { const B: &[u8] = include_bytes!("x.md"); }\n'
    )
    root = write(
        tmp_path,
        {
            "src/lib.rs": code,
            "src/deep.rs": 'include!("more.rs");',
            "src/more.rs": '\r\n const C: &str = std::include_str!\n("none.txt");',
            "src/sql/a.sql": "",
            "src/x.md": "",
        },
    )
    found = scan_one(root)
    check_laws(found)
    assert places(found) == [
        ("include!", "src/more.rs", 1, 1),
        ("include_str!", "src/sql/a.sql", 4, 17),
        ("include_str!", "src/x.md", 5, 9),
        ("include_bytes!", "src/x.md", 6, 39),
        ("include_str!", "src/none.txt", 2, 23),
    ]
    assert [use.role for use in found.uses if use.path == "src/x.md"] == [
        InputRole.PRODUCTION,
        InputRole.TEST,
    ]
    assert [(item.kind, item.file, item.line) for item in found.findings] == [
        (FindingKind.ABSENT, "src/more.rs", 2)
    ]


def test_uses_of_tests_are_of_tests(tmp_path):
    root = write(tmp_path, {"tests/it.rs": 'include!("it/common.rs");', "tests/it/common.rs": ""})
    found = scan_one(root, ScanTarget(name="it", kind=TargetKind.TEST, src_path="tests/it.rs"))
    assert [use.role for use in found.uses] == [InputRole.TEST]


def test_links_and_what_they_lead_to_are_uses(tmp_path):
    code = 'const A: &str = include_str!("link.txt"); static D: Dir = include_dir!("assets");'
    root = write(tmp_path, {"src/lib.rs": code, "data/real.txt": "", "assets/a": "", "other/b": ""})
    (root / "src/link.txt").symlink_to("../data/real.txt")
    (root / "assets/b").symlink_to("../other/b")
    found = scan_one(root, crates=("include_dir",))
    check_laws(found)
    assert {(use.path, use.kind) for use in found.uses} == {
        ("src/link.txt", UseKind.LINK),
        ("data/real.txt", UseKind.FILE),
        ("assets", UseKind.FOLDER),
        ("assets/b", UseKind.LINK),
        ("other/b", UseKind.FILE),
    }


def test_what_is_only_looked_for_is_not_missed(tmp_path):
    code = 'fn f() { sqlx::migrate!(); sqlx::query!("select 1"); } #[sqlx::test] fn t() {}\n'
    found = scan_one(write(tmp_path, {"src/lib.rs": code}), crates=("sqlx",))
    check_laws(found)
    assert {use.path for use in found.uses if not use.named} >= {"sqlx.toml"}
    told = [(item.kind, item.message) for item in found.findings if item.kind is FindingKind.ABSENT]
    assert told == [(FindingKind.ABSENT, "the folder `migrations` is not there")]


def test_rules_have_the_names_that_people_use(tmp_path):
    code = (
        'fn f() { migrate!(); query_as!(T, "select 1"); i18n!(); } #[derive(EsRepo)] struct R;\n'
        '#[derive(Embed)] #[folder = "web"] struct W; #[derive(Template)] #[template(path = "x")] struct T;\n'
        '#[rstest] fn t(#[files("cases/*.txt")] path: PathBuf) {}\n'
    )
    crates = ("sqlx", "es_entity", "rust-embed", "askama", "rust-i18n", "rstest")
    root = write(tmp_path, {"src/lib.rs": code, ".sqlx/query-aa.json": ""})
    assert {use.rule for use in scan_one(root, crates=crates).uses} == {
        "sqlx::migrate!",
        "sqlx::query_as!",
        "#[derive(EsRepo)]",
        "#[derive(RustEmbed)] folder",
        "askama #[template]",
        "rust_i18n::i18n!",
        "#[files]",
    }


def test_every_rule_of_the_table_has_a_short_name_of_its_own():
    names = [
        (item.rule_of(trigger), trigger, item.crates)
        for item in MECHANISMS
        for trigger in (
            *(f"{name}!" for name in item.macros),
            *(f"#[{name}]" for name in item.attributes),
            *(f"#[derive({name})]" for name in item.derives),
        )
    ]
    assert len({name for name, _, _ in names}) == len(set(names))
    assert all(0 < len(name) < 50 and "*" not in name for name, _, _ in names)


def test_a_template_that_is_nowhere_and_a_key_without_a_literal_are_told(tmp_path):
    code = (
        '#[derive(Template)] #[template(path = "a.html")] struct A; #[template(path = "b/c.html")] struct B;\n'
        '#[template(source = "x", ext = "txt")] struct C; #[graphql(schema_path = SCHEMA)] struct Q;\n'
    )
    files = {"src/lib.rs": code, "templates/a.html": ""}
    found = scan_one(write(tmp_path, files), crates=("askama", "graphql_client"))
    assert [(item.kind, item.line, item.column) for item in found.findings] == [
        (FindingKind.ABSENT, 1, 60),
        (FindingKind.UNKNOWN, 2, 50),
    ]
    write(
        tmp_path,
        {"askama.toml": '[general]\ndirs = ["html", "mail"]', "mail/b/c.html": "", "html/a.html": ""},
    )
    found = scan_one(tmp_path, crates=("askama",))
    assert found.findings == ()


def script(root, code: str, **files: str):
    write(root, {"pkg/build.rs": code, **files})
    target = ScanTarget(name="build", kind=TargetKind.BUILD_SCRIPT, src_path="build.rs")
    found = scan(root, target, library(), package="pkg").build_script_inputs
    assert found is not None
    return found


def test_what_a_build_script_reads_is_told_at_its_literals(tmp_path):
    code = (
        'fn main() {\n    println!("cargo:rerun-if-changed=proto");\n'
        '    println!("cargo:rerun-if-changed=build.rs");\n    compile(&["proto/a.proto", "../b.proto"]);\n'
        '    println!("cargo:rerun-if-changed=gone");\n    println!("cargo::rerun-if-changed=../../out");\n}\n'
    )
    found = script(tmp_path, code, **{"pkg/proto/a.proto": "", "b.proto": "", "pkg/src/lib.rs": ""})
    assert [(use.path, use.kind, use.present, use.line, use.column, use.rule) for use in found.uses] == [
        ("pkg/proto", UseKind.FOLDER, True, 2, 14, "build.rs"),
        ("pkg/proto/a.proto", UseKind.FILE, True, 4, 15, "build.rs"),
        ("b.proto", UseKind.FILE, True, 4, 32, "build.rs"),
        ("pkg/gone", UseKind.FILE, False, 5, 14, "build.rs"),
    ]
    assert [(item.kind, item.line) for item in found.findings] == [
        (FindingKind.ABSENT, 5),
        (FindingKind.OUTSIDE, 6),
    ]


def test_a_build_script_that_declares_nothing_reads_its_package(tmp_path):
    found = script(tmp_path, "fn main() {}", **{"pkg/src/lib.rs": ""})
    assert [(use.path, use.kind, use.file, use.line) for use in found.uses] == [
        ("pkg", UseKind.FOLDER, "pkg/build.rs", 1)
    ]

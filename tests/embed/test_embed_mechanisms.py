"""Each mechanism reads what the macro's own code reads, from the base that it uses, and only with its crate present."""

import re
from dataclasses import dataclass
from hashlib import sha256

import pytest
from embed_tree import scan, scan_one, write

from flakegen.embed.inputs import FindingKind, FolderInput, ScanTarget, TargetKind
from flakegen.embed.mechanisms import MECHANISMS


def prepared(sql: str) -> str:
    return f"query-{sha256(sql.encode()).hexdigest()}.json"


SQL = FolderInput(path="pkg/migrations", recursive=False, pattern=r"[0-9]+_.*\.sql")


@dataclass(frozen=True, kw_only=True)
class Case:
    """`code` stands in pkg/src/deep/m.rs; paths in `present` are relative to the root, as are the answers."""

    crate: str
    code: str
    present: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[FolderInput, ...] = ()
    optional: tuple[str, ...] = ()
    test: bool = False


def folder(path: str, *, recursive: bool = True, pattern: str | None = None) -> FolderInput:
    return FolderInput(path=path, recursive=recursive, pattern=pattern)


CASES = {
    "migrate default": Case(
        crate="sqlx", code="sqlx::migrate!()", folders=(SQL,), optional=("pkg/sqlx.toml",)
    ),
    "migrate argument": Case(
        crate="sqlx",
        code='migrate!("./db/all")',
        folders=(folder("pkg/db/all", recursive=False, pattern=SQL.pattern),),
        optional=("pkg/sqlx.toml",),
    ),
    "query_file": Case(
        crate="sqlx",
        code='sqlx::query_file_as!(Row, "queries/a.sql", id)',
        present=("pkg/queries/a.sql", f".sqlx/{prepared('')}"),
        files=(f".sqlx/{prepared('')}", "pkg/queries/a.sql"),
        optional=("pkg/sqlx.toml",),
    ),
    "es_query": Case(
        crate="es_entity",
        code='es_query!("select")',
        present=(".sqlx/query-aa.json",),
        folders=(folder(".sqlx", recursive=False, pattern=r"query-[0-9a-f]+\.json"),),
    ),
    "derive EsRepo": Case(
        crate="es_entity",
        code='#[derive(Clone, EsRepo, Debug)] #[es_repo(entity = "X")] struct R;',
        present=("pkg/.sqlx/query-aa.json",),
        folders=(folder("pkg/.sqlx", recursive=False, pattern=r"query-[0-9a-f]+\.json"),),
    ),
    "sqlx test": Case(
        crate="sqlx",
        code='#[sqlx::test(fixtures("users", "../more/x.sql"))] async fn t() {}',
        folders=(SQL,),
        optional=("pkg/src/deep/fixtures/users.sql", "pkg/src/more/x.sql"),
        test=True,
    ),
    "sqlx test with a fixture folder": Case(
        crate="sqlx",
        code='#[sqlx::test(migrations = "m", fixtures(path = "../f", scripts("a", "b")))] async fn t() {}',
        folders=(folder("pkg/m", recursive=False, pattern=SQL.pattern),),
        optional=("pkg/src/f/a.sql", "pkg/src/f/b.sql"),
        test=True,
    ),
    "refinery": Case(
        crate="refinery",
        code="mod embedded { refinery::embed_migrations!(); }",
        folders=(folder("pkg/migrations", pattern=r"[UV][0-9.]+__.*\.(sql|rs)"),),
    ),
    "diesel": Case(
        crate="diesel_migrations",
        code="const M: EmbeddedMigrations = embed_migrations!();",
        present=("migrations/1_x/up.sql",),
        folders=(folder("migrations", pattern=r"(up|down)\.sql|metadata\.toml"),),
    ),
    "diesel argument": Case(
        crate="diesel-migrations",
        code='const M: EmbeddedMigrations = embed_migrations!("../db");',
        folders=(folder("db", pattern=r"(up|down)\.sql|metadata\.toml"),),
    ),
    "include_dir": Case(
        crate="include_dir",
        code='static D: Dir = include_dir!("$CARGO_MANIFEST_DIR/assets");',
        folders=(folder("pkg/assets"),),
    ),
    "include_dir bare": Case(crate="include_dir", code='include_dir!("assets")', folders=(folder("assets"),)),
    "include_dir generated": Case(crate="include_dir", code='include_dir!("$OUT_DIR/assets")'),
    "rust-embed": Case(
        crate="rust-embed",
        code='#[derive(RustEmbed)] #[folder = "web/dist/"] #[include = "*.js"] struct A;',
        folders=(folder("pkg/web/dist"),),
    ),
    "askama": Case(
        crate="askama",
        code='#[derive(Template)] #[template(path = "x.html")] struct X;',
        folders=(folder("pkg/templates"),),
        optional=("pkg/askama.toml",),
    ),
    "graphql_client": Case(
        crate="graphql_client",
        code='#[graphql(schema_path = "s.graphql", query_path = "q/q.graphql", response_derives = "Debug")] struct Q;',
        present=("pkg/s.graphql",),
        files=("pkg/s.graphql",),
        optional=("pkg/q/q.graphql",),
    ),
    "wasmtime default": Case(crate="wasmtime", code="bindgen!(in_world)", folders=(folder("pkg/wit"),)),
    "wit_bindgen path": Case(
        crate="wit_bindgen",
        code='wit_bindgen::generate!({ world: "w", path: ["../wit", "extra"] });',
        folders=(folder("pkg/extra"), folder("wit")),
    ),
    "pest in src": Case(
        crate="pest_derive",
        code='#[grammar = "g.pest"] struct P;',
        present=("pkg/src/g.pest",),
        files=("pkg/src/g.pest",),
    ),
    "rust_i18n": Case(
        crate="rust_i18n",
        code='i18n!("po", fallback = "en");',
        present=("pkg/Cargo.toml",),
        files=("pkg/Cargo.toml",),
        folders=(folder("pkg/po"),),
    ),
    "rust_i18n default": Case(
        crate="rust_i18n",
        code="i18n!();",
        present=("pkg/Cargo.toml",),
        files=("pkg/Cargo.toml",),
        folders=(folder("pkg/locales"),),
    ),
    "fl": Case(
        crate="i18n_embed_fl",
        code='fl!(LOADER, "hello")',
        present=("pkg/i18n.toml",),
        files=("pkg/i18n.toml",),
        folders=(folder("pkg/i18n"),),
    ),
    "wasm_bindgen": Case(
        crate="wasm_bindgen",
        code='#[wasm_bindgen(module = "/js/x.js")] extern "C" {} #[wasm_bindgen(module = "npm")] extern "C" {}',
        optional=("pkg/js/x.js", "pkg/package.json"),
    ),
    "tauri": Case(
        crate="tauri",
        code="tauri::generate_context!()",
        folders=(folder("pkg/capabilities"), folder("pkg/icons"), folder("pkg/permissions")),
        optional=("pkg/Tauri.toml", "pkg/tauri.conf.json", "pkg/tauri.conf.json5"),
    ),
    "document_features": Case(
        crate="document_features",
        code="#[doc = document_features::document_features!()] pub mod x {}",
        present=("pkg/Cargo.toml",),
        files=("pkg/Cargo.toml",),
    ),
    "debugger_visualizer": Case(
        crate="any",
        code='#![debugger_visualizer(natvis_file = "a.natvis")]',
        optional=("pkg/src/deep/a.natvis",),
    ),
    "cynic": Case(
        crate="cynic",
        code='#[derive(cynic::QueryFragment)] #[cynic(schema_path = "s.graphql")] struct Q;',
        optional=("pkg/s.graphql",),
    ),
    "rstest files": Case(
        crate="rstest",
        code='#[rstest] fn t(#[files("tests/cases/*.txt")] p: PathBuf) {}',
        folders=(folder("pkg/tests/cases"),),
        test=True,
    ),
    "insta": Case(
        crate="insta",
        code="fn t() { insta::assert_snapshot!(x); }",
        folders=(folder("pkg/src/deep/snapshots", pattern=r".*\.snap(\..*)?"),),
        test=True,
    ),
}


def tree(case: Case) -> dict[str, str]:
    return {
        "pkg/src/lib.rs": "mod deep { mod m; }",
        "pkg/src/deep/m.rs": (
            case.code
            if case.code.startswith(("#", "mod", "static", "const"))
            else f"fn f() {{ {case.code}; }}"
        ),
        **dict.fromkeys(case.present, ""),
    }


@pytest.mark.parametrize("name", CASES)
def test_reads_what_its_macro_reads(name, tmp_path):
    case = CASES[name]
    found = scan_one(write(tmp_path, tree(case)), package="pkg", crates=(case.crate,))
    quiet = ((), (), ())
    wanted = (case.files, case.folders, case.optional)
    assert (found.files, found.folders, found.optional_files) == (quiet if case.test else wanted)
    assert (found.test_files, found.test_folders, found.test_optional_files) == (
        wanted if case.test else quiet
    )
    assert {item.kind for item in found.findings} <= {FindingKind.ABSENT}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.crate != "any"])
def test_counts_only_with_its_crate(name, tmp_path):
    found = scan_one(write(tmp_path, tree(CASES[name])), package="pkg", crates=("serde",))
    assert (*found.files, *found.folders, *found.optional_files, *found.test_folders) == ()


def test_every_gated_entry_of_the_table_has_a_case():
    known = {case.crate.replace("-", "_") for case in CASES.values()}
    covered = {
        "rinja", "sailfish", "gtk4", "include_flate", "progenitor", "subxt", "leptos_i18n", "egui",
        "vulkano_shaders", "expect_test", "wgpu", "typify",
    }  # fmt: skip
    missing = [item.crates for item in MECHANISMS if item.crates and not known.intersection(item.crates)]
    assert [crates for crates in missing if not covered.intersection(crates)] == []


def test_prepared_queries_are_found_by_the_text_of_the_query(tmp_path):
    texts = ["select 1", "select\n  2", 'select "x"', "select a, b", "select \\ 5"]
    code = (
        'fn f() { sqlx::query!("select 1", a); query_as!(Row, r#"select\n  2"#); query_scalar!("select \\"x\\"");'
        'query_unchecked!("select a, " + r"b"); query!(r"select \\ 5") }'
    )
    files = {f".sqlx/{prepared(text)}": "{}" for text in texts}
    root = write(tmp_path, {"pkg/src/lib.rs": code, **files, ".sqlx/query-ff.json": "{}"})
    found = scan_one(root, package="pkg", crates=("sqlx",))
    assert found.files == tuple(sorted(files))
    assert found.sqlx_offline_dir == ".sqlx"
    assert found.findings == ()


def test_the_packages_own_prepared_queries_win(tmp_path):
    name = prepared("select 1")
    files = {f".sqlx/{name}": "", f"pkg/.sqlx/{name}": "", "pkg/src/lib.rs": 'fn f() { query!("select 1") }'}
    found = scan_one(write(tmp_path, files), package="pkg", crates=("sqlx",))
    assert found.files == (f"pkg/.sqlx/{name}",)
    assert found.sqlx_offline_dir is None


def test_a_query_made_by_a_macro_takes_every_prepared_query(tmp_path):
    files = {".sqlx/query-aa.json": "", "pkg/src/lib.rs": "fn f() { query!(concat!($a, $b)) }"}
    found = scan_one(write(tmp_path, files), package="pkg", crates=("sqlx",))
    assert [item.path for item in found.folders] == [".sqlx"]
    assert found.sqlx_offline_dir == ".sqlx"


def test_a_query_that_was_not_prepared_is_reported_and_its_absence_is_an_input(tmp_path):
    root = write(tmp_path, {"pkg/src/lib.rs": 'fn f() {\n  query!("select 1") }'})
    found = scan_one(root, package="pkg", crates=("sqlx",))
    name = prepared("select 1")
    assert {f".sqlx/{name}", f"pkg/.sqlx/{name}"} < set(found.optional_files)
    assert [(item.file, item.line, item.column) for item in found.findings] == [("pkg/src/lib.rs", 2, 3)]
    assert "no prepared query" in found.findings[0].message


def test_settings_files_move_folders(tmp_path):
    root = write(
        tmp_path,
        {
            "sqlx.toml": '[migrate]\nmigrations-dir = "db/m"',
            "askama.toml": '[general]\ndirs = ["html", "../mail"]',
            "i18n.toml": '[fluent]\nassets_dir = "ftl"',
            "tauri.conf.json": '{"build": {"frontendDist": "../dist"}}',
            "pkg/x": "",
            "src/lib.rs": 'fn f() { migrate!(); fl!(L, "x"); generate_context!() } #[template(path = "a")] struct A;',
        },
    )
    found = scan_one(root, crates=("sqlx", "askama", "i18n_embed_fl", "tauri"))
    assert {"db/m", "html", "ftl"} <= {item.path for item in found.folders}
    assert [item.message for item in found.findings if "../" in item.message] != []


@pytest.mark.parametrize("text", ["[general", "general = 3", "[general]\ndirs = 7", "\xff"])
def test_broken_settings_count_as_none(text, tmp_path):
    root = write(
        tmp_path, {"askama.toml": text.encode("latin-1"), "src/lib.rs": '#[template(path = "a")] struct A;'}
    )
    assert [item.path for item in scan_one(root, crates=("askama",)).folders] == ["templates"]


def test_files_of_test_benches_and_examples_are_test_inputs(tmp_path):
    code = 'mod common; const X: &str = include_str!("x.txt");'
    root = write(
        tmp_path,
        {
            **{f"{folder}/it.rs": code for folder in ("tests", "benches", "examples")},
            **{
                f"{folder}/{name}": ""
                for folder in ("tests", "benches", "examples")
                for name in ("x.txt", "common.rs")
            },
        },
    )
    kinds = {"tests": TargetKind.TEST, "benches": TargetKind.BENCH, "examples": TargetKind.EXAMPLE}
    targets = [ScanTarget(name="it", kind=kind, src_path=f"{name}/it.rs") for name, kind in kinds.items()]
    for name, inputs in zip(kinds, scan(root, *targets).targets, strict=True):
        assert inputs.modules == (f"{name}/common.rs", f"{name}/it.rs")
        assert (inputs.files, inputs.test_files) == ((), (f"{name}/x.txt",))


def test_every_folder_pattern_is_one_that_nix_can_match():
    patterns = {folder.pattern for case in CASES.values() for folder in case.folders if folder.pattern}
    # POSIX extended expressions have no shorthand classes, no lazy or possessive quantifiers, no lookaround.
    assert not [item for item in patterns if re.search(r"\\[dwsDWSbB]|\(\?|[*+?][?+]", item)]

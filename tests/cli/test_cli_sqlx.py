"""Queries of sqlx and their descriptions: what `flakegen sqlx` tells, and what units are told of them."""

import json
import re
from hashlib import sha256

import pytest
from small_projects import CARGO, WORKSPACE, cargo_project, write_files

LOCK = WORKSPACE["code/Cargo.lock"].replace(
    'name = "base"\nversion = "0.1.0"\n', 'name = "base"\nversion = "0.1.0"\ndependencies = [\n "sqlx",\n]\n'
)
FILES = {
    "code/Cargo.lock": LOCK + '\n[[package]]\nname = "sqlx"\nversion = "0.1.0"\n',
    "code/crates/base/Cargo.toml": (
        WORKSPACE["code/crates/base/Cargo.toml"] + '\n[dependencies]\nsqlx = { path = "../sqlx" }\n'
    ),
    "code/crates/sqlx/Cargo.toml": '[package]\nname = "sqlx"\nversion = "0.1.0"\n',
    "code/crates/sqlx/src/lib.rs": "",
}


def name_of(query):
    return f"query-{sha256(query.encode()).hexdigest()}.json"


def described(folder, *queries):
    return {
        f"{folder}/.sqlx/{name_of(query)}": json.dumps({"db_name": "PostgreSQL", "query": query}, indent=2)
        for query in queries
    }


@pytest.fixture
def code(project):
    """Writes the code of one crate that uses sqlx, and further files."""
    cargo_project(project)

    def write(text, *more):
        files = {**FILES, "code/crates/base/src/lib.rs": text}
        for each in more:
            files |= each
        write_files(project, files)
        return project

    return write


TWO = 'fn f() {\n    sqlx::query!("select 1");\n    sqlx::query_as!(Row, r#"select\n  2"#);\n}\n'
SPEC = "specs/rusty.toml"


def test_every_query_has_its_description_and_every_description_its_query(code, run):
    code(TWO, described("code", "select 1"), described("code/crates/base", "select\n  2"))
    done = run("sqlx", SPEC)
    assert (done.code, done.out) == (0, "")
    assert done.err == "2 descriptions of queries, each of them needed\n"


def test_each_query_without_description_is_told_with_its_first_words(code, run):
    long = "select " + ", ".join(f"column_{number}" for number in range(20))
    code(
        TWO + f'fn g() {{ sqlx::query!("{long}"); sqlx::query!("\x1b[31m"); }}\n',
        described("code", "select 1"),
    )
    done = run("sqlx", SPEC)
    assert done.code == 1
    file = "code/crates/base/src/lib.rs"
    folders = "in code/crates/base/.sqlx or code/.sqlx [E303]"
    assert f"{file}:3:11: error: no prepared query for this query_as!, `select 2`, {folders}\n" in done.err
    words = "select column_0, column_1, column_2, column_3, c"
    assert f"{file}:6:16: error: no prepared query for this query!, `{words}…`, {folders}\n" in done.err
    assert "\x1b" not in done.err
    assert done.err.count("[E303]") == 3


def test_a_description_that_no_query_needs_is_told_with_its_query(code, run):
    code(
        TWO, described("code", "select 1", "select\n  2", "select 'gone'"), described("code/crates/tool", "x")
    )
    done = run("sqlx", SPEC)
    assert done.code == 1
    assert done.err.count("error: a description that no query of the workspace needs [E305]") == 2
    gone = name_of("select 'gone'")
    assert f"code/.sqlx/{gone}:3:3: error:" in done.err
    assert """    3 |   "query": "select 'gone'"\n""" in done.err


def test_a_package_with_descriptions_of_its_own_may_have_them_in_the_workspaces_too(code, run):
    """`cargo sqlx prepare --workspace` writes all there; sqlx looks into the package's folder first."""
    both = ("select 1", "select\n  2")
    code(TWO, described("code", *both), described("code/crates/base", "select 1"))
    assert run("sqlx", SPEC).code == 0
    code(TWO, described("code/crates/tool", "select 1"))
    done = run("sqlx", SPEC)
    assert done.err.count("error:") == 1
    assert f"code/crates/tool/.sqlx/{name_of('select 1')}:3:3: error: a description that no" in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"query": "select 2"}', "a description of another query than its name says"),
        ('{"query": 7}', "a description without its query"),
        ("[]", "a description without its query"),
        ("<<<<<<< HEAD\n{", "a description without its query"),
        ("", "a description without its query"),
        ("[" * 100_000, "a description without its query"),
    ],
)
def test_a_description_of_another_text_is_told(code, run, text, told):
    code('fn f() { sqlx::query!("select 1"); }\n', {f"code/.sqlx/{name_of('select 1')}": text})
    done = run("sqlx", SPEC)
    assert done.code == 1
    assert f"error: {told} [E306]" in done.err
    assert done.err.count("error:") == 1


def test_where_macros_make_queries_any_description_may_be_needed(code, run):
    code("fn f() { sqlx::query!(concat!($a)); }\n", described("code", "select 1"))
    done = run("sqlx", SPEC)
    assert done.code == 0
    assert "code/.sqlx: other macros make queries, so that any description there may be needed\n" in done.err


def test_other_files_beside_descriptions_are_nobodys_business(code, run):
    code(
        "",
        {"code/.sqlx/README.md": "x", "code/.sqlx/query-x.json": "x", "code/.sqlx/below/query-aa.json": "x"},
    )
    assert run("sqlx", SPEC).code == 0


def test_queries_of_tests_count(code, run):
    code('#[cfg(test)]\nmod tests { fn f() { sqlx::query!("select 1"); } }\n', described("code", "select 1"))
    assert run("sqlx", SPEC).code == 0


def test_folders_and_files_can_be_links(code, run):
    project = code(
        'fn f() { sqlx::query!("select 1"); sqlx::query!("select 2"); }\n', described("far", "select 1")
    )
    write_files(project, described("other", "select 2"))
    name = name_of("select 2")
    (project / "far/.sqlx" / name).symlink_to(f"../../other/.sqlx/{name}")
    (project / "code/.sqlx").symlink_to("../far/.sqlx")
    done = run("sqlx", SPEC)
    assert done.code == 0, done.err


def test_a_workspace_without_queries_is_fine(project, run):
    cargo_project(project)
    assert run("sqlx", SPEC).code == 0


def test_the_answer_as_json(code, run):
    code(TWO, described("code", "select 1", "select 3"))
    done = run("sqlx", "--json", "--manifest-path", "code/Cargo.toml")
    assert done.code == 1
    answer = json.loads(done.out)
    assert answer["folders"] == [".sqlx", "crates/base/.sqlx"]  # of the workspace
    assert [path.rpartition("/")[2] for path in answer["described"]] == [name_of("select 1")]
    assert sorted(each["code"] for each in answer["diagnostics"]) == ["E303", "E305"]


@pytest.mark.parametrize("arguments", [(), ("absent.toml",), ("--manifest-path", "absent/Cargo.toml")])
@pytest.mark.usefixtures("project")
def test_wrong_questions_are_told(run, arguments):
    assert run("sqlx", *arguments).code == 2


def offline_units(project):
    """The units that are told of being offline, and with which value."""
    units = (project / "generated/rusty/Cargo.nix").read_text().partition("  units = {")[2]
    return re.findall(
        r'^    "([^"]+)" = \{(?:(?!^    \};).)*?SQLX_OFFLINE = "(\w+)"', units, re.MULTILINE | re.DOTALL
    )


def test_units_with_prepared_queries_are_offline_and_no_others(code, run):
    project = code(TWO, described("code", "select 1", "select\n  2"))
    assert run("compile", SPEC).code == 0
    ((unit, value),) = offline_units(project)
    assert unit.startswith("base-0.1.0-lib-")
    assert value == "true"


@pytest.mark.parametrize(
    "said",
    [
        {"specs/rusty.toml": CARGO.replace('"../code"', '"../code"\nenv = { SQLX_OFFLINE = "false" }')},
        {"specs/rusty.toml": CARGO + '\n[cargo.crates.base]\nenv = { SQLX_OFFLINE = "false" }\n'},
        {"code/.cargo/config.toml": '[env]\nSQLX_OFFLINE = "false"\n'},
    ],
)
def test_who_says_otherwise_is_heard(code, run, said):
    project = code(TWO, described("code", "select 1", "select\n  2"), said)
    done = run("compile", SPEC)
    assert done.code == 0, done.err
    assert offline_units(project) == []


def test_without_descriptions_nobody_is_told_to_be_offline(code, run):
    project = code(TWO)
    assert run("compile", SPEC).code == 0
    assert offline_units(project) == []

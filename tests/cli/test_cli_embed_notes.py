"""What the code reads and the scanner cannot follow is told at its place in the Rust file, by every command that looks."""

import json
import time

import pytest
from small_projects import PLAIN, WORKSPACE, cargo_project, write_files

from flakegen.memory import program

SOURCE = """\
pub const TEXT: &str = include_str!("../../../../data/text.txt");
pub const GONE: &[u8] = std::include_bytes!( "gone.bin");
#[cfg(windows)] mod not_here;
#[doc = include_str!("../../../../../../README.md")] pub const NAMED: &str = include_str!(TEXT);
pub fn generated() -> &'static str { include_str!(concat!(env!("OUT_DIR"), "/made.txt")) }
"""
HINTS = (
    "hint: if that is as it should be, name it in `ignore` of its crate in [cargo.crates] of the spec\n",
    "hint: what a flake builds must lie in the project: move it there, or set project.root to a folder that holds it\n",
    "hint: write it as a string literal or with concat! and env!, or name the files in `extra-files` of its crate\n",
)
TOLD = f"""\
code/crates/base/src/lib.rs:2:30: warning: the file `code/crates/base/src/gone.bin` is not there [E300]
    2 | pub const GONE: &[u8] = std::include_bytes!( "gone.bin");
      |                              ^^^^^^^^^^^^^^
{HINTS[0]}
code/crates/base/src/lib.rs:4:9: warning: `../../../../../../README.md` leaves the root, so it is not read [E302]
    4 | #[doc = include_str!("../../../../../../README.md")] pub const NAMED: &str = include_str!(TEXT);
      |         ^^^^^^^^^^^^
{HINTS[1]}
code/crates/base/src/lib.rs:4:78: warning: the argument of include_str! is not a literal, so the file it reads is not known [E301]
    4 | #[doc = include_str!("../../../../../../README.md")] pub const NAMED: &str = include_str!(TEXT);
      |                                                                              ^^^^^^^^^^^^
{HINTS[2]}"""


@pytest.fixture
def noted(project):
    """A project with a crate that reads what is not there."""
    spec = cargo_project(project)
    write_files(project, {"code/crates/base/src/lib.rs": SOURCE})
    return spec


@pytest.mark.usefixtures("noted")
def test_compile_and_check_tell_it_and_go_on(run):
    done = run("compile")
    assert (done.code, done.err.partition("\n")[2]) == (0, TOLD)
    checked = run("check")
    assert (checked.code, checked.err) == (0, f"specs/rusty.toml: up to date\n{TOLD}")
    answer = json.loads(run("check", "--json").out)
    assert [each["code"] for each in answer["diagnostics"]] == ["E300", "E302", "E301"]
    assert {each["severity"] for each in answer["diagnostics"]} == {"warning"}


@pytest.mark.usefixtures("noted")
def test_it_is_told_where_the_result_stands(project, run):
    run("compile", "-q")
    source = project / "code/crates/base/src/lib.rs"
    source.write_text(SOURCE + "// a comment\n")
    done = run("compile")
    assert done.err == f"specs/rusty.toml: nothing changed\n{TOLD}"


@pytest.mark.usefixtures("noted")
def test_a_run_in_which_no_file_was_touched_is_silent(run, tmp_path, monkeypatch):
    write_files(tmp_path, {"program/module.py": "pass\n"})
    monkeypatch.setattr(program, "_own_places", lambda: [str(tmp_path / "program")])
    time.sleep(0.06)  # a little more than what counts as the same moment
    assert run("compile").err.endswith(TOLD)
    assert run("compile").err == "specs/rusty.toml: nothing changed\n"


def test_cargo_tells_it_too(project, run):
    write_files(
        project, {**WORKSPACE, "code/crates/base/src/lib.rs": SOURCE.replace("../../../../data/", "")}
    )
    write_files(project, {"code/crates/base/src/text.txt": ""})
    codes = ["E300", "E302", "E301"]
    made = json.loads(run("cargo", "code", "--json").out)
    assert [each["code"] for each in made["diagnostics"]] == codes
    checked = run("cargo", "code", "--check")
    assert checked.code == 0
    assert [f"[{code}]" in checked.err for code in codes] == [True] * 3
    assert "code/crates/base/src/lib.rs:2:30: warning: the file `crates/base/src/gone.bin` is not there" in (
        checked.err
    )
    assert [
        each["code"] for each in json.loads(run("cargo", "code", "--check", "--json").out)["diagnostics"]
    ] == codes


def test_a_build_script_is_told_at_its_literal(project, run):
    cargo_project(project)
    script = 'fn main() {\n    println!("cargo:rerun-if-changed=gone.txt");\n}\n'
    write_files(project, {"code/crates/tool/build.rs": script})
    assert run("compile").err.partition("\n")[2] == (
        "code/crates/tool/build.rs:2:14: warning: `code/crates/tool/gone.txt` is not there, and cargo runs a script anew"
        " each time while what it declares is absent [E300]\n"
        '    2 |     println!("cargo:rerun-if-changed=gone.txt");\n'
        "      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n" + HINTS[0]
    )


def test_queries_that_were_never_prepared_are_told_once_for_the_crate(project, run):
    cargo_project(project)
    queries = "".join(f'fn f{number}() {{ sqlx::query!("select {number}"); }}\n' for number in range(20))
    manifest = WORKSPACE["code/crates/base/Cargo.toml"] + '\n[dependencies]\nsqlx = { path = "../sqlx" }\n'
    lock = WORKSPACE["code/Cargo.lock"].replace(
        'name = "base"\nversion = "0.1.0"\n',
        'name = "base"\nversion = "0.1.0"\ndependencies = [\n "sqlx",\n]\n',
    )
    write_files(
        project,
        {
            "code/Cargo.lock": lock + '\n[[package]]\nname = "sqlx"\nversion = "0.1.0"\n',
            "code/crates/base/Cargo.toml": manifest,
            "code/crates/base/src/lib.rs": queries,
            "code/crates/sqlx/Cargo.toml": '[package]\nname = "sqlx"\nversion = "0.1.0"\n',
            "code/crates/sqlx/src/lib.rs": "",
        },
    )
    done = run("compile")
    assert done.code == 0
    assert done.err.count("[E303]") == 1
    told = "warning: no prepared query for this query!, `select 0`, in code/crates/base/.sqlx or code/.sqlx, nor for 19 more of the crate"
    assert f"code/crates/base/src/lib.rs:1:17: {told} [E303]\n" in done.err


IGNORING = """
[cargo.embed.macros]
banner = { base = "package" }

[cargo.crates.base]
ignore = ["../code/crates/base/src/gone.bin", "../data/text.txt", "../code/never.txt"]

[cargo.crates.serde]
ignore = ["../data/text.txt"]
"""


def test_what_is_ignored_is_in_no_source_and_what_is_declared_is(project, run):
    spec = cargo_project(project)
    write_files(project, {"code/crates/base/src/lib.rs": SOURCE, "code/crates/base/a.txt": ""})
    with (project / "code/crates/base/src/lib.rs").open("a") as file:
        file.write('fn f() { show::banner!("a.txt"); }\n')
    assert {"data/text.txt", "code/crates/base/src/gone.bin"} <= _source(run)
    spec.write_text(spec.read_text() + IGNORING)
    done = run("compile")
    assert "[E300]" not in done.err
    assert _source(run) == {"code/crates/base/a.txt", "code/crates/base/src/not_here.rs"}
    assert done.err.endswith("""
specs/rusty.toml:27:67: warning: '../code/never.txt' is nothing that base reads, so there is nothing to ignore [E304]
   27 | ignore = ["../code/crates/base/src/gone.bin", "../data/text.txt", "../code/never.txt"]
      |                                                                   ^^^^^^^^^^^^^^^^^^^

specs/rusty.toml:30:11: warning: '../data/text.txt' is nothing that serde reads, so there is nothing to ignore [E304]
   30 | ignore = ["../data/text.txt"]
      |           ^^^^^^^^^^^^^^^^^^
""")


@pytest.mark.parametrize("ignored", [[], ["data"], ["crates/base/a/b.txt", "data", "crates/base/src"]])
def test_only_what_lies_in_a_folder_that_is_taken_must_be_left_out_of_sources(ignored, project, run):
    spec = cargo_project(project)
    script = 'fn main() { println!("cargo:rerun-if-changed=a"); }\n'
    write_files(
        project, {"code/crates/base/build.rs": script, "code/crates/base/a/b.txt": "", "code/data/x": ""}
    )
    paths = ", ".join(f'"../code/{path}"' for path in ignored)
    spec.write_text(spec.read_text() + f"\n[cargo.crates.base]\nignore = [{paths}]\n")
    sources = json.loads(run("dump", spec, "--stage", "plan").out)["cargo"]["sources"]
    left_out = {
        path for name, source in sources.items() if name.startswith("base") for path in source["without"]
    }
    assert left_out & {f"code/{path}" for path in ignored} == {
        "code/crates/base/a/b.txt" for path in ignored if path.endswith("b.txt")
    }


def _source(run) -> set[str]:
    """The single files in the source of the library `base`."""
    sources = json.loads(run("dump", "specs/rusty.toml", "--stage", "plan").out)["cargo"]["sources"]
    (name,) = (name for name in sources if name.startswith("base") and name.endswith(" lib"))
    return set(sources[name]["files"])


def test_a_project_without_such_things_is_silent(project, run):
    write_files(project, {"specs/tiny.toml": PLAIN})
    assert run("compile").err.count("\n") == 1
    cargo_project(project)
    assert run("compile", "specs/rusty.toml").err.count("\n") == 1

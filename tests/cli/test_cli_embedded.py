"""`check` names the file that made a rebuild hash another one."""

import json
from pathlib import Path

import pytest
from small_projects import cargo_project, write_files

LISTED = "generated/rusty/cargo/embedded.txt"


@pytest.fixture
def compiled(project, run) -> Path:
    cargo_project(project)
    write_files(
        project,
        {
            "code/crates/base/src/lib.rs": (
                'pub const TEXT: &str = include_str!("../../../../data/text.txt");\n'
                'pub const LATER: &str = include_str!("later.txt");\n'
                'mod sqlx { }\nfn f() { sqlx::migrate!("../../../data/steps") }\n'
            ),
            "data/steps/1_first.sql": "",
        },
    )
    manifest = project / "code/crates/base/Cargo.toml"
    manifest.write_text(manifest.read_text() + '\n[dependencies]\nsqlx = { path = "../sqlx" }\n')
    write_files(
        project,
        {
            "code/crates/sqlx/Cargo.toml": '[package]\nname = "sqlx"\nversion = "0.1.0"\n',
            "code/crates/sqlx/src/lib.rs": "",
        },
    )
    lock = project / "code/Cargo.lock"
    text = lock.read_text().replace(
        'name = "base"\nversion = "0.1.0"\n',
        'name = "base"\nversion = "0.1.0"\ndependencies = [\n "sqlx",\n]\n',
    )
    lock.write_text(text + '\n[[package]]\nname = "sqlx"\nversion = "0.1.0"\n')
    assert run("compile").code == 0
    return project


EDITS = {
    "data/text.txt": ("other", "has changed", "changed"),
    "data/steps/2_second.sql": ("", "is new", "new"),
    "data/steps/1_first.sql": (None, "is gone", "gone"),
    "code/crates/base/src/later.txt": ("", "is new", "new"),
}


@pytest.mark.parametrize("path", EDITS)
def test_check_names_the_file(compiled, run, path):
    text, words, change = EDITS[path]
    if text is None:
        (compiled / path).unlink()
    else:
        write_files(compiled, {path: text})
    done = run("check")
    assert done.code == 1
    assert f"specs/rusty.toml: rebuild hash of `base`: {path} {words}\n" in done.err
    assert done.err.count("rebuild hash of") == 1
    [answer] = json.loads(run("check", "--json").out)["specs"]
    assert answer["embedded"] == [{"crate": "base", "path": path, "change": change}]


def test_a_module_is_no_embedded_file(compiled, run):
    with (compiled / "code/crates/base/src/lib.rs").open("a") as file:
        file.write("// More.\n")
    assert run("check").code == 0


@pytest.mark.parametrize("text", [None, b"", b"\xff\x00 of mine\n", b"a b c d\n\x1b[31m b c d\n"])
def test_any_committed_list_will_do(compiled, run, text):
    listed = compiled / LISTED
    header, _, _ = listed.read_bytes().partition(b"\n")
    if text is None:
        listed.unlink()
    else:
        listed.write_bytes(header + b"\n" + text)
    done = run("check")
    assert done.code == 1
    assert "\x1b" not in done.err
    assert run("compile").code == 0
    assert run("check").code == 0


def test_names_of_all_kinds_are_listed_a_line_each(compiled, run):
    names = ["3_a b.sql", "4_new\nline.sql", "5_back\\slash.sql", "6_é.sql", "7_\x1b.sql"]
    write_files(compiled, {f"data/steps/{name}": "" for name in names})
    assert run("compile").code == 0
    lines = (compiled / LISTED).read_text().splitlines()
    found = [line.split(" ", 3)[3] for line in lines if "data/steps/" in line]
    assert found == [
        f"data/steps/{name}"
        for name in (
            "1_first.sql",
            "3_a b.sql",
            "4_new\\nline.sql",
            "5_back\\\\slash.sql",
            "6_é.sql",
            "7_\\x1b.sql",
        )
    ]


def test_what_is_generated_is_no_part_of_a_folder_that_the_spec_names(compiled, run):
    spec = compiled / "specs/rusty.toml"
    spec.write_text(spec.read_text() + '\n[cargo.crates.base]\nextra-files = [".."]\n')
    assert run("compile").code == 0
    assert run("check").code == 0
    table = (compiled / "generated/rusty/Cargo.nix").read_text()
    answer = json.loads(run("includes", "specs/rusty.toml", "base", "--json").out)
    assert f'rebuildHash = "{answer["crates"][0]["rebuild-hash"]}";' in table

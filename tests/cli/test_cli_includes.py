"""`flakegen includes`: every embedded file, where it comes from and what is in it; and nothing that costs much."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from small_projects import REPOSITORY, WORKSPACE, cargo_project, plain_project, run_process, write_files

from flakegen.embed.inputs import Use
from flakegen.pipeline.project import Project

LANA = REPOSITORY / "specs/lana.toml"
MANIFEST = REPOSITORY / "specs/workspaces/lana/Cargo.toml"


def listed(run, *words: object) -> dict:
    done = run("includes", *words, "--json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def _fields(use: Use) -> tuple[object, ...]:
    return (use.path, use.kind.value, use.rule, use.file, use.line, use.column, use.role.value)


def _of_json(entry: dict) -> tuple[object, ...]:
    return tuple(entry[name] for name in ("path", "kind", "rule", "file", "line", "column", "role"))


@pytest.mark.cargo
def test_every_use_is_listed_once(run):
    files = Project(str(LANA)).files
    assert files is not None
    crates = {crate["directory"]: crate for crate in listed(run, LANA)["crates"]}
    assert set(crates) == set(files.inputs)
    for directory, found in files.inputs.items():
        entries = crates[directory]["includes"]
        uses = {use for target in found.targets for use in target.uses}
        if found.build_script_inputs is not None:
            uses.update(found.build_script_inputs.uses)
        assert sorted(map(_of_json, entries)) == sorted(map(_fields, uses))
        paths = {entry["path"] for entry in entries}
        for target in found.targets:
            assert {*target.files, *target.test_files} <= paths
            assert {folder.path for folder in (*target.folders, *target.test_folders)} <= paths
        assert crates[directory]["rebuild-hash"] == files.rebuild_hashes[directory]


@pytest.mark.cargo
def test_hashes_are_those_of_the_disk_and_folders_hold_what_is_there(run):
    answer = listed(run, LANA)
    root = Path(answer["root"])
    assert root == REPOSITORY
    seen = 0
    for entry in (entry for crate in answer["crates"] for entry in crate["includes"] if entry["present"]):
        for held in entry.get("files", [entry]):
            seen += 1
            assert held["sha256"] == sha256((root / held["path"]).read_bytes()).hexdigest()
        if entry["kind"] == "folder":
            wanted = re.compile(entry["pattern"] or ".*")
            inside = (
                (root / entry["path"]).rglob("*") if entry["recursive"] else (root / entry["path"]).iterdir()
            )
            names = {
                str(path.relative_to(root))
                for path in inside
                if path.is_file() and wanted.fullmatch(path.name)
            }
            assert {held["path"] for held in entry["files"]} == names
    assert seen > 15


@pytest.mark.cargo
def test_a_place_is_where_the_rule_is_used(run):
    answer = listed(run, LANA)
    for entry in (entry for crate in answer["crates"] for entry in crate["includes"]):
        line = (Path(answer["root"]) / entry["file"]).read_text().splitlines()[entry["line"] - 1]
        at = line[entry["column"] - 1 :]
        name = entry["rule"].rpartition("::")[2]
        assert at.startswith('"' if name == "build.rs" else name.strip("!#[]"))


@pytest.mark.cargo
def test_lana(run, monkeypatch, snapshot):
    monkeypatch.chdir(REPOSITORY)
    assert run("includes", "specs/lana.toml").out == snapshot
    shown = run("includes", "specs/lana.toml", "lana-app").out
    assert shown in (REPOSITORY / "docs/includes.md").read_text(encoding="utf-8")


@pytest.mark.cargo
def test_a_workspace_needs_no_spec_no_cargo_and_no_other_crate(run, tmp_path, monkeypatch):
    mine = listed(run, LANA)["crates"]
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "nothing"))
    answer = listed(run, "--manifest-path", MANIFEST)
    assert answer["root"] == str(MANIFEST.parent)
    prefix = "specs/workspaces/lana/"
    for crate, other in zip(answer["crates"], mine, strict=True):
        assert crate["name"] == other["name"]
        assert prefix + crate["directory"] == other["directory"]
        ours = [(entry["path"], entry["file"], entry["units"]) for entry in crate["includes"]]
        theirs = [(entry["path"], entry["file"], entry["units"]) for entry in other["includes"]]
        assert [(prefix + path, prefix + file, units) for path, file, units in ours] == theirs
    member = MANIFEST.parent / "lana/app/Cargo.toml"
    assert [crate["name"] for crate in listed(run, "--manifest-path", member, "lana-app")["crates"]] == [
        "lana-app"
    ]


def tree(root: Path) -> dict[str, float]:
    return {str(path): path.lstat().st_mtime for path in sorted(root.rglob("*"))}


def test_it_writes_nothing_and_loads_little(project, tmp_path):
    cargo_project(project)
    before = tree(tmp_path)
    code = (
        "import sys; from flakegen.cli.main import main; code = main(sys.argv[1:]);"
        "heavy = {'networkx', 'jinja2', 'lark', 'rich', 'tomlkit', 'subprocess'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else code)"
    )
    for words in (
        ["specs/rusty.toml"],
        ["--manifest-path", "code/Cargo.toml"],
        ["specs/rusty.toml", "base", "--json"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, "includes", *words],
            cwd=project,
            env={
                "PATH": "",
                "PYTHONPATH": str(REPOSITORY),
                "HOME": str(project),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert tree(tmp_path) == before


RICH = {
    "code/crates/base/build.rs": 'fn main() { println!("cargo:rerun-if-changed=proto"); }\n',
    "code/crates/base/proto/a.proto": "a\n",
    "code/crates/base/proto/deep/b.proto": "b\n",
    "code/crates/base/src/lib.rs": (
        'pub const TEXT: &str = include_str!("../../../../data/text.txt");\n'
        '#[cfg(test)] const T: &str = include_str!("../../../../data/text.txt");\n'
        'pub const GONE: &str = include_str!("gone\\u{1b}[31m.txt");\n'
    ),
    "code/crates/base/tests/it.rs": 'const T: &[u8] = include_bytes!("it.bin"); mod common;\n',
    "code/crates/base/tests/common/mod.rs": 'include!("more.rs");\n',
    "code/crates/base/tests/common/more.rs": "",
    "code/crates/base/tests/it.bin": "it\n",
    "code/crates/base/src/bin/tool.rs": 'fn main() { print!(include_str!("tool.txt")) }\n',
    "code/crates/tool/build.rs": "fn main() {}\n",
}

TEXT = """\
base 0.1.0  code/crates/base  HASH
  proto/                  2 files       build.rs        build.rs:1:22            build script run
    a.proto               87428fc52280
    deep/b.proto          0263829989b6
  src/bin/tool.txt        → src/z.txt   include_str!    src/bin/tool.rs:1:20     bin tool
  src/gone\\x1b[31m.txt    absent        include_str!    src/lib.rs:3:24          lib
  src/z.txt               c865f6c5ab8d  include_str!    src/bin/tool.rs:1:20     bin tool
  tests/common/more.rs    e3b0c44298fc  include!        tests/common/mod.rs:1:1  test it
  tests/it.bin            d2bc81b3c6ed  include_bytes!  tests/it.rs:1:18         test it
  ../../../data/text.txt  b9e68e1bea3e  include_str!    src/lib.rs:1:24          lib
                                        include_str!    src/lib.rs:2:30          lib test

tool 0.1.0  code/crates/tool  HASH
  ./  4 files  build.rs  build.rs:1:1  build script run
"""


@pytest.fixture
def rich(project):
    spec = cargo_project(project)
    write_files(project, {**RICH, "code/crates/base/src/z.txt": "z\n"})
    (project / "code/crates/base/src/bin/tool.txt").symlink_to("../z.txt")
    return spec


@pytest.mark.usefixtures("rich")
def test_people_see_a_table_for_each_crate(run):
    done = run("includes", "specs/rusty.toml")
    assert done.code == 0
    assert re.sub(r"\b[0-9a-f]{64}\b", "HASH", done.out) == TEXT
    assert done.err.startswith("code/crates/base/src/lib.rs:3:24: warning: the file ")


@pytest.mark.usefixtures("rich")
def test_programs_see_all_that_there_is(run):
    answer = json.loads(run("includes", "specs/rusty.toml", "base", "--json").out)
    (crate,) = answer["crates"]
    entries = {(entry["path"], entry["role"]): entry for entry in crate["includes"]}
    assert entries["data/text.txt", "test"] == {
        "path": "data/text.txt",
        "kind": "file",
        "present": True,
        "named": True,
        "rule": "include_str!",
        "file": "code/crates/base/src/lib.rs",
        "line": 2,
        "column": 30,
        "role": "test",
        "units": ["lib test"],
        "sha256": sha256(b"text\n").hexdigest(),
    }
    assert entries["code/crates/base/proto", "production"]["files"] == [
        {"path": f"code/crates/base/proto/{name}", "sha256": sha256(text).hexdigest()}
        for name, text in (("a.proto", b"a\n"), ("deep/b.proto", b"b\n"))
    ]
    assert entries["code/crates/base/src/bin/tool.txt", "production"]["link"] == "code/crates/base/src/z.txt"
    gone = entries["code/crates/base/src/gone\x1b[31m.txt", "production"]
    assert (gone["present"], "sha256" in gone) == (False, False)
    assert [each["code"] for each in answer["diagnostics"]] == ["E300"]


@pytest.mark.usefixtures("rich")
def test_an_edit_of_a_file_shows_in_its_hash_and_the_crates(project, run):
    def hashes():
        answer = json.loads(run("includes", "specs/rusty.toml", "base", "--json").out)["crates"][0]
        return answer["rebuild-hash"], {entry["path"]: entry.get("sha256") for entry in answer["includes"]}

    crate, files = hashes()
    write_files(project, {"data/text.txt": "other\n"})
    crate_after, files_after = hashes()
    assert crate_after != crate
    assert {path for path in files if files[path] != files_after[path]} == {"data/text.txt"}


def test_what_a_spec_declares_and_ignores_counts(project, run):
    spec = cargo_project(project)
    code = WORKSPACE["code/crates/base/src/lib.rs"] + 'fn f() { show::banner!("a.txt"); }\n'
    write_files(project, {"code/crates/base/src/lib.rs": code, "code/crates/base/a.txt": ""})
    spec.write_text(
        spec.read_text()
        + '\n[cargo.embed.macros]\nbanner = { base = "package" }\n[cargo.crates.base]\nignore = ["../data"]\n'
    )
    (crate,) = listed(run, spec, "base")["crates"]
    assert [(entry["path"], entry["rule"]) for entry in crate["includes"]] == [
        ("code/crates/base/a.txt", "banner!")
    ]


def test_a_spec_without_crates_embeds_nothing(project, run):
    plain_project(project)
    assert run("includes", "specs/tiny.toml").out == "the local crates embed no files\n"
    cargo_project(project)
    assert run("includes", "specs/rusty.toml", "tool").out == "tool embeds no files\n"


WRONG = {
    "crate": (
        ("specs/rusty.toml", "bose"),
        "error: 'bose' is no local crate [E201]\nhint: did you mean 'base'?\n",
    ),
    "far crate": (
        ("specs/rusty.toml", "xyzzy"),
        "error: 'xyzzy' is no local crate [E201]\nhint: the local crates are 'base' or 'tool'\n",
    ),
    "crate without spec": (
        ("--manifest-path", "code/Cargo.toml", "bose"),
        "error: 'bose' is no local crate [E201]\nhint: did you mean 'base'?\n",
    ),
    "nothing": (
        (),
        "error: no spec given [E600]\nhint: name one, as in flakegen includes specs/lana.toml, or",
    ),
    "two crates": (
        ("specs/rusty.toml", "base", "tool"),
        "error: 2 crates given, base and tool [E600]\nhint: name one",
    ),
    "no manifest": (
        ("--manifest-path", "nope/Cargo.toml"),
        "error: there is no manifest at nope/Cargo.toml [E131]",
    ),
    "no spec": (("nope.toml",), "error: cannot read nope.toml: "),
    "a folder": (("--manifest-path", "code"), "error: there is no manifest at code [E131]"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(name, project, run):
    cargo_project(project)
    words, text = WRONG[name]
    done = run("includes", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(text)
    assert json.loads(run("includes", *words, "--json").out)["diagnostics"]


def test_a_package_outside_of_the_project_is_told_at_the_spec(project, run):
    spec = cargo_project(project)
    spec.write_text(
        spec.read_text().replace('name = "tiny"', 'name = "tiny"\nroot = "."').replace("../code", "code")
    )
    files = {
        name.replace("code/", "specs/code/"): text
        for name, text in WORKSPACE.items()
        if name.startswith("code/")
    }
    manifest = files["specs/code/crates/tool/Cargo.toml"].replace("../base", "../../../../base")
    files["specs/code/crates/tool/Cargo.toml"] = manifest
    base = {
        name.replace("specs/code/crates/", ""): files.pop(name) for name in list(files) if "/base/" in name
    }
    write_files(project, {**files, **base})
    done = run("includes", spec)
    assert done.code == 2
    assert "lies outside the project root [E130]" in done.err
    assert listed_names(run("includes", "--manifest-path", "specs/code/Cargo.toml", "--json").out) == [
        "base",
        "tool",
    ]


def listed_names(out: str) -> list[str]:
    return [crate["name"] for crate in json.loads(out)["crates"]]


def test_a_broken_workspace_is_told_in_its_manifest(project, run):
    cargo_project(project)
    write_files(project, {"code/crates/base/Cargo.toml": "[package]\nname = 7\n"})
    for words in (["specs/rusty.toml"], ["--manifest-path", "code/Cargo.toml"]):
        done = run("includes", *words)
        assert done.code == 2
        assert done.err.startswith("code/crates/base/Cargo.toml:1:2: error: the package has no name")


@pytest.mark.usefixtures("rich")
def test_a_process_of_its_own_says_the_same(project, run):
    done = run_process("includes", "specs/rusty.toml", "--json", cwd=project)
    assert done.out == run("includes", "specs/rusty.toml", "--json").out
    assert sorted(path.name for path in project.iterdir()) == ["code", "data", "specs"]

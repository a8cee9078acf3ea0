"""A compilation is skipped only when it would change nothing: every edit that could matter is noticed."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_projects import cargo_project, run_process, tree_of, write_files

from flakegen.memory import freshness
from flakegen.pipeline.project import Project
from flakegen.write.result import Result

GRAIN = 0.06  # seconds, a little more than what counts as the same moment


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A stand-in for the folder of flakegen itself."""
    write_files(tmp_path, {"program/module.py": "pass\n"})
    monkeypatch.setattr("flakegen.memory.program._own_places", lambda: [str(tmp_path / "program")])
    return tmp_path / "program"


@pytest.fixture
def compiled(project, run, program):  # noqa: ARG001
    """A project that has been compiled twice, the second time without anything to do."""
    spec = cargo_project(project)
    write_files(project / "code/target", {"CACHEDIR.TAG": "Signature: …\n", "debug/built": "1"})
    write_files(project, {".git/HEAD": "ref: refs/heads/main\n", "code/crates/tool/build.rs": BUILD_RS})
    write_files(project, {"shared/outside.rs": "// outside\n", "code/crates/tool/src/main.rs": MAIN_RS})
    for _ in range(2):
        time.sleep(GRAIN)
        assert run("compile", "-q").code == 0
    assert freshness.fresh_output(str(spec)) == str(project / "generated/rusty")
    return spec


MAIN_RS = 'mod target;\n#[path = "../../../../shared/outside.rs"]\nmod outside;\nfn main() {}\n'
BUILD_RS = 'fn main() { println!("cargo:rerun-if-changed=../../../proto"); }\n'


def _append(path: Path) -> None:
    path.write_text(path.read_text() + "\n# more\n")


def _same_size(path: Path) -> None:
    """Change a file's bytes and give it its old length and time stamp."""
    status, data = path.stat(), path.read_bytes()
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _replace_by_link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


RELEVANT = {
    "the spec": lambda root: _append(root / "specs/rusty.toml"),
    "the lock": lambda root: _append(root / "code/Cargo.lock"),
    "a manifest": lambda root: _append(root / "code/crates/base/Cargo.toml"),
    "an embedded file": lambda root: _append(root / "data/text.txt"),
    "an embedded file is gone": lambda root: (root / "data/text.txt").unlink(),
    "an embedded file, unnoticeably": lambda root: _same_size(root / "data/text.txt"),
    "an embedded file becomes a link": lambda root: _replace_by_link(root / "data/text.txt"),
    "a module": lambda root: _append(root / "code/crates/tool/src/main.rs"),
    "a module in a folder called target": lambda root: _append(root / "code/crates/tool/src/target/mod.rs"),
    "a module, unnoticeably": lambda root: _same_size(root / "code/crates/tool/src/main.rs"),
    "a module outside the workspace": lambda root: _append(root / "shared/outside.rs"),
    "a new module": lambda root: write_files(root, {"code/crates/tool/src/new.rs": ""}),
    "a new target": lambda root: write_files(root, {"code/crates/tool/src/bin/two.rs": "fn main() {}"}),
    "a new member": lambda root: write_files(root, {"code/crates/new/Cargo.toml": "[package]\nname='new'"}),
    "a new hidden member": lambda root: write_files(root, {"code/crates/.new/Cargo.toml": "[package]"}),
    "a member is gone": lambda root: shutil.rmtree(root / "code/crates/base"),
    "a member is renamed": lambda root: (root / "code/crates/base").rename(root / "code/crates/bass"),
    "a build script's folder comes": lambda root: write_files(root, {"proto/a.proto": ""}),
    "configuration beside the workspace": lambda root: write_files(root, {"code/.cargo/config.toml": ""}),
    "configuration above the workspace": lambda root: write_files(root, {".cargo/config.toml": ""}),
    "old-style configuration": lambda root: write_files(root, {".cargo/config": ""}),
    "a workspace above the workspace": lambda root: write_files(root, {"Cargo.toml": "[workspace]\n"}),
    "a toolchain file": lambda root: write_files(root, {"code/rust-toolchain.toml": "[toolchain]\n"}),
    "formatter settings": lambda root: write_files(root, {"code/rustfmt.toml": ""}),
    "prepared queries": lambda root: write_files(root, {"code/.sqlx/query-1.json": "{}"}),
    "a file that the spec names": lambda root: _append(root / "specs/nix/shell.nix"),
    "a file that the spec names is gone": lambda root: (root / "specs/nix/shell.nix").unlink(),
    "an output": lambda root: _append(root / "generated/rusty/flake.nix"),
    "an output, unnoticeably": lambda root: _same_size(root / "generated/rusty/flake.nix"),
    "an output's mode": lambda root: (root / "generated/rusty/flake.nix").chmod(0o755),
    "an output is gone": lambda root: (root / "generated/rusty/cargo/unit.sh").unlink(),
    "all output is gone": lambda root: shutil.rmtree(root / "generated"),
    "a stale output": lambda root: shutil.copy(
        root / "generated/rusty/flake.nix", root / "generated/rusty/stale.nix"
    ),
    "the facts": lambda root: (root / "specs/rusty.crates.json").write_text("[ ]\n"),
    "the facts are gone": lambda root: (root / "specs/rusty.crates.json").unlink(),
    "flakegen itself": lambda root: _append(root.parent / "program/module.py"),
    "flakegen itself, unnoticeably": lambda root: _same_size(root.parent / "program/module.py"),
    "flakegen grows": lambda root: write_files(root.parent, {"program/new.py": ""}),
}

IRRELEVANT = {
    "version control": lambda root: write_files(
        root, {".git/HEAD": "0123\n", ".git/index": "1", "code/.git/x": ""}
    ),
    "build output": lambda root: write_files(root, {"code/target/debug/built": "2", "code/target/new": ""}),
    "other tools' folders": lambda root: write_files(
        root, {"code/node_modules/x/index.js": "", "code/.idea/x": "", "code/.venv/lib/x.py": ""}
    ),
    "files elsewhere": lambda root: write_files(
        root, {"README.md": "", "docs/x.md": "", "specs/other.toml": ""}
    ),
    "others' files beside the output": lambda root: write_files(
        root / "generated/rusty", {"flake.lock": "{}"}
    ),
    "others' output": lambda root: write_files(root / "generated/other", {"flake.nix": ""}),
    "compiled Python": lambda root: write_files(root.parent, {"program/__pycache__/module.pyc": ""}),
}


@pytest.mark.parametrize("edit", RELEVANT)
def test_is_noticed(project, compiled, edit):
    RELEVANT[edit](project)
    assert freshness.fresh_output(str(compiled)) is None


@pytest.mark.parametrize("edit", IRRELEVANT)
def test_is_passed_over_and_rightly(project, compiled, edit):
    before = tree_of(project)
    IRRELEVANT[edit](project)
    assert freshness.fresh_output(str(compiled)) == str(project / "generated/rusty")
    Project("specs/rusty.toml").result.write()
    assert {path: data for path, data in tree_of(project).items() if path in before} == before


def test_cargo_home_is_no_input(compiled, monkeypatch, tmp_path):
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "elsewhere"))
    assert freshness.fresh_output(str(compiled)) is not None


def test_an_edit_while_compiling_is_noticed(project, run, compiled, monkeypatch):
    real = Result.write

    def edit_and_write(self):
        _append(project / "data/text.txt")
        return real(self)

    _append(project / "code/crates/tool/src/main.rs")
    with monkeypatch.context() as patched:
        patched.setattr(Result, "write", edit_and_write)
        run("compile", "-q")
    time.sleep(GRAIN)
    assert freshness.fresh_output(str(compiled)) is None
    run("compile", "-q")
    assert run("check").code == 0


def test_an_edit_just_after_compiling_is_noticed(project, run, compiled):
    for number in range(5):
        run("compile", "-q")
        (project / "data/text.txt").write_text(f"{number}\n")
        assert freshness.fresh_output(str(compiled)) is None


@pytest.mark.parametrize("edit", [name for name in RELEVANT if name.endswith("unnoticeably")])
def test_a_clock_that_was_put_back_hides_nothing(project, tmp_path, compiled, edit):
    (record,) = (tmp_path / "cache/flakegen").glob("*.json")
    whole = json.loads(record.read_text())
    hour = 3600 * 10**9
    record.write_text(json.dumps({**whole, "started": whole["started"] + hour}))
    assert freshness.fresh_output(str(compiled)) is not None
    RELEVANT[edit](project)
    assert freshness.fresh_output(str(compiled)) is None


def test_a_link_to_a_spec_is_another_spec(run, compiled, tmp_path):
    other = tmp_path / "other/specs"
    other.mkdir(parents=True)
    (other / "rusty.toml").symlink_to(compiled)
    assert freshness.fresh_output(str(other / "rusty.toml")) is None
    assert run("compile", other / "rusty.toml").code == 2  # there is no workspace beside the link


@pytest.mark.usefixtures("compiled")
def test_the_same_spec_by_another_spelling_is_fresh(project, monkeypatch):
    monkeypatch.chdir(project / "code/crates")
    assert freshness.fresh_output("../../specs/rusty.toml") is not None


@pytest.mark.parametrize(
    "damage",
    ["", "\0", "[]", "{}", '{"format": 2}', "\ud800", '{"format": 2, "program": 1, "written": []}', "NaN"],
)
def test_a_damaged_record_is_no_record(tmp_path, compiled, run, damage):
    (record,) = (tmp_path / "cache/flakegen").glob("*.json")
    record.write_text(damage, errors="surrogatepass")
    assert freshness.fresh_output(str(compiled)) is None
    assert run("compile", "-q").code == 0


def test_every_field_of_the_record_is_minded(tmp_path, compiled):
    (record,) = (tmp_path / "cache/flakegen").glob("*.json")
    whole = json.loads(record.read_text())
    for key in whole:
        for value in (None, "x", 7, [], {}):
            record.write_text(json.dumps({**whole, key: value}))
            assert freshness.fresh_output(str(compiled)) is None, (key, value)
    for key in whole["written"]:
        for value in (7, [], ["x"], {"x": 7}, {"x": "y"}):
            record.write_text(json.dumps({**whole, "written": {**whole["written"], key: value}}))
            assert freshness.fresh_output(str(compiled)) is None, (key, value)


def test_nothing_is_loaded_for_a_run_without_changes(project):
    cargo_project(project)
    program = (
        "import sys, time; from flakegen.cli.main import main\n"
        "codes = []\n"
        "for _ in range(2):\n"
        "    codes.append(main(['compile', '-q']))\n"
        "    time.sleep(0.06)\n"
        "sys.exit(max(codes))"
    )
    repository = str(Path(__file__).parent.parent.parent)
    environment = {"PATH": os.environ["PATH"], "HOME": str(project), "PYTHONPATH": repository}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=project, check=True)
    last = program.replace("sys.exit(", "print(*sorted(sys.modules)); sys.exit(").replace(
        "range(2)", "range(1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", last], env=environment, cwd=project, check=True, capture_output=True, text=True
    )
    heavy = {"flakegen.pipeline.project", "networkx", "lark", "jinja2", "rich", "tomlkit", "rtoml", "msgspec"}
    assert heavy.isdisjoint(done.stdout.split())
    assert {"inspect", "pathlib", "dataclasses"}.isdisjoint(done.stdout.split())


def test_a_cache_that_cannot_be_kept_costs_nothing_but_time(project):
    cargo_project(project)
    for place in ("/dev/null", str(project / "specs/rusty.toml")):
        assert run_process("compile", cwd=project, XDG_CACHE_HOME=place).code == 0

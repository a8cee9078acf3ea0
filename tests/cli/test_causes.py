"""A result is left as it is only where compiling again gives the same: whatever is edited, in whatever order."""

import json
import random
import shutil
import time
from pathlib import Path

import pytest
from small_projects import cargo_project, tree_of, write_files

from flakegen.embed import cache
from flakegen.memory import freshness, program
from flakegen.pipeline import project as pipeline
from flakegen.pipeline.project import Project

GRAIN = 0.06  # seconds, a little more than what counts as the same moment
CRATES = "code/crates"


@pytest.fixture
def compiled(project, run, tmp_path, monkeypatch):
    """A project that has been compiled by a program which has not changed for a while."""
    write_files(tmp_path, {"program/module.py": "pass\n"})
    monkeypatch.setattr(program, "_own_places", lambda: [str(tmp_path / "program")])
    time.sleep(GRAIN)
    spec = cargo_project(project)
    write_files(project, {f"{CRATES}/base/migrations/1.sql": "", f"{CRATES}/base/README.md": "base\n"})
    assert run("compile", "-q").code == 0
    return spec


@pytest.fixture
def idle(monkeypatch):
    """Makes resolving and printing impossible."""

    def stop(*_, **__):
        raise AssertionError("this is no change of the result")

    monkeypatch.setattr(pipeline, "plan_cargo", stop)
    monkeypatch.setattr("flakegen.outputs.registry.OUTPUTS", (stop,))


def _append(root: Path, path: str, text: str) -> None:
    with (root / path).open("a") as file:
        file.write(text)


def _touch_nix(path: Path) -> None:
    """Edit a file that is Nix's own business, or the one in the folder of that name."""
    place = path / "default.nix" if path.is_dir() else path
    place.write_text(place.read_text() + "# more\n")


HARMLESS = {
    "a comment": lambda root: _append(root, f"{CRATES}/tool/src/main.rs", "// more\n"),
    "lines before an embedded file": lambda root: (root / f"{CRATES}/base/src/lib.rs").write_text(
        "\n\n// moved\n" + (root / f"{CRATES}/base/src/lib.rs").read_text()
    ),
    "a function": lambda root: _append(root, f"{CRATES}/base/src/lib.rs", "pub fn f() -> u32 { 1 + 1 }\n"),
    "a text for people": lambda root: _append(root, f"{CRATES}/base/README.md", "more\n"),
    "a nix file": lambda root: _touch_nix(root / "specs/nix/shell.nix"),
}


@pytest.mark.usefixtures("compiled", "idle")
@pytest.mark.parametrize("edit", HARMLESS)
def test_what_changes_nothing_costs_no_resolving(project, run, edit):
    before = tree_of(project)
    HARMLESS[edit](project)
    assert run("compile").err == "specs/rusty.toml: nothing changed\n"
    assert tree_of(project) == before
    time.sleep(GRAIN)
    assert run("compile", "-q").code == 0  # the edit may have been in the first run's grain
    assert freshness.fresh_output("specs/rusty.toml") is not None


def _toggle(path: str, text: str):
    """Write a file, or remove it where it is there."""

    def edit(root: Path) -> None:
        if (root / path).exists():
            (root / path).unlink()
        else:
            write_files(root, {path: text})

    return edit


def _swap(path: str, one: str, other: str):
    """Replace a text by another, or back."""

    def edit(root: Path) -> None:
        text = (root / path).read_text()
        (root / path).write_text(text.replace(one, other) if one in text else text.replace(other, one))

    return edit


def _file_or_folder(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
        path.write_text("{ hello }: hello\n")
    else:
        path.unlink()
        write_files(path, {"default.nix": "{ hello }: hello\n"})


EDITS = {
    **HARMLESS,
    "an embedded file": lambda root: _append(root, "data/text.txt", "more\n"),
    "an embedded file comes or goes": _toggle("data/text.txt", "text\n"),
    "a macro comes or goes": _swap(f"{CRATES}/base/src/lib.rs", "include_str!(", "concat!("),
    "another file is embedded": _swap(f"{CRATES}/base/src/lib.rs", "text.txt", "other.txt"),
    "the other file comes or goes": _toggle("data/other.txt", "other\n"),
    "a module comes or goes": _swap(f"{CRATES}/tool/src/main.rs", "mod target;", "mod other;"),
    "the module's file comes or goes": _toggle(f"{CRATES}/tool/src/other.rs", ""),
    "an edition": _swap(f"{CRATES}/base/Cargo.toml", 'edition = "2021"', 'edition = "2018"'),
    "a feature": _swap(
        f"{CRATES}/base/Cargo.toml", 'edition = "2021"\n', 'edition = "2021"\nfeatures.default = []\n'
    ),
    "a description": _swap(f"{CRATES}/tool/Cargo.toml", "[package]\n", '[package]\ndescription = "it"\n'),
    "a comment in a manifest": _swap(f"{CRATES}/tool/Cargo.toml", "[package]\n", "# it\n[package]\n"),
    "a comment in the lock": lambda root: _append(root, "code/Cargo.lock", "# more\n"),
    "a program comes or goes": _toggle(f"{CRATES}/tool/src/bin/two.rs", "fn main() {}\n"),
    "a test comes or goes": _toggle(f"{CRATES}/tool/tests/it.rs", ""),
    "a build script comes or goes": _toggle(f"{CRATES}/tool/build.rs", "fn main() {}\n"),
    "a profile": _swap("code/Cargo.toml", "[workspace]\n", "[profile.release]\nlto = true\n[workspace]\n"),
    "configuration comes or goes": _toggle(
        "code/.cargo/config.toml", '[build]\nrustflags = ["-Cdebuginfo=1"]\n'
    ),
    "configuration above comes or goes": _toggle(".cargo/config.toml", "[profile.release]\ndebug = 1\n"),
    "formatter settings come or go": _toggle("code/rustfmt.toml", ""),
    "a toolchain file comes or goes": _toggle("code/rust-toolchain.toml", "[toolchain]\n"),
    "the spec's systems": _swap("specs/rusty.toml", '"x86_64-linux"', '"aarch64-linux"'),
    "a comment in the spec": lambda root: _append(root, "specs/rusty.toml", "# more\n"),
    "a file of the spec is a folder, or a file": lambda root: _file_or_folder(root / "specs/nix/shell.nix"),
    "the output is gone": lambda root: shutil.rmtree(root / "generated", ignore_errors=True),
    "an output is edited": lambda root: (root / "generated/rusty").is_dir()
    and _append(root, "generated/rusty/Cargo.nix", "# more\n"),
    "the facts are edited": lambda root: (root / "specs/rusty.crates.json").write_text("[ ]\n"),
}


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("seed", range(6))
def test_a_remembered_result_is_the_result(project, run, monkeypatch, tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311  # no secret
    memory = str(tmp_path / "cache")
    for _ in range(16):
        edit = chance.choice(sorted(EDITS))
        EDITS[edit](project)
        monkeypatch.setenv("XDG_CACHE_HOME", memory)
        remembered = run("compile"), tree_of(project)
        for number in range(2):  # without any memory, and with that of just now
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cold"))
            assert run("compile", "-q").code == remembered[0].code, (edit, number)
            assert tree_of(project) == remembered[1], (edit, number)
        shutil.rmtree(tmp_path / "cold", ignore_errors=True)


@pytest.mark.usefixtures("compiled")
def test_another_program_compiles_again(project, run, tmp_path, idle):  # noqa: ARG001
    _append(project, f"{CRATES}/tool/src/main.rs", "// more\n")
    write_files(tmp_path, {"program/module.py": "pass  # to do\n"})
    with pytest.raises(AssertionError, match="no change of the result"):
        run("compile", "-q")


@pytest.mark.parametrize(
    "damage", ["", "\0", "[]", "{}", '{"format": 1}', '{"format": 1, "program": 1}', "NaN"]
)
def test_a_damaged_record_is_no_record_of_causes(project, run, compiled, tmp_path, damage):
    (record,) = (tmp_path / "cache/flakegen/causes").iterdir()
    record.write_text(damage)
    HARMLESS["a comment"](project)
    assert run("compile", "-q").code == 0
    assert json.loads(record.read_text())["cause"] == Project(str(compiled)).cause


@pytest.mark.usefixtures("compiled")
def test_a_damaged_record_of_scans_is_none(project, run, tmp_path):
    def compile_after(edit: str) -> str:
        EDITS[edit](project)
        time.sleep(GRAIN)
        return run("compile").err

    compile_after("a comment")
    (record,) = (tmp_path / "cache/flakegen/scans").iterdir()
    whole = record.read_bytes()
    expected = tree_of(project)
    for damaged in (b"", whole[:-1], whole[:40], b"x" + whole[1:], whole.replace(b"include", b"exclude")):
        record.write_bytes(damaged)
        assert compile_after("a comment") == "specs/rusty.toml: nothing changed\n"
        assert tree_of(project) == expected


@pytest.mark.usefixtures("compiled")
def test_checking_trusts_no_record_of_scans(run, monkeypatch):
    def read(*_):
        raise AssertionError("this is not to be asked")

    monkeypatch.setattr(cache, "_read", read)
    assert run("check", "-q").code == 0


def test_every_field_of_the_record_of_causes_is_minded(project, run, compiled, tmp_path):
    (record,) = (tmp_path / "cache/flakegen/causes").iterdir()
    whole = json.loads(record.read_text())
    for key in whole:
        for value in (None, "x", 7, [], {}):
            record.write_text(json.dumps({**whole, key: value}))
            HARMLESS["a comment"](project)
            assert run("compile", "-q").code == 0
            assert json.loads(record.read_text())["written"] == whole["written"], (key, value)
    assert compiled.exists()

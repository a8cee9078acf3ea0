"""The same project gives the same bytes, whoever compiles it, wherever and whenever."""

import os
import shutil

import pytest
from small_projects import cargo_project, plain_project, run_process, tree_of, write_files

SURROUNDINGS = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed random": {"PYTHONHASHSEED": "random"},
    "plain locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "UTF-8 locale": {"LC_ALL": "C.UTF-8"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "another home": {"CARGO_HOME": "/nonexistent", "RUSTFLAGS": "-Copt-level=3", "CARGO_INCREMENTAL": "1"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
    "a narrow terminal": {"COLUMNS": "20", "TERM": "dumb"},
}


def _project(root):
    cargo_project(root)
    plain_project(root)
    names = {f"code/crates/base/assets/{name}": name for name in ("ä", "B", "a", "Z", "_", "10", "9")}
    write_files(root, {**names, "code/crates/base/src/lib.rs": LIBRARY})


LIBRARY = "".join(
    f'const _: &str = include_str!("../assets/{name}");\n' for name in ("9", "ä", "B", "a", "Z", "_", "10")
)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    root = tmp_path_factory.mktemp("wanted")
    _project(root)
    assert run_process("compile", cwd=root).code == 0
    found = tree_of(root)
    assert len(found) > 15
    return found


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_surroundings_do_not_matter(tmp_path, wanted, surroundings):
    _project(tmp_path)
    done = run_process("compile", cwd=tmp_path, **SURROUNDINGS[surroundings])
    assert done.code == 0, done.err
    assert tree_of(tmp_path) == wanted


def test_the_working_directory_does_not_matter(tmp_path, wanted):
    _project(tmp_path)
    done = run_process("compile", "../specs/tiny.toml", tmp_path / "specs/rusty.toml", cwd=tmp_path / "code")
    assert done.code == 0, done.err
    assert tree_of(tmp_path) == wanted


def test_the_place_does_not_matter_and_a_copy_is_no_drift(tmp_path, wanted):
    first, second = tmp_path / "first", tmp_path / "a deep/place with späces & $igns/second"
    _project(first)
    assert run_process("compile", cwd=first).code == 0
    shutil.copytree(first, second)
    assert run_process("check", cwd=second).code == 0
    assert run_process("compile", cwd=second).code == 0
    assert tree_of(first) == tree_of(second) == wanted


def test_the_order_of_files_on_disk_does_not_matter(tmp_path, wanted):
    _project(tmp_path)
    backwards = tmp_path / "backwards"
    backwards.mkdir()
    for folder, _, names in os.walk(tmp_path / "code", topdown=False):
        for name in sorted(names, reverse=True):
            source = os.path.join(folder, name)  # noqa: PTH118
            os.rename(source, backwards / "x")  # noqa: PTH104
            os.rename(backwards / "x", source)  # noqa: PTH104
    backwards.rmdir()
    assert run_process("compile", cwd=tmp_path).code == 0
    assert tree_of(tmp_path) == wanted

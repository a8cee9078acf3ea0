"""Laws of writing a folder: what is ours is exactly what was asked for, and what is not ours is as it was."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from written_trees import HEADER, NEW, OLD, add_foreign, identities, snapshot, text

from flakegen.write.diff import Change
from flakegen.write.folder import compare_file, compare_tree, write_file, write_tree

NAMES = st.sampled_from(["a", "b", "c.nix", "ä ö", "-x", "$(y)", "'q\"", "\udcff"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def _no_file_is_a_folder(files: dict[str, str]) -> bool:
    return not any(other.startswith(f"{path}/") for path in files for other in files)


TREES = st.dictionaries(PATHS, TEXTS.map(text), max_size=6).filter(_no_file_is_a_folder)


@settings(max_examples=40, deadline=None)
@given(TREES.filter(bool), TREES.filter(bool))
def test_any_tree_becomes_any_other(before, after):
    with tempfile.TemporaryDirectory() as place:
        root, folder = Path(place), Path(place, "generated/x")
        write_tree(folder, before, root)
        changed = write_tree(folder, after, root)
        assert {path: path_text.encode() for path, path_text in after.items()} == {
            path: contents for path, (kind, contents) in snapshot(folder).items() if kind[0] == "-"
        }
        differing = {path for path in before | after if before.get(path) != after.get(path)}
        assert set(changed) == differing
        assert list(changed) == sorted(changed)
        assert compare_tree(folder, after) == ()
        assert [path.name for path in folder.parent.iterdir()] in (["x"], [])


def test_what_is_not_ours_stays_as_it_was(tmp_path):
    folder = tmp_path / "generated/x"
    write_tree(folder, OLD, tmp_path)
    add_foreign(folder)
    theirs = {"flake.lock", "mine", "mine/empty", "mine/notes.md", "result"}
    before = {path: each for path, each in snapshot(folder).items() if path in theirs}
    inodes = {path: each for path, each in identities(folder).items() if path in theirs}
    write_tree(folder, NEW, tmp_path)
    assert {path: each for path, each in snapshot(folder).items() if path in theirs} == before
    assert {path: each for path, each in identities(folder).items() if path in theirs} == inodes


def test_unchanged_files_keep_inode_and_time(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    before = identities(folder)
    write_tree(folder, NEW, tmp_path)
    after = identities(folder)
    assert after["stays.nix"] == before["stays.nix"]
    assert after["flake.nix"] != before["flake.nix"]


def test_nothing_is_touched_when_nothing_changes(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    before = identities(folder), folder.stat()
    assert write_tree(folder, OLD, tmp_path) == ()
    assert (identities(folder), folder.stat()) == before


def test_stale_files_and_the_folders_they_leave_empty_are_removed(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    write_tree(folder, {"flake.nix": text("alone")}, tmp_path)
    assert [path.name for path in folder.rglob("*")] == ["flake.nix"]


def test_a_header_below_a_shebang_is_a_header(tmp_path):
    script = "#!/usr/bin/env bash\n" + HEADER
    write_tree(tmp_path / "x", {"run.sh": script}, tmp_path)
    assert write_tree(tmp_path / "x", {}, tmp_path) == ()  # without a spec's name nothing is ours
    assert write_tree(tmp_path / "x", {"flake.nix": text("")}, tmp_path) == ("flake.nix", "run.sh")


def test_another_specs_files_are_not_ours(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, {"theirs.nix": text("", "specs/b.toml")}, tmp_path)
    write_tree(folder, {"ours.nix": text("", "specs/a.toml")}, tmp_path)
    assert {path.name for path in folder.iterdir()} == {"theirs.nix", "ours.nix"}


def test_a_file_made_executable_is_a_mode_and_is_put_right(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    (folder / "flake.nix").chmod(0o755)
    (drift,) = compare_tree(folder, OLD)
    assert (drift.path, drift.change) == ("flake.nix", Change.MODE)
    assert write_tree(folder, OLD, tmp_path) == ("flake.nix",)
    assert compare_tree(folder, OLD) == ()


def test_every_kind_of_difference_is_told(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    (folder / "stays.nix").chmod(0o755)
    told = {drift.path: drift.change for drift in compare_tree(folder, NEW)}
    assert told == {
        "flake.nix": Change.CHANGED,
        "only-new/b.sh": Change.MISSING,
        "only-old/deep/a.nix": Change.EXTRA,
        "stays.nix": Change.MODE,
        "turns": Change.EXTRA,
        "turns/into.nix": Change.MISSING,
    }


def test_a_folder_that_is_not_there_misses_everything(tmp_path):
    drifts = compare_tree(tmp_path / "no/such/folder", OLD)
    assert {drift.path for drift in drifts} == set(OLD)
    assert {drift.change for drift in drifts} == {Change.MISSING}
    assert not (tmp_path / "no").exists()


def test_one_file_is_replaced_only_when_it_differs(tmp_path):
    path = tmp_path / "deep/crates.json"
    assert write_file(path, "[]\n")
    before = identities(tmp_path)
    assert not write_file(path, "[]\n")
    assert identities(tmp_path) == before
    assert compare_file(path, "[]\n") == ()
    assert [drift.change for drift in compare_file(path, "[1]\n")] == [Change.CHANGED]
    assert [drift.change for drift in compare_file(path.with_name("absent"), "")] == [Change.MISSING]
    assert [each.name for each in path.parent.iterdir()] == ["crates.json"]

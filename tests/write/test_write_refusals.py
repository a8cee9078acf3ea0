"""What is not flakegen's is never written over, and nothing is written outside the project."""

import errno
import os
from pathlib import Path

import pytest
from written_trees import OLD, add_foreign, snapshot, text

from flakegen.write.folder import RefusedError, compare_tree, refusals, write_file, write_tree

FILES = {"flake.nix": text("flake"), "cargo/unit.sh": text("unit")}


def _refused(folder: Path, root: Path, files: dict[str, str] = FILES) -> str:
    """What is said, after making sure that nothing was changed and that asking beforehand says the same."""
    before = snapshot(root)
    said = refusals(folder, files, root)
    with pytest.raises(RefusedError) as caught:
        write_tree(folder, files, root)
    assert caught.value.refusals == said
    assert snapshot(root) == before
    assert all(each.hint for each in said)
    return "\n".join(each.message.replace(str(root), "ROOT") for each in said)


def test_a_file_without_header(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/flake.nix").write_text("{ }")
    assert _refused(tmp_path / "x", tmp_path) == "ROOT/x/flake.nix was not written by flakegen"


def test_all_files_in_the_way_are_told(tmp_path):
    (tmp_path / "x/cargo").mkdir(parents=True)
    (tmp_path / "x/flake.nix").write_text("{ }")
    (tmp_path / "x/cargo/unit.sh").write_bytes(b"\xff\x00")
    assert len(_refused(tmp_path / "x", tmp_path).splitlines()) == 2


def test_a_file_of_another_spec(tmp_path):
    write_tree(tmp_path / "x", {"flake.nix": text("", "specs/other.toml")}, tmp_path)
    said = _refused(tmp_path / "x", tmp_path)
    assert said == "ROOT/x/flake.nix was generated from another spec, specs/other.toml"


def test_a_file_where_a_folder_must_be(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/cargo").write_text("mine")
    assert _refused(tmp_path / "x", tmp_path) == "ROOT/x/cargo was not written by flakegen"


@pytest.mark.parametrize("inside", ["mine.txt", "deep/mine.txt", "empty/"])
def test_a_folder_where_a_file_must_be(tmp_path, inside):
    path = tmp_path / "x/flake.nix" / inside
    if inside.endswith("/"):
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    assert "was not written by flakegen" in _refused(tmp_path / "x", tmp_path)


def test_an_empty_folder_where_a_file_must_be(tmp_path):
    (tmp_path / "x/flake.nix").mkdir(parents=True)
    assert _refused(tmp_path / "x", tmp_path) == "ROOT/x/flake.nix was not written by flakegen"


@pytest.mark.parametrize("link", ["flake.nix", "cargo"])
def test_a_link_inside(tmp_path, link):
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "root/x").mkdir(parents=True)
    (tmp_path / "root/x" / link).symlink_to(outside)
    _refused(tmp_path / "root/x", tmp_path / "root")
    assert list(outside.iterdir()) == []


def test_the_folder_is_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "x").symlink_to("real")
    assert _refused(tmp_path / "x", tmp_path) == "ROOT/x is a symbolic link"


def test_a_folder_above_is_a_link_that_leaves_the_project(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root/generated").symlink_to("../elsewhere")
    said = _refused(tmp_path / "root/generated/x", tmp_path / "root")
    assert said == "ROOT/generated is a symbolic link that leaves the project"


def test_a_folder_above_may_be_a_link_that_stays(tmp_path):
    (tmp_path / "build/made").mkdir(parents=True)
    (tmp_path / "generated").symlink_to("build/made")
    write_tree(tmp_path / "generated/x", FILES, tmp_path)
    assert (tmp_path / "build/made/x/flake.nix").read_text() == FILES["flake.nix"]


@pytest.mark.parametrize("place", ["x", "generated"])
def test_a_file_in_the_place_of_the_folder_or_above(tmp_path, place):
    (tmp_path / place).write_text("mine")
    folder = tmp_path / "x" if place == "x" else tmp_path / "generated/x"
    assert _refused(folder, tmp_path) == f"ROOT/{place} is a file where a folder should be"


def test_a_header_further_down_is_none(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/flake.nix").write_text("a\nb\n" + FILES["flake.nix"])
    _refused(tmp_path / "x", tmp_path)


def test_huge_foreign_files_are_not_read(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    with (folder / "disk.img").open("wb") as file:
        file.truncate(1 << 40)  # a hole; reading it all would end the test run
    write_tree(folder, FILES, tmp_path)
    assert (folder / "disk.img").stat().st_size == 1 << 40


def test_pipes_and_strange_names_are_carried_over(tmp_path):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"na\xffme\n")).write_text("mine")
    write_tree(folder, FILES, tmp_path)
    assert (folder / "pipe").is_fifo()
    assert (folder / os.fsdecode(b"na\xffme\n")).read_text() == "mine"


@pytest.mark.parametrize("step", ["link", "fsync", "mkdir", "chmod"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_full_or_read_only_disk_leaves_the_old_tree_and_no_litter(tmp_path, monkeypatch, step, code):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    add_foreign(folder)
    before = snapshot(tmp_path)

    def fail(*_arguments, **_options):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        if step == "link":
            patched.setattr("shutil.copy2", fail)
        with pytest.raises(OSError, match=os.strerror(code)):
            write_tree(folder, FILES, tmp_path)
    assert snapshot(tmp_path) == before
    write_tree(folder, FILES, tmp_path)
    assert compare_tree(folder, FILES) == ()


def test_a_file_system_without_links_gets_copies(tmp_path, monkeypatch):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    add_foreign(folder)

    def fail(*_arguments, **_options):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", fail)
    write_tree(folder, FILES, tmp_path)
    assert (folder / "mine/notes.md").read_text() == "notes"
    assert (folder / "result").is_symlink()


def test_a_folder_that_may_not_be_written_is_left_alone(tmp_path, monkeypatch):
    folder = tmp_path / "x"
    write_tree(folder, OLD, tmp_path)
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != folder / "only-old")
    with pytest.raises(PermissionError, match="only-old"):
        write_tree(folder, FILES, tmp_path)
    assert snapshot(tmp_path) == before


def test_a_single_file_that_cannot_be_written_stays(tmp_path, monkeypatch):
    path = tmp_path / "crates.json"
    write_file(path, "old")

    def fail(_descriptor):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_file(path, "new")
    assert snapshot(tmp_path) == {"crates.json": ("-rw-r--r--", b"old")}

"""A kill at any moment leaves the old tree or the new one, and the next run works; so do several runs at once."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from written_trees import NEW, OLD, add_foreign, only_own, snapshot

from flakegen.write.folder import compare_tree, write_tree

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent.parent)))}


def _start(*arguments: object) -> subprocess.Popen[str]:
    line = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(line, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("way", ["exchange", "rename"])
def test_death_at_every_step(tmp_path, way):
    process = _start(HERE / "die_at_every_step.py", tmp_path, way)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert int(out) > 20, "too few steps were seen to show anything"


def test_death_at_random_moments(tmp_path):
    folder = tmp_path / "generated/x"
    write_tree(folder, OLD, tmp_path)
    add_foreign(folder)
    random_moment = random.Random(7)  # noqa: S311
    seen = set()
    for _ in range(12):
        process = _start(HERE / "write_for_ever.py", tmp_path, 10**6)
        assert process.stdout.readline() == "ready\n"
        time.sleep(random_moment.uniform(0, 0.05))
        process.kill()
        process.communicate()
        found = snapshot(folder)
        assert only_own(found, OLD) or only_own(found, NEW), found
        assert found["mine/notes.md"] == ("-rw-r-----", b"notes")
        seen.add(only_own(found, OLD))
    write_tree(folder, OLD, tmp_path)
    assert only_own(snapshot(folder), OLD)
    assert [path.name for path in folder.parent.iterdir()] == ["x"]


def test_writers_and_a_reader_at_once(tmp_path):
    folder = tmp_path / "generated/x"
    write_tree(folder, OLD, tmp_path)
    writers = [_start(HERE / "write_for_ever.py", tmp_path, 40) for _ in range(3)]
    reads = 0
    while any(writer.poll() is None for writer in writers):
        unlike_old, unlike_new = compare_tree(folder, OLD), compare_tree(folder, NEW)
        # Between the two looks somebody may have written, but each look sees one tree and never a mixture.
        whole = {drift.path for drift in unlike_old}, {drift.path for drift in unlike_new}
        assert all(paths == set() or len(paths) == 5 for paths in whole), whole
        reads += 1
    assert reads
    for writer in writers:
        assert writer.communicate()[1] == ""
        assert writer.returncode == 0
    assert [path.name for path in folder.parent.iterdir()] == ["x"]

"""A program: writes one tree over another, dies at the n-th step of it for every n, and looks at what is left.

`die_at_every_step.py FOLDER exchange|rename` prints the number of steps. It forks, and is a program of its own because
a test runner has threads.
"""

import builtins
import io
import os
import shutil
import sys
from pathlib import Path

from written_trees import NEW, OLD, add_foreign, only_own, snapshot

import flakegen.write.folder
from flakegen.write.folder import write_tree

DIED, DONE = 9, 0
STEPS = {
    os: (
        "mkdir",
        "link",
        "rename",
        "replace",
        "unlink",
        "rmdir",
        "chmod",
        "fsync",
        "open",
        "scandir",
        "lstat",
    ),
    builtins: ("open",),
    io: ("open",),
    flakegen.write.folder: ("_exchange",),
}


def die_at(step: int) -> None:
    """Make the process die instead of the call with this number."""
    calls = 0

    def dying(real):
        def call(*arguments, **options):
            nonlocal calls
            calls += 1
            if calls == step:
                os._exit(DIED)
            return real(*arguments, **options)

        return call

    for module, names in STEPS.items():
        for name in names:
            setattr(module, name, dying(getattr(module, name)))


def run(root: Path, step: int) -> int:
    """Write the new tree in a process that dies at this step; gives its exit code."""
    child = os.fork()
    if child == 0:
        die_at(step)
        write_tree(root / "generated/x", NEW, root)
        os._exit(DONE)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check(root: Path, *, atomic: bool) -> None:
    """What is there is the old tree or the new one, and the next run gets everything right."""
    folder = root / "generated/x"
    found = snapshot(folder)
    if atomic or folder.exists():
        assert only_own(found, OLD) or only_own(found, NEW), found
        assert found["mine/notes.md"] == ("-rw-r-----", b"notes")
        assert found["result"][1] == b"/nowhere/at/all"
        assert "mine/empty" in found
    write_tree(folder, NEW, root)
    found = snapshot(folder)
    assert only_own(found, NEW), found
    assert found["mine/notes.md"] == ("-rw-r-----", b"notes")
    assert found["mine"][0] == "drwx------"
    assert [path.name for path in folder.parent.iterdir()] == ["x"]


def main(place: Path, way: str) -> None:
    os.fsync = lambda _descriptor: None  # a step to die at, but no power fails here
    if way == "rename":
        flakegen.write.folder._exchange = lambda _one, _other: False  # noqa: SLF001
    for step in range(1, 1000):
        root = place / str(step)
        write_tree(root / "generated/x", OLD, root)
        add_foreign(root / "generated/x")
        code = run(root, step)
        assert code in (DIED, DONE), code
        check(root, atomic=way == "exchange")
        shutil.rmtree(root)
        if code == DONE:
            print(step - 1)  # noqa: T201
            return
    raise AssertionError("it never ended")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

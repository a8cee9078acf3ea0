"""A program: writes two trees over each other in turn, until it is killed or has done so COUNT times.

`write_for_ever.py ROOT COUNT` says `ready` once the first tree is there.
"""

import itertools
import sys
from pathlib import Path

from written_trees import NEW, OLD

from flakegen.write.folder import write_tree


def main(root: Path, count: int) -> None:
    write_tree(root / "generated/x", OLD, root)
    print("ready", flush=True)  # noqa: T201
    for _, files in zip(range(count), itertools.cycle((NEW, OLD)), strict=False):
        write_tree(root / "generated/x", files, root)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

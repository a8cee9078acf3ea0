"""The edits after which it is counted what is built again."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from synthetic_workspace import Synthetic

PROGRAM = "bank-cli-00"
"""What is built: the one program that all members are part of."""

SHARED = "shared/rates.csv"
"""A text beside the members' folders, which one of them includes."""

_BUMPED = "serde"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A file that is changed or added, and which member's library reads it: none where the program is the same."""

    what: str
    path: Path
    text: str
    reader: str | None  # as name-version

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """The workspace with the edit; afterwards it is as it was."""
        before = self.path.read_bytes() if self.path.exists() else None
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self.text)
        try:
            yield
        finally:
            if before is None:
                self.path.unlink()
            else:
                self.path.write_bytes(before)


def with_shared_text(made: Synthetic) -> None:
    """Have one member of the lowest layer include a text that lies outside its folder."""
    text = made.workspace / SHARED
    text.parent.mkdir()
    text.write_text("2026,5\n")
    with (_member(made, 2) / "src/lib.rs").open("a") as file:
        file.write(f'\npub const RATES: &str = include_str!("../../../{SHARED}");\n')


def edits(made: Synthetic) -> list[Edit]:
    """All edits but that of the lock."""
    leaf, base, tested = made.workspace / "crates" / PROGRAM, _member(made, 0), _member(made, 3)
    migration = made.a_migration(0)
    return [
        Edit(what="a line of a leaf", path=leaf / "src/lib.rs", text="// more\n", reader=_package(leaf)),
        Edit(what="a line of the base", path=base / "src/lib.rs", text="// more\n", reader=_package(base)),
        Edit(what="a migration more", path=migration, text="SELECT 1;\n", reader=_package(migration.parents[1])),
        Edit(what="a text outside the members", path=made.workspace / SHARED, text="2027,6\n",
             reader=_package(_member(made, 2))),
        Edit(what="a line of a test", path=tested / "tests/flow.rs", text="// more\n", reader=None),
        Edit(what="a line of the base's README", path=base / "README.md", text="More.\n", reader=None),
        Edit(what="a line of the workspace's README", path=made.workspace / "README.md", text="More.\n", reader=None),
    ]  # fmt: skip


def bump(made: Synthetic) -> str:
    """Publish one more version of a crate that many others need, and lock it; returns it as name-version."""
    [unpacked] = made.cargo_home.glob(f"registry/src/*/{_BUMPED}-1.*")
    version = unpacked.name.rpartition("-")[2]
    later = re.sub(r"\d+$", lambda patch: str(int(patch[0]) + 1), version)
    copy = unpacked.with_name(f"{_BUMPED}-{later}")
    shutil.copytree(unpacked, copy)
    manifest = (copy / "Cargo.toml").read_text()
    (copy / "Cargo.toml").write_text(manifest.replace(f'version = "{version}"', f'version = "{later}"', 1))
    checksum = hashlib.sha256(copy.name.encode()).hexdigest()
    (copy / ".cargo-checksum.json").write_text(json.dumps({"files": {}, "package": checksum}))
    subprocess.run(
        ["cargo", "update", "--quiet", "--offline", "--package", _BUMPED, "--precise", later],
        cwd=made.workspace,
        env=os.environ | made.environment(),
        check=True,
    )
    return copy.name


def _member(made: Synthetic, number: int) -> Path:
    folders = made.workspace.glob(f"crates/*-{number:02}")
    return next(folder for folder in sorted(folders) if folder.name != PROGRAM)


def _package(folder: Path) -> str:
    return f"{folder.name}-0.9.0"

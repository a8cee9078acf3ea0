"""Real git repositories for the programs that ask git."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository, in a folder of its own."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Repository:
        folder.mkdir()
        made = cls(folder)
        made.git("init", "--quiet")
        return made

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *IDENTITY, *arguments],
            cwd=self.folder,
            env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, message: str, file: str = "file") -> str:
        with (self.folder / file).open("a", encoding="utf-8") as opened:
            opened.write("line\n")
        self.git("add", ".")
        self.git("commit", "--quiet", "--cleanup=verbatim", "-m", message)
        return self.git("rev-parse", "HEAD")

    def release(self, tag: str) -> None:
        self.git("tag", tag)

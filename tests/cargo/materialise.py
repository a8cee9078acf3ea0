"""Case files: a whole workspace in one TOML file, written out into a folder.

Top-level tables are packages by folder, holding their manifest and ``files`` (empty sources; `src/lib.rs` if not
given). ``root`` is the workspace's own manifest, ``config`` its `.cargo/config.toml`, ``vendor`` crates that stand in for
crates.io; ``lock`` is a lock text, where cargo's own choice is not the one wanted. ``git`` holds repositories, each a list
of commits: their ``packages`` by folder (``.`` is the top), the ``branch`` they are on, their ``tag``. ``runs`` are
invocations: cargo's subcommand and its arguments, before them the folder where it is run, as ``@folder``.

In all texts, ``@git{name}`` is a repository's address, ``@rev{name.0}`` its first commit, and ``@{name}`` the checksum of a
vendored crate.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import rtoml
from oracle import cargo_environment

CASES = Path(__file__).parent / "cases"
_RESERVED = ("about", "runs", "root", "config", "vendor", "lock", "git")
_PLACEHOLDER = re.compile(r"@(git|rev|)\{(.+?)\}")


@dataclass(frozen=True)
class Run:
    """An invocation of cargo in a folder of the case."""

    folder: Path
    command: str
    arguments: list[str]
    shown: str  # as it stands in the case

    @classmethod
    def of(cls, words: list[str], root: Path) -> Run:
        place, *line = words if words[0].startswith("@") else ["@.", *words]
        return cls(root / place[1:], line[0], line[1:], " ".join(words))


@dataclass(frozen=True)
class Case:
    """A case that has been written out."""

    folder: Path
    runs: list[Run]
    vendor: Path
    cargo_home: Path


def case_names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.toml"))


def materialise(name: str, folder: Path) -> Case:
    """Write a case's files into a folder, and let cargo write the lock."""
    table = rtoml.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    writer = _Writer(folder)
    for repository, commits in table.get("git", {}).items():
        writer.repository(repository, commits)
    writer.package(folder, "", table["root"])
    for key, manifest in table.items():
        if key not in _RESERVED:
            writer.package(folder / key, Path(key).name, manifest)
    config = dict(table.get("config", {}))
    if "vendor" in table:
        config["source"] = {"crates-io": {"replace-with": "v"}, "v": {"directory": "vendor"}}
        for key, manifest in table["vendor"].items():
            writer.package(writer.vendor / key, key, manifest)
            checksum = {"files": {}, "package": _checksum(key)}
            writer.write(writer.vendor / key / ".cargo-checksum.json", json.dumps(checksum))
    if config:
        writer.write(folder / ".cargo" / "config.toml", rtoml.dumps(config))
    if "lock" in table:
        writer.write(folder / "Cargo.lock", table["lock"])
    else:
        writer.cargo("generate-lockfile")
    if "git" in table:
        writer.cargo("fetch", "--locked")
    runs = [Run.of(words, folder) for words in table["runs"]]
    return Case(folder, runs, writer.vendor, writer.cargo_home)


class _Writer:
    """Writes the files of one case, placeholders filled in; what is not the workspace's lies beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vendor = folder / "vendor"
        self.cargo_home = folder.parent / f"{folder.name}-home"
        self.repositories = folder.parent / f"{folder.name}-git"
        self.commits: dict[str, str] = {}

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_PLACEHOLDER.sub(self._filled, text), encoding="utf-8")

    def _filled(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "git":
            return f"file://{self.repositories}/{name}"
        return self.commits[name] if kind == "rev" else _checksum(name)

    def package(self, folder: Path, name: str, manifest: dict) -> None:
        manifest = dict(manifest)
        files = manifest.pop("files", ["src/lib.rs"] if name else [])
        key = "project" if "project" in manifest else "package"
        if name or key in manifest:
            defaults = {"name": name, "version": "0.1.0", "edition": "2021"}
            manifest[key] = {**defaults, **manifest.get(key, {})}
        for file in files:
            self.write(folder / file, "fn main() {}\n")
        self.write(folder / "Cargo.toml", rtoml.dumps(manifest))

    def repository(self, name: str, commits: list[dict]) -> None:
        """A repository, known under its name with `.git` behind it, too."""
        place = self.repositories / name
        place.mkdir(parents=True)
        place.with_name(f"{name}.git").symlink_to(place)
        _run(["git", "init", "--quiet", "--initial-branch=main"], place)
        for number, commit in enumerate(commits):
            if branch := commit.get("branch"):
                _run(["git", "checkout", "--quiet", "-B", branch], place)
            for key, manifest in commit["packages"].items():
                self.package(place / key, "" if key == "." else Path(key).name, manifest)
            _run(["git", "add", "--all"], place)
            _run(["git", *_AUTHOR, "commit", "--quiet", "--message", f"{number}"], place)
            if tag := commit.get("tag"):
                _run(["git", "tag", tag], place)
            self.commits[f"{name}.{number}"] = _run(["git", "rev-parse", "HEAD"], place).strip()
        _run(["git", "checkout", "--quiet", "main"], place)

    def cargo(self, *words: str) -> None:
        offline = () if words[0] == "fetch" or self.commits else ("--offline",)
        environment = cargo_environment(CARGO_HOME=str(self.cargo_home))
        _run(["cargo", *words, *offline], self.folder, environment)


_AUTHOR = ("-c", "user.name=Nobody", "-c", "user.email=nobody@localhost")
_GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
_GIT |= dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2020-01-01T00:00:00Z")


def _run(line: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    environment = {**(environment or os.environ), **_GIT}
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def _checksum(name: str) -> str:
    return sha256(name.encode()).hexdigest()

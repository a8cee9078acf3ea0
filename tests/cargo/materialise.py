"""Case files: a whole workspace in one TOML file, written out into a folder.

Top-level tables are packages by folder, holding their manifest and ``files`` (empty sources; `src/lib.rs` if not
given). ``root`` is the workspace's own manifest, ``config`` its `.cargo/config.toml`, ``vendor`` crates that stand in for
crates.io; ``lock`` is a lock text, where cargo's own choice is not the one wanted. ``runs`` are invocations: cargo's subcommand and its arguments.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import rtoml
from oracle import cargo_environment

CASES = Path(__file__).parent / "cases"
_RESERVED = ("about", "runs", "root", "config", "vendor", "lock")
_CHECKSUM = re.compile(r"@\{(.+?)\}")


@dataclass(frozen=True)
class Case:
    """A case that has been written out."""

    folder: Path
    runs: list[list[str]]
    vendor: Path


def case_names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.toml"))


def materialise(name: str, folder: Path) -> Case:
    """Write a case's files into a folder, and let cargo write the lock."""
    table = rtoml.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    vendor = folder / "vendor"
    _write_package(folder, "", table["root"])
    for key, manifest in table.items():
        if key not in _RESERVED:
            _write_package(folder / key, key, manifest)
    config = dict(table.get("config", {}))
    if "vendor" in table:
        replaced = {"crates-io": {"replace-with": "v"}, "v": {"directory": "vendor"}}
        config["source"] = replaced
        for key, manifest in table["vendor"].items():
            _write_package(vendor / key, key, manifest)
            _write_checksum(vendor / key)
    if config:
        _write(folder / ".cargo" / "config.toml", rtoml.dumps(config))
    if "lock" in table:
        _write(folder / "Cargo.lock", _CHECKSUM.sub(lambda match: _checksum(match[1]), table["lock"]))
    else:
        _lock(folder)
    return Case(folder, table["runs"], vendor)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_package(folder: Path, name: str, manifest: dict) -> None:
    manifest = dict(manifest)
    files = manifest.pop("files", ["src/lib.rs"] if name else [])
    if name or "package" in manifest:
        defaults = {"name": name, "version": "0.1.0", "edition": "2021"}
        manifest["package"] = {**defaults, **manifest.get("package", {})}
    for file in files:
        _write(folder / file, "fn main() {}\n")
    _write(folder / "Cargo.toml", rtoml.dumps(manifest))


def _write_checksum(folder: Path) -> None:
    _write(folder / ".cargo-checksum.json", json.dumps({"files": {}, "package": _checksum(folder.name)}))


def _checksum(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _lock(folder: Path) -> None:
    line = ["cargo", "generate-lockfile", "--offline"]
    done = subprocess.run(
        line, cwd=folder, env=cargo_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)

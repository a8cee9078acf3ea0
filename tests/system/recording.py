"""Calls of compilers, build scripts and tests, as cargo makes them and as units do, in a form that can be compared."""

from __future__ import annotations

import bz2
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from real_nix import Nix
from stand_in import StandIn, rust_facts

RECORD = Path(__file__).with_name("record.py")
_FLAKE = """{
  inputs.base.url = "path:@base@";
  outputs = { self, base }: {
    inherit (base) lib;
    legacyPackages.x86_64-linux = import base {
      system = "x86_64-linux";
      overlays = [
        (_: prev:
          let
            recorded = programs: prev.stdenvNoCC.mkDerivation {
              pname = "recorded";
              version = "1";
              buildCommand = ''
                mkdir -p $out/bin
                for program in ${toString programs}; do
                  cp ${./.}/$program $out/bin/
                done
              '';
            };
          in
          {
            rustc = recorded [ "rustc" "rustdoc" ];
            clippy = recorded [ "clippy-driver" ];
          })
      ];
    };
  };
}
"""


def wrapper(command: list[str]) -> str:
    """A program that records its call and then runs a command with its own arguments behind it. No shell: that would
    drop variables whose names it cannot hold.
    """
    lines = f"import sys\nsys.argv[1:1] = {command!r}\n"
    return f"#!{sys.executable}\n{lines}{RECORD.read_text()}"


def recording_nixpkgs(folder: Path, nixpkgs: StandIn) -> StandIn:
    """The stand-in with compilers that write down how they are called."""
    folder.mkdir()
    for program in ("rustc", "rustdoc", "clippy-driver"):
        (folder / program).write_text(wrapper([f"{rust_facts()['sysroot']}/bin/{program}"]))
        (folder / program).chmod(0o755)
    (folder / "flake.nix").write_text(_FLAKE.replace("@base@", str(nixpkgs.path)))
    return StandIn(path=folder, rust_overlay=nixpkgs.rust_overlay, system=nixpkgs.system)


def logs(nix: Nix, derivations: Iterable[str]) -> Iterator[str]:
    """What building each derivation said, as far as it was built here."""
    for path in sorted(derivations):
        name = Path(path).name
        log = nix.home / "var/log/drvs" / name[:2] / f"{name[2:]}.bz2"
        if log.exists():
            yield bz2.decompress(log.read_bytes()).decode()


def calls_in(text: str) -> Iterator[dict]:
    """The compilers' calls in a log, or in what `RECORD_TO` names."""
    for line in text.splitlines():
        if line.startswith(("@@call ", "{")):
            yield json.loads(line.removeprefix("@@call "))


def environments_in(text: str) -> Iterator[dict[str, str]]:
    """The environments that programs of the fixture have shown, one each time `@@env` lines begin."""
    found = dict(re.findall(r"^@@env ([^=\n]+)=([0-9a-f]*)$", text, re.MULTILINE))
    if found:
        yield {name: bytes.fromhex(value).decode() for name, value in found.items()}


class Places:
    """Replaces paths, which differ, by what they are."""

    def __init__(self, *places: tuple[str, str]) -> None:
        self._places = [(re.compile(pattern), name) for pattern, name in places]

    def __call__(self, text: str) -> str:
        for pattern, name in self._places:
            text = pattern.sub(name, text)
        return text


# What a tool is told for the caller's sake, what tells builds apart, and where things lie.
_IGNORED = re.compile(
    r"--error-format|--json|--color|--remap-path-prefix|--diagnostic-width|--test-run-directory|-o |--out-dir"
)
_IGNORED_CODEGEN = re.compile(r"metadata|extra-filename|incremental|linker=")
_SEPARATE = {
    "-C", "-L", "-l", "-o", "--cfg", "--check-cfg", "--extern", "--out-dir", "--crate-name", "--crate-type", "--target",
    "--cap-lints", "--test-args", "--test-run-directory", "--crate-version", "--color", "--error-format",
}  # fmt: skip
_ORDERED = ("-L", "-l", "-C link-arg", "--warn", "--deny", "--allow", "--forbid")


def comparable_call(call: dict, places: Places) -> tuple[str, ...]:
    """A call without what must differ: words in one order, except those whose order counts among themselves."""
    words = [w for w in _options(call["words"]) if not _is_ignored(w)]
    shown = [_shown(word, places) for word in words]
    environment = comparable_environment(call["env"], places)
    ordered = [word for word in shown if word.startswith(_ORDERED)]
    others = sorted(word for word in shown if not word.startswith(_ORDERED))
    return (call["program"], *others, *ordered, *environment)


def _options(words: list[str]) -> Iterator[str]:
    waiting = iter(words)
    for word in waiting:
        if word in _SEPARATE:
            yield f"{word} {next(waiting)}"
        else:
            yield re.sub(r"^-C(?=\w)", "-C ", word)


def _is_ignored(word: str) -> bool:
    if word.startswith("-C "):
        return bool(_IGNORED_CODEGEN.match(word[3:]))
    return bool(_IGNORED.match(word)) or word.startswith("-L dependency=")


def _shown(word: str, places: Places) -> str:
    if word.startswith("--emit"):
        return "--emit=link" if "link" in word else "--emit=metadata"
    if word.startswith("--extern ") and "=" in word:
        name, _, path = word.partition("=")
        return f"{name}={'dynamic' if path.endswith('.so') else 'static'}"
    return places(word)


_CARGOS = re.compile(
    r"CARGO_(?!HOME$|MAKEFLAGS$|TARGET_DIR$|LOG)|KITCHEN|OUT_DIR$|DEP_|TARGET$|HOST$|PROFILE$|OPT_LEVEL$|DEBUG$|"
    r"RUST[CF]?|SCRIPT_SAW|SYS_ROOT|odd-name|kitchen small"
)
_OWN = {
    "KITCHEN_ANSWER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUST_BACKTRACE",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "RUSTUP_AUTO_INSTALL",
    "RUST_RECURSION_COUNT",
}


_PLACES = {"CARGO", "RUSTC", "RUSTDOC", "CARGO_TARGET_TMPDIR", "NUM_JOBS"}


def comparable_environment(environment: dict[str, str], places: Places) -> tuple[str, ...]:
    """The variables that are cargo's business."""
    return tuple(
        sorted(
            f"{name}={'' if name in _PLACES or name.startswith('CARGO_BIN_EXE') else places(value)}"
            for name, value in environment.items()
            if (name == "CARGO" or _CARGOS.match(name)) and name not in _OWN
        )
    )

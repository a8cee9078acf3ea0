"""Small projects for tests of the command line: one without Cargo, one with a workspace that needs no registry."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent

PLAIN = """\
[project]
name = "tiny"
systems = ["x86_64-linux"]

[inputs]
nixpkgs = "github:NixOS/nixpkgs/nixos-unstable"

[devShells.default]
packages = ["jq", "nodejs_20"]

[apps.hello]
script = 'echo "Grüß dich, $USER"'
"""

CARGO = PLAIN + """
[cargo]
workspace = "../code"

[packages.tool]
crate = "tool"

[packages.shell]
nix = "nix/shell.nix"
"""

WORKSPACE = {
    "code/Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n',
    "code/Cargo.lock": (
        "version = 4\n\n"
        '[[package]]\nname = "base"\nversion = "0.1.0"\n\n'
        '[[package]]\nname = "tool"\nversion = "0.1.0"\ndependencies = [\n "base",\n]\n'
    ),
    "code/crates/base/Cargo.toml": '[package]\nname = "base"\nversion = "0.1.0"\nedition = "2021"\n',
    "code/crates/base/src/lib.rs": 'pub const TEXT: &str = include_str!("../../../../data/text.txt");\n',
    "code/crates/tool/Cargo.toml": (
        '[package]\nname = "tool"\nversion = "0.1.0"\nedition = "2021"\n\n'
        '[dependencies]\nbase = { path = "../base" }\n'
    ),
    "code/crates/tool/src/main.rs": "mod target;\nfn main() {}\n",
    "code/crates/tool/src/target/mod.rs": "// a module that is called as cargo's folder is\n",
    "data/text.txt": "text\n",
    "specs/nix/shell.nix": "{ hello }: hello\n",
}


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write files with their folders."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def plain_project(root: Path, name: str = "tiny") -> Path:
    """A project without Cargo; gives its spec."""
    write_files(root, {f"specs/{name}.toml": PLAIN})
    return root / f"specs/{name}.toml"


def cargo_project(root: Path) -> Path:
    """A project with a workspace of two crates; gives its spec."""
    write_files(root, {**WORKSPACE, "specs/rusty.toml": CARGO})
    return root / "specs/rusty.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of the command said."""

    code: int
    out: str
    err: str


def run_process(*words: object, cwd: Path, **environment: str) -> Run:
    """Run the command as users do, in a process of its own."""
    line = [sys.executable, "-m", "flakegen.cli.main", *map(str, words)]
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "HOME": str(cwd), **environment}
    done = subprocess.run(line, cwd=cwd, env=variables, capture_output=True, check=False)
    return Run(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def tree_of(root: Path) -> dict[str, bytes]:
    """All generated files of a project, and its facts."""
    paths = [*(root / "generated").rglob("*"), *(root / "specs").glob("*.json")]
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(paths) if path.is_file()}

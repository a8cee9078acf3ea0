"""A small workspace built by Nix on this machine for others, aarch64 Linux and WebAssembly, beside the same by cargo."""

import json
import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lana import flakegen
from real_nix import Nix
from stand_in import StandIn
from units import derivations_of, units_of_cargo, units_of_nix

HERE = Path(__file__).parent
ARM, WASM = "aarch64-unknown-linux-gnu", "wasm32-unknown-unknown"
ELF_MACHINES = {"tell": 0x3E, "tell-for-arm": 0xB7, "tell-for-arm-release": 0xB7}
LOAD_PLUG = """
const fs = require("fs");
WebAssembly.instantiate(fs.readFileSync(process.argv[1])).then(({ instance: { exports } }) => {
  const text = Buffer.from(exports.memory.buffer, exports.text(), exports.text_length()).toString();
  console.log(JSON.stringify([text, exports.features(), exports.pointer_bits()]));
});
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cross")
    shutil.copytree(HERE / "cross", folder / "cross", ignore=shutil.ignore_patterns("target"))
    shutil.copy(HERE / "cross.toml", folder)
    flakegen("compile", "cross.toml", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def flake(project: Path) -> str:
    return f"path:{project}?dir=out"


@pytest.fixture(scope="module")
def built(flake: str, nix: Nix, cross_nixpkgs: StandIn) -> dict[str, Path]:
    names = (*ELF_MACHINES, "plug", "start")
    paths = nix.build(*cross_nixpkgs.flake_args, *(f"{flake}#{name}" for name in names))
    return dict(zip(names, paths, strict=True))


@pytest.fixture(scope="module")
def measure(nix: Nix, cross_nixpkgs: StandIn) -> Path:
    """The library that the workspace links, for aarch64."""
    packages = "pkgs.pkgsCross.aarch64-multiplatform"
    return nix.build("--expr", cross_nixpkgs.expr(f"{packages}.libmeasure"))[0]


@pytest.fixture(scope="module")
def for_arm(cross_tools: Path, measure: Path) -> dict[str, str]:
    """What a person who cross-compiles with cargo sets."""
    programs = cross_tools / "bin"
    return {
        "RUSTC": str(cross_tools / "aarch64/bin/rustc"),
        "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": str(programs / "aarch64-linux-gnu-gcc"),
        "CC_aarch64_unknown_linux_gnu": str(programs / "aarch64-linux-gnu-gcc"),
        "AR_aarch64_unknown_linux_gnu": str(programs / "aarch64-linux-gnu-ar"),
        "PKG_CONFIG_PATH": str(measure / "lib/pkgconfig"),
    }


@pytest.fixture(scope="module")
def for_wasm(cross_tools: Path) -> dict[str, str]:
    return {
        "RUSTC": str(cross_tools / "native/bin/rustc"),
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER": str(cross_tools / "bin/lld"),
    }


@pytest.fixture
def cargo(project: Path) -> Callable[..., Path]:
    """Runs cargo on the workspace and returns its target folder."""

    def run(*arguments: str, **environment: str) -> Path:
        subprocess.run(
            ["cargo", *arguments, "--offline", "--locked"],
            cwd=project / "cross",
            env=os.environ | environment,
            check=True,
        )
        return project / "cross/target"

    return run


@pytest.fixture
def emulated(cross_tools: Path) -> Callable[..., str]:
    """Runs a program for aarch64 and returns what it prints."""

    def run(program: Path, **environment: str) -> str:
        command = [cross_tools / "bin/qemu-aarch64", program]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    return run


def elf_machine(program: Path) -> int:
    head = program.read_bytes()[:20]
    assert head[:4] == b"\x7fELF"
    return struct.unpack_from("<H", head, 18)[0]


@pytest.mark.parametrize("name", ELF_MACHINES)
def test_programs_are_for_their_machine(built, name: str):
    assert elf_machine(built[name] / "bin/tell") == ELF_MACHINES[name]


@pytest.mark.parametrize(
    ("name", "arguments"), [("tell-for-arm", []), ("tell-for-arm-release", ["--release"])]
)
def test_the_program_for_arm_says_what_cargos_says(
    built, cargo, emulated, for_arm, measure: Path, name: str, arguments: list[str]
):
    target = cargo("build", "-p", "tell", "--target", ARM, *arguments, **for_arm)
    folder = "release" if arguments else "debug"
    theirs = emulated(target / ARM / folder / "tell", LD_LIBRARY_PATH=str(measure / "lib"))
    assert emulated(built[name] / "bin/tell") == theirs
    assert "script on x86_64 with in-build-scripts in-macros and only-x86, measure 2.5.0" in theirs
    assert "program on aarch64 with in-programs and only-arm" in theirs


def test_the_units_for_arm_are_those_of_cargo(project: Path, flake, nix, cross_nixpkgs, for_arm):
    ours = units_of_nix(nix, cross_nixpkgs, flake, "tell-for-arm")
    theirs = units_of_cargo(project / "cross", "build", "-p", "tell", "--target", ARM, **for_arm)
    assert ours == theirs


def test_the_program_for_arm_needs_the_library_for_arm_alone(built, nix: Nix, measure: Path):
    program = built["tell-for-arm-release"]
    assert nix.runtime_closure(program) == {str(program), str(measure)}


def test_only_the_crate_with_a_native_library_pays_for_stdenv(flake, nix: Nix, cross_nixpkgs: StandIn):
    told = derivations_of(nix, cross_nixpkgs, flake, "tell", "tell-for-arm")
    units = [each for each in told if "packageEnv" in each]
    assert {each["pname"] for each in units if "stdenv" in each} == {"measure-sys"}
    assert {each["pname"] for each in units if "stdenv" not in each} > {"tell", "macros", "shared"}


@pytest.fixture
def load() -> Callable[[Path], list]:
    """Loads the shared library in Node and asks it."""
    node = shutil.which("node") or pytest.fail("node is not on PATH")

    def ask(library: Path) -> list:
        said = subprocess.run(
            [node, "-e", LOAD_PLUG, library], check=True, capture_output=True, text=True, timeout=60
        )
        return json.loads(said.stdout)

    return ask


def test_web_assembly_loads_and_answers_as_cargos_does(built, cargo, load, for_wasm):
    target = cargo("build", "-p", "plug", "--release", "--target", WASM, **for_wasm)
    answers = load(built["plug"] / "lib/plug.wasm")
    assert answers == load(target / WASM / "release/plug.wasm")
    assert answers == ["compiled on x86_64 with in-macros", 1, 32]


def test_units_for_web_assembly_are_those_of_cargo(project: Path, flake, nix, cross_nixpkgs, for_wasm):
    ours = units_of_nix(nix, cross_nixpkgs, flake, "plug")
    theirs = units_of_cargo(
        project / "cross", "build", "--release", "-p", "plug", "--target", WASM, **for_wasm
    )
    assert ours == theirs


def test_a_program_for_web_assembly_has_cargos_name(built):
    assert [path.name for path in (built["start"] / "bin").iterdir()] == ["start.wasm"]
    assert (built["start"] / "bin/start.wasm").read_bytes()[:4] == b"\0asm"

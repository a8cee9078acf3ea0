"""The stand-in nixpkgs builds right calls and refuses wrong ones, naming the function and the argument."""

import hashlib
import subprocess
import tarfile
from pathlib import Path

import pytest
from real_nix import Nix
from stand_in import StandIn, crate_folders

CROSS = "pkgs.pkgsCross.aarch64-multiplatform"

REFUSED = {
    'writeShellApplication { name = "x"; }': "writeShellApplication: argument 'text' is missing",
    'writeShellApplication { name = "x"; text = ""; runtimeInput = [ ]; }': "unknown argument 'runtimeInput'",
    'writeShellApplication { name = "x"; text = ""; runtimeInputs = [ "jq" ]; }': "'runtimeInputs' must be a list of",
    "writeText 1 {}": "writeText: argument 'name' must be a string",
    'buildEnv { name = "x"; path = [ ]; }': "buildEnv: argument 'paths' is missing",
    'buildEnv { name = "x"; paths = [ ]; pathsToLink = "/bin"; }': "'pathsToLink' must be a list of a string",
    "symlinkJoin { paths = [ ]; }": "symlinkJoin: neither 'name' nor 'pname' and 'version'",
    'linkFarm "x" [ { name = "a"; } ]': "linkFarm: argument 'path' is missing",
    'mkShell { packages = [ "jq" ]; }': "mkShell: argument 'packages' must be",
    "mkShell { package = [ ]; }": "mkShell: unknown argument 'package'",
    "mkShell { env.A = [ ]; }": "mkShell: argument 'env' must be",
    'mkShell { shell-hook = ""; }': "mkShell: unknown argument 'shell-hook'",
    'stdenv.mkDerivation { pname = "x"; }': "neither 'name' nor 'pname' and 'version'",
    'stdenv.mkDerivation { name = "x"; buildInput = [ ]; }': "did you mean 'buildInputs'?",
    'stdenv.mkDerivation { name = "x"; installphase = ""; }': "did you mean 'installPhase'?",
    'stdenv.mkDerivation { name = "x"; env.A = "1"; A = "2"; }': "'A' stands in env and beside it",
    'stdenv.mkDerivation { name = "x"; meta.mainprogram = "x"; }': "'meta' must be meta attributes",
    'stdenv.mkDerivation { name = "x"; meta.platforms = lib.platforms.darwin; }': "not available on the requested",
    "callPackage ({ jq, absent }: jq) { }": "the package set has no 'absent'",
    "callPackage ({ jq }: jq) { other = 1; }": "unexpected argument 'other'",
    'fetchurl { url = "https://example.org/a"; }': "fetchurl: exactly one of 'hash' and 'sha256'",
    "fetchurl { sha256 = lib.fakeSha256; }": "fetchurl: argument 'url' is missing",
    'fetchCrate { pname = "a"; version = "1"; sha256 = "abc"; }': "fetchCrate: argument 'sha256' must be",
    'fetchCrate { pname = "a"; version = "1"; checksum = "abc"; }': "fetchCrate: unknown argument 'checksum'",
    'fetchgit { url = "file:///a"; ref = "main"; hash = lib.fakeHash; }': "fetchgit: unknown argument 'ref'",
    'fetchFromGitHub { owner = "a"; repo = "b"; hash = lib.fakeHash; }': "requires one of either 'rev' or 'tag'",
    'python313Packages.buildPythonApplication { pname = "a"; version = "1"; src = ./.; }': "'pyproject' is missing",
    'python313Packages.buildPythonApplication { pname = "a"; version = "1"; src = /etc; pyproject = true; dependencies = [ jq ]; }': (
        "is no Python package"
    ),
    "dockerTools.buildLayeredImage { }": "buildLayeredImage: argument 'name' is missing",
    'dockerTools.buildLayeredImage { name = "a"; copyToRoot = [ ]; }': "unknown argument 'copyToRoot'",
    'dockerTools.buildLayeredImage { name = "a"; compressor = "bz2"; }': "'compressor' must be one of",
    "dockerTools.fakeNss.override { lines = [ ]; }": "unexpected argument 'lines'",
    "sqlx": "attribute 'sqlx' missing",
    "system": "attribute 'system' missing",
    'lib.getExe (runCommand "x" { } "")': "has no meta.mainProgram",
    "lib.fileset.unions [ /no/such/file ]": "does not exist",
    "lib.fileset.toSource { root = /etc; fileset = /usr/bin/env; }": "not under root",
}


@pytest.mark.parametrize("call", REFUSED)
def test_wrong_calls_are_refused(nix: Nix, nixpkgs: StandIn, call: str) -> None:
    first = call.split(" ", 1)[0]
    body = call if first.startswith("lib.") else f"pkgs.{call}"
    value = nixpkgs.expr(
        f"let v = with pkgs; {body}; in v.drvPath or (toString (v.outPath or (v.tree or v)))"
    )
    assert REFUSED[call] in nix.fails("eval", "--impure", "--expr", value)


def test_unknown_arguments_of_the_import_are_refused(nix: Nix, nixpkgs: StandIn) -> None:
    body = f'(import {nixpkgs.path} {{ system = "x86_64-linux"; overlay = [ ]; }}).jq.name'
    assert "import nixpkgs: unknown argument 'overlay'" in nix.fails("eval", "--impure", "--expr", body)
    body = f"(import {nixpkgs.path} {{ }}).jq.name"
    assert "import nixpkgs: argument 'system' is missing" in nix.fails("eval", "--impure", "--expr", body)


def test_calls_are_kept(nix: Nix, nixpkgs: StandIn) -> None:
    body = '(pkgs.writeShellApplication { name = "x"; text = "a"; }).standInCall'
    assert nix.eval("--expr", nixpkgs.expr(body)) == {
        "function": "writeShellApplication",
        "args": {"name": "x", "text": "a"},
    }


def test_a_flake_takes_it_as_input(nix: Nix, nixpkgs: StandIn, tmp_path: Path) -> None:
    (tmp_path / "flake.nix").write_text("""
    {
      inputs.nixpkgs.url = "github:NixOS/nixpkgs";
      inputs.rust-overlay.url = "github:oxalica/rust-overlay";
      outputs = { self, nixpkgs, rust-overlay }: {
        devShells = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (system:
          let
            pkgs = import nixpkgs { inherit system; overlays = [ rust-overlay.overlays.default ]; };
          in {
            default = pkgs.mkShell {
              packages = [ (pkgs.rust-bin.stable.latest.default.override { extensions = [ "rust-src" ]; }) pkgs.jq ];
            };
          });
      };
    }
    """)
    overrides = [*nixpkgs.flake_args, *nixpkgs.rust_overlay_args]
    nix.run("flake", "check", "--no-build", "--all-systems", *overrides, f"path:{tmp_path}")
    assert nix.drv_closure(*overrides, f"path:{tmp_path}#devShells.aarch64-darwin.default")


BUILDS = """
pkgs.linkFarm "all" {
  derivation = pkgs.stdenv.mkDerivation (finalAttrs: {
    pname = "greeting";
    version = "1.2";
    src = pkgs.writeTextDir "text" "hello";
    nativeBuildInputs = [ pkgs.pkg-config pkgs.makeWrapper ];
    buildInputs = [ pkgs.openssl ];
    env.WHO = "world of ${finalAttrs.version}";
    strictDeps = true;
    postPatch = "substituteInPlace text --replace-fail hello hallo";
    installPhase = ''
      runHook preInstall
      mkdir -p $out/bin
      echo "$(cat text), $WHO" > $out/greeting
      pkg-config --variable=nothing libssl && pkg-config --modversion openssl > $out/openssl
      makeWrapper ${lib.getExe' pkgs.coreutils "printenv"} $out/bin/show --set A 'a b' --add-flags A
      runHook postInstall
    '';
    postInstall = "$out/bin/show > $out/shown";
  });
  structured = pkgs.stdenv.mkDerivation {
    name = "structured";
    __structuredAttrs = true;
    dontUnpack = true;
    words = [ "a b" "c" ];
    env.E = "x y";
    installPhase = ''mkdir $out; printf '%s\\n' "''${words[@]}" "$E" > $out/words'';
  };
  overridden = (pkgs.runCommand "o" { text = "old"; } ''echo "$text" > $out'').overrideAttrs { text = "new"; };
  compiled = pkgs.runCommandCC "c" { } ''echo 'int main(void) { return 7; }' > a.c && cc a.c -o $out'';
  script = pkgs.writeShellApplication {
    name = "ask"; runtimeInputs = [ pkgs.cargo-nextest ]; runtimeEnv.X = "it's"; text = ''echo "$X"; cargo-nextest "$@"'';
  };
  joined = pkgs.symlinkJoin { name = "j"; paths = [ pkgs.jq pkgs.cargo-nextest ]; };
  env = pkgs.buildEnv { name = "e"; paths = [ pkgs.rustc pkgs.cargo ]; pathsToLink = [ "/bin" ]; };
  shell = pkgs.mkShell { packages = [ pkgs.jq ]; env.A = "1"; shellHook = "echo hi"; };
}
"""


def test_right_calls_build(nix: Nix, nixpkgs: StandIn) -> None:
    [out] = nix.build("--expr", nixpkgs.expr(BUILDS))
    assert (out / "derivation/greeting").read_text() == "hallo, world of 1.2\n"
    assert (out / "derivation/shown").read_text() == "a b\n"
    assert (out / "derivation/openssl").read_text() == "3.5.1\n"
    assert (out / "structured/words").read_text() == "a b\nc\nx y\n"
    assert (out / "overridden").read_text() == "new\n"
    asked = subprocess.run(
        [out / "script/bin/ask", "run", "-h"], capture_output=True, text=True, check=True
    ).stdout
    assert asked == "it's\nstand-in cargo-nextest 0.9.99: run -h\n"
    assert subprocess.run([out / "compiled"], check=False).returncode == 7
    assert not any("openssl" in path for path in nix.runtime_closure(out / "derivation"))
    assert sorted(path.name for path in (out / "env/bin").iterdir()) == ["cargo", "rustc", "rustdoc"]


@pytest.fixture(scope="module")
def crate() -> tuple[str, str, Path]:
    """Name, version and archive of some small crate in cargo's cache, whichever tests of workspaces brought."""
    archives = [path for folder in crate_folders() for path in folder.glob("*-[0-9].*.crate")]
    archive = min(archives, key=lambda path: (path.stat().st_size, path.name))
    name, _, version = (
        archive.stem.partition("-") if archive.stem.count("-") == 1 else archive.stem.rpartition("-")
    )
    return name, version, archive


def test_crates_come_from_cargos_cache_with_their_hash_checked(
    nix: Nix, nixpkgs: StandIn, crate: tuple[str, str, Path]
) -> None:
    name, version, archive = crate
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    call = 'pkgs.fetchCrate {{ pname = "{}"; version = "{}"; sha256 = "{}"; unpack = false; }}'
    [out] = nix.build("--expr", nixpkgs.expr(call.format(name, version, sha256)))
    assert out.read_bytes() == archive.read_bytes()
    assert tarfile.is_tarfile(out)

    wrong = nixpkgs.expr(call.format(name, version, "0" * 64))
    assert "hash mismatch" in nix.fails("build", "--no-link", "--impure", "--expr", wrong)
    absent = nixpkgs.expr(call.format("no-such-crate-here", "1.0.0", sha256))
    assert "run cargo fetch --locked" in nix.fails("build", "--no-link", "-L", "--impure", "--expr", absent)


def test_a_crates_url_is_served_too(nix: Nix, nixpkgs: StandIn, crate: tuple[str, str, Path]) -> None:
    name, version, archive = crate
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    url = f"https://example.org/crates/{name}/{version}/download"
    call = f'pkgs.fetchurl {{ name = "{name}.tar.gz"; url = "{url}"; sha256 = "{sha256}"; }}'
    [out] = nix.build("--expr", nixpkgs.expr(call))
    assert out.read_bytes() == archive.read_bytes()


def test_build_tools_of_another_platform_are_refused_unless_spliced(nix: Nix, nixpkgs: StandIn) -> None:
    wrong = nixpkgs.expr(
        f'{CROSS}.stdenv.mkDerivation {{ name = "x"; nativeBuildInputs = [ {CROSS}.rustc ]; }}'
    )
    wrong = f"({wrong}).drvPath"
    assert "made for aarch64-linux; the builder is x86_64-linux" in nix.fails(
        "eval", "--impure", "--expr", wrong
    )
    right = f"({CROSS}.callPackage ({{ stdenv, rustc }}: "
    right += 'stdenv.mkDerivation { name = "x"; nativeBuildInputs = [ rustc ]; }) { })'
    assert "mkDerivation" in nix.eval("--expr", nixpkgs.expr(f"{right}.standInCall.function"))
    assert nix.drv_path("--expr", nixpkgs.expr(right)).endswith("-x.drv")


def test_file_sets_hold_what_was_named(nix: Nix, nixpkgs: StandIn, tmp_path: Path) -> None:
    for name in (
        "src/main.rs",
        "src/inner/lib.rs",
        "src/inner/notes.md",
        "sql/1.sql",
        "README.md",
        "empty/x/.keep",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "empty/x/.keep").unlink()
    body = f"""
    lib.fileset.toSource {{
      root = {tmp_path};
      fileset = lib.fileset.unions [
        (lib.fileset.fileFilter (file: file.hasExt "rs") {tmp_path}/src)
        {tmp_path}/sql
        {tmp_path}/empty
        (lib.fileset.maybeMissing {tmp_path}/none)
      ];
    }}
    """
    source = Path(nix.eval("--expr", nixpkgs.expr(body)))
    held = sorted(str(path.relative_to(source)) for path in source.rglob("*"))
    assert held == ["sql", "sql/1.sql", "src", "src/inner", "src/inner/lib.rs", "src/main.rs"]


PYPROJECT = """
[build-system]
requires = ["hatchling>=1.25"]
build-backend = "hatchling.build"
[project]
name = "asker"
version = "1"
dependencies = ["jinja2>=3.1", "lark>=1.2"]
scripts.asker = "asker.main:main"
"""


def test_python_applications_get_what_they_ask_for(nix: Nix, nixpkgs: StandIn, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "asker").mkdir()
    (tmp_path / "asker/main.py").write_text(
        "import sys, lark\ndef main():\n    print(lark.__name__, *sys.argv[1:])\n"
    )
    call = f"""
    with pkgs.python313Packages; buildPythonApplication {{
      pname = "asker"; version = "1"; pyproject = true; src = {tmp_path};
      build-system = [ hatchling ]; dependencies = [ jinja2 %s ]; pythonImportsCheck = [ "asker.main" ];
    }}"""
    [out] = nix.build("--expr", nixpkgs.expr(call % "lark"))
    said = subprocess.run([out / "bin/asker", "a b"], capture_output=True, text=True, check=True).stdout
    assert said == "lark a b\n"
    refused = nix.fails("build", "--no-link", "-L", "--impure", "--expr", nixpkgs.expr(call % ""))
    assert "pyproject.toml wants lark, which dependencies does not hold" in refused

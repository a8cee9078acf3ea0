"""The Lana workspace, built by real Nix one unit at a time, beside the same built by cargo."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import tomlkit
from lana import CHECKS, PRODUCTS, WORKSPACE, Lana, cargo_target
from real_nix import CHECKOUT

STAMPS = {"VERSION": "1.2.3", "COMMITHASH": "0123abc", "BUILDTIME": "2026-11-20T12:00:00Z"}


PROGRAMS = tuple(name for name in PRODUCTS if name != "lana-deps")


@pytest.fixture(scope="module")
def built(lana: Lana) -> dict[str, Path]:
    return dict(zip(PROGRAMS, lana.build(*PROGRAMS), strict=True))


@pytest.fixture(scope="module")
def cargo_built() -> Path:
    """The same binaries, made by cargo."""
    environment = os.environ | {"SQLX_OFFLINE": "true", "CARGO_TARGET_DIR": str(cargo_target())}
    packages = [word for name in ("lana-cli", "admin-server", "customer-server") for word in ("-p", name)]
    subprocess.run(
        ["cargo", "build", "--locked", "--offline", *packages],
        cwd=CHECKOUT / WORKSPACE,
        env=environment,
        check=True,
    )
    return cargo_target() / "debug"


def output(program: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["migrations"], ["report", "list"], ["simulate"]]
)
@pytest.mark.parametrize("profile", ["lana-cli", "lana-cli-debug"])
def test_the_binary_says_what_cargos_says(built, cargo_built, profile: str, arguments: list[str]):
    assert output(built[profile] / "bin/lana-cli", *arguments) == output(cargo_built / "lana-cli", *arguments)


@pytest.mark.parametrize("server", ["admin-server", "customer-server"])
def test_the_servers_serve_the_schema_that_cargos_do(built, cargo_built, server: str):
    program = built[server] / "bin" / server
    assert output(program, "--print-sdl") == output(cargo_built / server, "--print-sdl")
    output(program, "--check")


def test_every_migration_is_embedded_with_its_checksum(built, lana: Lana):
    lines = output(built["lana-cli"] / "bin/lana-cli", "migrations").splitlines()
    files = sorted(lana.file("lana/app/migrations").glob("*.sql"))
    assert [line.split("\t")[0] for line in lines] == [file.name.partition("_")[0] for file in files]
    assert all(re.fullmatch(r"[0-9a-f]{96}", line.split("\t")[2]) for line in lines)


@pytest.mark.parametrize("name", ["lana-cli", "lana-cli-debug", "admin-server", "customer-server"])
def test_the_runtime_closure_holds_neither_compiler_nor_sources(built, lana: Lana, name: str):
    closure = lana.nix.runtime_closure(built[name])
    assert closure == {str(built[name])}


def test_the_release_is_stamped_without_compiling(built, lana: Lana):
    printed = lana.nix.run(
        "build",
        "--impure",
        "--no-link",
        "--print-out-paths",
        "-L",
        *lana.nixpkgs.flake_args,
        f"{lana.flake}#lana-cli-release",
        env=STAMPS,
    )
    release = Path(printed.strip())
    assert (
        output(release / "bin/lana-cli", "--version")
        == "lana-cli 1.2.3 (commit 0123abc, built 2026-11-20T12:00:00Z)\n"
    )
    assert str(built["lana-cli"]) in lana.nix.runtime_closure(release)


def test_lana_deps_holds_the_compiled_crates(edited: Lana):
    spec = edited.folder / "specs/lana.toml"
    document = tomlkit.parse(spec.read_text().replace("@{packages.lana-cli-static}", "@{packages.lana-cli}"))
    for name, package in list(document["packages"].items()):
        if {"cross", "target"} & set(
            package
        ):  # the crates of what is for other machines would be compiled, too
            del document["packages"][name]
    spec.write_text(tomlkit.dumps(document))
    edited.compile()
    [deps] = edited.build("lana-deps")
    units = sorted(path.name for path in deps.iterdir())
    assert any("-serde-" in name for name in units)
    assert not [name for name in units if "0.42.0" in name]


def test_apps_run(lana: Lana):
    run = ("run", *lana.nixpkgs.flake_args)
    assert "nextest" in lana.nix.run(*run, f"{lana.flake}#nextest", "--", "--help").lower()
    lana.nix.run(*run, f"{lana.flake}#bats", "--", "--help")
    told = lana.nix.run(*run, f"{lana.flake}#simulation")
    assert told.strip()


@pytest.mark.parametrize("check", CHECKS)
def test_checks_hold(lana: Lana, check: str):
    lana.build(f"checks.x86_64-linux.{check}")


def test_the_tests_check_ran_every_test_that_cargo_runs(lana: Lana):
    [logs] = lana.build("checks.x86_64-linux.tests")
    ours = sum(int(count) for count in re.findall(r"test result: ok\. (\d+) passed", logs.read_text()))
    environment = os.environ | {"SQLX_OFFLINE": "true", "CARGO_TARGET_DIR": str(cargo_target())}
    done = subprocess.run(
        ["cargo", "test", "--workspace", "--locked", "--offline"],
        cwd=CHECKOUT / WORKSPACE,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    theirs = sum(int(count) for count in re.findall(r"test result: ok\. (\d+) passed", done.stdout))
    assert ours == theirs > 0


def test_drift_check_holds_and_notices_drift(lana: Lana, edited: Lana):
    lana.build("checks.x86_64-linux.flake-check")
    edited.append("lana/app/migrations/20990101000000_more.sql", "SELECT 1;\n")
    error = edited.nix.fails(
        "build",
        "--no-link",
        "-L",
        *edited.nixpkgs.flake_args,
        f"{edited.flake}#checks.x86_64-linux.flake-check",
    )
    assert "rebuildHash" in error


def test_queries_check_holds_and_notices_what_is_missing_or_left(lana: Lana, edited: Lana):
    lana.build("checks.x86_64-linux.sqlx")
    descriptions = sorted(edited.file(".sqlx").iterdir())
    descriptions[0].rename(descriptions[0].with_name("query-00.json"))
    check = f"{edited.flake}#checks.x86_64-linux.sqlx"
    error = edited.nix.fails("build", "--no-link", "-L", *edited.nixpkgs.flake_args, check)
    assert error.count("[E303]") == 1
    assert "no prepared query for this" in error
    assert f"{WORKSPACE}/.sqlx/query-00.json:3:3: error: a description that no query" in error
    assert "[E306]" in error

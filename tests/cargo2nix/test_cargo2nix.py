"""Cargo.nix for cargo2nix's overlay: what Nix evaluates of it is cargo's graph, and what Nix builds says what cargo's says."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from real_nix import CHECKOUT, Nix
from small_workspace import SPEC, write
from stand_in import StandIn

from flakegen.cargo.build_context import make_context
from flakegen.cargo.conditional.features import value_text
from flakegen.cargo.package import TargetKind
from flakegen.cargo.request import BuildRequest, Intent
from flakegen.cargo.unit import Mode, UnitGraph
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import DiagnosticError
from flakegen.nix.parser import parse_file
from flakegen.nix.printer import print_file
from flakegen.pipeline.project import Project

OVERLAY = Path(__file__).parent / "overlay"
LINUX = "x86_64-unknown-linux-gnu"
CROSS = {
    LINUX: None,
    "aarch64-unknown-linux-gnu": "aarch64-multiplatform",
    "x86_64-unknown-linux-musl": "musl64",
}

TOOLCHAIN = (
    'pkgs.symlinkJoin { name = "rust"; paths = [ pkgs.rustc pkgs.cargo ]; } // { version = "1.95.0"; }'
)

LIBRARY = """
{ pkgs, cargoNix }:
{ target, cross, rootFeatures, release, member, mode }:
let
  on = if cross == null then pkgs else pkgs.pkgsCross.${cross};
  set = on.rustBuilder.makePackageSet {
    packageFun = import cargoNix;
    rustToolchain = pkgs.rustc;
    inherit target rootFeatures release;
  };
  start = set.workspace.${member} (if mode == null then { } else { compileMode = mode; });
  below = crate: with crate.passthru;
    builtins.attrValues dependencies ++ builtins.attrValues buildDependencies
    ++ (if crate.drvPath == start.drvPath then builtins.attrValues devDependencies else [ ]);
  node = crate: { key = crate.drvPath; inherit crate; };
  all = builtins.genericClosure { startSet = [ (node start) ]; operator = each: map node (below each.crate); };
  names = builtins.mapAttrs (_: crate: crate.drvPath);
in {
  root = start.drvPath;
  crates = builtins.listToAttrs (map (each: {
    name = builtins.unsafeDiscardStringContext each.key;
    value = with each.crate.passthru; {
      inherit name version features triple settings;
      dependencies = names (dependencies // devDependencies);
      scripts = names buildDependencies;
    };
  }) all);
}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("small"))
    project = Project(str(folder / "small.toml"))
    project.result.write()
    return folder


@pytest.fixture(scope="module")
def overlaid(nixpkgs: StandIn) -> str:
    return (
        f'import {nixpkgs.path} {{ system = "x86_64-linux"; overlays = [ (import {OVERLAY}/overlay.nix) ]; }}'
    )


# --- the emitted text ----------------------------------------------------------------------------------------------------


def test_golden(small: Path, snapshot):
    text = (small / "out/Cargo.nix").read_text()
    assert text == snapshot(name="Cargo.nix")
    assert (small / "out/flake.nix").read_text() == snapshot(name="flake.nix")


def test_nix_and_our_parser_read_it(small: Path, nix: Nix):
    nix.parse(sorted((small / "out").rglob("*.nix")))
    for name in ("Cargo.nix", "flake.nix"):
        text = (small / "out" / name).read_text()
        assert print_file(parse_file(text)) == text


def test_formatter_and_linter_find_nothing(small: Path, tool: Callable[[str], Path]):
    files = sorted((small / "out").rglob("*.nix"))
    subprocess.run([tool("nixfmt"), "--check", *files], check=True)
    done = subprocess.run([tool("deadnix"), "--fail", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# --- the law: what is evaluated is cargo's graph -----------------------------------------------------------------------------


def evaluate(nix: Nix, overlaid: str, cargo_nix: Path, tmp_path: Path, asked: list[dict]) -> list[dict]:
    (tmp_path / "library.nix").write_text(LIBRARY)
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    each = f"(import {tmp_path}/library.nix {{ pkgs = {overlaid}; cargoNix = {cargo_nix}; }})"
    return nix.eval("--expr", f"map {each} (builtins.fromJSON (builtins.readFile {tmp_path}/asked.json))")


def evaluated_trees(found: dict) -> tuple[object, set]:
    """Every crate as its whole tree of crates, with features and optimisation."""
    crates, trees = found["crates"], {}

    def tree(path: str) -> object:
        if path not in trees:
            crate = crates[path]
            level = next(iter(crate["settings"].values()))["opt-level"]
            below = [
                tuple(sorted((name, tree(other)) for name, other in crate[table].items()))
                for table in ("dependencies", "scripts")
            ]
            trees[path] = hash(
                (crate["name"], crate["version"], tuple(sorted(crate["features"])), str(level), *below)
            )
        return trees[path]

    return tree(found["root"]), {tree(path) for path in crates}


def cargo_trees(graph: UnitGraph, member: str) -> tuple[object, set]:
    """The same of a unit graph made with `--target`, which tells a package's two roles apart."""
    roles: dict[tuple[int, bool], dict] = {}
    for unit in graph.units:
        if unit.target.kind is TargetKind.CUSTOM_BUILD and unit.mode is not Mode.RUN_CUSTOM_BUILD:
            continue
        key = (id(unit.package), unit.platform is None)
        role = roles.setdefault(key, {"dependencies": {}, "scripts": {}, "package": unit.package.id})
        table = "dependencies"
        if unit.mode is Mode.RUN_CUSTOM_BUILD:
            others = (graph.units[edge.index] for edge in unit.dependencies)
            unit = next(other for other in others if other.package is unit.package)  # noqa: PLW2901
            table = "scripts"
        else:
            role |= {"features": unit.features, "level": unit.profile.opt_level}
        for edge in unit.dependencies:
            other = graph.units[edge.index]
            if other.package is not unit.package and other.target.kind is TargetKind.LIB:
                role[table][edge.extern_crate_name] = (id(other.package), other.platform is None)
    trees: dict = {}

    def tree(key: tuple[int, bool]) -> object:
        if key not in trees:
            role = roles[key]
            below = [
                tuple(sorted((name, tree(other)) for name, other in role[table].items()))
                for table in ("dependencies", "scripts")
            ]
            identity = (role["package"].name, role["package"].version, tuple(sorted(role["features"])))
            trees[key] = hash((*identity, role["level"], *below))
        return trees[key]

    root = next(key for key in sorted(roles, key=lambda k: k[1]) if roles[key]["package"].name == member)
    return tree(root), {tree(key) for key in roles}


def root_features(workspace: Workspace, request: BuildRequest) -> list[str]:
    found = []
    for seed in make_context(workspace, request).selection.seeds:
        name = workspace.packages[seed.package].id.name
        found += [f"{name}/{value_text(value)}" for value in seed.values] or [name]
    return found


SELECTIONS = [
    ("app", {}),
    ("app", {"no_default_features": True}),
    ("app", {"no_default_features": True, "features": ("linked",)}),
    ("app", {"features": ("linked",)}),
    ("app", {"all_features": True}),
    ("app", {"intent": Intent.TEST}),
    ("app", {"intent": Intent.TEST, "no_default_features": True}),
    ("gen", {"features": ("windows",)}),
    ("shared", {"features": ("target", "tested")}),
]


def questions(workspace: Workspace, selections, targets, packages=None) -> list[tuple[dict, UnitGraph]]:
    found = []
    for target in targets:
        for member, options in selections:
            is_test = options.get("intent") is Intent.TEST
            for release in (False,) if is_test else (True, False):
                request = BuildRequest(
                    host=LINUX,
                    targets=(target,),
                    packages=packages or (member,),
                    profile="release" if release else None,
                    **options,
                )
                asked = {
                    "target": target,
                    "cross": CROSS[target],
                    "rootFeatures": root_features(workspace, request),
                    "release": release,
                    "member": member,
                    "mode": "test" if is_test else None,
                }
                found.append((asked, build_unit_graph(workspace, request)))
    return found


def assert_is_cargos(answers: list[dict], asked: list[tuple[dict, UnitGraph]]) -> None:
    for answer, (question, graph) in zip(answers, asked, strict=True):
        expected_root, expected = cargo_trees(graph, question["member"])
        root, trees = evaluated_trees(answer)
        assert root == expected_root, question
        assert trees <= expected, question


def test_evaluated_crates_are_cargos(small: Path, nix: Nix, overlaid: str, tmp_path: Path):
    workspace = Project(str(small / "small.toml")).workspace
    asked = questions(workspace, SELECTIONS, CROSS)
    answers = evaluate(nix, overlaid, small / "out/Cargo.nix", tmp_path, [each for each, _ in asked])
    assert_is_cargos(answers, asked)


def test_evaluated_crates_of_lana_are_cargos(nix: Nix, overlaid: str, tmp_path: Path):
    shutil.copytree(
        CHECKOUT / "specs/workspaces/lana", tmp_path / "ws", ignore=shutil.ignore_patterns("target")
    )
    shutil.copy(CHECKOUT / "specs/lana.crates.json", tmp_path / "lana.crates.json")
    text = SPEC.partition("[cargo.crates")[0] + '[packages.cli]\ncrate = "lana-cli"\n'
    (tmp_path / "lana.toml").write_text(text)
    project = Project(str(tmp_path / "lana.toml"))
    project.result.write()
    selections = [("lana-cli", {}), ("lana-cli", {"no_default_features": True})]
    asked = questions(project.workspace, selections, (LINUX, "aarch64-unknown-linux-gnu"))
    asked += questions(project.workspace, [("lana-app", {"intent": Intent.TEST})], (LINUX,))
    answers = evaluate(nix, overlaid, tmp_path / "out/Cargo.nix", tmp_path, [each for each, _ in asked])
    assert_is_cargos(answers, asked)


def test_files_outside_the_workspace_are_told_of(tmp_path: Path):
    write(tmp_path)
    main = tmp_path / "ws/app/src/main.rs"
    main.write_text(main.read_text().replace("../../texts/hello.txt", "../../../elsewhere.txt"))
    (tmp_path / "elsewhere.txt").write_text("outside")
    with pytest.raises(DiagnosticError) as caught:
        Project(str(tmp_path / "small.toml")).outputs  # noqa: B018 - it is worked out when asked for
    (told,) = caught.value.diagnostics
    assert told.code is Code.NEEDS_UNITS
    assert "app reads elsewhere.txt" in told.message


# --- what it refuses -------------------------------------------------------------------------------------------------------


def set_of(overlaid: str, small: Path, arguments: str = "") -> str:
    return (
        f"let pkgs = {overlaid}; in pkgs.rustBuilder.makePackageSet "
        f"{{ packageFun = import {small}/out/Cargo.nix; rustToolchain = {TOOLCHAIN}; {arguments} }}"
    )


def test_what_is_not_selected_is_not_built(small: Path, nix: Nix, overlaid: str):
    crates = set_of(overlaid, small, 'rootFeatures = [ "shared" ];')
    assert "gen is not among rootFeatures" in nix.fails(
        "eval", "--impure", "--expr", f"(({crates}).workspace.gen {{ }}).drvPath"
    )
    misspelt = set_of(overlaid, small, 'rootFeatures = [ "shard/x" ];')
    told = nix.fails("eval", "--impure", "--expr", f"({misspelt}).workspace")
    assert "no member 'shard'" in told


def test_the_lock_guard(small: Path, nix: Nix, overlaid: str, tmp_path: Path):
    write(tmp_path)
    (tmp_path / "ws/Cargo.lock").write_text((tmp_path / "ws/Cargo.lock").read_text() + "\n# edited\n")
    other = f"workspaceSrc = {tmp_path}/ws;"
    told = nix.fails("eval", "--impure", "--expr", f"({set_of(overlaid, small, other)}).cargo2nixVersion")
    assert "Cargo.nix was made from another Cargo.lock: run `flakegen compile" in told
    ignored = set_of(overlaid, small, f"{other} ignoreLockHash = true;")
    assert nix.eval("--expr", f"({ignored}).cargo2nixVersion") == "0.12.0"


# --- real builds -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def build(small: Path, nix: Nix, nixpkgs: StandIn):
    inputs = (*nixpkgs.flake_args, "--override-input", "cargo2nix", f"path:{OVERLAY}")
    return lambda output: nix.build(*inputs, f"path:{small}?dir=out#{output}")[0]


def says(program: Path) -> str:
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("output", "options", "folder", "env"),
    [
        ("app", ["--release"], "release", {}),
        ("app-plain", ["--no-default-features"], "debug", {"STAMP": "a ${b}"}),
        ("app-quick", ["--profile", "quick", "--all-features"], "quick", {}),
    ],
)
def test_programs_say_what_cargos_say(small: Path, build, tmp_path, output, options, folder, env):
    built = says(build(output) / "bin/app")
    line = [
        "cargo",
        "build",
        "--offline",
        "--locked",
        "-p",
        "app",
        "--target-dir",
        tmp_path / "target",
        *options,
    ]
    subprocess.run(line, cwd=small / "ws", env=os.environ | env, check=True, capture_output=True)
    assert built == says(tmp_path / "target" / folder / "app")


def test_tests_find_their_fixtures(small: Path, nix: Nix, overlaid: str):
    crates = set_of(overlaid, small)
    built = nix.build("--expr", f'({crates}).workspace.app {{ compileMode = "test"; }}')[0]
    (program,) = (built / "bin").glob("sees-*")
    subprocess.run([program], cwd=small / "ws/app", check=True, capture_output=True)


def test_an_edit_rebuilds_what_reads_it(nix: Nix, overlaid: str, tmp_path: Path):
    def derivations(folder: Path) -> dict[str, str]:
        crates = set_of(overlaid, folder)
        return nix.eval("--expr", f"builtins.mapAttrs (_: crate: (crate {{ }}).drvPath) ({crates}).workspace")

    def changed(path: str) -> set[str]:
        folder = write(tmp_path / path.replace("/", "-"))
        project = Project(str(folder / "small.toml"))
        project.result.write()
        before = derivations(folder)
        (folder / path).write_text((folder / path).read_text() + "\n")
        return {name for name, path in derivations(folder).items() if path != before[name]}

    assert changed("ws/texts/unread.txt") == set()
    assert changed("ws/app/fixture.txt") == set()
    assert changed("ws/texts/hello.txt") == {"app"}
    assert changed("ws/app/src/inner.rs") == {"app"}

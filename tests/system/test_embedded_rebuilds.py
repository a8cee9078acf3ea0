"""New embedded files are built in with nothing regenerated, into exactly who embeds them; nothing else rebuilds anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from embedding import write_workspace
from lana import commit_all, flakegen
from real_nix import Nix
from registries import write_files
from stand_in import StandIn

OUTPUTS = "flake: let all = flake.packages.x86_64-linux // flake.checks.x86_64-linux; in map (each: each.drvPath) (builtins.attrValues all)"


class Unit(NamedTuple):
    """What a derivation of the workspace's own compiles or runs."""

    package: str
    kind: str
    told: str | None  # FLAKEGEN_REBUILD_HASH


Units = dict[str, Unit]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("embedding") / "project"
    write_workspace(folder)
    subprocess.run(["cargo", "generate-lockfile"], cwd=folder / "code", check=True, capture_output=True)
    flakegen("compile", "spec.toml", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def units(project: Path, nix: Nix, nixpkgs: StandIn) -> Callable[[], Units]:
    """Evaluates everything and returns the workspace's own units, by derivation."""
    return lambda: units_of(nix, nixpkgs, f"path:{project}?dir=generated/spec")


@pytest.fixture(scope="module")
def before(units: Callable[[], Units]) -> Units:
    return units()


def units_of(nix: Nix, nixpkgs: StandIn, flake: str) -> Units:
    said = nix.run("eval", "--json", *nixpkgs.flake_args, f"{flake}#.", "--apply", OUTPUTS)
    shown = json.loads(nix.run("derivation", "show", "-r", *json.loads(said)))
    found = {}
    for path, derivation in shown.items():
        told = derivation.get("structuredAttrs") or json.loads(derivation["env"].get("__json", "{}"))
        if (told.get("isLocal") and "crateName" in told) or told.get("linksName") is not None:
            found[path] = Unit(
                told["pname"], kind_of(derivation, told), told["unitEnv"].get("FLAKEGEN_REBUILD_HASH")
            )
    return found


def kind_of(derivation: dict, told: dict) -> str:
    script = re.sub(r"^.*-|[.]sh$", "", derivation["args"][-1])
    if script != "unit":
        return script  # doc, doctest, or a script's run
    ending = re.search(r"-(\w+(?:-\w+)?)[.]crate-unit$", told["name"])
    kind = "proc-macro" if told["procMacro"] else ending[1] if ending else "bin"
    kind = "unit test" if not told["crateTypes"] and kind in {"lib", "bin"} else kind
    return f"{kind} {told['driver']}"


KINDS = {
    *("lib rustc", "bin rustc", "proc-macro rustc", "custom-build rustc", "script"),
    *("unit test rustc", "test rustc", "example rustc", "doctest", "doc"),
    *("lib clippy-driver", "unit test clippy-driver", "test clippy-driver", "bench clippy-driver"),
}


SCRIPT = {"custom-build rustc", "custom-build clippy-driver"}


@contextmanager
def edited(project: Path, files: dict[str, str]) -> Iterator[None]:
    """Files with more at their end for a while, or files that come and go."""
    kept = {name: (project / name).read_text() if (project / name).exists() else None for name in files}
    write_files(project, {name: (kept[name] or "") + text for name, text in files.items()})
    try:
        yield
    finally:
        for name, text in kept.items():
            if text is None:
                (project / name).unlink()
            else:
                (project / name).write_text(text)


@contextmanager
def compiled_again(project: Path) -> Iterator[None]:
    """What is generated of the workspace as it is now, for a while."""
    kept = project.parent / "kept"
    shutil.copytree(project / "generated", kept)
    try:
        flakegen("compile", "spec.toml", cwd=project)
        yield
    finally:
        shutil.rmtree(project / "generated")
        kept.rename(project / "generated")


def dependents(project: Path, name: str) -> set[str]:
    """The packages that need one, itself included, as `cargo metadata` says."""
    said = subprocess.run(
        ["cargo", "metadata", "--format-version=1", "--locked", "--offline"],
        cwd=project / "code",
        check=True,
        capture_output=True,
    )
    metadata = json.loads(said.stdout)
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    needs = {names[n["id"]]: {names[d["pkg"]] for d in n["deps"]} for n in metadata["resolve"]["nodes"]}
    reached = {name}
    while grown := {package for package, needed in needs.items() if needed & reached} - reached:
        reached |= grown
    return reached


NEW = {
    "migration": ("store", "code/crates/store/migrations/2_second.sql", "second migration;"),
    "query": ("store", "code/crates/store/queries/all.sql", "second query;"),
    "template": ("pages", "code/crates/pages/templates/page.html", "second page;"),
    "locale": ("words", "code/crates/words/locales/fr.yml", "second locale;"),
    "proto": ("wire", "code/crates/wire/proto/b.proto", "second proto;"),
    "far file": ("words", "shared/far.yml", "second far;"),
}


@pytest.mark.parametrize("kind", NEW)
def test_a_new_file_rebuilds_exactly_who_embeds_it(project: Path, units, before: Units, kind: str):
    package, path, text = NEW[kind]
    with edited(project, {path: text}):
        after = units()
        with compiled_again(project):
            # What sqlx has prepared for a query is named after its text, so Cargo.nix names another file then.
            assert kind == "query" or units() == after
    changed = [after[path] for path in after.keys() - before.keys()]
    users = dependents(project, package)
    assert {unit.package for unit in changed} == users
    # All of these packages' units, but for the scripts, which do not see it: only the protocol's is run with it.
    spared = {unit.kind for path, unit in after.items() if path in before and unit.package in users}
    assert spared <= {*SCRIPT, "script"}
    assert ("script" in {unit.kind for unit in changed}) == (kind == "proto")


def test_the_program_holds_what_is_new(project: Path, nix: Nix, nixpkgs: StandIn):
    def says() -> str:
        (built,) = nix.build(*nixpkgs.flake_args, f"path:{project}?dir=generated/spec#app")
        return subprocess.run([built / "bin/app"], check=True, capture_output=True, text=True).stdout

    words = [text.removeprefix("second ") for _, _, text in NEW.values()]
    first = says()
    with edited(project, {path: text for _, path, text in NEW.values()}):
        second = says()
    assert all(f"first {word}" in first and f"second {word}" not in first for word in words)
    assert all(f"first {word}" in second and f"second {word}" in second for word in words)


def test_a_programs_own_file_leaves_the_library_of_its_package_alone(project: Path, units, before: Units):
    with edited(project, {"code/crates/app/src/note.txt": "second note;"}):
        after = units()
    changed = {after[path][:2] for path in after.keys() - before.keys()}
    tests = ("unit test rustc", "unit test clippy-driver", "doctest")  # which may read their package's folder
    assert changed == {("app", kind) for kind in ("bin rustc", "bin clippy-driver", *tests)}
    spared = {unit.kind for path, unit in after.items() if path in before and unit.package == "app"}
    assert {"lib rustc", "lib clippy-driver", "doc"} <= spared


def test_units_are_told_the_rebuild_hash(project: Path, before: Units):
    table = (project / "generated/spec/Cargo.nix").read_text()
    hashes = dict(re.findall(r'name = "(\w+)";(?:(?!name = ).)*?rebuildHash = "(\w+)"', table, re.DOTALL))
    assert hashes.keys() == {"store", "pages", "words", "wire", "app"}
    told = defaultdict(set)
    for unit in before.values():
        told[unit.package, unit.kind].add(unit.told)
    for package in ("store", "pages", "words"):  # which embed in one place
        assert told[package, "lib rustc"] == {hashes[package]}
    assert told["wire", "script"] == {hashes["wire"]}
    assert told["app", "bin rustc"] == {hashes["app"]}
    assert told["app", "lib rustc"] == told["wire", "lib rustc"] == told["base", "lib rustc"] == {None}
    assert told["wire", "custom-build rustc"] == {None}
    assert len(told["store", "test rustc"] | {None, hashes["store"]}) == 3


def test_what_nobody_compiles_rebuilds_no_kind_of_unit(project: Path, units, before: Units):
    assert {unit.kind for unit in before.values()} >= KINDS
    unrelated = {
        **dict.fromkeys(
            ("README.md", "code/crates/store/README.md", "docs/guide.md", "docs/new.md"), "More.\n"
        ),
        **dict.fromkeys((".github/workflows/ci.yml", "spec.toml", "generated/spec/flake.nix"), "# More.\n"),
        **dict.fromkeys(("code/notes.txt", "code/crates/new.txt", "code/crates/wire/notes.txt"), "More.\n"),
    }
    with edited(project, unrelated):
        after = units()
    assert {after[path].package for path in after.keys() - before.keys()} == {
        "wire"
    }  # whose tests may read it
    assert {after[path].kind for path in after.keys() - before.keys()} == {
        *("unit test rustc", "unit test clippy-driver", "doctest"),
    }


@pytest.mark.parametrize(
    ("path", "package", "kinds"),
    [
        ("code/crates/other/src/main.rs", "other", None),
        ("code/crates/wire/helper.rs", "wire", None),
        (
            "code/crates/store/tests/fixtures/one.txt",
            "store",
            {"test rustc", "test clippy-driver", "unit test rustc", "unit test clippy-driver", "doctest",
             "bench clippy-driver", "bench rustc"},
        ),
    ],
)  # fmt: skip
def test_an_edit_elsewhere_rebuilds_no_other_kind_of_unit(
    project: Path, units, before: Units, path: str, package: str, kinds: set[str] | None
):
    with edited(project, {path: "\n"}):
        after = units()
    changed = [after[path] for path in after.keys() - before.keys()]
    assert {unit.package for unit in changed} == (
        dependents(project, package) if kinds is None else {package}
    )
    if kinds is not None:
        assert {unit.kind for unit in changed} <= kinds


def test_an_edit_of_a_library_leaves_its_build_script_alone(project: Path, units, before: Units):
    with edited(project, {"code/crates/wire/src/lib.rs": "// More.\n"}):
        after = units()
    spared = {unit.kind for path, unit in after.items() if path in before and unit.package == "wire"}
    assert spared == {*SCRIPT, "script"}


def test_a_flake_in_git_says_what_it_does_not_hold(project: Path, tmp_path: Path, nix: Nix, nixpkgs: StandIn):
    folder = tmp_path / "repository"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("target"))
    commit_all(folder)

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)

    ask = ("eval", "--raw", *nixpkgs.flake_args, f"git+file://{folder}?dir=generated/spec#app.drvPath")
    whole = nix.run(*ask)

    git("rm", "-q", "--cached", "shared/far.yml")
    error = nix.fails(*ask)
    assert "words-0.1.0 lib is made from shared/far.yml, which the flake does not hold" in error
    assert "run: git add 'shared/far.yml'" in error
    assert "If it is gone on purpose, run: flakegen compile spec.toml" in error
    said = flakegen("check", "spec.toml", cwd=folder).stderr
    assert "run: git add shared/far.yml" in said
    git("add", "shared/far.yml")
    assert nix.run(*ask) == whole

    # A new one is not missed by what was compiled before; it is by whoever compiles or checks.
    write_files(folder, {"code/crates/store/migrations/2_second.sql": "second migration;"})
    assert nix.run(*ask) == whole
    assert "2_second.sql" in flakegen("compile", "spec.toml", cwd=folder).stderr
    git("add", ".")
    assert nix.run(*ask) != whole

    git("rm", "-q", "--cached", "code/crates/base/Cargo.toml")
    error = nix.fails(*ask)
    assert "Cargo.nix was made from code/crates/base/Cargo.toml, which the flake does not hold" in error

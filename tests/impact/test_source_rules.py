"""The rules of sources in Python and in Nix are the same rules: what each takes of random folders."""

import os
import random
from pathlib import Path

import pytest
from real_nix import CHECKOUT, Nix

from flakegen.embed.paths import is_inside
from flakegen.nix.build import value
from flakegen.nix.printer import print_expression
from flakegen.outputs.source_table import source_table
from flakegen.plan.cargo_plan import FolderPlan, SourcePlan
from flakegen.plan.source_files import SourceReader, SourceRules, folders_above

SOURCE_NIX = CHECKOUT / "flakegen/outputs/flake/runtime/source.nix"
FOLDERS = (
    "a",
    "a/b",
    "a/b/c",
    "a/target",
    "a/b/target",
    "d",
    "d/.git",
    "d/node_modules",
    "d/docs",
    "target",
    ".git",
)
FILES = ("x.rs", "y.sql", "1_z.sql", "README.md", "LICENSE", "notes.md", "mod.rs")
PATTERNS = (None, r"[0-9]+_.*\.sql", r".*\.rs", r"[^.]*")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for folder in ("", *FOLDERS):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for name in FILES:
            path = root / folder / name
            if not path.exists():
                path.write_text(str(path.relative_to(root)))
    (root / "d/y.sql").chmod(0o755)
    (root / "a/link.rs").symlink_to("b/x.rs")
    (root / "a/away").symlink_to("../d")
    (root / "empty").mkdir()
    (root / "a/empty").mkdir()
    return root


def sources(count: int) -> list[SourcePlan]:
    chance = random.Random(20)  # noqa: S311  # the same each time
    return [source(chance) for _ in range(count)]


def source(chance: random.Random) -> SourcePlan:
    paths = [f"{folder}/{name}" if folder else name for folder in ("", *FOLDERS) for name in FILES]
    folders = ["", *FOLDERS, "missing"]
    return SourcePlan(
        files=tuple(sorted(chance.sample([*paths, "missing/file", "a/away"], chance.randint(0, 4)))),
        rust=tuple(sorted(chance.sample(folders[1:], chance.randint(0, 2)))),
        folders=tuple(
            FolderPlan(
                path=path,
                recursive=chance.random() < 0.6,
                match=chance.choice(PATTERNS),
                package=chance.choice([None, *(each for each in folders if is_inside(each, path))]),
            )
            for path in chance.sample(folders, chance.randint(0, 2))
        ),
        without=tuple(sorted(chance.sample([*paths, *FOLDERS], chance.randint(0, 3)))),
        packages=tuple(sorted(chance.sample(folders, chance.randint(0, 1)))),
    )


def listed(store_path: Path) -> dict[str, str]:
    found = {}
    for here, folders, files in os.walk(store_path):
        for name in (*folders, *files):
            path = Path(here) / name
            found[str(path.relative_to(store_path))] = (
                "folder" if path.is_dir() and not path.is_symlink() else "file"
            )
    return found


def test_nix_takes_what_the_rules_take(tree: Path, nix: Nix):
    plans = sources(120)
    tables = " ".join(f"({print_expression(value(source_table(plan)))})" for plan in plans)
    take = f'import {SOURCE_NIX} {{ name = "taken"; root = {tree}; }}'
    stored = nix.eval("--impure", "--expr", f"map (each: {take} each) [ {tables} ]")
    reader = SourceReader(tree)
    taken = 0
    for plan, path in zip(plans, stored, strict=True):
        ours = {name: "folder" if said == "folder" else "file" for name, said in reader.entries(plan)}
        assert ours == listed(Path(path)), plan
        taken += len(ours)
    assert taken > 500


def test_equal_digests_are_equal_store_paths(tree: Path, nix: Nix):
    plans = sources(120)
    tables = " ".join(f"({print_expression(value(source_table(plan)))})" for plan in plans)
    take = f'import {SOURCE_NIX} {{ name = "taken"; root = {tree}; }}'
    stored = nix.eval("--impure", "--expr", f"map (each: {take} each) [ {tables} ]")
    reader = SourceReader(tree)
    digests = [reader.digest(plan) for plan in plans]
    by_digest = dict(zip(digests, stored, strict=True))
    assert [by_digest[digest] for digest in digests] == stored
    assert len(by_digest) == len(set(stored))


def test_a_path_is_judged_as_the_listing_does(tree: Path):
    everything = {str(path.relative_to(tree)) for path in tree.rglob("*")}
    reader = SourceReader(tree)
    for plan in sources(60):
        rules, held = SourceRules(plan), set(reader.files(plan))
        for path in everything:
            place = tree / path
            if not place.is_dir() or place.is_symlink():
                assert rules.takes_file(path) == (path in held), (plan, path)
                for folder in folders_above(path) if path in held else ():
                    assert rules.holds_from(folder)

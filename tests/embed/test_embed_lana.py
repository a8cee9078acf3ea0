"""The Lana workspace: nothing that rustc reads may be missing, and modules are exactly rustc's."""

import json
import os
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from rustc_oracle import dep_info

from flakegen.embed.disk import Disk
from flakegen.embed.inputs import InputRole, PackageInputs, ScanTarget, TargetKind
from flakegen.embed.scan import scan_package

LANA = Path(__file__).resolve().parents[2] / "specs" / "workspaces" / "lana"
KINDS = {kind.value: kind for kind in TargetKind} | {"proc-macro": TargetKind.LIB}


@cache
def packages() -> dict[str, dict]:
    command = ["cargo", "metadata", "--no-deps", "--offline", "--locked", "--format-version=1"]
    found = subprocess.run(command, cwd=LANA, capture_output=True, check=True, text=True)
    return {item["name"]: item for item in json.loads(found.stdout)["packages"]}


def crate_names(package: dict) -> frozenset[str]:
    names = {item["name"] for item in package["dependencies"]}
    return frozenset(names | {item["rename"] for item in package["dependencies"] if item["rename"]})


@cache
def scanned(name: str) -> PackageInputs:
    package = packages()[name]
    folder = Path(package["manifest_path"]).parent
    targets = [
        ScanTarget(
            name=item["name"],
            kind=KINDS[item["kind"][0]],
            src_path=os.path.relpath(item["src_path"], folder),
            edition=item["edition"],
        )
        for item in package["targets"]
    ]
    return scan_package(
        Disk(LANA), str(folder.relative_to(LANA)), targets, dependency_names=crate_names(package)
    )


def members() -> list[str]:
    manifests = sorted(LANA.glob("*/*/Cargo.toml"))
    return [tomllib.loads(manifest.read_text())["package"]["name"] for manifest in manifests]


@pytest.mark.cargo
@pytest.mark.parametrize("name", members())
def test_rustc_reads_nothing_that_the_scan_did_not_find(name):
    package = packages()[name]
    for target, inputs in zip(package["targets"], scanned(name).targets, strict=True):
        for test in (False, True):
            listed = dep_info(
                Path(target["src_path"]),
                package=Path(package["manifest_path"]).parent,
                cwd=LANA,
                edition=target["edition"],
                test=test,
                features=tuple(package["features"]),
                proc_macro="proc-macro" in target["kind"],
            )
            assert listed is not None, "rustc gave no dep-info"
            theirs = {str(path.relative_to(LANA)) for path in listed if path.is_relative_to(LANA)}
            modules = {*inputs.modules, *(inputs.test_modules if test else ())}
            in_tests = test or inputs.target.kind.role is InputRole.TEST
            files = {*inputs.files, *(inputs.test_files if in_tests else ())}
            assert {path for path in theirs if path.endswith(".rs")} == modules
            assert theirs <= modules | files


def test_the_workspace_is_the_expected_one():
    assert 14 <= len(members()) <= 20


@pytest.mark.cargo
def test_every_workspace_member_scans_without_findings():
    assert [item for name in packages() for target in scanned(name).targets for item in target.findings] == []


@pytest.mark.cargo
def test_prepared_queries_are_exact_and_say_where_they_are():
    prepared = {name: [f for f in scanned(name).targets[0].files if "/query-" in f] for name in packages()}
    assert {name: len(files) for name, files in prepared.items() if files} == {
        "core-customer": 2,
        "core-credit": 2,
        "core-deposit": 3,
    }
    assert scanned("core-credit").targets[0].sqlx_offline_dir == ".sqlx"
    assert scanned("core-deposit").targets[0].sqlx_offline_dir is None


@pytest.mark.cargo
def test_out_of_crate_files_and_folders():
    library = {item["name"]: scanned(item["name"]).targets[0] for item in packages().values()}
    assert "config/reports.yml" in library["core-report"].files
    assert [folder.path for folder in library["lana-app"].folders] == ["lana/app/migrations"]
    assert library["core-accounting"].test_files == ("core/accounting/tests/fixtures/opening-balances.csv",)


@pytest.mark.cargo
def test_declaring_build_scripts():
    accounting = scanned("core-accounting").build_script_inputs
    assert accounting is not None
    assert accounting.declared
    assert accounting.files == ("config/chart-of-accounts.csv", "core/accounting/build.rs")
    app = scanned("lana-app").build_script_inputs
    assert app is not None
    assert [folder.path for folder in app.folders] == ["lana/app/migrations"]

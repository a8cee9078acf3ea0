"""What an edit rebuilds: the derivations that are other ones afterwards, against what cargo says depends on what."""

import re

import pytest
from lana import Lana, dependents, name_of

OUTPUTS = tuple(
    f"packages.x86_64-linux.{name}"
    for name in ("lana-cli", "lana-cli-debug", "admin-server", "customer-server", "lana-deps")
) + tuple(f"checks.x86_64-linux.{name}" for name in ("tests", "clippy"))
BUNDLES = {"tests", "clippy"}  # they hold all units of their builds


@pytest.fixture(scope="module")
def before(lana: Lana) -> frozenset[str]:
    return lana.derivations(*OUTPUTS)


def changed(edited: Lana, before: frozenset[str]) -> set[str]:
    """The names of the derivations that are new."""
    return {name_of(path) for path in edited.derivations(*OUTPUTS) - before}


def packages(names: set[str]) -> set[str]:
    """The packages that derivations are of, bundles and sources left out."""
    units = {name for name in names if not name.endswith(".crate-src")} - BUNDLES
    return {re.sub(r"-0\.42\.0.*|-test-run$", "", name) for name in units if "-test-run" not in name}


def test_a_readme_rebuilds_nothing(edited: Lana, before):
    for path in ("README.md", "core/report/README.md"):
        edited.append(path, "\nMore words.\n")
    assert changed(edited, before) == set()


def test_a_comment_rebuilds_its_package_and_dependents(edited: Lana, before):
    edited.append("core/report/src/lib.rs", "\n// A remark.\n")
    assert packages(changed(edited, before)) == dependents("core-report")


def test_an_edit_needs_no_recompilation_of_the_flake(edited: Lana):
    edited.append("core/report/src/lib.rs", "\n// A remark.\n")
    plain = edited.derivations(*OUTPUTS)
    edited.compile()
    assert edited.derivations(*OUTPUTS) == plain


@pytest.mark.parametrize("compiled", ["as it is", "compiled again"])
def test_a_migration_rebuilds_exactly_who_embeds_it(edited: Lana, before, compiled: str):
    edited.file("lana/app/migrations/20990101000000_more.sql").write_text("SELECT 1;\n")
    if compiled == "compiled again":
        edited.compile()
    assert packages(changed(edited, before)) == dependents("lana-app")


def test_a_file_outside_the_crate_rebuilds_exactly_who_embeds_it(edited: Lana, before):
    edited.append("config/reports.yml", "\n# More.\n")
    assert packages(changed(edited, before)) == dependents("core-report")


def test_a_build_scripts_input_reruns_it_and_rebuilds_its_package(edited: Lana, before):
    edited.append("config/chart-of-accounts.csv", "\n")
    names = changed(edited, before)
    assert packages(names) == dependents("core-accounting")
    assert "core-accounting-0.42.0.script-run" in names
    assert "core-accounting-0.42.0-custom-build.crate-unit" not in names


def test_an_edit_of_a_library_leaves_its_build_script_alone(edited: Lana, before):
    edited.append("core/accounting/src/lib.rs", "\n// A remark.\n")
    names = changed(edited, before)
    assert "core-accounting-0.42.0-lib.crate-unit" in names
    assert not [name for name in names if "custom-build" in name or name.endswith(".script-run")]


def test_a_query_rebuilds_who_makes_it(edited: Lana, before):
    [query, *_] = sorted(edited.file("core/deposit/.sqlx").glob("*.json"))
    query.write_text(query.read_text() + "\n")
    assert packages(changed(edited, before)) == dependents("core-deposit")


def test_a_test_fixture_changes_no_product(edited: Lana, before, lana: Lana):
    products = tuple(output for output in OUTPUTS if output.startswith("packages."))
    edited.append("core/report/tests/expected/income-statement.txt", "\n")
    assert edited.derivations(*products) == lana.derivations(*products)
    assert "core-report-render-test-run" in changed(edited, before)


def test_a_program_alone_is_rebuilt_when_its_main_file_changes(edited: Lana, before):
    edited.append("lana/admin-server/src/main.rs", "\n// A remark.\n")
    assert packages(changed(edited, before)) == {"admin-server"}
    assert "admin-server-0.42.0-lib.crate-unit" not in changed(edited, before)


def test_a_module_written_after_the_last_compilation_is_there(edited: Lana, before):
    edited.file("core/report/src/fresh.rs").write_text("//! New.\n")
    assert "core-report-0.42.0-lib.crate-unit" in changed(edited, before)

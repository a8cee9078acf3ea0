"""Bad specs: every folder in bad/ holds a spec.toml and, in expected.txt, exactly what is said about it.

``links.txt`` lists symbolic links to be made beside the spec (link and target), as none can be kept that lead out of
the tree. ``UPDATE_EXPECTED=1 pytest tests/spec`` writes the expected texts anew; read the diff.
"""

import importlib.util
import shutil
from pathlib import Path

import pytest
from spec_cases import BAD_CASES, diagnose, expect

from flakegen.diagnostics.codes import Code

WITH_CLI = importlib.util.find_spec("flakegen.cli.main") is not None


@pytest.fixture(params=BAD_CASES, ids=lambda case: case.name)
def case(request, tmp_path, monkeypatch):
    folder = tmp_path / "case"
    shutil.copytree(request.param, folder)
    links = folder / "links.txt"
    for line in links.read_text(encoding="utf-8").splitlines() if links.exists() else ():
        link, target = line.split()
        (folder / link).symlink_to(target)
    monkeypatch.chdir(folder)
    return request.param


def test_api_says_exactly(case):
    expect(case / "expected.txt", diagnose(Path("spec.toml").read_bytes()))


if WITH_CLI:

    def test_cli_says_the_same_and_exits_with_2(case, monkeypatch, capsys):
        from flakegen.cli.main import main  # noqa: PLC0415 - there from the day the command line is

        monkeypatch.setenv("NO_COLOR", "1")
        before = sorted(Path().rglob("*"))
        try:
            status = main(["compile", "spec.toml"])
        except SystemExit as error:
            status = error.code
        shown = capsys.readouterr()
        assert status == 2
        assert (case / "expected.txt").read_text(encoding="utf-8") in shown.err
        assert "Traceback" not in shown.err + shown.out
        assert sorted(Path().rglob("*")) == before


def test_every_code_of_the_spec_has_a_case():
    said = "".join((case / "expected.txt").read_text(encoding="utf-8") for case in BAD_CASES)
    missing = [code.name for code in Code if code.value < "E200" and f"[{code.value}]" not in said]
    assert missing == []


def test_every_bad_spec_is_bad():
    assert all((case / "expected.txt").read_text(encoding="utf-8") for case in BAD_CASES)

"""Every test of the command line has its own cache folder, and no colours."""

import pytest
from small_projects import Run, run_process

from flakegen.cli.main import main


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty folder, which is where the command runs."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys):
    """Runs the command within this process: `run("check", "-q")`."""

    def call(*words: object) -> Run:
        capsys.readouterr()
        code = main([str(word) for word in words])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err + shown.out
        return Run(code=code, out=shown.out, err=shown.err)

    return call


@pytest.fixture(params=["within", "process"])
def run_both(request, run, project):
    """Runs the command within this process, and in one of its own."""
    if request.param == "within":
        return run
    return lambda *words: run_process(*words, cwd=project, NO_COLOR="1")

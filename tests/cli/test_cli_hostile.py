"""Whatever the disk, the terminal and the user do, there is an exit code and a sentence, and no traceback."""

import errno
import os
import shutil
import subprocess
import sys

import pytest
from small_projects import PLAIN, REPOSITORY, cargo_project, plain_project, run_process, tree_of, write_files

from flakegen.cli.main import main


def _with_output(text, output):
    return text.replace("[project]\n", f"[project]\noutput = '{output}'\n")


@pytest.mark.parametrize("output", ["..", ".", "../specs", "../../elsewhere", "/elsewhere", ""])
def test_an_output_folder_that_cannot_be(project, run, output):
    write_files(project, {"specs/tiny.toml": _with_output(PLAIN, output)})
    done = run("compile")
    assert done.code == 2
    assert done.err.startswith("specs/tiny.toml:2:")
    assert [str(path.relative_to(project)) for path in project.rglob("*")] == ["specs", "specs/tiny.toml"]


def test_an_output_folder_reached_by_a_link_that_leaves(project, run):
    plain_project(project)
    (project.parent / "outside").mkdir()
    (project / "generated").symlink_to("../outside")
    done = run("compile")
    assert done.code == 2
    assert "generated is a symbolic link that leaves the project [E500]" in done.err
    assert list((project.parent / "outside").iterdir()) == []


def test_files_of_others_in_the_way(project, run):
    plain_project(project)
    write_files(project, {"generated/tiny/flake.nix": "{ }\n"})
    done = run("compile")
    assert done.code == 2
    assert "generated/tiny/flake.nix was not written by flakegen [E500]" in done.err
    assert "hint: move it away" in done.err
    assert run("check").code == 1


def test_specs_that_would_write_over_each_other(project, run):
    for name in ("one", "two"):
        write_files(project, {f"specs/{name}.toml": _with_output(PLAIN, "../generated/same")})
    done = run("compile")
    assert done.code == 2
    assert "'specs/one.toml' and 'specs/two.toml' write to" in done.err
    assert tree_of(project) == {}
    assert run("compile", "specs/one.toml").code == 0
    before = tree_of(project)
    alone = run("compile", "specs/two.toml")
    assert alone.code == 2
    assert "was generated from another spec, specs/one.toml" in alone.err
    assert tree_of(project) == before


@pytest.mark.parametrize("command", ["compile", "check"])
@pytest.mark.parametrize(
    "spec", ["", ".", "specs", "no/such.toml", "\udcff.toml", "x" * 5000, "specs/tiny.toml/x"]
)
def test_specs_that_are_none(project, run, command, spec):
    plain_project(project)
    done = run(command, spec)
    assert done.code == 2
    assert "error: cannot read" in done.err


@pytest.mark.parametrize(
    "data", [b"\xff", b"\x00", b"[" * 100_000, b"a = " + b"[" * 50_000, b"a." * 5000 + b"b=1"]
)
def test_specs_that_are_no_toml(project, run, data):
    (project / "spec.toml").write_bytes(data)
    assert run("compile", "spec.toml").code == 2


@pytest.mark.parametrize("expression", ["(" * 20_000 + "1", "[" * 5000 + "]" * 5000, "x: " * 5000 + "1"])
def test_expressions_that_are_nested_too_deeply(project, run, expression):
    write_files(project, {"specs/deep.toml": f"{PLAIN}\n[packages.deep]\nnix-expr = '{expression}'\n"})
    assert run("compile").code == 2
    assert tree_of(project) == {}


def test_a_facts_file_that_is_damaged(project, run):
    cargo_project(project)
    (project / "specs/rusty.crates.json").write_text("{")
    done = run("compile")
    assert done.code == 2
    assert "facts file is damaged" in done.err


@pytest.mark.parametrize("gone", ["code/Cargo.lock", "code/Cargo.toml", "code/crates/base", "specs/nix"])
def test_inputs_that_are_gone(project, run, gone):
    cargo_project(project)
    path = project / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert run("compile").code == 2
    assert tree_of(project) == {}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses(project, run, monkeypatch, code):
    cargo_project(project)

    def refuse(_descriptor):
        raise OSError(code, os.strerror(code), "somewhere")

    monkeypatch.setattr(os, "fsync", refuse)
    done = run("compile")
    assert done.code == 2
    assert f"error: cannot read or write 'somewhere': {os.strerror(code).lower()} [E500]" in done.err
    assert tree_of(project) == {}


def test_generated_files_that_cannot_be_read(project, run, monkeypatch):
    plain_project(project)
    run("compile")
    real = open

    def refuse(file, *arguments, **options):
        if str(file).endswith("flake.nix"):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return real(file, *arguments, **options)

    monkeypatch.setattr("builtins.open", refuse)
    for command in ("check", "compile"):
        done = run(command)
        assert done.code == 2
        assert "flake.nix': permission denied" in done.err


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_any_encoding_of_the_terminal(project, encoding):
    plain_project(project, "grüße")
    for words in (
        ["check"],
        ["compile"],
        ["dump", "specs/grüße.toml", "--stage", "spec"],
        ["check", "--json"],
    ):
        line = [sys.executable, "-m", "flakegen.cli.main", *words]
        environment = {
            **os.environ,
            "PYTHONIOENCODING": encoding,
            "LC_ALL": "C",
            "PYTHONPATH": str(REPOSITORY),
        }
        done = subprocess.run(line, cwd=project, env=environment, capture_output=True, check=False)
        assert b"Traceback" not in done.stderr.replace(b"\0", b"")
        assert done.returncode in (0, 1)


def _shell(project, line):
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(project),
    }
    text = line.replace("flakegen", f"{sys.executable} -m flakegen.cli.main")
    return subprocess.run(
        ["bash", "-c", text], cwd=project, env=variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("set -o pipefail; flakegen dump specs/rusty.toml --stage plan | true", 141),
        ("set -o pipefail; flakegen check -v | true", 141),
        ("flakegen check -v > /dev/full", 2),
        ("flakegen check >&-", 1),
        ("flakegen check -q 2>&-", 1),
        ("flakegen compile 2> /dev/full", 2),
        ("mkdir gone; cd gone; rmdir ../gone; flakegen compile", 2),
        ("HOME=/nonexistent flakegen compile", 0),
        ("XDG_CACHE_HOME=/dev/null flakegen compile", 0),
        ("XDG_CACHE_HOME=relative flakegen compile; test ! -e relative", 0),
        (
            "cd specs; flakegen compile rusty.toml && cd ../generated/rusty && flakegen compile ../../specs/*.toml",
            0,
        ),
    ],
)
def test_streams_and_surroundings(project, line, code):
    cargo_project(project)
    done = _shell(project, line)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == code, done.stderr


def test_a_run_within_the_folder_that_it_replaces(project):
    plain_project(project, "one")
    plain_project(project, "two")
    run_process("compile", cwd=project)
    for name in ("one", "two"):
        (project / f"specs/{name}.toml").write_text(PLAIN.replace("jq", "yq"))
    cargo_project(project)
    done = _shell(project, "cd generated/one; flakegen compile ../../specs/*.toml")
    assert done.returncode == 0, done.stderr
    assert run_process("check", cwd=project).code == 0


def test_an_interrupt_is_no_traceback(project, run, monkeypatch):
    plain_project(project)

    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("flakegen.pipeline.project.load_spec", interrupt)
    assert run("compile").code == 130


def test_colours_only_where_they_are_wanted(project, monkeypatch, capsys):
    write_files(project, {"specs/bad.toml": "["})
    plain_project(project)
    shown = {}
    for variable in ("", "1"):
        monkeypatch.setenv("NO_COLOR", variable)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        assert main(["check"]) == 2
        shown[variable] = "".join(capsys.readouterr())
    assert "\x1b[" in shown[""]
    assert "\x1b[" not in shown["1"]

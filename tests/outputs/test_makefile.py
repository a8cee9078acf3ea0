"""The Makefile, read by GNU make and by bmake; what tasks do there and as apps built by real Nix."""

import json
import os
import shlex
import shutil
import subprocess
from contextlib import chdir

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flakegen.diagnostics.diagnostic import DiagnosticError
from flakegen.pipeline.project import Project

HEAD = """\
[project]
name = "tasks"
version = "1.5"
systems = ["x86_64-linux", "aarch64-linux"]

[inputs]
nixpkgs = "github:NixOS/nixpkgs/nixos-unstable"

"""
NASTY = [
    "plain",
    "$HOME $$ $(pwd) ${x} $(shell touch gone) $$(touch gone) `touch gone`",
    "# no comment \\# nor this",
    "it's \"quoted\" '' '\\''",
    "back\\slash \\",
    "two\nlines\n\n  and \\\n\ttabs\t$\n",
    "@-+:= %.SUFFIXES ; | & > gone",
    "  leading and trailing  ",
    "ünïcödé ☃ 𝄞 \u00a0",
    "!if 1\n.include <gone>\nifeq (a,b)\nendef",
    "-n",
    "",
]


def made(folder, body, spec="specs/x.toml", head=HEAD):
    """Write what a spec compiles to into its project."""
    path = folder / spec
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + body)
    with chdir(folder):
        project = Project(spec)
        for name, text in project.outputs.items():
            (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (project.folder / name).write_text(text)
    return folder


def printing(texts):
    """Tasks that print a text each, in a script and in a variable, with a mark behind it."""
    tasks = []
    for number, text in enumerate(texts):
        script = f"printf %s {shlex.quote(text)}; printf '%s|\\n' \"$V\""
        said = " ".join(text.split()) or "x"
        tasks.append(f"[tasks.t{number}]\nscript = {_toml(script)}\ndescription = {_toml(said)}\n")
        tasks.append(f"env.V = {_toml(text)}\n")
    return "".join(tasks)


def _toml(text):
    return json.dumps(text, ensure_ascii=False)


def _outside_of_make() -> dict[str, str]:
    """The environment without what a make hands on to those that it starts: tests are run by one."""
    return {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    }


def run(*command, cwd, **env):
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**_outside_of_make(), **env},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=["make", "bmake"])
def make(request):
    return shutil.which("make") if request.param == "make" else request.getfixturevalue("bmake")


def test_texts_reach_the_shell_as_they_are(make, tmp_path):
    folder = made(tmp_path, printing(NASTY))
    names = [f"t{number}" for number in range(len(NASTY))]
    printed = run(make, "-f", "generated/x/Makefile", *names, cwd=folder)
    assert printed == "".join(f"{text}{text}|\n" for text in NASTY)
    assert not list(folder.rglob("gone"))


SIGNS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="@")
TEXTS = st.text(st.one_of(st.sampled_from("$#\\'\"\n\t (){}`;|&:=!%"), SIGNS), max_size=40)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=20, max_size=20))
def test_any_text_reaches_the_shell_as_it_is(make, tmp_path_factory, texts):
    folder = made(tmp_path_factory.mktemp("texts"), printing(texts))
    names = [f"t{number}" for number in range(len(texts))]
    printed = run(make, "-f", "generated/x/Makefile", *names, cwd=folder)
    assert printed == "".join(f"{text}{text}|\n" for text in texts)


DEPENDENT = """\
[tasks]
a = "echo a"
b = { needs = ["a"], script = "echo b" }
c = { needs = ["b", "a"], script = 'echo c "$#"' }
d = { needs = ["c", "b"], script = "echo d" }
where = 'echo "$PWD"'
there = { script = 'echo "$PWD"', directory = "nix" }
fails = "false; echo on"
piped = "false | true; echo on"
after = { needs = ["fails"], script = "echo after" }
unset = "echo $absent"
"""


@pytest.fixture
def dependent(tmp_path):
    (tmp_path / "specs/nix").mkdir(parents=True)
    (tmp_path / "deep/er").mkdir(parents=True)
    return made(tmp_path, DEPENDENT)


def test_what_is_needed_runs_before_and_once(make, dependent):
    assert run(make, "-f", "generated/x/Makefile", "d", cwd=dependent).split("\n") == [
        "a",
        "b",
        "c 0",
        "d",
        "",
    ]


def test_tasks_run_in_their_folder_wherever_they_are_started(make, dependent):
    for start in ("", "deep/er", "generated/x", "specs"):
        file = dependent / "generated/x/Makefile"
        printed = run(make, "-f", file, "where", "there", cwd=dependent / start)
        assert printed.split() == [str(dependent), str(dependent / "specs/nix")]
    done = subprocess.run(
        [make, "-f", file, "where"],
        cwd="/",
        env=_outside_of_make(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode in {1, 2}
    assert "this is not in the project: no folder above has specs/x.toml" in done.stderr


@pytest.mark.parametrize("task", ["fails", "piped", "after", "unset"])
def test_what_fails_ends_it(make, dependent, task):
    done = subprocess.run(
        [make, "-f", "generated/x/Makefile", task], cwd=dependent, check=False, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "on" not in done.stdout.split()
    assert "after" not in done.stdout.split()


def test_files_of_the_same_name_mean_nothing(make, dependent):
    for name in ("a", "help", "generated/x/a"):
        (dependent / name).touch()
    assert run(make, "-f", "generated/x/Makefile", "a", cwd=dependent) == "a\n"


def test_help_comes_first_and_lists_all_with_what_they_do(make, tmp_path):
    folder = made(tmp_path, printing(NASTY))
    printed = run(make, "-f", "generated/x/Makefile", cwd=folder)
    told = [
        f"t{number}".ljust(4) + "  " + (" ".join(text.split()) or "x") for number, text in enumerate(NASTY)
    ]
    assert printed.split("\n") == ["help  Lists the tasks", *told, ""]


def test_a_makefile_can_include_it(make, dependent):
    (dependent / "Makefile").write_text("own: a\n\t@echo own\ninclude generated/x/Makefile\n")
    assert run(make, cwd=dependent) == "a\nown\n"


def test_names_of_folders_are_text(make, tmp_path):
    (tmp_path / "spe cs/-a $b'#c").mkdir(parents=True)
    head = HEAD.replace('version = "1.5"', 'root = ".."\noutput = "../made"')
    body = '[tasks.here]\ndirectory = "-a $b\'#c"\nscript = "pwd"\n'
    folder = made(tmp_path, body, "spe cs/it's $x#y.toml", head)
    printed = run(make, "-f", "Makefile", "here", cwd=folder / "made")
    assert printed == f"{folder}/spe cs/-a $b'#c\n"


def test_what_only_nix_knows_is_left_to_the_app(make, tmp_path):
    body = """\
[tasks]
plain = "echo plain @{project.name} @{project.version}"
with-nix = { needs = ["plain"], script = "@{pkgs.jq}/bin/jq ." }
above = { needs = ["with-nix"], script = "echo above" }
variable = { script = "echo $JQ", env = { JQ = "@{pkgs.jq}" } }
"""
    folder = made(tmp_path, body)
    (folder / "nix").write_text('#!/bin/sh\necho "nix $* in $PWD"\n')
    (folder / "nix").chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    for name in ("with-nix", "above", "variable"):
        printed = run(make, "-f", "Makefile", name, cwd=folder / "generated/x", PATH=path)
        assert printed == f"nix run ./generated/x#{name} in {folder}\n"
    assert run(make, "-f", "generated/x/Makefile", "plain", cwd=folder) == "plain tasks 1.5\n"


def test_there_is_none_without_tasks(tmp_path):
    made(tmp_path, "")
    assert sorted(path.name for path in (tmp_path / "generated/x").iterdir()) == ["flake.nix"]


def test_a_script_is_never_empty(tmp_path):
    with pytest.raises(DiagnosticError):
        made(tmp_path, '[tasks]\na = " "\n')


def test_apps_built_by_real_nix_do_the_same(tmp_path, nix, nixpkgs):
    (tmp_path / "specs/nix").mkdir(parents=True)
    folder = made(tmp_path, DEPENDENT + printing(NASTY))
    for name in (*(f"t{number}" for number in range(len(NASTY))), "d", "where", "there"):
        flake = f"path:{folder}/generated/x#{name}"
        printed = nix.run("run", *nixpkgs.flake_args, flake, cwd=folder / "specs/nix")
        expected = run("make", "-f", "generated/x/Makefile", name, cwd=folder)
        assert printed == expected
    for name in ("fails", "piped", "after", "unset"):
        nix.fails("run", *nixpkgs.flake_args, f"path:{folder}/generated/x#{name}", cwd=folder)


def test_shellcheck_has_nothing_to_say_of_what_is_put_around_a_script(tmp_path, nix, nixpkgs, shellcheck):
    """As nixpkgs' `writeShellApplication` has it look at each."""
    (tmp_path / "specs/nix").mkdir(parents=True)
    folder = made(tmp_path, DEPENDENT)
    for name in ("a", "d", "where", "there"):
        app = f"path:{folder}/generated/x#apps.{nixpkgs.system}.{name}.program"
        program = nix.run("eval", "--raw", *nixpkgs.flake_args, app)
        nix.run("run", *nixpkgs.flake_args, f"path:{folder}/generated/x#{name}", cwd=folder)
        done = subprocess.run([shellcheck, program], check=False, capture_output=True, text=True)
        assert done.stdout == ""

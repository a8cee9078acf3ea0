"""What the commands say and how they exit, within this process and in one of their own."""

import json
import sys

import pytest
from small_projects import PLAIN, cargo_project, plain_project, tree_of, write_files

BAD = PLAIN.replace("packages =", "pakages =")


def test_compile_writes_once_and_says_so(project, run_both):
    plain_project(project)
    first = run_both("compile", "specs/tiny.toml")
    assert (first.code, first.out) == (0, "")
    assert first.err == "specs/tiny.toml: 1 file changed in generated/tiny/\n"
    second = run_both("compile", "specs/tiny.toml")
    assert (second.code, second.out, second.err) == (0, "", "specs/tiny.toml: nothing changed\n")


def test_without_a_spec_all_in_specs_are_meant(project, run_both):
    plain_project(project, "one")
    plain_project(project, "two")
    assert run_both("compile", "--quiet").code == 0
    assert sorted(tree_of(project)) == ["generated/one/flake.nix", "generated/two/flake.nix"]
    assert run_both("check").err == "specs/one.toml: up to date\nspecs/two.toml: up to date\n"


@pytest.mark.parametrize("command", ["compile", "check"])
def test_no_spec_at_all(run_both, command):
    done = run_both(command, "--quiet")
    assert done.code == 2
    assert "error: no spec given, and none in specs/" in done.err
    answer = json.loads(run_both(command, "--json").out)
    assert [each["code"] for each in answer["diagnostics"]] == ["E131"]


@pytest.mark.parametrize("command", ["compile", "check", "dump"])
def test_a_bad_spec_is_told_and_nothing_written(project, run_both, command):
    write_files(project, {"specs/bad.toml": BAD})
    stage = ["--stage", "spec"] if command == "dump" else []
    done = run_both(command, "specs/bad.toml", *stage)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "specs/bad.toml:9:1: error: unknown key 'pakages' in devShells.default [E102]\n"
    )
    assert "hint: did you mean 'packages'?" in done.err
    assert tree_of(project) == {}


def test_an_existing_tree_outlives_a_spec_that_broke(project, run_both):
    spec = plain_project(project)
    run_both("compile", "specs/tiny.toml")
    before = tree_of(project)
    spec.write_text(BAD)
    assert run_both("compile", "specs/tiny.toml").code == 2
    assert tree_of(project) == before


def test_one_wrong_spec_of_several_keeps_all_from_being_written(project, run_both):
    plain_project(project, "good")
    write_files(project, {"specs/bad.toml": BAD, "specs/worse.toml": "["})
    done = run_both("compile")
    assert done.code == 2
    assert "specs/bad.toml:9:1: error:" in done.err
    assert "specs/worse.toml:1:" in done.err
    assert tree_of(project) == {}


def test_usage_errors(project, run_both):
    plain_project(project)
    for words in ([], ["frobnicate"], ["compile", "--frobnicate"], ["check", "-q", "-v"], ["dump", "x"]):
        done = run_both(*words)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("usage: flakegen")


def test_help_and_version(run_both):
    assert run_both("--help").code == 0
    assert "write the generated folder" in run_both("--help").out
    assert run_both("--version").out.startswith("flakegen ")
    assert "--json" in run_both("compile", "--help").out


def test_quiet_and_verbose(project, run):
    cargo_project(project)
    assert run("compile", "--quiet").err == ""
    (project / "generated/rusty/flake.nix").unlink()
    assert run("compile", "--verbose").err.endswith(" changed in generated/rusty/\n  flake.nix\n")
    (project / "generated/rusty/flake.nix").unlink()
    done = run("check", "--quiet")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("diff --git a/flake.nix b/flake.nix\n")


def test_long_diffs_are_whole_but_on_a_terminal(project, run, monkeypatch):
    cargo_project(project)
    run("compile")
    (project / "generated/rusty/cargo/units.nix").unlink()
    whole = run("check")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    short, asked = run("check"), run("check", "-v")
    assert asked.out == whole.out
    assert "more lines; see them all with --verbose" in short.err
    assert short.out == "".join(f"{line}\n" for line in whole.out.split("\n")[:120])
    assert len(whole.out.splitlines()) > 200


def test_compile_answers_in_json(project, run_both):
    plain_project(project, "one")
    plain_project(project, "two")
    done = run_both("compile", "--json", "specs/two.toml", "specs/one.toml", "specs/two.toml")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "specs": [
            {
                "spec": f"specs/{name}.toml",
                "output": str(project / "generated" / name),
                "changed": ["flake.nix"],
            }
            for name in ("two", "one")
        ],
        "diagnostics": [],
    }


def test_check_answers_in_json(project, run_both):
    plain_project(project)
    done = run_both("check", "--json", "specs/tiny.toml")
    assert (done.code, done.err) == (1, "")
    (answer,) = json.loads(done.out)["specs"]
    assert answer["spec"] == "specs/tiny.toml"
    (drift,) = answer["drift"]
    assert (drift["path"], drift["change"]) == ("flake.nix", "missing")
    assert drift["diff"].startswith(
        "diff --git a/flake.nix b/flake.nix\nnew file mode 100644\n--- /dev/null\n"
    )


@pytest.mark.parametrize("command", ["compile", "check"])
def test_what_is_wrong_in_json(project, run_both, command):
    write_files(project, {"specs/bad.toml": BAD})
    done = run_both(command, "--json", "specs/bad.toml", "specs/absent.toml")
    assert (done.code, done.err) == (2, "")
    answer = json.loads(done.out)
    assert answer["specs"] == []
    bad, absent = answer["diagnostics"]
    assert bad["span"] == {
        "file": "specs/bad.toml",
        "line": 9,
        "column": 1,
        "offset": BAD.index("pakages"),
        "length": 7,
    }
    assert set(bad) == {"severity", "code", "message", "span", "hint", "related"}
    assert absent["message"] == "cannot read specs/absent.toml: no such file or directory"


@pytest.mark.parametrize("stage", ["spec", "units", "embed", "plan", "layers"])
def test_every_stage_of_every_project_can_be_dumped(project, run, stage):
    for spec in (plain_project(project), cargo_project(project)):
        done = run("dump", spec, "--stage", stage)
        assert (done.code, done.err) == (0, "")
        assert json.loads(done.out) or stage != "spec"
        assert done.out.isascii()


def test_layers_of_a_workspace(project, run):
    spec = cargo_project(project)
    layers = json.loads(run("dump", spec, "--stage", "layers").out)
    names = {layer: sorted({unit.rsplit("-", 2)[0] for unit in units}) for layer, units in layers.items()}
    assert names == {"1": ["base-0.1.0", "tool-0.1.0"]}  # too little to be layers of their own

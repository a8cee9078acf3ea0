"""What README and the hooks show is true."""

import re
import tomllib

from small_projects import REPOSITORY, WORKSPACE, write_files

from flakegen.cli.main import COMMANDS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def _blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _project(project, spec):
    files = {name.removeprefix("code/"): text.replace("tool", "lana-cli") for name, text in WORKSPACE.items()}
    files["crates/base/src/lib.rs"] = ""
    write_files(project, {**files, "specs/lana.toml": spec})


def test_the_spec_in_the_readme_compiles(project, run):
    (spec,) = _blocks("toml")
    _project(project, spec)
    done = run("compile", "specs/lana.toml")
    assert done.code == 0, done.err
    shown = set(re.findall(r"├─ (\S+?)(?:/\*)? ", README))
    assert {path.name for path in (project / "generated/lana").iterdir()} == shown


def test_the_mistake_in_the_readme_is_told_so(project, run):
    (spec,) = _blocks("toml")
    line = next(number for number, text in enumerate(spec.splitlines(), 1) if text.startswith("packages"))
    _project(project, spec.replace("packages = [", "pakages = ["))
    done = run("compile", "specs/lana.toml")
    assert done.err.startswith(f"specs/lana.toml:{line}:1: ")
    assert done.err in README


def test_the_hooks_run_commands_that_there_are():
    text = (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"^  entry: flakegen (\S+)$", text, re.MULTILINE)
    assert commands == ["compile", "check"]
    assert set(commands) <= set(COMMANDS)
    ids = re.findall(r"^- id: (\S+)$", text, re.MULTILINE)
    assert ids == [f"flakegen-{command}" for command in commands]


def test_every_dependency_is_justified():
    contributing = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split("[<>=~ ]", each)[0] for each in asked}
    assert {name for name in names if f"| `{name}` |" not in contributing} == set()

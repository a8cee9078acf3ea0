"""What tasks and steps do when they are really run, in a shell, by programs that only write down how they were called."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ci_cases import ci_files, parsed, tasks

HOSTILE = [
    "$(id)",
    "`id`",
    "';id;'",
    '"',
    "((a))",
    "(((b)))",
    "${{ github.token }}",
    "a b",
    "-n",
    "!",
    "#",
    "ü",
]
"""The arguments of tests/ci/specs/hostile.toml."""
HOSTILE_FLAKE = "./specs/generated/it's $(id) ${{ x }} ((y))"
PROGRAM = f"""#!{sys.executable}
import json, os, sys
told = {{name: os.environ.get(name) for name in ("VERSION", "COMMITHASH")}}
name = os.path.basename(sys.argv[0])
with open(os.environ["CALLS"], "a") as calls:
    print(json.dumps([name, *sys.argv[1:], told]), file=calls)
if name == "cachix" and sys.argv[1] == "watch-exec":
    os.execvp(sys.argv[4], sys.argv[4:])
if "next-version" in " ".join(sys.argv):
    print("1.2.0-rc.3" if "--rc" in sys.argv else "1.2.0")
elif "--print-out-paths" in sys.argv:
    print(os.environ["BUILT"])
elif name == "nix" and "--password-stdin" in sys.argv:
    print(repr(sys.stdin.read()), file=open(os.environ["CALLS"] + ".stdin", "w"))
if os.environ.get("FAILING", "\\0") in sys.argv:
    sys.exit(7)
"""


class Machine:
    """A folder with a repository in it, where a CI's shell is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs = folder / "programs"
        programs.mkdir()
        for name in ("nix", "cachix"):
            (programs / name).write_text(PROGRAM)
            (programs / name).chmod(0o755)
        built = folder / "built/bin"
        built.mkdir(parents=True)
        (built / "bank-cli").write_text("a program")
        self.env = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(folder / "calls"),
            "BUILT": str(folder / "built"),
            "HOME": str(folder),
            "TMPDIR": str(folder),
        }
        for command in (
            ("init", "--quiet", "repo"),
            ("-C", "repo", "config", "user.email", "a@example.org"),
            ("-C", "repo", "config", "user.name", "a"),
            ("-C", "repo", "commit", "--quiet", "--allow-empty", "--message", "Begin"),
            ("-C", "repo", "tag", "v1.1.0"),
            ("-C", "repo", "commit", "--quiet", "--allow-empty", "--message", "Count pennies"),
            ("-C", "repo", "tag", "v1.2.0-rc.2"),
            ("-C", "repo", "commit", "--quiet", "--allow-empty", "--message", "Count euros"),
        ):
            subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)

    def task(self, task: dict, **env: str) -> int:
        """Run a task of Concourse: what it puts out is there for the next one."""
        for output in task["config"].get("outputs", []):
            (self.folder / output["name"]).mkdir(exist_ok=True)
        run = task["config"]["run"]
        told = {**self.env, **task["config"].get("params", {}), **env}
        return subprocess.run([run["path"], *run["args"]], cwd=self.folder, env=told, check=False).returncode

    def step(self, run: str) -> int:
        """Run a step as GitHub does."""
        (self.folder / "script").write_text(run, encoding="utf-8")
        command = ["bash", "-e", str(self.folder / "script")]
        return subprocess.run(command, cwd=self.folder / "repo", env=self.env, check=False).returncode

    @property
    def calls(self) -> list[list]:
        path = Path(self.env["CALLS"])
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def commands(self) -> list[list[str]]:
        return [call[:-1] for call in self.calls]


@pytest.fixture
def machine(tmp_path):
    (tmp_path / "machine").mkdir()
    return Machine(tmp_path / "machine")


@pytest.fixture
def pipelines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda name: {ci: parsed(text) for ci, text in ci_files(name, tmp_path).items()}


def job_of(pipeline: dict, name: str) -> dict:
    return next(job for job in pipeline["jobs"] if job["name"] == name)


def test_each_derivation_is_pushed_as_it_is_built(machine, pipelines):
    job = job_of(pipelines("bank")["nix-cache"], "populate-nix-cache-pr")
    deps = next(task for task in tasks(job["plan"]) if task["task"] == "bank-deps")
    assert machine.task(deps) == 0
    flake, built = "./generated/bank#bank-deps", machine.env["BUILT"]
    build = ["build", "--no-link", "--print-build-logs", flake]
    key = machine.commands[4][5]
    assert machine.commands == [
        ["cachix", "use", "galoymoney"],
        ["cachix", "watch-exec", "galoymoney", "--", "nix", *build],
        ["nix", *build],
        ["nix", "build", "--no-link", "--print-out-paths", flake],
        ["nix", "store", "sign", "--recursive", "--key-file", key, built],
        ["nix", "copy", "--to", "s3://archive?region=eu-central-1", built],
        ["cachix", "pin", "galoymoney", "deps", built],
    ]
    assert Path(key).read_text() == "((archive.key))"
    assert Path(key).stat().st_mode & 0o077 == 0


def test_the_order_of_the_seed_is_kept(pipelines):
    plan = job_of(pipelines("bank")["nix-cache"], "populate-nix-cache-pr")["plan"]
    shape = [
        step.get("task")
        or ([each["task"] for each in step["in_parallel"]["steps"]] if "in_parallel" in step else "do")
        for step in plan[2:]
    ]
    assert shape == [
        "check-latest-commit",
        "bank-deps",
        ["nextest", "simulation", "bank-cli-debug", "bats"],
        "do",
    ]
    assert [task["task"] for task in plan[-1]["do"]] == ["flake-check", "next-version", "bank-cli-release"]


@pytest.mark.parametrize("name", ["on", "y"])
def test_no_shell_and_no_ci_takes_arguments_for_anything_else(machine, pipelines, name):
    plan = job_of(pipelines("hostile")["pipeline"], "on")["plan"]
    task = next(task for task in tasks(plan) if task["task"] == name)
    text = task["config"]["run"]["args"][1]
    assert "((" not in text
    assert "${{" not in text
    assert machine.task(task) == 0
    program = {"on": f"{HOSTILE_FLAKE}#packages.x86_64-linux.on", "y": f"{HOSTILE_FLAKE}#y"}[name]
    assert machine.commands == [["cachix", "use", "yes"], ["nix", "run", program, "--", *HOSTILE]]


def test_steps_of_github_get_the_same_arguments(machine, pipelines):
    steps = pipelines("hostile")["workflow"]["jobs"]["on"]["steps"]
    for step in steps:
        if "run" in step:
            assert "${{" not in step["run"]
            assert machine.step(step["run"]) == 0
    assert [command[4:] for command in machine.commands] == [HOSTILE, HOSTILE]


def test_a_value_of_the_environment_is_no_expression_of_github(pipelines):
    env = pipelines("hostile")["workflow"]["jobs"]["on"]["env"]
    assert env["C"] == "${{ '${{' }} secrets.X }}"
    assert env["F"] == "é\U0001f600\u00ad"


def test_who_only_builds_is_told_no_secret_but_those_of_caches(pipelines):
    pipeline = pipelines("bank")["release"]
    told = {
        task["task"]: {name for name in task["config"].get("params", {}) if not name.startswith("NIX_")}
        for job in pipeline["jobs"]
        for task in tasks(job["plan"])
    }
    registry = {"REGISTRY_USER", "REGISTRY_PASSWORD"}
    assert told["push-bank"] == registry
    assert told["deploy"] == registry  # a program of the project's: what it needs, nobody can tell
    assert [name for name, names in told.items() if names and name not in ("push-bank", "deploy")] == []


def test_a_release_has_its_version_its_notes_and_its_programs(machine, pipelines):
    job = job_of(pipelines("bank")["release"], "release")
    for task in tasks(job["plan"]):
        assert machine.task(task) == 0
    assert (machine.folder / "version/version").read_text() == "1.2.0"
    notes = (machine.folder / "release/notes.md").read_text().splitlines()
    assert [line.partition(" (")[0] for line in notes] == ["- Count euros", "- Count pennies"]
    assert (machine.folder / "release/files/bank-cli").read_text() == "a program"
    copies = [call for call in machine.calls if "copy" in call]
    assert [(call[-3:-1], call[-1]["VERSION"]) for call in copies] == [
        ([f"docker-archive:{machine.env['BUILT']}", "docker://gcr.io/galoyorg/bank:1.2.0"], "1.2.0")
    ]
    assert (machine.folder / "calls.stdin").read_text() == "'((registry.password))'\n"
    assert [step["put"] for step in job["plan"] if "put" in step] == ["version", "tagged", "github-release"]
    assert not any("registry.password" in word for command in machine.commands for word in command)


def test_a_candidate_asks_for_the_next_candidate(machine, pipelines):
    job = job_of(pipelines("bank")["release"], "candidate")
    for task in tasks(job["plan"]):
        assert machine.task(task) == 0
    assert (machine.folder / "version/version").read_text() == "1.2.0-rc.3"
    built = [call for call in machine.calls if "--print-build-logs" in call]
    assert [(call[-1]["VERSION"], "--impure" in call) for call in built] == [("1.2.0-rc.3", True)]


def test_a_deployment_is_told_the_version_that_was_released(machine, pipelines):
    (machine.folder / "version").mkdir()
    (machine.folder / "version/version").write_text("1.2.0")
    job = job_of(pipelines("bank")["release"], "production")
    (task,) = tasks(job["plan"])
    assert machine.task(task) == 0
    assert machine.calls[-1][:-1] == ["nix", "run", "./generated/bank#deploy", "--", "production"]
    assert machine.calls[-1][-1]["VERSION"] == "1.2.0"


@pytest.mark.parametrize(
    ("ci", "job", "task", "failing"),
    [
        ("nix-cache", "populate-nix-cache-pr", "bank-deps", "--print-build-logs"),
        ("nix-cache", "populate-nix-cache-pr", "bank-deps", "--print-out-paths"),
        ("nix-cache", "populate-nix-cache-pr", "bank-deps", "copy"),
        ("nix-cache", "populate-nix-cache-pr", "check-latest-commit", "run"),
        ("nix-cache", "populate-nix-cache-pr", "flake-check", "check"),
        ("release", "release", "next-version", "run"),
        ("release", "release", "release", "--print-out-paths"),
    ],
)
def test_what_fails_fails_its_task(machine, pipelines, ci, job, task, failing):
    found = next(each for each in tasks(job_of(pipelines("bank")[ci], job)["plan"]) if each["task"] == task)
    (machine.folder / "version").mkdir()
    (machine.folder / "version/version").write_text("1.2.0")
    assert machine.task(found, FAILING=failing) != 0


def test_what_holds_a_stamped_package_is_told_the_stamps_too(machine, pipelines):
    job = job_of(pipelines("bank")["nix-cache"], "cache-dev-profile")
    for task in tasks(job["plan"]):
        assert machine.task(task) == 0
    built = {call[-2].partition("#")[2]: call for call in machine.calls if call[:2] == ["nix", "build"]}
    impure = {name for name, call in built.items() if "--impure" in call}
    assert impure == {"bank-alias", "legacyPackages.x86_64-linux.programs.about"}
    assert "checks.x86_64-linux.tests" in built
    assert {name for name, call in built.items() if call[-1]["COMMITHASH"]} == impure

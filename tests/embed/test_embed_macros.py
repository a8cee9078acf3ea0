"""Real macros of real crates: whatever they open while rustc runs must have been found, and what else was found has a reason.

rustc's dep-info does not know what macros read by themselves, so a library loaded into all processes watches them open files.
"""

import fcntl
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from real_nix import cache_folder

from flakegen.embed.hashes import listing
from flakegen.embed.inputs import PackageInputs
from flakegen.pipeline.workspace_project import WorkspaceProject

HERE = Path(__file__).parent
MANIFESTS = {"Cargo.toml", "Cargo.lock"}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What the processes of a build opened, relative to the workspace: by rustc (and so by macros), and by the build script."""

    rustc: frozenset[str]
    script: frozenset[str]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    # With time stamps of now: cargo tells a workspace in another place by them alone.
    copy = tmp_path_factory.mktemp("macros") / "w"
    return shutil.copytree(HERE / "macros", copy, copy_function=shutil.copyfile).resolve()


@pytest.fixture(scope="module")
def opened(root) -> Opened:
    library, log = root.parent / "opened.so", root.parent / "log"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", "-o", library, HERE / "opened.c", "-ldl"],
        check=True,
        capture_output=True,
    )
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "TRACE_ROOT": f"{root}/",
        "TRACE_LOG": str(log),
        "LD_PRELOAD": str(library),
        "SQLX_OFFLINE": "true",
    }
    command = ["cargo", "check", "--offline", "--locked", "--keep-going", "--quiet", "--message-format=short"]
    # The crates that the macros come from are compiled once for all runs; the workspace's own, being newer, in each.
    target = cache_folder() / "macros-target"
    environment["CARGO_TARGET_DIR"] = str(target)
    target.mkdir(parents=True, exist_ok=True)
    with (target / ".one-at-a-time").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in root.rglob("*"):
            path.touch()
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, text=True)
    errors = [
        line for line in done.stderr.splitlines() if "error" in line and "could not compile" not in line
    ]
    # Queries cannot be expanded without a database's driver, but what was prepared for them has been read by then.
    assert len(errors) == 4, done.stderr
    assert all("no matching driver" in line for line in errors), done.stderr
    found: dict[str, set[str]] = {}
    for line in log.read_text().splitlines():
        program, kind, path = line.split("\t")
        relative = os.path.relpath(os.path.normpath(path), root)
        if kind == "file" and not Path(path).is_dir():
            found.setdefault(program, set()).add(relative)
    return Opened(rustc=frozenset(found["rustc"]), script=frozenset(found["build-script-build"]))


@pytest.fixture(scope="module")
def inputs(root) -> dict[str, PackageInputs]:
    files = WorkspaceProject(str(root), None).files
    assert files is not None
    return dict(files.inputs)


@pytest.fixture(scope="module")
def found(root, inputs) -> set[str]:
    """All that was found for compilations, each folder as the files that it holds."""
    project = WorkspaceProject(str(root), None)
    paths: set[str] = set()
    for target in (target for package in inputs.values() for target in package.targets):
        paths.update(target.modules, target.files, target.optional_files)
        paths.update(path for folder in target.folders for path in listing(project.disk, folder))
    return paths


@pytest.mark.cargo
def test_all_that_macros_open_is_found(opened, found):
    assert len(opened.rustc) > 25
    assert opened.rustc - found - MANIFESTS == set()


@pytest.mark.cargo
def test_what_no_macro_opens_is_found_for_a_reason(opened, found):
    reasons = dict(
        line.split(maxsplit=1) for line in (HERE / "macros/unread.txt").read_text().splitlines()[1:]
    )
    assert found - opened.rustc == reasons.keys()


@pytest.mark.cargo
def test_all_that_a_build_script_opens_is_found(root, opened, inputs):
    script = inputs["scripted"].build_script_inputs
    assert script is not None
    disk = WorkspaceProject(str(root), None).disk
    known = {*script.files, *(path for folder in script.folders for path in listing(disk, folder))}
    assert opened.script == {"data/shared.txt", "scripted/proto.txt", "scripted/schemas/s.txt"}
    assert opened.script == known - {"scripted/build.rs"}

"""CI files: as they were read and found good, and as the systems that read them see them."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from ci_cases import REPOSITORY, ci_files, parsed
from concourse_rules import problems

from flakegen.pipeline.project import Project

SPECS = ("bank", "hostile")
LINT = """
const { createLinter } = require(process.argv[1]);
const { readFileSync } = require("node:fs");
createLinter().then((lint) => {
  const found = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
});
"""


@pytest.fixture(params=SPECS)
def files(request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return ci_files(request.param, tmp_path)


def test_ci_golden(files, snapshot):
    for name, text in files.items():
        assert text == snapshot(name=name)


def test_pipelines_keep_the_rules_of_concourse(files):
    pipelines = [pipeline for text in files.values() if "on" not in (pipeline := parsed(text))]
    assert pipelines
    assert [problems(pipeline) for pipeline in pipelines] == [[]] * len(pipelines)


def test_rules_of_concourse_find_what_is_wrong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = ci_files("bank", tmp_path)["release"]
    for wrong in (
        text.replace("passed:\n    - staging", "passed:\n    - stagin"),
        text.replace("- get: repo", "- get: rep"),
        text.replace("path: sh", "program: sh", 1),
        text.replace("  - candidate\n", "", 1),
        text.replace("      - name: version\n", "      - name: versio\n", 1),
    ):
        assert wrong != text
        assert problems(parsed(wrong))


def lint(module: Path, *paths: Path) -> list[str]:
    command = ["node", "--eval", LINT, "--", str(module), *map(str, paths)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [each["message"] for each in json.loads(shown)]


def test_actionlint_is_content_with_workflows(files, actionlint, tmp_path):
    workflows = {name: text for name, text in files.items() if "on" in parsed(text)}
    assert workflows
    paths = [tmp_path / f"{name}.yml" for name in workflows]
    for path, text in zip(paths, workflows.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    assert lint(actionlint, *paths) == []


def test_actionlint_finds_what_is_wrong(actionlint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "checks.yml"
    path.write_text(
        ci_files("bank", tmp_path)["checks"].replace("- nextest", "- nextes", 1), encoding="utf-8"
    )
    assert lint(actionlint, path) != []


def test_the_files_of_lana_are_good(actionlint):
    folder = REPOSITORY / "generated/lana/ci"
    found = {path: parsed(path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir())}
    assert {path.stem for path in found} == {"nix-cache", "checks", "release"}
    for path, value in found.items():
        assert (lint(actionlint, path) if "on" in value else problems(value)) == []


def test_no_reader_of_a_cache_pushes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = ci_files("bank", tmp_path)
    for job in parsed(files["checks"])["jobs"].values():
        told = [step["with"] for step in job["steps"] if "cachix-action" in step.get("uses", "")]
        assert [each["skipPush"] for each in told] == [True]
    pushing = ("watch-exec", "cachix push", "cachix pin", "nix copy", "store sign")
    assert [
        word for word, name in itertools.product(pushing, ("checks", "release")) if word in files[name]
    ] == []


LAYERS = "./generated/lana#legacyPackages.x86_64-linux.layers"
SPREAD = """
[caches.own]
public-key = "own-1:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
written-by = "writes"
[ci.reads]
system = "github"
jobs.all = { on = "push", stages.all = { layers = true, flake-check = true } }
[ci.writes]
system = "github"
secrets = { CACHIX_AUTH_TOKEN = "CACHIX" }
jobs.all = { on = "push", stages.all = { layers = true, flake-check = true } }
jobs.next = { on = "push", after = ["all"], stages.all.layers = true }
jobs.last = { on = "push", after = ["next"], stages.all.flake-check = true }
"""


def test_layers_are_machines_at_github_that_wait_for_each_other_where_results_are_kept(
    tmp_path, monkeypatch, actionlint
):
    shutil.copytree(REPOSITORY / "specs", tmp_path / "specs", ignore=shutil.ignore_patterns("target"))
    monkeypatch.chdir(tmp_path)
    with Path("specs/lana.toml").open("a", encoding="utf-8") as spec:
        spec.write(SPREAD)
    outputs = Project("specs/lana.toml").outputs
    reads, writes = (parsed(outputs[f"ci/{name}.yml"])["jobs"] for name in ("reads", "writes"))
    layers = [name for name in reads if name.startswith("all-Layer-")]
    assert len(layers) > 1
    assert list(reads) == [*layers, "all"]
    assert [reads[name].get("needs", []) for name in reads] == [[]] * len(layers) + [layers]
    assert [writes[name].get("needs", []) for name in layers] == [[], *([name] for name in layers[:-1])]
    assert writes["next-Layer-0"]["needs"] == ["all"]
    assert writes["last"]["needs"] == [f"next-{name[4:]}" for name in layers]
    for number, name in enumerate(layers):
        for shard in reads[name]["strategy"]["matrix"]["shard"]:
            assert shard.replace('"', "").startswith(f"{LAYERS}.{number}")
    for name in ("reads", "writes"):
        path = tmp_path / f"{name}.yml"
        path.write_text(outputs[f"ci/{name}.yml"], encoding="utf-8")
        assert lint(actionlint, path) == []

"""`flakegen layers`: what it tells of a workspace's layers, and of what they are worked out from."""

import json
from pathlib import Path

import pytest
from small_projects import CARGO, cargo_project, plain_project, write_files

from flakegen.pipeline.project import Project

MORE = """
[checks.tests]
cargo = "test"

[checks.clippy]
cargo = "clippy"

[checks.docs]
cargo = "doc"
"""
APART = "\n[cargo.layers]\nleast-seconds = 0\n"


@pytest.fixture
def spec(project) -> Path:
    return cargo_project(project)


def ask(run, spec, *words: object) -> list[dict]:
    done = run("layers", spec, *words, "--json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)["layers"]


def add(spec: Path, text: str) -> None:
    spec.write_text(spec.read_text() + text)


def assert_sound(spec: Path) -> None:
    """Every unit is in a layer no lower than those of what it needs, and in their shard if in their layer."""
    units = Project(str(spec)).build_graph("x86_64-linux").units
    for unit in units.values():
        for each in unit.needs:
            needed = units[each]
            assert (needed.layer, needed.shard) == (unit.layer, unit.shard) or needed.layer < unit.layer


def test_people_see_what_a_layer_costs_and_what_stands_on_it(spec, run):
    add(spec, APART)
    done = run("layers", spec)
    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == (
            "2 units on x86_64-linux in 2 layers: 2.0 s on one core, 2.0 s with a machine for each shard, 2.0 s at least\n"
            "\n"
            "layer  units  crates  seconds  longest  shards  above              changes with\n"
            "    1      1       1      0.8      0.8  0.8     1 unit in 1 layer  code/crates/base\n"
            "    2      1       1      1.2      1.2  1.2     nothing            code/crates/tool\n"
            "\n"
            "with layer 1, packages: shell\n"
            "with layer 2, packages: tool\n"
        ).replace("packages: shell", "packages: shell")
        or done.out
    )
    assert run("layers", spec).out == done.out, "from the graph that was kept"


def test_programs_get_everything(spec, run):
    (layer,) = ask(run, spec)
    assert layer["layer"] == 1
    assert not layer["third-party"]
    assert layer["crates"] == ["base 0.1.0", "tool 0.1.0"]
    assert layer["changes-with"] == ["code/crates/base", "code/crates/tool"]
    assert layer["dependents"] == {"units": 0, "layers": []}
    (shard,) = layer["shards"]
    assert shard["attribute"] == "legacyPackages.x86_64-linux.layers.1.0"
    assert len(shard["units"]) == layer["units"] == 2
    assert {"packages.tool"} <= set(layer["outputs"])


def test_tests_and_checks_are_in_layers_too(spec, run):
    add(spec, MORE + APART)
    layers = ask(run, spec)
    units = Project(str(spec)).build_graph("x86_64-linux").units
    told = [unit for layer in layers for shard in layer["shards"] for unit in shard["units"]]
    assert sorted(told) == sorted(units)
    assert {units[unit].mode for unit in told} >= {"build", "test", "check", "doc", "doctest"}
    named = [name for layer in layers for name in layer["outputs"]]
    assert sorted(named) == sorted(set(named))
    assert {"checks.tests", "checks.clippy", "checks.docs", "packages.tool"} <= set(named)


def test_development_dependencies_may_form_a_circle(spec, project, run):
    manifest = project / "code/crates/base/Cargo.toml"
    manifest.write_text(manifest.read_text() + '[dev-dependencies]\ntool = { path = "../tool" }\n')
    lock = project / "code/Cargo.lock"
    lock.write_text(
        lock.read_text().replace(
            'name = "base"\nversion = "0.1.0"\n',
            'name = "base"\nversion = "0.1.0"\ndependencies = [\n "tool",\n]\n',
        )
    )
    write_files(
        project,
        {
            "code/crates/tool/src/lib.rs": "",
            "code/crates/base/tests/all.rs": "",
            "code/crates/base/examples/show.rs": "fn main() {}\n",
        },
    )
    add(spec, MORE + APART)
    layers = ask(run, spec)
    assert_sound(spec)
    units = {unit: layer["layer"] for layer in layers for shard in layer["shards"] for unit in shard["units"]}
    of_base = {unit: layer for unit, layer in units.items() if unit.startswith("base-")}
    assert min(of_base.values()) == 1
    assert {layer for unit, layer in of_base.items() if "-test-" in unit or "-example-" in unit} == {2}


def test_a_table_of_times_is_better_than_an_estimate(spec, project, run):
    (unit,) = [
        unit for unit in Project(str(spec)).build_graph("x86_64-linux").units if unit.startswith("tool-")
    ]
    write_files(
        project,
        {
            "ci/times.txt": f"# measured on the build machine\n\n90 base\n 30.25\t{unit}  # the program\n7 gone\n"
        },
    )
    add(spec, '\n[cargo.layers]\ntimes = "../ci/times.txt"\n')
    (layer,) = ask(run, spec)
    assert layer["seconds"] == 120.2
    assert layer["seconds-at-least"] == 120.2
    (project / "ci/times.txt").write_text("90 base-0.1.0\n")
    (layer,) = ask(run, spec)
    assert layer["seconds"] == pytest.approx(91, abs=0.1), "and the program by estimate"


def test_times_of_a_crate_are_shared_out_between_its_units(spec, project, run):
    write_files(project, {"times": "100 base\n"})
    add(spec, MORE + '\n[cargo.layers]\ntimes = "../times"\n')
    ask(run, spec)
    units = Project(str(spec)).build_graph("x86_64-linux").units.values()
    of_base = [unit.seconds for unit in units if unit.name == "base"]
    assert len(of_base) > 3
    assert sum(of_base) == pytest.approx(100, abs=0.01)


def test_other_times_are_another_result(spec, project, run):
    write_files(project, {"times": "100 base\n70 tool\n"})
    add(spec, '\n[cargo.layers]\ntimes = "../times"\n')
    assert run("compile", spec).code == 0
    assert run("check", spec).code == 0
    (project / "times").write_text("1 base\n7 tool\n")
    assert run("check", spec).code == 1
    assert run("compile", spec).code == 0
    assert run("check", spec).code == 0


def test_all_lines_of_times_that_cannot_be_read_are_told(spec, project, run):
    write_files(project, {"times.txt": "90 base\nbase 90\n1e9 base\n\n  12 base\n-1 tool\n5 a b\n"})
    add(spec, '\n[cargo.layers]\ntimes = "../times.txt"\n')
    for command in ("layers", "compile", "check"):
        done = run(command, spec)
        assert done.code == 2
        assert [line for line in done.err.splitlines() if "error" in line] == [
            "times.txt:2:1: error: no time of a unit [E206]",
            "times.txt:3:1: error: no time of a unit [E206]",
            "times.txt:5:3: error: base was given a time before [E206]",
            "times.txt:6:1: error: no time of a unit [E206]",
            "times.txt:7:1: error: no time of a unit [E206]",
        ]
        assert "    5 |   12 base\n      |   ^^^^^^^\n" in done.err


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"# nothing\r\n", b"5 base\r\n"])
def test_any_bytes_may_stand_in_the_table(spec, project, run, data):
    (project / "times.txt").write_bytes(data)
    add(spec, '\n[cargo.layers]\ntimes = "../times.txt"\n')
    assert run("layers", spec).code == (2 if b"\xff" in data else 0)


def test_an_edit_leaves_the_layers_and_so_the_result_as_they_are(spec, project, run):
    add(spec, APART)
    assert run("compile", spec).code == 0
    main = project / "code/crates/tool/src/main.rs"
    main.write_text(main.read_text() + "// a line more\n")
    assert run("check", spec).code == 0


def test_a_project_without_units_has_no_layers(project, run):
    spec = plain_project(project)
    done = run("layers", spec)
    assert (done.code, done.err) == (0, "")
    assert done.out == "nothing on x86_64-linux is made of cargo units, so there are no layers\n"
    assert ask(run, spec) == []


def test_what_the_overlay_of_cargo2nix_builds_is_not_known(spec, run):
    text = CARGO.replace('workspace = "../code"', 'workspace = "../code"\nformat = "cargo2nix"')
    spec.write_text(text.replace("[inputs]", '[inputs]\ncargo2nix = "github:cargo2nix/cargo2nix"'))
    done = run("layers", spec)
    assert done.code == 2
    assert 'error: layers are only known with cargo.format = "units" [E600]' in done.err


def test_a_system_that_the_project_does_not_have_is_refused(spec, run):
    done = run("layers", spec, "--system", "riscv64-linux")
    assert done.code == 2
    assert "error: the project has no system 'riscv64-linux' [E600]" in done.err


EVENT = '{{"action":"{action}","id":{number},"type":105,"fields":["/nix/store/{hash}-{name}.drv","",1,1]}}'


def said(at: float, action: str, number: int, name: str = "") -> str:
    return f"{at} @nix {EVENT.format(action=action, number=number, hash='0' * 32, name=name)}\n"


def test_a_log_of_nix_becomes_a_table_of_times(spec, project, run):
    log = (
        said(100.5, "start", 1, "base-0.1.0-lib.crate-unit")
        + said(101, "start", 2, "tool-0.1.0")
        + said(101, "start", 3, "never-finished-1.0.0-lib.crate-unit")
        + '102 error: something else\n@nix {}\n102 @nix {\n102 @nix []\n102 @nix {"action":"stop"}\n'
        + said(103, "stop", 1)
        + said(104.25, "stop", 2)
        + said(105, "stop", 9)
    )
    (project / "build.log").write_text(log)
    done = run("layers", spec, "--times-from", "build.log")
    assert (done.code, done.err) == (0, "")
    seconds = {line.split()[1].partition("-")[0]: line.split()[0] for line in done.out.splitlines()}
    assert seconds == {"base": "2.50", "tool": "3.25"}


def test_units_of_one_name_get_the_mean_in_proportion_to_the_estimate(spec, project, run):
    add(spec, '\n[packages.debug]\ncrate = "tool"\nprofile = "dev"\n')
    name = "base-0.1.0-lib.crate-unit"
    log = [(10, "start", 1, name), (14, "stop", 1), (20, "start", 2, name), (22, "stop", 2)]
    (project / "build.log").write_text("".join(said(*words) for words in log))
    lines = run("layers", spec, "--times-from", "build.log").out.splitlines()
    assert len(lines) == 2
    assert sum(float(line.split()[0]) for line in lines) == pytest.approx(6, abs=0.02)


@pytest.mark.parametrize(
    "data", [None, b"", b"\xff\xfe\x00", b"1 @nix " + b"[" * 100_000, said(1, "start", 1).encode()]
)
def test_a_log_without_builds_is_no_log(spec, project, run, data):
    if data is not None:
        (project / "build.log").write_bytes(data)
    done = run("layers", spec, "--times-from", "build.log")
    assert done.code == 2
    what = (
        "cannot read build.log: no such file or directory" if data is None else "build.log tells of no unit"
    )
    assert f"error: {what}" in done.err
    assert "[E600]" in done.err

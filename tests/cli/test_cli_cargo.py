"""`flakegen cargo`: any workspace, no spec."""

import json
import re
import shutil
import subprocess
import time

import pytest
from small_projects import WORKSPACE, write_files

from flakegen.cli import cargo
from flakegen.memory import program

# The same workspace at the top of its repository, where the embedded file lies outside of it no more.
FILES = {
    name.removeprefix("code/"): text.replace("../../../../data", "../../../data")
    for name, text in WORKSPACE.items()
}
GENERATED = {"flake.nix", "Cargo.nix", "Cargo.crates.json"}


@pytest.fixture
def workspace(project):
    write_files(project, FILES)
    return project


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_lies_at_the_workspaces_top_and_nothing_else_changes(workspace, run):
    before = files_of(workspace)
    done = run("cargo")
    assert (done.code, done.out) == (0, "")
    assert re.fullmatch(r"\.: \d+ files changed\n", done.err)
    after = files_of(workspace)
    assert {name: after[name] for name in before} == before
    new = after.keys() - before.keys()
    assert {name for name in new if not name.startswith("nix/cargo/")} == GENERATED
    flake = (workspace / "flake.nix").read_text()
    assert 'tool = cargo.package "tool";' in flake
    assert "default = packages.tool;" in flake
    assert "default = pkgs.mkShell" in flake
    assert run("cargo").err == ".: nothing changed\n"
    assert run("cargo", "--check").code == 0


EDITS = {
    "nothing": (None, 0),
    "what has nothing to do with it": ("target/CACHEDIR.TAG", 0),
    "a source file": ("crates/tool/src/main.rs", 1),
    "a new module": ("crates/tool/src/new.rs", 1),
    "a runtime file": ("nix/cargo/unit.sh", 1),
    "a stranger among the runtime files": ("nix/cargo/notes.txt", 0),
    "the flake": ("flake.nix", 1),
    "the facts": ("Cargo.crates.json", 1),
    "the lock of the flake": ("flake.lock", 0),
    "a toolchain": ("rust-toolchain.toml", 1),
    "the folder above": ("../.cargo/config.toml", 1),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_changes_nothing_is_not_compiled_again(workspace, run, monkeypatch, edit):
    path, count = EDITS[edit]
    monkeypatch.setattr(program, "_own_places", list)
    for _ in range(2):
        time.sleep(0.06)
        assert run("cargo", "-q").code == 0
    if path is not None:
        place = workspace / path
        place.parent.mkdir(exist_ok=True)
        place.write_text((place.read_text() if place.exists() else "") + "\n")
    compiled = []
    monkeypatch.setattr(cargo, "remember_result", lambda *project: compiled.append(project))
    run("cargo")
    assert len(compiled) == count


@pytest.mark.parametrize("start", [".", "crates/tool", "crates/tool/src"])
def test_a_folder_of_the_workspace_means_the_workspace(workspace, run, start):
    assert run("cargo", start).code == 0
    assert (workspace / "flake.nix").is_file()


def test_a_result_does_not_hang_on_where_the_workspace_lies(workspace, run, tmp_path, monkeypatch):
    other = tmp_path / "quite elsewhere/with spaces"
    shutil.copytree(workspace, other)
    run("cargo")
    assert run("cargo", other).code == 0
    assert files_of(workspace) == files_of(other)
    monkeypatch.chdir(other / "crates")
    assert run("cargo", "..", "--check").code == 0


def test_drift_is_found_and_shown(workspace, run):
    run("cargo")
    (workspace / "data/text.txt").write_text("another text\n")  # its rebuild hash is in Cargo.nix
    with (workspace / "nix/cargo/unit.sh").open("a") as file:
        file.write("# mine\n")
    done = run("cargo", "--check")
    assert done.code == 1
    assert "changed: Cargo.nix" in done.err
    assert "changed: nix/cargo/unit.sh" in done.err
    assert "-# mine" in done.out
    assert "hint: run: flakegen cargo\n" in done.err
    answer = json.loads(run("cargo", "--check", "--json").out)
    changed = ["Cargo.nix", "nix/cargo/embedded.txt", "nix/cargo/unit.sh"]
    assert [drift["path"] for drift in answer["drift"]] == changed
    assert answer["embedded"] == [{"crate": "base", "path": "data/text.txt", "change": "changed"}]
    assert "\nrebuild hash of `base`: data/text.txt has changed\n" in done.err
    assert run("cargo", "-v").err == "".join((".: 3 files changed\n", *(f"  {path}\n" for path in changed)))


def test_the_diff_that_check_prints_can_be_applied(workspace, run):
    run("cargo")
    subprocess.run(["git", "init", "-q"], check=True)
    (workspace / "data/text.txt").write_text("another text\n")
    (workspace / "nix/cargo/unit.sh").unlink()
    (workspace / "flake.nix").unlink()
    diff = run("cargo", "--check").out
    subprocess.run(["git", "apply"], input=diff.encode(), check=True)
    assert run("cargo", "--check").code == 0


@pytest.mark.parametrize("name", ["flake.nix", "Cargo.nix", "nix/cargo/unit.sh"])
def test_what_somebody_else_wrote_is_refused_before_anything_is_written(workspace, run, name):
    write_files(workspace, {name: "# theirs\n"})
    before = files_of(workspace)
    done = run("cargo")
    assert done.code == 2
    assert f"{workspace / name} was not written by flakegen" in done.err
    assert "hint: move it away" in done.err
    assert files_of(workspace) == before


def test_files_of_others_beside_ours_are_left_alone(workspace, run):
    theirs = {
        "nix/module.nix": "{ }\n",
        "flake.lock": "{ }\n",
        "cargo/notes.txt": "\n",
        "nix/cargo/README": "mine\n",
    }
    write_files(workspace, theirs)
    assert run("cargo").code == 0
    assert {name: (workspace / name).read_text() for name in theirs} == theirs


def test_another_folder_can_be_written_beside_a_flake_that_is_there(workspace, run):
    write_files(workspace, {"flake.nix": "{ outputs = _: { }; }\n"})
    assert run("cargo", "--output", "from cargo").code == 0
    assert (workspace / "flake.nix").read_text() == "{ outputs = _: { }; }\n"
    assert (workspace / "from cargo/cargo/unit.sh").is_file()
    assert "run: flakegen cargo --output 'from cargo'\n" in (workspace / "from cargo/flake.nix").read_text()
    assert run("cargo", "--output", "from cargo", "--check").code == 0
    done = run("cargo", "--output", "../out")
    assert done.code == 2
    assert "leaves the project root" in done.err


def test_what_is_generated_is_no_source(workspace, run):
    """The root package's tests see its whole folder; else every compilation would make them stale."""
    manifest = workspace / "Cargo.toml"
    manifest.write_text(
        '[package]\nname = "top"\nversion = "1.0.0"\nedition = "2021"\n' + manifest.read_text()
    )
    with (workspace / "Cargo.lock").open("a") as file:
        file.write('\n[[package]]\nname = "top"\nversion = "1.0.0"\n')
    write_files(workspace, {"src/main.rs": "fn main() {}\n"})
    assert run("cargo").code == 0
    table = (workspace / "Cargo.nix").read_text()
    source = table[table.index('"top-1.0.0 bin top test"') :]
    without = source[source.index("without") :].partition("];")[0]
    for name in ("flake.nix", "flake.lock", "Cargo.nix", "Cargo.crates.json", "nix/cargo", "crates/tool"):
        assert f'"{name}"' in without


def test_a_package_beside_the_workspace_is_seen_from_the_folder_above(project, run):
    write_files(project, {f"main/{name}": text for name, text in FILES.items()})
    manifest = project / "main/crates/base/Cargo.toml"
    manifest.write_text(manifest.read_text() + '\n[dependencies]\nbeside = { path = "../../../beside" }\n')
    lock = project / "main/Cargo.lock"
    lock.write_text(
        lock.read_text().replace(
            '"base"\nversion = "0.1.0"\n', '"base"\nversion = "0.1.0"\ndependencies = ["beside"]\n'
        )
        + '\n[[package]]\nname = "beside"\nversion = "2.0.0"\n'
    )
    write_files(
        project,
        {
            "beside/Cargo.toml": '[package]\nname = "beside"\nversion = "2.0.0"\nedition = "2021"\n\n[workspace]\n',
            "beside/src/lib.rs": "",
        },
    )
    assert run("cargo", "main").code == 0
    assert "root = ../.;" in (project / "main/flake.nix").read_text()
    assert 'directory = "beside";' in (project / "main/Cargo.nix").read_text()
    assert "run: flakegen cargo main\n" in (project / "main/flake.nix").read_text()


def test_programs_that_need_features_which_are_off_are_no_packages(workspace, run):
    manifest = workspace / "crates/tool/Cargo.toml"
    features = '\n[features]\ndefault = ["a"]\na = ["b"]\nb = []\nc = []\n'
    bins = '\n[[bin]]\nname = "tool"\npath = "src/main.rs"\nrequired-features = ["{}"]\n'
    manifest.write_text(manifest.read_text() + features + bins.format("c"))
    assert "[packages" not in run("cargo", "--print-spec").out
    assert run("cargo").code == 0
    spec = '[project]\nname = "x"\n\n[cargo]\nworkspace = "."\n\n[packages.x]\ncrate = "tool"\n'
    write_files(workspace, {"x.toml": spec})
    done = run("compile", "x.toml")
    assert done.code == 2
    said = "x.toml:8:9: error: there is nothing to build in 'tool': its binaries need features that are off"
    assert said in done.err
    write_files(workspace, {"x.toml": spec + 'features = ["c"]\n'})
    assert run("compile", "x.toml").code == 0
    manifest.write_text(
        manifest.read_text().replace('required-features = ["c"]', 'required-features = ["b"]')
    )
    assert "[packages.tool]" in run("cargo", "--print-spec").out


def test_several_programs_are_one_by_default(workspace, run):
    write_files(workspace, {"crates/base/src/main.rs": "fn main() {}\n"})
    assert run("cargo").code == 0
    flake = (workspace / "flake.nix").read_text()
    assert (
        'name = "default";\n              paths = [\n                packages.base\n                packages.tool'
        in flake
    )
    manifest = workspace / "Cargo.toml"
    manifest.write_text(manifest.read_text() + 'default-members = ["crates/base"]\n')
    assert run("cargo").code == 0
    assert "default = packages.base;" in (workspace / "flake.nix").read_text()


def test_the_spec_that_it_stands_for_can_be_gone_on_with(workspace, run):
    text = run("cargo", "--print-spec").out
    assert run("cargo", "--print-spec").out == text
    write_files(workspace, {"project.toml": text})
    assert run("compile", "project.toml").code == 0
    mine, spec = workspace / "Cargo.nix", workspace / "generated/project/Cargo.nix"
    assert run("cargo").code == 0
    ours, theirs = (path.read_text().split("\n", 2)[2] for path in (mine, spec))
    assert ours.replace("flakegen cargo", "flakegen compile project.toml") == theirs


def test_a_pinned_toolchain_is_the_projects(workspace, run):
    write_files(workspace, {"rust-toolchain.toml": '[toolchain]\nchannel = "1.85.0"\n'})
    assert run("cargo").code == 0
    assert "fromRustupToolchainFile ./rust-toolchain.toml" in (workspace / "flake.nix").read_text()


def test_what_is_wrong_is_told_in_the_users_files(workspace, run):
    assert "there is no Cargo.toml" in run("cargo", "..").err
    assert "not/there is no folder" in run("cargo", "not/there").err
    manifest = workspace / "crates/tool/Cargo.toml"
    manifest.write_text(manifest.read_text() + "[dependencies.base2]\nversion = 7\n")
    done = run("cargo")
    assert done.code == 2
    assert "crates/tool/Cargo.toml:" in done.err
    assert "flakegen.toml" not in done.err
    manifest.write_text("[package")
    done = run("cargo", "crates/tool")
    assert done.code == 2
    assert "crates/tool/Cargo.toml:1" in done.err
    manifest.unlink()
    (workspace / "Cargo.lock").unlink()
    done = run("cargo", "--json")
    assert done.code == 2
    assert json.loads(done.out)["diagnostics"]
    assert not (workspace / "flake.nix").exists()


def test_a_name_that_is_text_to_nix_stays_one(workspace, run):
    manifest = workspace / "Cargo.toml"
    nasty = "a\\\"; x = builtins.abort \\\"${y}\\\\ '' \\u0007"
    package = f'[package]\nname = "in"\nversion = "1.0.0"\nedition = "2021"\ndescription = "{nasty}"\n'
    manifest.write_text(package + manifest.read_text())
    with (workspace / "Cargo.lock").open("a") as file:
        file.write('\n[[package]]\nname = "in"\nversion = "1.0.0"\n')
    write_files(workspace, {"src/main.rs": "fn main() {}\n"})
    assert run("cargo").code == 0
    assert '"in" = cargo.package "in";' in (workspace / "flake.nix").read_text()

"""What is said of cargo's configuration: replaced build scripts that cargo refuses, linkers that do not link."""

from pathlib import Path

import pytest
from registries import manifest, write_files

from flakegen.cli.main import main

SPEC = """\
[project]
name = "x"
root = "."
output = "out"
systems = ["x86_64-linux"]

[cargo]
workspace = "code"

[packages.app]
crate = "app"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    files = {
        "spec.toml": SPEC,
        "code/Cargo.toml": manifest("app", "0.1.0", "").replace("edition", 'links = "native"\nedition'),
        "code/Cargo.lock": 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
        "code/build.rs": "fn main() {}\n",
        "code/src/main.rs": "fn main() {}\n",
    }
    write_files(tmp_path, files)
    return tmp_path


def configure(project: Path, text: str) -> None:
    write_files(project, {"code/.cargo/config.toml": text})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('warning = "w"', "is not supported in place of a build script"),
        ('rerun-if-changed = ["x"]', "is not supported in place of a build script"),
        ('rustc-link-lib = "z"', "must be a list of strings"),
        ("rustc-cfg = [1]", "must be a list of strings"),
        ('rustc-env = "A=b"', "must be a table"),
        ("rustc-env = { A = 1 }", "`target.x86_64-unknown-linux-gnu.native.rustc-env.A` must be a string"),
        ("root = 1", "must be a string"),
        ('rustc-flags = "-lz -O"', "only -l and -L"),
        ('rustc-flags = "-l"', "only -l and -L"),
        ('root = "a\\nb"', "holds a line break"),
    ],
)
def test_replaced_scripts_that_cargo_refuses(project, capsys, entry, message):
    configure(project, f"[target.x86_64-unknown-linux-gnu.native]\n{entry}\n")
    assert main(["compile", "spec.toml"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "code/.cargo/config.toml" in said


def test_all_faults_of_a_table_are_told_and_those_of_other_platforms_are_none(project, capsys):
    table = "rustc-cfg = 1\nwarning = 2\n"
    configure(
        project,
        f"[target.x86_64-unknown-linux-gnu.native]\n{table}[target.x86_64-pc-windows-gnu.native]\n{table}",
    )
    assert main(["compile", "spec.toml"]) == 2
    assert capsys.readouterr().err.count("error:") == 2
    configure(project, f"[target.x86_64-pc-windows-gnu.native]\n{table}")
    assert main(["compile", "spec.toml"]) == 0


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ('[target.x86_64-unknown-linux-gnu]\nlinker = "clang"\n', "2:1"),
        ("[target.'cfg(unix)']\nrustflags = []\nlinker = \"/opt/bin/mold\"\n", "3:1"),
    ],
)
def test_a_linker_that_does_not_link_is_a_warning(project, capsys, config, line):
    configure(project, config)
    assert main(["compile", "spec.toml"]) == 0
    said = capsys.readouterr().err
    assert f"code/.cargo/config.toml:{line}: warning: `" in said
    assert "does not link for x86_64-unknown-linux-gnu" in said
    assert main(["check", "spec.toml"]) == 0
    assert "warning" in capsys.readouterr().err


@pytest.mark.parametrize("linker", ["cc", "x86_64-linux-gnu-gcc", "/usr/bin/gcc"])
def test_the_compiler_driver_links_in_any_case(project, capsys, linker):
    configure(project, f'[target.x86_64-unknown-linux-gnu]\nlinker = "{linker}"\n')
    assert main(["compile", "spec.toml"]) == 0
    assert "warning" not in capsys.readouterr().err


def test_two_linkers_for_one_platform_are_refused(project, capsys):
    configure(project, '[target]\n\'cfg(unix)\'.linker = "a"\n\'cfg(target_os = "linux")\'.linker = "b"\n')
    assert main(["compile", "spec.toml"]) == 2
    assert "several `target.'cfg(…)'.linker` match" in capsys.readouterr().err

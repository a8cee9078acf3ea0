"""What is wrong with a spec, its crates, its profiles and its Nix expressions is told in one run, each at its key."""

import shutil
from pathlib import Path

import pytest

from flakegen.cli.main import main

CHECKOUT = Path(__file__).resolve().parents[2]

EXPECTED = """\
specs/lana.toml:22:11: error: unknown profile 'relase' [E202]
   22 | profile = "relase"
      |           ^^^^^^^^
hint: did you mean 'release'?

specs/lana.toml:23:12: error: none of the selected packages has the feature `nope`: lana-cli [E203]
   23 | features = ["nope", "serve"]
      |            ^^^^^^^^^^^^^^^^^

specs/lana.toml:{server}:9: error: no package matches `admin-serve` [E201]
{server:5} | crate = "admin-serve"
      |         ^^^^^^^^^^^^^
hint: did you mean `admin-server`?

specs/lana.toml:{bins}:8: error: no bin target is named `customer-srv` in the selected packages [E204]
{bins:5} | bins = ["customer-srv"]
      |        ^^^^^^^^^^^^^^^^
hint: did you mean `customer-server`?

specs/lana.toml:{broken}:7: error: unexpected ';', expected an expression [E400]
{broken:5} |   x = ;
      |       ^
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ignored = shutil.ignore_patterns("target")
    shutil.copytree(CHECKOUT / "specs", tmp_path / "specs", ignore=ignored)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_all_stages_report_together(project: Path, capsys: pytest.CaptureFixture[str]):
    spec = project / "specs/lana.toml"
    text = spec.read_text()
    text = text.replace(
        'crate = "lana-cli"\n', 'crate = "lana-cli"\nprofile = "relase"\nfeatures = ["nope", "serve"]\n', 1
    )
    text = text.replace('crate = "admin-server"', 'crate = "admin-serve"')
    text = text.replace('crate = "customer-server"', 'crate = "customer-server"\nbins = ["customer-srv"]')
    text += "\n[packages.broken]\nnix-expr = '''\npkgs.hello.overrideAttrs (old: {\n  x = ;\n})\n'''\n"
    spec.write_text(text)
    assert main(["compile", "specs/lana.toml"]) == 2
    lines = text.splitlines()
    wrong = {"server": 'crate = "admin-serve"', "bins": 'bins = ["customer-srv"]', "broken": "  x = ;"}
    places = {name: lines.index(line) + 1 for name, line in wrong.items()}
    assert capsys.readouterr().err == EXPECTED.format(**places)
    assert not (project / "generated").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "message"),
    [
        ("core/report/Cargo.toml", "[package]", "[package", "core/report/Cargo.toml:1:9", "error"),
        ("Cargo.toml", 'resolver = "2"', 'resolver = "7"', "Cargo.toml:", "resolver"),
        ("Cargo.lock", "version = 4", "version = 99", "Cargo.lock:", "version"),
        (
            "core/report/Cargo.toml",
            "[dependencies]",
            '[dependencies]\nnot-locked = "1"',
            "Cargo.lock:",
            "not-locked",
        ),
        (
            "core/report/Cargo.toml",
            "[dependencies]",
            '[dependencies]\nodd = { version = "1", artifact = "bin" }',
            "core/report/Cargo.toml:",
            '= { version = "1", artifact = "bin" }',
        ),
        (
            "Cargo.toml",
            'resolver = "2"',
            'resolver = "2"\n[profile.dev.package.serde]\ncodegen-backend = "cranelift"',
            "Cargo.toml:",
            "`codegen-backend` of a profile",
        ),
    ],
)
def test_faults_of_the_workspace_stand_where_they_are(
    project: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, place: str, message: str
):
    path = project / "specs/workspaces/lana" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert main(["compile", "specs/lana.toml"]) == 2
    told = capsys.readouterr().err
    assert f"specs/workspaces/lana/{place}" in told
    assert message in told
    assert "Traceback" not in told


def test_a_target_without_packages_in_nixpkgs_is_refused_at_its_key(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    spec = project / "specs/lana.toml"
    target = 'target = "wasm32-wasip1"'
    spec.write_text(f'{spec.read_text()}\n[packages.web]\ncrate = "lana-cli"\n{target}\n')
    assert main(["compile", "specs/lana.toml"]) == 2
    told = capsys.readouterr().err
    line = spec.read_text().split("\n").index(target) + 1
    assert told.startswith(
        f"specs/lana.toml:{line}:10: error: cannot build for target 'wasm32-wasip1' [E108]\n"
    )


def test_a_musl_target_is_built_with_the_packages_for_it(project: Path):
    spec = project / "specs/lana.toml"
    target = 'target = "x86_64-unknown-linux-musl"\nsystems = ["x86_64-linux"]'
    spec.write_text(f'{spec.read_text()}\n[packages.static]\ncrate = "lana-cli"\n{target}\n')
    assert main(["compile", "specs/lana.toml"]) == 0
    flake = " ".join((project / "generated/lana/flake.nix").read_text().split())
    assert 'cargoOn "${system}-to-x86_64-unknown-linux-musl" pkgs.pkgsCross.musl64 cargo' in flake


MEMBERS = """
[checks.lint]
cargo = "fmt"
per-member = true

[checks.cli-test]
cargo = "test"
all-targets = true

[checks.test]
cargo = "test"
per-member = true

[checks.lana-cli-test]
script = "true"
"""


def test_what_checks_of_members_cannot_be_is_told_at_their_keys(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    spec = project / "specs/lana.toml"
    spec.write_text(spec.read_text() + MEMBERS)
    assert main(["compile", "specs/lana.toml"]) == 2
    told = capsys.readouterr().err
    assert "per-member = true\n      | ^^^^^^^^^^" in told
    assert 'checks.lint.per-member has no meaning with cargo = "fmt" [E109]' in told
    assert 'checks.cli-test.all-targets has no meaning with cargo = "test" [E109]' in told
    taken = "checks.test becomes the output checks.lana-cli-test, which is taken [E145]"
    assert taken in told
    assert "checks.lana-cli-test becomes it too" in told
    assert told.count("[E145]") == 1

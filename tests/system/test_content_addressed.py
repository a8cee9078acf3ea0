"""Units told apart by their content: an edit that leaves an output as it was ends there."""

import subprocess
import uuid
from pathlib import Path

import pytest
from lana import flakegen
from real_nix import Nix
from stand_in import StandIn

SPEC = """\
[project]
name = "content"
root = "."
output = "out"
systems = ["x86_64-linux"]

[cargo]
workspace = "code"

[packages.app]
crate = "app"
profile = "dev"
"""
FILES = {
    "code/Cargo.toml": '[workspace]\nmembers = ["app", "base"]\nresolver = "2"\n',
    "code/app/Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n\n'
    '[dependencies]\nbase = { path = "../base" }\n',
    "code/app/src/main.rs": 'fn main() {\n    println!("{}", base::say());\n}\n',
    "code/base/Cargo.toml": '[package]\nname = "base"\nversion = "0.1.0"\nedition = "2021"\n',
    "code/base/build.rs": 'fn main() {\n    println!("cargo::rustc-env=SAID=@hello@");\n}\n',
    "code/base/src/lib.rs": 'pub fn say() -> &\'static str {\n    env!("SAID")\n}\n',
    "code/base/src/unused.rs": "// no module yet\n",
}
HELLO = f"hello {uuid.uuid4()}"  # nothing of it is in the store yet
SWITCH = ("--extra-experimental-features", "ca-derivations")


def write(folder: Path, spec: str) -> None:
    for name, text in {"spec.toml": spec, **FILES}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("@hello@", HELLO))
    subprocess.run(["cargo", "generate-lockfile"], cwd=folder / "code", check=True, capture_output=True)
    flakegen("compile", "spec.toml", cwd=folder)


@pytest.mark.parametrize("switch", ["content-addressed = true", ""])
def test_an_edit_ends_where_it_changes_nothing(tmp_path: Path, switch: str, nix: Nix, nixpkgs: StandIn):
    project, is_addressed = tmp_path, bool(switch)
    write(project, SPEC.replace('workspace = "code"', f'workspace = "code"\n{switch}'))

    def build(*more: str) -> tuple[Path, str]:
        command = (*SWITCH, "build", "--no-link", "--print-out-paths", "-L", *nixpkgs.flake_args, *more)
        done = nix.try_run(*command, f"path:{project}?dir=out#app")
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip()), done.stderr

    before, _ = build()
    said = subprocess.run([before / "bin/app"], check=True, capture_output=True, text=True).stdout
    assert said == f"{HELLO}\n"
    assert nix.runtime_closure(before) == {str(before)}
    script, unused = project / "code/base/build.rs", project / "code/base/src/unused.rs"
    script.write_text(script.read_text().replace("fn main() {", "fn main() {\n    let _unused = 1;"))
    unused.write_text("// still no module\n")
    after, log = build()
    places = [line.split("'")[1] for line in log.splitlines() if line.startswith("building '")]
    built = {place.rpartition("/")[2].partition("-")[2] for place in places}
    assert any("base-0.1.0-custom-build" in name for name in built)
    assert any("base-0.1.0.script-run" in name for name in built)
    assert any("base-0.1.0-lib" in name for name in built)
    assert any(name.startswith("app-0.1.0") for name in built) is not is_addressed
    assert (before == after) is is_addressed

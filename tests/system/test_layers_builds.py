"""Several machines build a flake layer by layer: no unit twice, and in the end all that packages and checks need."""

import json
import re
import subprocess
import time
import uuid
from pathlib import Path

from lana import flakegen
from real_nix import Nix
from stand_in import StandIn

SPEC = """\
[project]
name = "shared"
root = "."
output = "out"
systems = ["x86_64-linux"]

[cargo]
workspace = "code"

[cargo.layers]
shards = 2
least-seconds = 0

[packages.app]
crate = "app"

[checks.tests]
cargo = "test"
"""
MADE = uuid.uuid4()  # nothing of it is in the store yet
NEEDS = {
    "money": [],
    "clock": [],
    "ledger": ["money"],
    "report": ["money", "clock"],
    "app": ["ledger", "report"],
}


def write(folder: Path) -> None:
    files = {
        "spec.toml": SPEC,
        "code/Cargo.toml": '[workspace]\nmembers = ["*"]\nexclude = ["target"]\nresolver = "2"\n',
    }
    for name, needs in NEEDS.items():
        lines = "".join(f'{each} = {{ path = "../{each}" }}\n' for each in needs)
        package = (
            f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n{lines}'
        )
        main = "fn main() {}\n" if name == "app" else f'pub const MADE: &str = "{name} {MADE}";\n'
        uses = "".join(f"pub use {each} as _;\n" for each in needs)
        files |= {
            f"code/{name}/Cargo.toml": package,
            f"code/{name}/src/{'main' if name == 'app' else 'lib'}.rs": f"// {MADE}\n{uses}{main}",
        }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    subprocess.run(["cargo", "generate-lockfile"], cwd=folder / "code", check=True, capture_output=True)
    flakegen("compile", "spec.toml", cwd=folder)


def test_machines_share_the_work(tmp_path: Path, nix: Nix, nixpkgs: StandIn):
    write(tmp_path)
    said = flakegen("layers", "spec.toml", "--json", "--system", "x86_64-linux", cwd=tmp_path).stdout
    layers = json.loads(said)["layers"]
    assert len(layers) > 2
    assert max(len(layer["shards"]) for layer in layers) == 2

    def to_build(*attributes: str) -> set[str]:
        """The units that are not there yet, of all that is needed."""
        flake = [f"path:{tmp_path}?dir=out#{attribute}" for attribute in attributes]
        done = nix.try_run("build", "--dry-run", *nixpkgs.flake_args, *flake)
        assert done.returncode == 0, done.stderr
        return set(re.findall(r"\S+-0\.1\.0[^/\s]*\.drv", done.stderr))

    everything = to_build("app", "checks.x86_64-linux.tests")
    built: set[str] = set()
    log: list[str] = []
    for layer in layers:
        shards = [shard["attribute"] for shard in layer["shards"]]
        parts = [to_build(shard) for shard in shards]
        assert [len(part) for part in parts] == [len(shard["units"]) for shard in layer["shards"]]
        for part in parts:
            assert not built & part
            built |= part
        log += stamped(nix, *nixpkgs.flake_args, *(f"path:{tmp_path}?dir=out#{shard}" for shard in shards))
        for attribute in shards:
            assert to_build(attribute) == set()
    left = to_build("app", "checks.x86_64-linux.tests")
    assert everything - left == built
    assert not [drv for drv in left if "test-run" not in drv and "unit" in drv]

    (tmp_path / "build.log").write_text("".join(log))
    times = flakegen("layers", "spec.toml", "--times-from", "build.log", cwd=tmp_path).stdout
    units = {unit for layer in layers for shard in layer["shards"] for unit in shard["units"]}
    assert {line.split()[1] for line in times.splitlines()} == units, "all of them were seen"
    assert all(0 < float(line.split()[0]) < 600 for line in times.splitlines())
    (tmp_path / "times.txt").write_text(times)
    (tmp_path / "spec.toml").write_text(SPEC.replace("[packages", 'times = "times.txt"\n\n[packages', 1))
    again = json.loads(flakegen("layers", "spec.toml", "--json", cwd=tmp_path).stdout)["layers"]
    measured = sum(float(line.split()[0]) for line in times.splitlines())
    assert abs(sum(layer["seconds"] for layer in again) - measured) < 1


def stamped(nix: Nix, *arguments: str) -> list[str]:
    """Build, and return what Nix says with the time in front of each line, as `ts %.s` does."""
    command = [str(nix.programs / "nix"), "build", "--no-link", "--log-format", "internal-json", *arguments]
    with subprocess.Popen(command, env=nix.environment(), stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        lines = [f"{time.time():.6f} {line}" for line in running.stderr]
    assert running.returncode == 0, "".join(lines)
    return lines

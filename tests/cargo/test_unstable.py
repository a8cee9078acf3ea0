"""What only nightly cargo takes is refused where it stands, as stable cargo refuses it; what it ignores is ignored."""

from __future__ import annotations

import json
import subprocess

import pytest
from oracle import cargo_environment, cargo_graph, differences
from ours import load as load_as_cargo
from ours import our_graph
from small import load, lock, package, write

from flakegen.cargo.errors import CargoError
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cli.units import main

ROOT = '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n'
# Manifest, place, message.
REFUSED = {
    "artifact dependency": (
        ROOT + '[dependencies]\nb = { path = "b", artifact = "bin" }\n',
        (6, 1),
        "`a 0.1.0`: `b` is an artifact dependency (`artifact`)",
    ),
    "artifact table for a platform": (
        ROOT + '[target."cfg(unix)".build-dependencies.b]\npath = "b"\nartifact = ["cdylib"]\nlib = true\n',
        (7, 1),
        "`b` is an artifact dependency (`artifact`)",
    ),
    "lib of an artifact": (
        ROOT + '[dev-dependencies.b]\npath = "b"\nlib = true\n',
        (7, 1),
        "`b` is an artifact dependency (`lib`)",
    ),
    "target of an artifact": (
        ROOT + '[dependencies]\nb = { path = "b", target = "wasm32-unknown-unknown" }\n',
        (6, 1),
        "`b` is an artifact dependency (`target`)",
    ),
    "inherited artifact": (
        ROOT
        + '[dependencies]\nb.workspace = true\n[workspace.dependencies]\nb = { path = "b", artifact = "bin" }\n',
        (6, 1),
        "`b` is an artifact dependency (`artifact`)",
    ),
    "base path": (ROOT + '[dependencies]\nb = { base = "x", path = "b" }\n', (6, 1), "`b` has a `base`"),
    "cargo-features": (
        'cargo-features = ["edition2021", "codegen-backend"]\n' + ROOT,
        (1, 1),
        "`a 0.1.0`: `cargo-features` asks for `codegen-backend`",
    ),
    "unknown cargo-features": ('cargo-features = ["nonsense"]\n' + ROOT, (1, 1), "`nonsense`"),
    "cargo-features of a virtual root": (
        'cargo-features = ["profile-rustflags"]\n[workspace]\nmembers = ["b"]\n',
        (1, 1),
        "`cargo-features` asks for `profile-rustflags`",
    ),
    "metabuild": (ROOT + 'metabuild = ["b"]\n[build-dependencies]\nb.path = "b"\n', (5, 1), "metabuild"),
    "several scripts": (
        ROOT + 'build = ["b.rs", "c.rs"]\n',
        (5, 1),
        "`a 0.1.0`: several build scripts are unstable",
    ),
    "file name of a program": (
        ROOT + '[[bin]]\nname = "x"\npath = "src/lib.rs"\nfilename = "007"\n',
        (8, 1),
        "a `filename` for a binary",
    ),
    "profile rustflags": (ROOT + '[profile.dev]\nrustflags = ["-g"]\n', (6, 1), "`rustflags` of a profile"),
    "backend of one package": (
        ROOT + '[profile.release.package.b]\ncodegen-backend = "cranelift"\n',
        (6, 1),
        "`codegen-backend` of a profile",
    ),
    "trimmed scripts": (
        ROOT + "[profile.dev.build-override]\ntrim-paths = true\n",
        (6, 1),
        "`trim-paths` of a profile",
    ),
    "immediate abort": (
        ROOT + '[profile.release]\npanic = "immediate-abort"\n',
        (6, 1),
        'panic = "immediate-abort" is unstable',
    ),
}
IGNORED_BY_CARGO = {
    # Without its feature, cargo drops these keys without a word.
    "forced-target": (
        ROOT + 'forced-target = "wasm32-unknown-unknown"\n',
        (5, 1),
        "`a 0.1.0`: a package with a target of its own",
    ),
}


def files(manifest: str) -> dict[str, str]:
    return {
        "Cargo.toml": manifest,
        "src/lib.rs": "",
        "b.rs": "fn main() {}",
        "c.rs": "fn main() {}",
        "b/Cargo.toml": package("b"),
        "b/src/lib.rs": "",
        "Cargo.lock": lock("a: b", "b"),
    }


@pytest.mark.parametrize("what", sorted(REFUSED | IGNORED_BY_CARGO))
def test_it_is_refused_where_it_stands(tmp_path, what):
    manifest, position, message = (REFUSED | IGNORED_BY_CARGO)[what]
    with pytest.raises(CargoError) as caught:
        load(write(tmp_path, files(manifest)))
    assert [caught.value.code, caught.value.position] == ["cargo-unstable", position]
    assert caught.value.path == str(tmp_path / "Cargo.toml")
    assert message in caught.value.message
    assert len(caught.value.problems) == 1


@pytest.mark.cargo
@pytest.mark.parametrize("what", sorted(REFUSED))
def test_stable_cargo_refuses_it_too(tmp_path, what):
    write(tmp_path, files(REFUSED[what][0]))
    line = ["cargo", "metadata", "--offline", "--format-version", "1"]
    environment = cargo_environment(RUSTC_BOOTSTRAP="0")
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Cargo.toml" in done.stderr


@pytest.mark.parametrize(
    ("config", "position", "message"),
    [
        ('[unstable]\ngc = true\nbuild-std = ["std"]\n', (3, 1), "`-Z build-std`"),
        ('[unstable]\nbuild_std_features = ["x"]\n', (2, 1), "`-Z build-std-features`"),
        ("[unstable]\ntarget-applies-to-host = true\n", (2, 1), "`-Z target-applies-to-host`"),
        ('paths = ["b"]\n', (1, 1), "path overrides"),
        ('[profile.dev.package."*"]\nrustflags = ["-g"]\n', (2, 1), "`rustflags` of a profile"),
    ],
)
def test_settings_for_nightly_are_refused_in_configuration(tmp_path, config, position, message):
    folder = write(tmp_path, {**files(ROOT), ".cargo/config.toml": config, "Cargo.lock": lock("a")})
    with pytest.raises(CargoError) as caught:
        load(folder)
    assert caught.value.position == position
    assert message in caught.value.message


@pytest.mark.cargo
def test_what_changes_nothing_is_accepted(tmp_path):
    manifest = (
        'cargo-features = ["strip", "edition2021"]\n'
        + ROOT
        + '[dependencies]\nb = { path = "b" }\n[profile.dev]\nhint-mostly-unused = true\n'
        + '[lints.cargo]\nunknown_lint = "warn"\n[workspace]\n'
    )
    config = "[unstable]\ngc = true\nhost-config = false\nmtime-on-use = true\n[unstable.git]\nshallow-deps = true\n"
    folder = write(tmp_path, {**files(manifest), ".cargo/config.toml": config})
    theirs = cargo_graph("build", [], folder)
    assert differences(our_graph(load_as_cargo(folder), "build", []), theirs) == ""


def test_a_fetched_crate_is_named(tmp_path):
    manifest = ROOT + '[dependencies]\nodd = "1"\n'
    text = (
        'version = 4\n[[package]]\nname = "a"\nversion = "0.1.0"\ndependencies = ["odd"]\n[[package]]\nname = "odd"\n'
        'version = "1.2.3"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "00"\n'
    )
    odd = '[package]\nname = "odd"\nversion = "1.2.3"\nbuild = ["one.rs", "two.rs"]\n'
    folder = write(
        tmp_path, {"Cargo.toml": manifest, "Cargo.lock": text, "vendor/odd/Cargo.toml": odd, "src/lib.rs": ""}
    )
    with pytest.raises(CargoError) as caught:
        load_as_cargo(folder, FactsSources(cargo_home=tmp_path / "none", vendor=(tmp_path / "vendor",)))
    assert caught.value.message.startswith("`odd 1.2.3`: several build scripts")
    assert caught.value.path == str(tmp_path / "vendor/odd/Cargo.toml")


def test_units_shows_the_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(write(tmp_path, files(REFUSED["artifact dependency"][0])))
    assert main(["--host", "x86_64-unknown-linux-gnu"]) == 2
    shown = capsys.readouterr()
    assert json.dumps(shown.out) == '""'
    said = (
        "`a 0.1.0`: `b` is an artifact dependency (`artifact`), which is unstable in cargo and not supported"
    )
    assert shown.err.splitlines()[:3] == [
        f"Cargo.toml:6:1: error: {said} [E200]",
        '    6 | b = { path = "b", artifact = "bin" }',
        "      | ^",
    ]

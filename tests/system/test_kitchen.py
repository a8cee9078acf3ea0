"""A small workspace with one of everything that units can ask for, built by Nix and by cargo, and compared."""

import ctypes
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kitchen_project import make_project, run_cargo
from lana import flakegen
from real_nix import Nix
from recording import (
    Places,
    calls_in,
    comparable_call,
    comparable_environment,
    environments_in,
    logs,
    recording_nixpkgs,
)
from stand_in import StandIn, materialise

CHECKS = "checks.x86_64-linux"
STAMP = 'a "b" ${c}'


@contextmanager
def edited(path: Path, text: str) -> Iterator[None]:
    """A file with another text for a while."""
    kept = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(kept)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("kitchen"))


@pytest.fixture(scope="module")
def nixpkgs(tmp_path_factory: pytest.TempPathFactory, nix: Nix) -> StandIn:
    assert nix  # without it nobody needs nixpkgs
    return recording_nixpkgs(tmp_path_factory.mktemp("nixpkgs") / "recording", materialise())


@pytest.fixture(scope="module")
def cargo(project: Path):
    """Runs cargo on the workspace and returns its target folder."""

    def run(*arguments: str, **environment: str) -> Path:
        run_cargo(project, *arguments, **environment)
        return project / "kitchen/target"

    return run


@pytest.fixture(scope="module")
def build(project: Path, nix: Nix, nixpkgs: StandIn):
    return lambda output: nix.build(*nixpkgs.flake_args, f"path:{project}?dir=out#{output}")[0]


def says(program: Path) -> str:
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout


def test_release_with_features_environment_lto_and_overrides(build, cargo):
    built = build("app")
    target = cargo("build", "--release", "-p", "kitchen-app", "--features", "kit", KITCHEN_STAMP=STAMP)
    ours, theirs = says(built / "bin/kitchen-app"), says(target / "release/kitchen-app")
    assert ours == theirs
    assert "answer 42" in ours
    assert "flag true" in ours
    assert 'kit ["extra"]' in ours
    assert says(built / "bin/second-tool") == "second 42\n"


def test_debug_without_features(build, cargo):
    built = build('"app-debug-c2n"')
    target = cargo("build", "-p", "kitchen-app")
    assert says(built / "bin/kitchen-app") == says(target / "debug/kitchen-app")


def test_custom_profile_one_binary_and_override(build):
    built = build("app-fast")
    assert built.name.endswith("-renamed")
    # The profile asks for its debug information in a file of its own.
    assert sorted(path.name for path in (built / "bin").iterdir()) == ["second-tool", "second-tool.dwp"]


def test_shared_library_has_its_plain_name(build):
    library = ctypes.CDLL(str(build("plug") / "lib/libplug.so"))
    assert library.plug_answer() == 42


def test_programs_and_libraries_for_other_languages_are_one_package(build):
    built = build("plug")
    assert sorted(str(path.relative_to(built)) for path in built.rglob("*") if not path.is_dir()) == [
        "bin/plug-tool",
        "lib/libplug.a",
        "lib/libplug.so",
    ]
    assert says(built / "bin/plug-tool") == "plug\n"


def test_a_program_finds_its_shared_rust_libraries(build):
    assert says(build("loader") / "bin/kitchen-loader") == "shared Rust true\n"


@pytest.fixture(scope="module")
def cargos(project: Path, cargo) -> str:
    """What `cargo test` prints, after everything that the spec has was built by cargo too."""
    cargo("build", "--release", "-p", "kitchen-app", "--features", "kit", KITCHEN_STAMP=STAMP)
    cargo("build", "-p", "kitchen-app")
    cargo("build", "--profile", "fast", "-p", "kitchen-app", "--features", "kit", "--bin", "second-tool")
    cargo("build", "--release", "-p", "kitchen-plug")
    cargo("build", "-p", "kitchen-loader")
    printed = run_cargo(project, "test", "--workspace", "--", "--nocapture")
    cargo("doc", "--workspace", "--no-deps")
    cargo("clippy", "--workspace", "--all-targets")
    return printed


@pytest.fixture(scope="module")
def said(build, project: Path, nix: Nix, nixpkgs: StandIn) -> list[str]:
    """What building everything with Nix said."""
    outputs = ["app", '"app-debug-c2n"', "app-fast", "plug", "loader"]
    outputs += [f"{CHECKS}.{name}" for name in ("tests", "clippy", "documentation")]
    derivations: set[str] = set()
    for output in outputs:
        build(output)
        derivations |= nix.drv_closure(*nixpkgs.flake_args, f"path:{project}?dir=out#{output}")
    return list(logs(nix, derivations))


@pytest.fixture(scope="module")
def cargos_places(project: Path) -> Places:
    root = re.escape(str(project / "kitchen"))
    return Places(
        (rf"{root}/target/\w+/build/([a-z-]+)-[0-9a-f]+/out", r"@out \1@"),
        (root, "@workspace@"),
        (r"/[^ ]*/git/checkouts/[^/]+/[0-9a-f]+/crates/outside", "@outside@"),
    )


@pytest.fixture(scope="module")
def our_places(nix: Nix) -> Places:
    store = re.escape(str(nix.home / "store")) + "/[0-9a-z]+"
    return Places(
        (rf"{store}-([a-z-]+)-[0-9][^/]*\.script-run/out", r"@out \1@"),
        (rf"{store}-kitchen\.crate-src/kitchen", "@workspace@"),
        (rf"{store}-outside-4\.5\.6\.crate-src/crates/outside", "@outside@"),
    )


def comparable(call: dict, places: Places) -> tuple[str, ...]:
    """A call without the differences that are meant."""
    environment = dict(call["env"])
    # For all members and no others, so that a unit does not depend on who asked for it; cargo's units do not either.
    primary = environment.pop("CARGO_PRIMARY_PACKAGE", None)
    assert primary is None or environment["CARGO_PKG_NAME"] not in {"outside", "kitchen-aside"}
    environment.pop("KITCHEN_STAMP", None)  # cargo gives it to everybody, we to the build that asked
    if environment["CARGO_PKG_NAME"] == "outside":  # a crate from elsewhere has nothing of ours
        environment.pop("KITCHEN_FILE", None)
        environment.pop("KITCHEN_FOLDER", None)
    words = comparable_call({**call, "env": environment}, places)
    found = [word for word in words if not word.startswith("-C link-arg=-Wl,-rpath,")]
    if call["program"] == "rustdoc" and "--test" in call["words"]:
        # Cargo hands over the search paths of the whole build.
        found = [word for word in found if not word.startswith("-L ")]
    return tuple(found)


def differences(ours: set[tuple[str, ...]], cargos: set[tuple[str, ...]]) -> list[str]:
    """Each call that only one side makes, by what sets it apart from the most similar one of the other."""
    found = []
    for mine, side, others in ((ours - cargos, "ours", cargos), (cargos - ours, "cargo's", ours)):
        for call in sorted(mine):
            near = min(others, key=lambda other: len(set(call) ^ set(other)))
            more, less = [w for w in call if w not in near], [w for w in near if w not in call]
            found.append(f"{side}: more {more}, less {less}, {call}")
    return found


def test_every_call_of_a_compiler_is_cargos(
    said: list[str], cargos: str, project: Path, our_places: Places, cargos_places: Places
):
    assert cargos
    ours = {comparable(call, our_places) for text in said for call in calls_in(text)}
    theirs = {comparable(call, cargos_places) for call in calls_in((project / "calls").read_text())}
    assert len(theirs) > 90
    assert differences(ours, theirs) == []


def test_build_scripts_are_told_what_cargo_tells_them(
    said: list[str], cargos: str, project: Path, our_places: Places, cargos_places: Places
):
    assert cargos
    ours = {
        told("RUSTC", environment, our_places)
        for text in said
        for environment in environments_in(text)
        if "RUSTC" in environment
    }
    files = (project / "kitchen/target").glob("*/build/*/stderr")
    theirs = {
        told("RUSTC", each, cargos_places) for file in files for each in environments_in(file.read_text())
    }
    assert len(theirs) > 6
    assert differences(ours, theirs) == []


def told(always: str, environment: dict[str, str], places: Places) -> tuple[str, ...]:
    assert environment[always]
    assert environment.pop("KITCHEN_STAMP", STAMP) == STAMP
    return comparable_environment(environment, places)


def test_tests_run_in_cargos_order_and_environment(
    build, cargos: str, our_places: Places, cargos_places: Places
):
    ours = build(f"{CHECKS}.tests").read_text()
    pattern = re.compile(
        r"(Running (?:unittests )?\S+|Doc-tests \S+|test result: .*?;|^running .*)", re.MULTILINE
    )
    assert pattern.findall(ours) == pattern.findall(cargos)
    each = re.compile(r"^test .* ok$", re.MULTILINE)  # in the order of the threads that run them
    assert sorted(each.findall(ours)) == sorted(each.findall(cargos))
    (our_environment,) = environments_in(ours)
    (their_environment,) = environments_in(cargos)
    assert told("CARGO", our_environment, our_places) == told("CARGO", their_environment, cargos_places)


def test_a_member_has_its_own_part_of_the_tests(build):
    text = build(f"{CHECKS}.kitchen-app-test").read_text()
    titles = re.findall(r"(Running (?:unittests )?\S+|Doc-tests \S+)", text)
    assert titles == [
        "Running unittests src/lib.rs",
        "Running unittests src/main.rs",
        "Running unittests src/bin/second-tool.rs",
        "Running tests/custom.rs",
        "Running tests/environment.rs",
        "Doc-tests kitchen_app",
    ]
    assert build(f"{CHECKS}.kitchen-quiet-test").read_text() == ""


@pytest.fixture
def fails(project: Path, nix: Nix, nixpkgs: StandIn):
    command = ("build", "--no-link", "-L", "--keep-going", *nixpkgs.flake_args)
    return lambda check: nix.fails(*command, f"path:{project}?dir=out#{CHECKS}.{check}")


def test_a_failing_test_fails_its_member_and_is_shown(fails, build, project: Path):
    source = project / "kitchen/app/tests/custom.rs"
    with edited(source, 'fn main() {\n    panic!("it is broken");\n}\n'):
        error = fails("kitchen-app-test")
        assert "     Running tests/custom.rs" in error
        assert "it is broken" in error
        assert "error: test failed, to rerun pass `-p kitchen-app --test custom`" in error
        build(f"{CHECKS}.codec-test")


def test_documentation_is_linted(fails, build, project: Path):
    built = build(f"{CHECKS}.kitchen-app-doc")
    page = (built / "kitchen-app/kitchen_app/kitchen_app/fn.doubled.html").read_text()
    assert "Twice as much" in page
    source = project / "kitchen/app/src/bin/second-tool.rs"
    with edited(source, f"//! See http://example.com/bare\n{source.read_text()}"):
        assert "this URL is not a hyperlink" in fails("kitchen-app-doc")


def test_clippy_lints_what_clippy_lints(fails, project: Path):
    source = project / "kitchen/codec/src/lib.rs"
    returns = "pub fn f(x: Option<i32>) -> i32 { if let Some(y) = x { return y } else { return 0 } }"
    many = "pub fn g(_: u8, _: u8, _: u8, _: u8) {}"  # more than the workspace's clippy.toml allows
    spec = project / "kitchen.toml"
    strict = 'per-member = true\nall-targets = true\nargs = ["-D", "warnings"]'
    with (
        edited(source, f"{source.read_text()}\n{returns}\n{many}\n"),
        edited(spec, spec.read_text().replace("per-member = true\nall-targets = true", strict)),
    ):
        flakegen("compile", "kitchen.toml", cwd=project)
        error = fails("codec-lint")
    flakegen("compile", "kitchen.toml", cwd=project)
    assert "needless_return" in error
    assert "this function has too many arguments (4/3)" in error


def test_units_reused_by_every_build_are_built_once(project: Path, nix: Nix, nixpkgs: StandIn):
    flake = f"path:{project}?dir=out"
    one = nix.drv_closure(*nixpkgs.flake_args, f'{flake}#"app-debug-c2n"')
    other = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#checks.x86_64-linux.tests")
    shared = {path for path in one & other if "kitchen-sys" in path}
    assert any("custom-build" in path for path in shared)
    assert any(path.endswith("script-run.drv") for path in shared)


def test_a_git_dependency_is_found_in_its_subfolder(project: Path):
    assert 'subfolder = "crates/outside"' in (project / "out/Cargo.nix").read_text()


def test_files_that_no_scan_can_find_count_when_the_spec_names_them(
    project: Path, nix: Nix, nixpkgs: StandIn
):
    flake = f"path:{project}?dir=out"
    before = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#app")
    added = project / "kitchen/shared/deep/more.txt"
    added.parent.mkdir(parents=True)
    added.write_text("more")
    try:
        new = nix.drv_closure(*nixpkgs.flake_args, f"{flake}#app") - before
    finally:
        added.unlink()
    assert any("-codec-1.0.0-lib" in path for path in new)
    assert not any("kitchen-sys" in path for path in new)

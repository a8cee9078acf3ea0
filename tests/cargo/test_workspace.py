"""Roots, members, globs, inheritance and targets: what a workspace is made of."""

from __future__ import annotations

import pytest
from small import graph, load, lock, member_names, package, write

from flakegen.cargo.errors import CargoError, WorkspaceError
from flakegen.cargo.globs import expand
from flakegen.cargo.package import TargetKind
from flakegen.cargo.workspace import Resolver


def targets(workspace, kind):
    return {t.name: t.src_path for p in workspace.member_packages() for t in p.targets if t.kind is kind}


@pytest.fixture
def folders(tmp_path):
    for name in ("crates/a", "crates/b", "crates/.dot", "crates/deep/c", "lib/x", "lib/y1"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "crates" / "file").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("crates/*", ["crates/.dot", "crates/a", "crates/b", "crates/deep"]),
        ("crates/[ab]", ["crates/a", "crates/b"]),
        ("crates/[!ab]*", ["crates/.dot", "crates/deep"]),
        ("lib/y?", ["lib/y1"]),
        ("**/c", ["crates/deep/c"]),
        ("crates/**", ["crates", "crates/.dot", "crates/a", "crates/b", "crates/deep", "crates/deep/c"]),
        ("./crates/a/", ["crates/a"]),
        ("missing", ["missing"]),
        ("miss*", []),
    ],
)
def test_member_patterns(folders, pattern, expected):
    assert [path.removeprefix(f"{folders}/") for path in expand(str(folders), pattern)] == expected


def test_members_are_listed_ones_the_root_and_path_dependencies_below(tmp_path):
    files = {
        "ws/Cargo.toml": package(
            "root", '[workspace]\nmembers = ["m*"]\nexclude = ["out"]\n[dependencies]\nd = { path = "d" }\n'
        ),
        "ws/m1/Cargo.toml": package(
            "m1", '[dev-dependencies]\no = { path = "../out" }\nf = { path = "../../far" }\n'
        ),
        "ws/d/Cargo.toml": package(
            "d",
            '[target."cfg(windows)".dependencies]\ne = { path = "../e", optional = true }\n[features]\nx=["e"]\n',
        ),
        "ws/e/Cargo.toml": package("e"),
        "ws/out/Cargo.toml": package("o", '[dependencies]\np = { path = "../p" }\n'),
        "ws/p/Cargo.toml": package("p"),
        "far/Cargo.toml": package("f"),
        "ws/Cargo.lock": lock("root: d", "m1: o f", "d: e", "e", "o: p", "p", "f"),
    }
    workspace = load(write(tmp_path, files) / "ws")
    assert member_names(workspace) == ["d", "e", "m1", "root"]
    directories = {p.id.name: p.directory for p in workspace.packages}
    assert directories == {
        "root": ".",
        "m1": "m1",
        "d": "d",
        "e": "e",
        "o": "out",
        "p": "p",
        "f": str(tmp_path / "far"),
    }


def test_an_exclude_below_a_literal_member_stays_a_member(tmp_path):
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a/b"]\nexclude = ["a"]\n',
        "a/b/Cargo.toml": package("b"),
        "Cargo.lock": lock("b"),
    }
    assert member_names(load(write(tmp_path, files))) == ["b"]


@pytest.mark.parametrize(("manifest", "expected"), [("Cargo.toml", ["a"]), ("b/Cargo.toml", ["b"])])
def test_default_members_count_at_the_root_only(tmp_path, manifest, expected):
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\ndefault-members = ["a"]\n',
        "a/Cargo.toml": package("a"),
        "b/Cargo.toml": package("b"),
        "Cargo.lock": lock("a", "b"),
    }
    workspace = load(write(tmp_path, files), manifest)
    assert [workspace.packages[i].id.name for i in workspace.default_members] == expected
    assert {unit.package.id.name for unit in graph(workspace).units} == set(expected)


@pytest.mark.parametrize(
    ("header", "edition", "expected"),
    [
        ("[workspace]\nresolver = '1'\n", "2021", Resolver.V1),
        ("[workspace]\nresolver = '3'\n", "2015", Resolver.V2),
        ("[workspace]\n", "2018", Resolver.V1),
        ("[workspace]\n", "2024", Resolver.V2),
        ("", "2021", Resolver.V2),
        ("", "2015", Resolver.V1),
    ],
)
def test_resolver_by_key_or_edition(tmp_path, header, edition, expected):
    files = {"Cargo.toml": package("a", header, edition), "Cargo.lock": lock("a")}
    assert load(write(tmp_path, files)).resolver is expected


def test_a_virtual_workspace_without_a_key_has_resolver_1(tmp_path):
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a"]\n',
        "a/Cargo.toml": package("a", edition="2024"),
        "Cargo.lock": lock("a"),
    }
    assert load(write(tmp_path, files)).resolver is Resolver.V1


def test_inheritance_reaches_package_keys_lints_and_rebases_paths(tmp_path):
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["m/a"]\n[workspace.package]\nversion = "1.2.3"\nedition = "2018"\nreadme = "R.md"\n'
        'authors = ["x", "y"]\nrust-version = "1.80"\n[workspace.lints.rust]\nunused = { level = "deny", priority = -1 }\n'
        'unexpected_cfgs = { level = "warn", check-cfg = ["cfg(z)"] }\n',
        "m/a/Cargo.toml": '[package]\nname = "a"\nversion.workspace = true\nedition.workspace = true\nreadme.workspace = true\n'
        "authors.workspace = true\nrust-version.workspace = true\n[lints]\nworkspace = true\n",
        "m/a/src/lib.rs": "",
        "Cargo.lock": lock("a").replace("0.1.0", "1.2.3"),
    }
    (found,) = load(write(tmp_path, files)).member_packages()
    assert (found.id.version, found.edition) == ("1.2.3", "2018")
    assert found.metadata == {"authors": "x:y", "readme": "../../R.md", "rust_version": "1.80"}
    assert {(x.tool, x.name, x.level, x.priority, x.check_cfg) for x in found.lints} == {
        ("rust", "unused", "deny", -1, ()),
        ("rust", "unexpected_cfgs", "warn", 0, ("cfg(z)",)),
    }


def test_discovery_of_every_kind(tmp_path):
    files = {
        "Cargo.toml": package("a-b"),
        "Cargo.lock": lock("a-b"),
        "build.rs": "",
        **{
            f"src/{name}": ""
            for name in ("lib.rs", "main.rs", "bin/x.rs", "bin/y/main.rs", "bin/z/no.rs", "bin/.h.rs")
        },
        "examples/e.rs": "",
        "tests/t/main.rs": "",
        "benches/b.rs": "",
        "tests/notes.md": "",
    }
    workspace = load(write(tmp_path, files))
    assert targets(workspace, TargetKind.LIB) == {"a_b": "src/lib.rs"}
    assert targets(workspace, TargetKind.BIN) == {
        "a-b": "src/main.rs",
        "x": "src/bin/x.rs",
        "y": "src/bin/y/main.rs",
    }
    assert targets(workspace, TargetKind.EXAMPLE) == {"e": "examples/e.rs"}
    assert targets(workspace, TargetKind.TEST) == {"t": "tests/t/main.rs"}
    assert targets(workspace, TargetKind.BENCH) == {"b": "benches/b.rs"}
    assert targets(workspace, TargetKind.CUSTOM_BUILD) == {"build-script-build": "build.rs"}


def test_automatic_targets_can_be_switched_off(tmp_path):
    more = "autobins = false\nautotests = false\nautoexamples = false\nautobenches = false\nautolib = false\nbuild = false\n"
    files = {
        "Cargo.toml": package("a", more + "[[bin]]\nname = 'x'\n"),
        "Cargo.lock": lock("a"),
        **dict.fromkeys(("src/lib.rs", "src/bin/x.rs", "src/bin/y.rs", "tests/t.rs", "build.rs"), ""),
    }
    (found,) = load(write(tmp_path, files)).member_packages()
    assert [(t.kind, t.name) for t in found.targets] == [(TargetKind.BIN, "x")]


def test_only_own_configuration_is_read_unless_more_is_asked_for(tmp_path):
    files = {
        ".cargo/config.toml": "[build]\nrustflags = ['--cfg', 'outer']\n",
        "ws/.cargo/config.toml": "[build]\nrustflags = ['--cfg', 'inner']\n",
        "ws/Cargo.toml": package("a"),
        "ws/Cargo.lock": lock("a"),
    }
    workspace = load(write(tmp_path, files) / "ws")
    assert workspace.config.rustflags("x86_64-unknown-linux-gnu", frozenset()) == ("--cfg", "inner")


ERRORS = {
    "no member manifest": (
        {"Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n', "crates/a/x": ""},
        "file-unreadable",
        "crates/a/Cargo.toml",
        None,
    ),
    "two roots": (
        {"Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/Cargo.toml": package("a", "[workspace]\n")},
        "workspace-member",
        "a/Cargo.toml",
        5,
    ),
    "same name twice": (
        {
            "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
            "a/Cargo.toml": package("a"),
            "b/Cargo.toml": package("a"),
        },
        "workspace-member",
        "b/Cargo.toml",
        2,
    ),
    "bad version": ({"Cargo.toml": package("a").replace("0.1.0", "1")}, "manifest", "Cargo.toml", 3),
    "bad requirement": (
        {"Cargo.toml": package("a", "[dependencies]\nx = 'what'\n")},
        "manifest",
        "Cargo.toml",
        6,
    ),
    "unknown edition": ({"Cargo.toml": package("a", edition="2020")}, "manifest", "Cargo.toml", 4),
    "bad feature": (
        {"Cargo.toml": package("a", "[features]\nf = ['g']\n")},
        "manifest-feature",
        "Cargo.toml",
        6,
    ),
    "nothing to inherit": (
        {"Cargo.toml": package("a", "[dependencies]\nx = { workspace = true }\n")},
        "manifest-inheritance",
        "Cargo.toml",
        6,
    ),
    "missing library": (
        {"Cargo.toml": package("a", "[lib]\n"), "src/x.rs": ""},
        "manifest-target",
        "Cargo.toml",
        5,
    ),
    "dash in library": (
        {"Cargo.toml": package("a", "[lib]\nname = 'a-b'\n")},
        "manifest-target",
        "Cargo.toml",
        6,
    ),
    "missing binary": (
        {"Cargo.toml": package("a", "[[bin]]\nname = 'x'\n")},
        "manifest-target",
        "Cargo.toml",
        5,
    ),
    "missing path dependency": (
        {"Cargo.toml": package("a", "[workspace]\n[dependencies]\nx = { path = 'x' }\n")},
        "file-unreadable",
        "x/Cargo.toml",
        None,
    ),
    "neither": ({"Cargo.toml": "[profile.dev]\n"}, "manifest", "Cargo.toml", None),
    "not toml": ({"Cargo.toml": "[package\n"}, "toml-syntax", "Cargo.toml", 1),
    "no lock": ({"Cargo.toml": package("a")}, "lock-missing", "Cargo.lock", None),
    "stale lock": ({"Cargo.toml": package("a"), "Cargo.lock": lock("b")}, "lock-stale", "Cargo.lock", None),
    "unknown resolver": (
        {"Cargo.toml": package("a", "resolver = '9'\n"), "Cargo.lock": lock("a")},
        "manifest",
        "Cargo.toml",
        5,
    ),
}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_mistakes_have_a_code_and_a_place(tmp_path, name):
    files, code, path, line = ERRORS[name]
    with pytest.raises(CargoError) as caught:
        load(write(tmp_path, files))
    error = caught.value
    assert error.code == code
    assert error.path == str(tmp_path / path)
    assert (error.position[0] if error.position else None) == line


def test_a_package_below_a_workspace_that_does_not_know_it(tmp_path):
    files = {"Cargo.toml": "[workspace]\n", "a/Cargo.toml": package("a"), "Cargo.lock": lock()}
    with pytest.raises(WorkspaceError) as caught:
        load(write(tmp_path, files), "a/Cargo.toml")
    assert "no member" in caught.value.message


def test_all_problems_of_a_manifest_come_together(tmp_path):
    more = "links = 3\n[dependencies]\nx = 'what'\n[[test]]\n[features]\nf = 3\n"
    files = {"Cargo.toml": package("a", more, edition="3000").replace("0.1.0", "x"), "Cargo.lock": lock("a")}
    with pytest.raises(CargoError) as caught:
        load(write(tmp_path, files))
    assert len(caught.value.problems) >= 5

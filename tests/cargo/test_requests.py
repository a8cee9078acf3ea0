"""Requests that do not fit their workspace, caching, hostile input, and LTO's table."""

from __future__ import annotations

import pytest
from small import HOST, graph, load, lock, package, write

from flakegen.cargo.errors import CargoError
from flakegen.cargo.lto import lto_values
from flakegen.cargo.request import Every, Intent, TargetSelection
from flakegen.cargo.spec import parse_spec

FILES = {
    "Cargo.toml": '[workspace]\nmembers = ["alpha", "beta"]\nresolver = "2"\n[profile.round]\ninherits = "trip"\n[profile.trip]\ninherits = "round"\n'
    '[profile.lost]\ninherits = "nobody"\n[profile.free]\nopt-level = 2\n[profile.bad]\ninherits = "dev"\nopt-level = 9\n'
    '[profile.over]\ninherits = "dev"\n[profile.over.package.beta]\npanic = "abort"\n'
    '[profile.twice]\ninherits = "dev"\n[profile.twice.package]\nbeta = { debug = 1 }\n"beta@0.1" = { debug = 2 }\n',
    "alpha/Cargo.toml": package(
        "alpha",
        '[dependencies]\nbeta = { path = "../beta", optional = true }\n[features]\nfast = ["dep:beta"]\n'
        '[[bin]]\nname = "tool"\nrequired-features = ["fast"]\n',
    ),
    "alpha/src/lib.rs": "",
    "alpha/src/bin/tool.rs": "",
    "beta/Cargo.toml": package("beta"),
    "Cargo.lock": lock("alpha: beta", "beta"),
}
MISTAKES = {
    "unknown package": ({"packages": ("alpa",)}, "package-unknown", "did you mean `alpha`?"),
    "unknown pattern": ({"packages": ("x*",)}, "package-unknown", None),
    "exclude alone": ({"exclude": ("alpha",)}, "selection", None),
    "everything excluded": ({"workspace": True, "exclude": ("alpha", "beta")}, "selection", None),
    "unknown feature": ({"features": ("fats",)}, "feature-unknown", "did you mean `fast`?"),
    "dep on the command line": ({"features": ("dep:beta",)}, "feature-syntax", None),
    "unknown target": (
        {"selection": TargetSelection(bins=("tol",))},
        "target-unknown",
        "did you mean `tool`?",
    ),
    "required features": (
        {"selection": TargetSelection(bins=("tool",))},
        "feature-required",
        'turn on "fast"',
    ),
    "unknown triple": (
        {"targets": ("x86_64-unknown-linux-gun",)},
        "platform-unknown",
        "did you mean `x86_64-unknown-linux-gnu`?",
    ),
    "target specification": ({"targets": ("my.json",)}, "platform-json", None),
    "unknown profile": ({"profile": "nope"}, "profile", None),
    "profiles in a circle": ({"profile": "round"}, "profile", None),
    "unknown parent": ({"profile": "lost"}, "profile", None),
    "no parent": ({"profile": "free"}, "profile", 'add inherits = "release" or "dev"'),
    "bad value": ({"profile": "bad"}, "profile", 'it takes 0, 1, 2, 3, "s" or "z"'),
    "override of panic": ({"profile": "over"}, "profile", None),
    "two overrides": ({"profile": "twice"}, "profile", None),
}


@pytest.fixture
def workspace(tmp_path):
    return load(write(tmp_path, FILES))


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_mistakes_have_a_code_and_a_hint(workspace, name):
    request, code, hint = MISTAKES[name]
    with pytest.raises(CargoError) as caught:
        graph(workspace, **request)
    assert caught.value.code == code
    assert caught.value.hint == hint


def test_profile_mistakes_have_a_place(workspace):
    with pytest.raises(CargoError) as caught:
        graph(workspace, profile="bad")
    assert caught.value.path == str(workspace.root / "Cargo.toml")
    assert caught.value.position == (14, 1)


def test_several_mistakes_are_reported_together(workspace):
    with pytest.raises(CargoError) as caught:
        graph(workspace, packages=("one", "two"))
    assert len(caught.value.problems) == 2


def test_answers_do_not_depend_on_earlier_questions(tmp_path):
    questions = [
        {"workspace": True, "features": ("fast",), "selection": TargetSelection(tests=Every.EVERY)},
        {"workspace": True, "release": True},
        {"packages": ("beta",), "targets": (HOST,)},
        {"workspace": True, "intent": Intent.TEST},
        {"workspace": True},
    ]
    shared = load(write(tmp_path, FILES))
    for question in questions + questions[::-1]:
        assert graph(shared, **question) == graph(load(tmp_path), **question)


def test_dependencies_come_first(workspace):
    found = graph(workspace, workspace=True, all_features=True, selection=TargetSelection(all_targets=True))
    assert all(edge.index < index for index, unit in enumerate(found.units) for edge in unit.dependencies)


def test_packages_in_a_circle_are_an_error(tmp_path):
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
        "a/Cargo.toml": package("a", '[dependencies]\nb = { path = "../b" }\n'),
        "b/Cargo.toml": package("b", '[dependencies]\na = { path = "../a" }\n'),
        "Cargo.lock": lock("a: b", "b: a"),
    }
    with pytest.raises(CargoError) as caught:
        graph(load(write(tmp_path, files)))
    assert caught.value.code == "dependency-cycle"


def test_a_chain_of_thousands_of_packages_is_no_problem(tmp_path):
    names = [f"p{number}" for number in range(1500)]
    files = {"Cargo.toml": '[workspace]\nmembers = ["p*"]\nresolver = "2"\n'}
    for name, following in zip(names, [*names[1:], None], strict=True):
        more = (
            f'[features]\nf = ["{following}/f"]\n[dependencies]\n{following} = {{ path = "../{following}" }}\n'
            if following
            else "[features]\nf = []\n"
        )
        files[f"{name}/Cargo.toml"] = package(name, more)
    files["Cargo.lock"] = lock(*(f"{n}: {f or ''}" for n, f in zip(names, [*names[1:], None], strict=True)))
    found = graph(load(write(tmp_path, files)), packages=("p0",), features=("f",))
    assert len(found.units) == len(names)
    assert found.units[0].features == ("f",)


@pytest.mark.parametrize(
    ("text", "name", "version", "url", "kind"),
    [
        ("serde", "serde", None, None, None),
        ("serde@1.0", "serde", "1.0", None, None),
        ("serde:1", "serde", "1", None, None),
        ("https://e.org/serde#1.2.3", "serde", "1.2.3", "https://e.org/serde", None),
        ("registry+https://e.org/index#serde@1.0.0", "serde", "1.0.0", "https://e.org/index", "registry"),
        ("file:///a/b#name", "name", None, "file:///a/b", None),
        ("git+https://e.org/r?branch=x#n", "n", None, "https://e.org/r?branch=x", "git"),
    ],
)
def test_package_specifications(text, name, version, url, kind):
    spec = parse_spec(text)
    assert spec is not None
    assert (spec.name, spec.version, spec.url, spec.kind) == (name, version, url, kind)


@pytest.mark.parametrize("text", ["", "@1", "a@b", "a b", "a@1.2.3.4"])
def test_malformed_package_specifications(text):
    assert parse_spec(text) is None


def test_lto_flags(tmp_path):
    files = {
        "Cargo.toml": package(
            "a",
            '[lib]\ncrate-type = ["cdylib", "rlib"]\n[profile.release]\nlto = "thin"\n[dependencies]\nb = { path = "b" }\n',
        ),
        "src/lib.rs": "",
        "src/main.rs": "",
        "build.rs": "",
        "b/Cargo.toml": package("b"),
        "Cargo.lock": lock("a: b", "b"),
    }
    found = graph(load(write(tmp_path, files)), release=True)
    flags = {
        (u.target.kind.value, u.target.name, u.mode.value): v.flags
        for u, v in zip(found.units, lto_values(found), strict=True)
    }
    assert flags == {
        ("bin", "a", "build"): ("-C", "lto=thin"),
        ("lib", "a", "build"): (),
        ("lib", "b", "build"): (),
        ("custom-build", "build-script-build", "build"): ("-C", "embed-bitcode=no"),
        ("custom-build", "build-script-build", "run-custom-build"): ("-C", "embed-bitcode=no"),
    }

"""On random small workspaces, the answer is that of a resolver written straight from the rules; so is cargo's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from oracle import OracleError, cargo_graph
from ours import load, our_graph
from reference_model import TABLES, TRIPLES, Crate, Declared, Model, Question, write_model
from reference_resolver import AmbiguousError, RefusedError, reference

from flakegen.cargo.errors import CargoError

Edges = dict[Any, frozenset[Any]]
_NUMBERS = itertools.count()


def chance(draw: st.DrawFn, one_in: int) -> bool:
    return draw(st.integers(0, one_in - 1)) == 0


def some(draw: st.DrawFn, items: list[Any], most: int) -> list[Any]:
    return draw(st.lists(st.sampled_from(items), max_size=most, unique=True)) if items else []


@st.composite
def models(draw: st.DrawFn) -> Model:
    count = draw(st.integers(2, 6))
    rooted = draw(st.booleans())
    crates = []
    for index in range(count):
        member = index < 2 or draw(st.booleans())
        twin = not member and index > 2 and not crates[-1].member and chance(draw, 3)
        name = crates[-1].name if twin else f"p-{index}" if chance(draw, 4) else f"p{index}"
        is_root = rooted and index == 0
        folder = "ws" if is_root else f"ws/c{index}" if member else f"out/c{index}"
        crates.append(Crate(name=name, version=f"0.{index}.0", folder=folder, member=member))
    for index, crate in enumerate(crates):
        fill(draw, crates, index, crate)
    connect(crates)
    for crate in crates:
        crate.dependencies = [asking(draw, crates, declared) for declared in crate.dependencies]
    return Model(resolver=draw(st.sampled_from(["1", "2", "2", "3"])), rooted=rooted, crates=crates)


def fill(draw: st.DrawFn, crates: list[Crate], index: int, crate: Crate) -> None:
    crate.library = draw(st.sampled_from(["lib", "lib", "lib", "proc-macro", "cdylib", None]))
    if crate.library is None and index > 1:
        crate.library = "lib"
    crate.script = draw(st.booleans())
    crate.links = f"links{index}" if crate.script and draw(st.booleans()) else None
    names = [f"f{number}" for number in range(draw(st.integers(0, 3)))]
    crate.features = {name: [] for name in [*names, *(["default"] if draw(st.booleans()) else [])]}
    own: dict[int, str] = {}
    for _ in range(draw(st.integers(0, 4))):
        declare(draw, crates, index, own)
    for position, holder in enumerate(names):
        crate.features[holder] += some(draw, names[position + 1 :], 1)
    for holder in list(crate.features):
        crate.features[holder] += some(draw, values_of(crates, crate), 2)
    if "default" in crate.features:
        crate.features["default"] += some(draw, names, 1)
    spell_out(crate)
    kinds = some(draw, ["bin", "example", "test", "bench"], 3)
    if crate.library is None and "bin" not in kinds:
        kinds.append("bin")
    for kind in kinds:
        crate.targets.append((kind, f"{kind}{index}", tuple(some(draw, names, 1))))


def declare(draw: st.DrawFn, crates: list[Crate], index: int, own: dict[int, str]) -> None:
    crate = crates[index]
    kind = draw(st.sampled_from(["normal", "normal", "normal", "build", "dev"]))
    if kind == "build" and not crate.script:
        kind = "normal"
    others = range(len(crates)) if kind == "dev" and crate.member else range(index + 1, len(crates))
    if not others:
        return
    other = draw(st.sampled_from(others))
    taken = {name for package, name in own.items() if package != other}
    plain = crates[other].name
    if other not in own and (plain in taken or chance(draw, 5)):
        own[other] = f"ren-{other}"
    name = own.setdefault(other, plain)
    platform = None if draw(st.booleans()) else draw(st.sampled_from(list(TABLES)))
    if any((d.name, d.kind, d.platform) == (name, kind, platform) for d in crate.dependencies):
        return
    crate.dependencies.append(
        Declared(
            name=name,
            package=other,
            kind=kind,
            platform=platform,
            optional=kind != "dev" and draw(st.booleans()),
            default=draw(st.booleans()),
        )
    )


def asking(draw: st.DrawFn, crates: list[Crate], declared: Declared) -> Declared:
    """Let a dependency ask for features, now that all of them are known."""
    return replace(declared, features=tuple(some(draw, sorted(crates[declared.package].features), 2)))


def connect(crates: list[Crate]) -> None:
    """Make every package that is no member a dependency of something."""
    for index, crate in enumerate(crates):
        needed = {d.package for c in crates[:index] for d in c.dependencies if c.member or d.kind != "dev"}
        if not crate.member and index not in needed:
            crates[0].dependencies.append(Declared(name=f"ren-{index}", package=index))


def values_of(crates: list[Crate], crate: Crate) -> list[str]:
    """Values that a feature of the crate can hold; dev-dependencies are left to the tests with cargo."""
    found = []
    for declared in crate.dependencies:
        if all(d.kind == "dev" for d in crate.dependencies if d.name == declared.name):
            continue
        marks = ["", "?"] if declared.optional else [""]
        features = crates[declared.package].features
        found += [f"{declared.name}{mark}/{name}" for name in features for mark in marks]
        found += [f"dep:{declared.name}"] if declared.optional else []
    return sorted(set(found))


def spell_out(crate: Crate) -> None:
    """Let every optional dependency be in some feature, or have its own."""
    values = [value for values in crate.features.values() for value in values]
    named = {value[4:] for value in values if value.startswith("dep:")}
    for declared in crate.dependencies:
        if declared.optional and declared.name in crate.features and declared.name not in named:
            crate.features[declared.name].append(f"dep:{declared.name}")


@st.composite
def asked(draw: st.DrawFn, model: Model) -> list[Question]:
    return [draw(questions(model)) for _ in range(3)]


@st.composite
def questions(draw: st.DrawFn, model: Model) -> Question:
    members = model.members()
    packages = some(draw, members, 2)
    if chance(draw, 10):
        packages = [draw(st.sampled_from(range(len(model.crates))))]
    values = sorted({f for index in members for f in model.crates[index].features})
    values += [f"{model.crates[i].name}/{f}" for i in members for f in model.crates[i].features]
    for index in members:
        crate = model.crates[index]
        values += [d.name for d in crate.dependencies if d.optional]
        values += [value for value in values_of(model.crates, crate) if "/" in value]
    flags = ["--lib", "--bins", "--tests", "--examples", "--benches", "--all-targets"]
    return Question(
        intent=draw(st.sampled_from(["build", "build", "test"])),
        packages=packages,
        workspace=not packages and draw(st.booleans()),
        flags=some(draw, flags, 2),
        features=some(draw, values, 2) if draw(st.booleans()) else [],
        all_features=chance(draw, 8),
        no_default=chance(draw, 4),
        targets=some(draw, list(TRIPLES), 2),
    )


def projected(graph: dict, model: Model, *, with_platforms: bool) -> Edges:
    """A unit graph in the reference's words."""
    numbers = {(crate.name, crate.version): index for index, crate in enumerate(model.crates)}
    keys = []
    for unit in graph["units"]:
        package, target = unit["pkg_id"].rpartition("#")[2], unit["target"]
        name, _, version = package.rpartition("@")
        name = name or unit["pkg_id"].rpartition("#")[0].rpartition("/")[2]
        kind = target["kind"][0] if target["kind"][0] in KINDS else "lib"
        platform = unit["platform"] if with_platforms else None
        key = (numbers[name, version], kind, target["name"], unit["mode"], platform, tuple(unit["features"]))
        keys.append(key)
    found: dict[Any, set[Any]] = {}
    for key, unit in zip(keys, graph["units"], strict=True):
        edges = frozenset((edge["extern_crate_name"], keys[edge["index"]]) for edge in unit["dependencies"])
        found.setdefault(key, set()).add(edges)
    return {key: frozenset(edges) for key, edges in found.items()}


KINDS = ("bin", "example", "test", "bench", "custom-build")


def expected(model: Model, question: Question) -> Edges:
    """The reference's answer in the same words; without `--target`, platforms are not told apart."""

    def known(unit: tuple) -> tuple:
        return unit if question.targets else (*unit[:4], None, *unit[5:])

    found: dict[Any, set[Any]] = {}
    for unit, edges in reference(model, question).items():
        found.setdefault(known(unit), set()).add(frozenset((name, known(child)) for name, child in edges))
    return {key: frozenset(edges) for key, edges in found.items()}


def difference(ours: Edges, theirs: Edges) -> list[str]:
    both = sorted({*ours, *theirs}, key=repr)
    return [
        f"{key}: {ours.get(key)} and not {theirs.get(key)}"
        for key in both
        if ours.get(key) != theirs.get(key)
    ]


def check(
    model: Model, question: Question, answer: Callable[[str, list[str]], dict], refusal: type[Exception]
) -> None:
    """Hold an answer against the reference's, unless that hangs on the order of cargo's visits."""
    arguments = question.arguments(model)
    try:
        wanted = expected(model, question)
    except AmbiguousError:
        return
    except RefusedError:
        with pytest.raises(refusal):
            answer(question.intent, arguments)
        return
    found = projected(answer(question.intent, arguments), model, with_platforms=bool(question.targets))
    assert difference(found, wanted) == [], arguments


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_features_and_edges_are_those_of_the_rules(tmp_path_factory, data):
    model = data.draw(models())
    workspace = load(write_model(model, tmp_path_factory.getbasetemp() / f"model{next(_NUMBERS)}"))
    for question in data.draw(asked(model)):
        check(model, question, lambda *line: our_graph(workspace, *line), CargoError)


@pytest.mark.cargo
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_cargo_follows_the_rules_too(tmp_path_factory, data):
    model = data.draw(models())
    folder = write_model(model, tmp_path_factory.getbasetemp() / f"model{next(_NUMBERS)}")
    for question in data.draw(asked(model)):
        assume(
            all(model.crates[index].member for index in question.packages)
        )  # must also be in cargo's own graph
        check(model, question, lambda *line, cwd=folder: cargo_graph(*line, cwd), OracleError)

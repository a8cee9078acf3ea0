"""The law of the conditional graph: with its conditions decided, it is the unit graph, seen as a graph of packages."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest
from generator import generate
from materialise import case_names, materialise
from oracle import cargo_environment
from ours import load, parse
from projected import Decided, differences, project, role_of

from flakegen.cargo.build_context import make_context
from flakegen.cargo.conditional.condition import Atom, AtomKind, Atoms, Sum, given
from flakegen.cargo.conditional.graph import conditional_graph
from flakegen.cargo.errors import CargoError
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.request import BuildRequest, Intent, TargetSelection
from flakegen.cargo.unit import Mode, UnitGraph
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cargo.workspace import Workspace
from flakegen.cli.units import request_of

TARGETS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc")
SEEDS = range(7_000, 7_030)


def compare(workspace: Workspace, request: BuildRequest) -> list[str] | None:
    """What differs for one request; None where a graph of packages cannot say what cargo does, or cargo refuses."""
    if request.intent not in (Intent.BUILD, Intent.TEST):
        return None
    try:
        context, graph = make_context(workspace, request), build_unit_graph(workspace, request)
    except CargoError:
        return None
    selected = context.selection.packages
    if not set(selected) <= set(workspace.members) or _is_beyond_packages(
        workspace, graph, selected, request
    ):
        return None
    conditional = conditional_graph(workspace, context.selection.seeds)
    platforms = (context.targets[0], context.host)
    decided = Decided(workspace, conditional, context.selection.seeds, platforms, dev=request.has_dev_units)
    built = project(graph)
    roots = [i for i in selected if any(role_of(workspace.packages[i], h) in built for h in (False, True))]
    return differences(decided.project(roots), built)


def _is_beyond_packages(
    workspace: Workspace, graph: UnitGraph, selected: tuple[int, ...], request: BuildRequest
) -> bool:
    """A package of a macro with programs is in both roles by itself, and configuration may replace build scripts."""
    if any(
        unit.mode is Mode.RUN_CUSTOM_BUILD
        and not any(graph.units[edge.index].mode is Mode.BUILD for edge in unit.dependencies)
        for unit in graph.units
    ):
        return True
    return any(
        target.proc_macro and (request.intent is Intent.TEST or len(workspace.packages[index].targets) > 1)
        for index in selected
        for target in workspace.packages[index].targets
    )


def compare_all(workspace: Workspace, command: str, arguments: list[str]) -> int:
    """Compare an invocation for all platforms; the number of comparisons."""
    try:
        request = request_of(parse(command, arguments), workspace.config.build_targets)
    except CargoError:
        return 0
    found = 0
    for target in TARGETS:
        asked = replace(request, targets=(target,), selection=TargetSelection())
        told = compare(workspace, asked)
        assert not told, (command, arguments, target)
        found += told is not None
    return found


@pytest.mark.cargo
@pytest.mark.parametrize("seed", SEEDS)
def test_random_workspaces(seed, tmp_path):
    case = generate(seed)
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    line = ["cargo", "generate-lockfile", "--offline"]
    done = subprocess.run(
        line, cwd=tmp_path / "ws", env=cargo_environment(), capture_output=True, check=False
    )
    for folder, command, arguments in case.invocations if done.returncode == 0 else ():
        try:
            workspace = load(tmp_path / folder)
        except CargoError:
            continue
        compare_all(workspace, command, arguments)


@pytest.mark.cargo
@pytest.mark.parametrize("name", case_names())
def test_cases(name, tmp_path):
    case = materialise(name, tmp_path / "ws")
    sources = FactsSources(cargo_home=case.cargo_home, vendor=(case.vendor,))
    for run in case.runs:
        compare_all(load(run.folder, sources), run.command, run.arguments)


# --- conditions --------------------------------------------------------------------------------------------------------------


def test_what_being_reached_implies_is_left_out():
    atoms = Atoms()
    a, b = (atoms.mask(Atom(AtomKind.MEMBER, index)) for index in (0, 1))
    unix = atoms.mask(Atom(AtomKind.TARGET, text="cfg(unix)"))
    assert given(Sum([a | unix]), Sum([a]), atoms).products == [unix]
    assert given(Sum([a, b]), Sum([a, b]), atoms).products == [0]
    assert given(Sum([a | unix, b]), Sum([a, b]), atoms).products == [b, unix]


def test_a_selected_feature_selects_its_member():
    atoms = Atoms()
    feature = atoms.mask(Atom(AtomKind.FEATURE, 0, "x"))
    member = atoms.mask(Atom(AtomKind.MEMBER, 0))
    assert Sum([member]).holds(feature)
    assert not Sum([feature]).holds(member)
    assert atoms.condition(Sum([feature])) == ((Atom(AtomKind.FEATURE, 0, "x"),),)

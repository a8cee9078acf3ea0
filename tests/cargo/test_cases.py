"""The verified cases: our graph is cargo's graph, and stays the one in the golden file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from materialise import case_names, materialise
from oracle import cargo_graph, differences
from ours import load, our_graph, parse
from summary import summary

from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.platforms import CfgSetKind
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cli.units import request_of


@pytest.mark.cargo
@pytest.mark.parametrize("name", case_names())
def test_graph_is_cargos(name, tmp_path, snapshot):
    case = materialise(name, tmp_path / "ws")
    sources = FactsSources(cargo_home=case.cargo_home, vendor=(case.vendor,))
    workspaces = {}
    shown = []
    for run in case.runs:
        if run.folder not in workspaces:
            workspaces[run.folder] = load(run.folder, sources)
        workspace, command, arguments = workspaces[run.folder], run.command, run.arguments
        theirs = cargo_graph(command, arguments, run.folder, CARGO_HOME=str(case.cargo_home))
        assert differences(our_graph(workspace, command, arguments, sources), theirs) == "", run.shown
        targets = workspace.config.build_targets
        request = replace(request_of(parse(command, arguments), targets), cfg_set=CfgSetKind.STABLE)
        shown.append(f"$ {run.shown}\n{summary(build_unit_graph(workspace, request))}")
    assert "\n\n".join(shown) == snapshot

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
        folder, (command, *arguments) = (run[0], run[1:]) if run[0].startswith("@") else ("@.", run)
        if folder not in workspaces:
            workspaces[folder] = load(case.folder / folder[1:], sources)
        workspace = workspaces[folder]
        theirs = cargo_graph(command, arguments, case.folder / folder[1:], CARGO_HOME=str(case.cargo_home))
        assert differences(our_graph(workspace, command, arguments, sources), theirs) == "", run
        targets = workspace.config.build_targets
        request = replace(request_of(parse(command, arguments), targets), cfg_set=CfgSetKind.STABLE)
        shown.append(f"$ {' '.join(run)}\n{summary(build_unit_graph(workspace, request))}")
    assert "\n\n".join(shown) == snapshot

"""The verified cases: our graph is cargo's graph, and stays the one in the golden file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
    sources = FactsSources(cargo_home=Path("/nowhere"), vendor=(case.vendor,))
    workspace = load(case.folder, sources)
    shown = []
    for command, *arguments in case.runs:
        theirs = cargo_graph(command, arguments, case.folder)
        assert differences(our_graph(workspace, command, arguments, sources), theirs) == "", (
            command,
            arguments,
        )
        request = replace(request_of(parse(command, arguments), ()), cfg_set=CfgSetKind.STABLE)
        shown.append(f"$ {' '.join([command, *arguments])}\n{summary(build_unit_graph(workspace, request))}")
    assert "\n\n".join(shown) == snapshot

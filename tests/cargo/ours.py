"""Our side of a comparison: cargo's arguments in, cargo's JSON out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from flakegen.cargo.config import ConfigRoots
from flakegen.cargo.facts import Facts
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.gather import gather_facts
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cargo.unit_json import unit_graph_json
from flakegen.cargo.workspace import Workspace, load_workspace
from flakegen.cli.units import Locator, add_arguments, request_of

HOST = "x86_64-unknown-linux-gnu"


def parse(command: str, arguments: list[str]) -> argparse.Namespace:
    """Arguments as `flakegen units` reads them."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_arguments(parser)
    return parser.parse_args(["--intent", command, "--host", HOST, *arguments])


def load(folder: Path, sources: FactsSources | None = None, facts: Facts | None = None) -> Workspace:
    """The workspace of a folder, as cargo would read it there without a home and without variables."""

    def provide(lock, _root):
        return gather_facts(lock, sources, facts or Facts()) if sources else facts or Facts()

    return load_workspace(folder / "Cargo.toml", facts=provide, config_roots=ConfigRoots(start=folder))


def our_graph(
    workspace: Workspace, command: str, arguments: list[str], sources: FactsSources | None = None
) -> dict:
    """The unit graph of an invocation, through JSON and back."""
    request = request_of(parse(command, arguments), workspace.config.build_targets)
    graph = build_unit_graph(workspace, request)
    locate = Locator(workspace, sources or FactsSources(cargo_home=Path("/nowhere")))
    return json.loads(json.dumps(unit_graph_json(graph, workspace.root, locate)))

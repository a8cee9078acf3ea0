"""`flakegen dump SPEC --stage …`: what one stage makes of a spec, as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from flakegen.cli.main import Exit

if TYPE_CHECKING:
    from flakegen.pipeline import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a spec")
    parser.add_argument("--stage", choices=sorted(_STAGES), required=True, help="whose result is printed")


def run(arguments: argparse.Namespace) -> int:
    """Print the stage's result on standard output."""
    from flakegen.cli.console import Console, Verbosity  # noqa: PLC0415  # after the arguments
    from flakegen.diagnostics.diagnostic import DiagnosticError  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline import Project  # noqa: PLC0415  # after the arguments

    try:
        value = _STAGES[arguments.stage](Project(arguments.spec))
    except DiagnosticError as error:
        Console(verbosity=Verbosity.NORMAL, json=False).blame(error.diagnostics)
        return Exit.BAD_INPUT
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
    return Exit.FINE


def _spec(project: Project) -> Any:
    from flakegen.spec.to_json import spec_to_json  # noqa: PLC0415  # one stage's own

    return spec_to_json(project.spec)


def _units(project: Project) -> Any:
    from flakegen.cargo.unit_json import unit_graph_json  # noqa: PLC0415  # one stage's own

    workspace = project.workspace
    if workspace is None:
        return {}
    graphs: dict[str, dict[str, Any]] = {}
    for build in project.builds:
        graphs.setdefault(build.name, {})[build.platform.name] = unit_graph_json(workspace, build.graph)
    return graphs


def _embed(project: Project) -> Any:
    files = project.files
    return {} if files is None else {"inputs": _plain(files.inputs), "rebuild-hashes": dict(files.rebuild_hashes)}


def _plan(project: Project) -> Any:
    return _plain(project.plan)


def _layers(project: Project) -> Any:
    plan = project.cargo_plan
    layers: dict[int, list[str]] = {}
    for unit in plan.units.values() if plan is not None else ():
        if unit.layer is not None:
            layers.setdefault(unit.layer, []).append(unit.key)
    return {str(layer): sorted(layers[layer]) for layer in sorted(layers)}


_STAGES: dict[str, Callable[[Project], Any]] = {
    "spec": _spec,
    "units": _units,
    "embed": _embed,
    "plan": _plan,
    "layers": _layers,
}


def _plain(value: Any) -> Any:
    """Return dataclasses, enums and paths as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(each) for each in value)
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, PurePath) else value

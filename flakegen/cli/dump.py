"""`flakegen dump SPEC --stage …`: what one stage makes of a spec, as JSON."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.pipeline.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a spec")
    parser.add_argument("--stage", choices=sorted(_STAGES), required=True, help="whose result is printed")


def run(arguments: argparse.Namespace) -> int:
    """Print the stage's result on standard output."""
    from flakegen.cli.blame import attempt  # noqa: PLC0415  # after the arguments
    from flakegen.cli.console import Console, Verbosity, print_json  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline.project import Project  # noqa: PLC0415  # after the arguments

    console = Console(verbosity=Verbosity.NORMAL, json=False)
    project = Project(arguments.spec)
    wrong: list[Diagnostic] = []
    stage = _STAGES[arguments.stage]
    value = console.working(f"reading {project.path}", lambda: attempt(lambda: stage(project), wrong))
    if wrong:
        console.blame(wrong)
        return Exit.BAD_INPUT
    print_json(value)
    return Exit.FINE


def _spec(project: Project) -> Any:
    from flakegen.spec.to_json import spec_to_json  # noqa: PLC0415  # one stage's own

    return spec_to_json(project.spec)


def _units(project: Project) -> Any:
    from flakegen.cargo.unit_json import unit_graph_json  # noqa: PLC0415  # one stage's own
    from flakegen.cli.units import Locator  # noqa: PLC0415  # one stage's own

    workspace = project.workspace
    if workspace is None:
        return {}
    locate = Locator(workspace, project.cargo_inputs.facts_sources)
    graphs: dict[str, dict[str, Any]] = {}
    for build in project.builds():
        graphs.setdefault(build.name, {})[build.platform.name] = unit_graph_json(
            build.graph, workspace.root, locate
        )
    return graphs


def _embed(project: Project) -> Any:
    files = project.files
    return (
        {}
        if files is None
        else {"inputs": _plain(files.inputs), "rebuild-hashes": dict(files.rebuild_hashes)}
    )


def _plan(project: Project) -> Any:
    return _plain(project.plan)


def _layers(project: Project) -> Any:
    plan = project.cargo_plan
    layers: dict[int, list[str]] = {}
    for unit in plan.units.values() if plan is not None else ():
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
    """Return structs, dataclasses, enums and paths as JSON values."""
    if isinstance(value, Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
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

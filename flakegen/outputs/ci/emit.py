"""The files of all CIs, each as its system reads it."""

from __future__ import annotations

from collections.abc import Iterator

from flakegen.outputs.ci.concourse import pipeline
from flakegen.outputs.ci.github import workflow
from flakegen.outputs.header import header
from flakegen.plan.ci import CiPlan
from flakegen.plan.model import BuildPlan
from flakegen.spec.ci import CiSystem

_SYSTEMS = {CiSystem.CONCOURSE: pipeline, CiSystem.GITHUB: workflow}


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield a file in the output folder for each CI that does not want it elsewhere."""
    for ci in plan.ci.files:
        if ci.path is None:
            yield f"ci/{ci.name}.yml", _text(ci, plan)


def emit_elsewhere(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield path, relative to the project root, and text of the other CIs' files."""
    for ci in plan.ci.files:
        if ci.path is not None:
            yield ci.path, _text(ci, plan)


def _text(ci: CiPlan, plan: BuildPlan) -> str:
    return _SYSTEMS[ci.system](ci, header(plan))

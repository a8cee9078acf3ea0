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
    """Yield a file for each CI."""
    for ci in plan.ci.files:
        yield _path(ci), _SYSTEMS[ci.system](ci, header(plan))


def _path(ci: CiPlan) -> str:
    return f"ci/{ci.name}.yml"

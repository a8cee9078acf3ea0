"""`flakegen check [SPEC…]`: is what is committed what the specs compile to?"""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any

from flakegen.cli.console import Console, add_arguments, console_of, specs_of
from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.outputs.embedded_files import EmbeddedChange
    from flakegen.pipeline.project import Project
    from flakegen.write.folder import Drift

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Compare every generated folder and facts file; print a unified diff of what differs."""
    from flakegen.cli.blame import no_spec, to_json  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline.project import Project  # noqa: PLC0415  # after the arguments

    console = console_of(arguments)
    specs = specs_of(arguments)
    wrong: list[Diagnostic] = [] if specs else [no_spec()]
    warned: list[Diagnostic] = []
    answers: list[dict[str, Any]] = []
    for spec in specs:
        project = Project(spec)
        drifts = console.working(f"checking {spec}", lambda project=project: _drift(project, wrong))  # type: ignore[misc]
        if drifts is not None:
            embedded = project.result.embedded_changes(drifts)
            answers.append({"spec": spec, **drift_json(drifts, embedded)})
            _report(spec, drifts, embedded, console)
            warned += project.warnings
    console.blame([*warned, *wrong])
    console.answer({"specs": answers, "diagnostics": to_json([*warned, *wrong])})
    if wrong:
        return Exit.BAD_INPUT
    return Exit.DRIFT if any(answer["drift"] for answer in answers) else Exit.FINE


def _drift(project: Project, wrong: list[Diagnostic]) -> tuple[Drift, ...] | None:
    from flakegen.cli.blame import attempt  # noqa: PLC0415  # after the arguments

    return attempt(lambda: project.result.drift(), wrong)  # noqa: PLW0108  # the texts are made in it, too


def _report(
    spec: str, drifts: tuple[Drift, ...], embedded: tuple[EmbeddedChange, ...], console: Console
) -> None:
    if not drifts:
        console.say(f"{spec}: up to date")
        return
    for drift in drifts:
        console.show_diff(drift.diff)
    for drift in drifts:
        console.say(f"{spec}: {drift.change.value}: {drift.path}")
    for change in embedded:
        console.say(f"{spec}: {change}")
    console.say(f"hint: run: flakegen compile {shlex.quote(spec)}")


def drift_json(drifts: tuple[Drift, ...], embedded: tuple[EmbeddedChange, ...]) -> dict[str, Any]:
    """Return what differs as JSON values: the files, and which embedded files made rebuild hashes differ."""
    return {
        "drift": [{"path": drift.path, "change": drift.change.value, "diff": drift.diff} for drift in drifts],
        "embedded": [change.to_json() for change in embedded],
    }

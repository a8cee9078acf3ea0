"""`flakegen check [SPEC…]`: is what is committed what the specs compile to?"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from flakegen.cli.console import Console, add_arguments, console_of, specs_of, to_json
from flakegen.cli.main import Exit

if TYPE_CHECKING:
    from flakegen.write import Drift

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Compare every generated folder and facts file; print a unified diff of what differs."""
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline import Project  # noqa: PLC0415  # after the arguments

    console = console_of(arguments)
    specs = specs_of(arguments)
    if not specs:
        console.say("no spec given, and none in specs/")
        console.answer({"specs": [], "diagnostics": []})
        return Exit.BAD_INPUT
    wrong: list[Diagnostic] = []
    answers: list[dict[str, Any]] = []
    drifted = False
    for spec in specs:
        try:
            drifts = console.working(f"checking {spec}", Project(spec).drift)
        except DiagnosticError as error:
            wrong += error.diagnostics
            continue
        drifted = drifted or bool(drifts)
        answers.append({"spec": spec, "drift": [_to_json(drift) for drift in drifts]})
        _report(spec, drifts, console)
    console.blame(wrong)
    console.answer({"specs": answers, "diagnostics": to_json(wrong)})
    if wrong:
        return Exit.BAD_INPUT
    return Exit.DRIFT if drifted else Exit.FINE


def _report(spec: str, drifts: tuple[Drift, ...], console: Console) -> None:
    if not drifts:
        console.say(f"{spec}: up to date")
        return
    if not console.json:
        for drift in drifts:
            sys.stdout.write(drift.diff)
    for drift in drifts:
        console.say(f"{spec}: {drift.change.value}: {drift.path}")
    console.say(f"hint: run: flakegen compile {spec}")


def _to_json(drift: Drift) -> dict[str, str]:
    return {"path": drift.path, "change": drift.change.value, "diff": drift.diff}

"""`flakegen compile [SPEC…]`: writes what changed, all specs or none."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flakegen.cli.console import Console, Verbosity, add_arguments, console_of, specs_of, to_json
from flakegen.cli.main import Exit
from flakegen.freshness import is_fresh, remember

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Compile every spec; nothing is written while one of them is wrong."""
    console = console_of(arguments)
    specs = specs_of(arguments)
    if not specs:
        console.say("no spec given, and none in specs/")
        console.answer({"specs": [], "diagnostics": []})
        return Exit.BAD_INPUT
    stale = [spec for spec in specs if not is_fresh(spec)]
    done = [{"spec": spec, "changed": []} for spec in specs if spec not in stale]
    for spec in specs:
        if spec not in stale:
            console.say(f"{spec}: up to date", Verbosity.VERBOSE)
    if stale:
        return _compile(stale, done, console)
    console.answer({"specs": done, "diagnostics": []})
    return Exit.FINE


def _compile(specs: list[str], done: list[dict[str, Any]], console: Console) -> int:
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError  # noqa: PLC0415  # not for what is fresh
    from flakegen.pipeline import Project  # noqa: PLC0415  # all stages: not for what is fresh

    wrong: list[Diagnostic] = []
    projects = []
    for spec in specs:
        project = Project(spec)
        try:
            console.working(f"compiling {spec}", lambda project=project: project.outputs)  # type: ignore[misc]
            project.check_writable()
            projects.append(project)
        except DiagnosticError as error:
            wrong += error.diagnostics
    if wrong:
        console.blame(wrong)
        console.answer({"specs": [], "diagnostics": to_json(wrong)})
        return Exit.BAD_INPUT
    for project in projects:
        changed = project.write()
        remember(project.path, project.watched)
        done.append({"spec": project.path, "output": str(project.folder), "changed": list(changed)})
        _report(project.path, project.folder, changed, console)
    console.answer({"specs": done, "diagnostics": []})
    return Exit.FINE


def _report(spec: str, folder: Path, changed: tuple[str, ...], console: Console) -> None:
    if not changed:
        console.say(f"{spec}: nothing changed")
        return
    console.say(f"{spec}: {len(changed)} file{'s' if len(changed) > 1 else ''} changed in {folder.name}/")
    for path in changed:
        console.say(f"  {path}", Verbosity.VERBOSE)

"""`flakegen compile [SPEC…]`: writes what changed, all specs or none."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flakegen.cli.console import Console, Verbosity, add_arguments, console_of, specs_of
from flakegen.cli.exit import Exit
from flakegen.cli.remembered import known_scans, remember_result, standing_result
from flakegen.memory.freshness import fresh_output, start

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.memory.written import Written
    from flakegen.pipeline.project import Project

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Compile every spec; nothing is written while one of them is wrong."""
    console = console_of(arguments)
    specs = specs_of(arguments)
    fresh = {spec: output for spec in specs if (output := fresh_output(spec)) is not None}
    for spec in fresh:
        console.say(f"{spec}: nothing changed")
    if specs and len(fresh) == len(specs):
        console.answer({"specs": [_entry(spec, fresh[spec]) for spec in specs], "diagnostics": []})
        return Exit.FINE
    return _compile(specs, fresh, console)


def _compile(specs: Sequence[str], fresh: Mapping[str, str], console: Console) -> int:
    from flakegen.cli.blame import attempt, no_spec, to_json  # noqa: PLC0415  # not for what is fresh

    started = start()
    wrong: list[Diagnostic] = [] if specs else [no_spec()]
    projects = _projects([spec for spec in specs if spec not in fresh], wrong, console)
    wrong += _clashes({**fresh, **{project.path: str(project.folder) for project, _ in projects}})
    done = {spec: _entry(spec, output) for spec, output in fresh.items()}
    here = os.getcwd()  # noqa: PTH109
    warned: list[Diagnostic] = []
    for project, standing in () if wrong else projects:
        changed = () if standing is not None else attempt(project.result.write, wrong)
        if changed is None:
            break
        _stay_in(here)
        remember_result(project, project.path, started, standing)
        done[project.path] = _entry(project.path, str(project.folder), changed)
        warned += project.warnings
        _report(project, changed, console)
    console.blame([*warned, *wrong])
    found = to_json([*warned, *wrong])
    console.answer({"specs": [done[spec] for spec in specs if spec in done], "diagnostics": found})
    return Exit.BAD_INPUT if wrong else Exit.FINE


def _projects(
    specs: Sequence[str], wrong: list[Diagnostic], console: Console
) -> list[tuple[Project, Written | None]]:
    """Return the projects that can be written as far as anyone can tell beforehand, each with the result that stands."""
    from flakegen.cli.blame import attempt  # noqa: PLC0415  # not for what is fresh
    from flakegen.pipeline.project import Project  # noqa: PLC0415  # all stages: not for what is fresh

    def prepare(project: Project) -> tuple[Project, Written | None]:
        standing = standing_result(project, project.path)
        if standing is None:
            project.result.check_writable()
        return project, standing

    def prepare_visibly(spec: str) -> tuple[Project, Written | None]:
        return console.working(f"compiling {spec}", lambda: prepare(Project(spec, known_scans(spec))))

    found = []
    for spec in specs:
        prepared = attempt(lambda spec=spec: prepare_visibly(spec), wrong)  # type: ignore[misc]
        if prepared is not None:
            found.append(prepared)
    return found


def _clashes(outputs: Mapping[str, str]) -> list[Diagnostic]:
    """Two specs with one folder would take turns in removing each other's files."""
    from flakegen.cli.blame import same_output  # noqa: PLC0415  # not for what is fresh

    by_folder: dict[str, list[str]] = {}
    for spec, folder in outputs.items():
        by_folder.setdefault(folder, []).append(spec)
    return [same_output(folder, specs) for folder, specs in by_folder.items() if len(specs) > 1]


def _entry(spec: str, output: str, changed: Sequence[str] = ()) -> dict[str, Any]:
    return {"spec": spec, "output": output, "changed": list(changed)}


def _stay_in(folder: str) -> None:
    """Go back to where the user stands if that was a folder which has just been replaced."""
    if os.path.isdir(folder):  # noqa: PTH112
        os.chdir(folder)


def _report(project: Project, changed: tuple[str, ...], console: Console) -> None:
    if not changed:
        console.say(f"{project.path}: nothing changed")
        return
    folder = project.spec.layout.output
    console.say(f"{project.path}: {len(changed)} file{'s' if len(changed) > 1 else ''} changed in {folder}/")
    for path in changed:
        console.say(f"  {path}", Verbosity.VERBOSE)

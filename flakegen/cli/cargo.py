"""`flakegen cargo [DIR]`: a flake for any Cargo workspace, without a spec."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any, TypeVar

from flakegen.cli.console import Console, Verbosity, add_verbosity, console_of
from flakegen.cli.exit import Exit
from flakegen.cli.remembered import known_scans, remember_result, standing_result
from flakegen.memory.freshness import fresh_output, start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.pipeline.workspace_project import WorkspaceProject

Result = TypeVar("Result")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="DIR", help="a folder of the workspace (default: .)"
    )
    output_help = "write to this folder instead, relative to the workspace's root"
    parser.add_argument("-o", "--output", metavar="FOLDER", help=output_help)
    done = parser.add_mutually_exclusive_group()
    done.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if what is there is out of date"
    )
    done.add_argument(
        "--print-spec", action="store_true", help="write nothing; print the spec that this stands for"
    )
    add_verbosity(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compile the workspace that a folder belongs to."""
    console = console_of(arguments)
    fresh = None if arguments.check or arguments.print_spec else fresh_output(_record_name(arguments))
    if fresh is not None:
        _report(fresh, (), console)
        return Exit.FINE
    return _run(arguments, console)


def _run(arguments: argparse.Namespace, console: Console) -> int:
    from flakegen.cli.blame import attempt, to_json  # noqa: PLC0415  # not for what is fresh
    from flakegen.pipeline.workspace_project import (  # noqa: PLC0415  # not for what is fresh
        WorkspaceProject,
        workspace_folder,
    )

    started = start()
    wrong: list[Diagnostic] = []
    folder = attempt(lambda: workspace_folder(arguments.folder), wrong)
    code: int | None = None
    if folder is not None:
        is_compiled = not (arguments.check or arguments.print_spec)
        scans = known_scans(_record_name(arguments)) if is_compiled else None
        project = WorkspaceProject(folder, arguments.output, scans)
        work = _work_of(arguments, project, console, started)
        code = console.working(
            f"compiling {_shown(folder)}", lambda: attempt(lambda: _placed(work, project), wrong)
        )
    console.blame(wrong)
    if wrong:
        console.answer({"diagnostics": to_json(wrong)})
    return Exit.BAD_INPUT if wrong or code is None else code


def _work_of(
    arguments: argparse.Namespace, project: WorkspaceProject, console: Console, started: int
) -> Callable[[], int]:
    if arguments.print_spec:
        return lambda: _print_spec(project)
    if arguments.check:
        return lambda: _check(project, console)
    return lambda: _compile(project, console, _record_name(arguments), started)


def _record_name(arguments: argparse.Namespace) -> str:
    """Return what a compilation is remembered by; no file has this name."""
    return os.path.join(arguments.folder, f"Cargo.toml --output {arguments.output}")  # noqa: PTH118


def _placed(work: Callable[[], Result], project: WorkspaceProject) -> Result:
    from flakegen.diagnostics.diagnostic import DiagnosticError  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline.workspace_project import without_places  # noqa: PLC0415  # after the arguments

    try:
        return work()
    except DiagnosticError as error:
        raise without_places(error, project) from None


def _print_spec(project: WorkspaceProject) -> int:
    print(project.spec_text, end="")
    return Exit.FINE


def _compile(project: WorkspaceProject, console: Console, record: str, started: int) -> int:
    from flakegen.cli.blame import to_json  # noqa: PLC0415  # not for what is fresh

    standing = standing_result(project, record)
    changed: tuple[str, ...] = ()
    if standing is None:
        project.result.check_writable()
        changed = project.result.write()
    remember_result(project, record, started, standing)
    if project.warnings:
        console.blame(project.warnings)
    _report(str(project.folder), changed, console, to_json(project.warnings))
    return Exit.FINE


def _report(
    folder: str, changed: Sequence[str], console: Console, warned: Sequence[dict[str, Any]] = ()
) -> None:
    where = _shown(folder)
    count = f"{len(changed)} file{'s' if len(changed) > 1 else ''} changed" if changed else "nothing changed"
    console.say(f"{where}: {count}")
    for path in changed:
        console.say(f"  {path}", Verbosity.VERBOSE)
    console.answer({"output": folder, "changed": list(changed), "diagnostics": list(warned)})


def _check(project: WorkspaceProject, console: Console) -> int:
    from flakegen.cli.blame import to_json  # noqa: PLC0415  # after the arguments
    from flakegen.cli.check import drift_json  # noqa: PLC0415  # after the arguments

    drifts = project.result.drift()
    embedded = project.result.embedded_changes(drifts)
    for drift in drifts:
        console.show_diff(drift.diff)
    for drift in drifts:
        console.say(f"{drift.change.value}: {drift.path}")
    for change in embedded:
        console.say(str(change))
    console.say(
        f"hint: run: {project.spec.layout.command}"
        if drifts
        else f"{_shown(str(project.folder))}: up to date"
    )
    if project.warnings:
        console.blame(project.warnings)
    found = to_json(project.warnings)
    console.answer({"output": str(project.folder), **drift_json(drifts, embedded), "diagnostics": found})
    return Exit.DRIFT if drifts else Exit.FINE


def _shown(folder: str) -> str:
    relative = os.path.relpath(folder)
    return folder if relative.startswith("..") else relative

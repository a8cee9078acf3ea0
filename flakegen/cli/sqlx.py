"""`flakegen sqlx SPEC`: do queries and their descriptions in `.sqlx` fit together? Neither a database nor cargo is asked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from flakegen.cli.console import add_verbosity, console_of
from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.plan.prepared_queries import Prepared


class _Answer(NamedTuple):  # no dataclass, which would load inspect
    root: str
    prepared: Prepared
    faults: tuple[Diagnostic, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("spec", nargs="?", metavar="SPEC", help="the spec whose workspace is looked at")
    which.add_argument("--manifest-path", metavar="PATH", help="a Cargo.toml, whose workspace needs no spec")
    add_verbosity(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell every query without description, and every description that no query needs or that is of another query."""
    from flakegen.cli.blame import attempt, to_json  # noqa: PLC0415  # after the arguments

    console = console_of(arguments)
    wrong: list[Diagnostic] = []
    answer = console.working("reading", lambda: attempt(lambda: _ask(arguments), wrong))
    if answer is None:
        console.blame(wrong)
        console.answer({"diagnostics": to_json(wrong)})
        return Exit.BAD_INPUT
    root, prepared, faults = answer
    console.blame(list(faults))
    if not faults:
        console.say(f"{len(prepared.described)} descriptions of queries, each of them needed")
    for folder in sorted(prepared.open_folders):
        console.say(f"{folder}: other macros make queries, so that any description there may be needed")
    console.answer(
        {
            "root": root,
            "folders": list(prepared.folders),
            "open": sorted(prepared.open_folders),
            "described": sorted(prepared.described),
            "diagnostics": to_json(faults),
        }
    )
    return Exit.DRIFT if faults else Exit.FINE


def _ask(arguments: argparse.Namespace) -> _Answer:
    from flakegen.pipeline.local_packages import of_manifest, of_spec  # noqa: PLC0415  # after the arguments
    from flakegen.plan.prepared_queries import query_faults  # noqa: PLC0415  # after the arguments

    manifest = arguments.manifest_path
    local = of_spec(arguments.spec) if manifest is None else of_manifest(manifest)
    found = query_faults((inputs for _, inputs in local.packages), local.workspace, local.disk)
    return _Answer(local.root, *found)

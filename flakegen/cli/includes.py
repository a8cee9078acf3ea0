"""`flakegen includes SPEC [CRATE]`: every file that each local crate embeds, and which macro does. Nothing is written."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from flakegen.cli.console import Console, add_verbosity, console_of
from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
    from flakegen.plan.includes import CrateIncludes

_USAGE = """\
flakegen includes [-q | -v] [--json] SPEC [CRATE]
       flakegen includes [-q | -v] [--json] --manifest-path PATH [CRATE]"""


class _Found(NamedTuple):  # no dataclass, which would load inspect
    root: str
    crates: list[CrateIncludes]
    notes: list[Diagnostic]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.usage = _USAGE
    what = "a spec, unless a manifest is given, and the one crate that is asked about"
    parser.add_argument("names", nargs="*", metavar="SPEC [CRATE]", help=what)
    manifest = "a Cargo.toml, whose workspace needs no spec"
    parser.add_argument("--manifest-path", metavar="PATH", help=manifest)
    add_verbosity(parser)


def run(arguments: argparse.Namespace) -> int:
    """List on standard output what is embedded; what cannot be followed is told as `compile` tells it."""
    from flakegen.cli.blame import attempt, to_json  # noqa: PLC0415  # after the arguments
    from flakegen.plan.includes import to_json as crate_to_json  # noqa: PLC0415  # after the arguments

    console = console_of(arguments)
    wrong: list[Diagnostic] = []
    found = console.working("reading", lambda: attempt(lambda: _find(arguments), wrong))
    if found is None:
        console.blame(wrong)
        console.answer({"diagnostics": to_json(wrong)})
        return Exit.BAD_INPUT
    root, crates, notes = found
    _print(crates, console)
    if notes:
        console.blame(notes)
    answer = [crate_to_json(crate) for crate in crates] if console.json else []
    console.answer({"root": root, "crates": answer, "diagnostics": to_json(notes)})
    return Exit.FINE


def _find(arguments: argparse.Namespace) -> _Found:
    from flakegen.pipeline.local_packages import of_manifest, of_spec  # noqa: PLC0415  # after the arguments
    from flakegen.plan.embed_notes import embed_notes  # noqa: PLC0415  # after the arguments
    from flakegen.plan.includes import includes_of  # noqa: PLC0415  # after the arguments

    manifest, names = arguments.manifest_path, list(arguments.names)
    if manifest is None and not names:
        raise _wrong(
            "no spec given", "name one, as in flakegen includes specs/lana.toml, or give --manifest-path"
        )
    local = of_spec(names.pop(0)) if manifest is None else of_manifest(manifest)
    if len(names) > 1:
        raise _wrong(f"{len(names)} crates given, {' and '.join(names)}", "name one, or none for all")
    chosen = [
        (package, inputs) for package, inputs in local.packages if not names or package.id.name in names
    ]
    if names and not chosen:
        raise _unknown(names[0], [package.id.name for package, _ in local.packages])
    return _Found(
        root=local.root,
        crates=[
            includes_of(package, inputs, local.disk, local.hashes[inputs.package_dir])
            for package, inputs in chosen
        ],
        notes=list(embed_notes((inputs for _, inputs in chosen), local.disk)),
    )


def _wrong(message: str, hint: str) -> DiagnosticError:
    from flakegen.diagnostics.codes import Code  # noqa: PLC0415  # only a mistake costs it
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError  # noqa: PLC0415  # likewise

    return DiagnosticError([Diagnostic(code=Code.QUESTION, message=message, span=None, hint=hint)])


def _unknown(name: str, known: list[str]) -> DiagnosticError:
    from flakegen.diagnostics.codes import Code  # noqa: PLC0415  # only a mistake costs it
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError  # noqa: PLC0415  # likewise
    from flakegen.diagnostics.suggest import did_you_mean, one_of  # noqa: PLC0415  # likewise
    from flakegen.diagnostics.text import quoted  # noqa: PLC0415  # likewise

    hint = did_you_mean(name, known) or f"the local crates are {one_of(sorted(set(known)))}"
    message = f"{quoted(name)} is no local crate"
    return DiagnosticError([Diagnostic(code=Code.UNKNOWN_CRATE, message=message, span=None, hint=hint)])


def _print(crates: list[CrateIncludes], console: Console) -> None:
    from flakegen.cli.includes_text import lines_of  # noqa: PLC0415  # after the arguments

    if not console.json:
        for line in lines_of(crates, colour=console.wants_colour()):
            print(line)

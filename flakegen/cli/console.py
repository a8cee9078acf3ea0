"""What a command says while it works, and how it says what is wrong."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic

Result = TypeVar("Result")


class Verbosity(Enum):
    """How much is said on standard error beside what is wrong."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Standard error for people, standard output for machines (`--json`)."""

    verbosity: Verbosity
    json: bool

    def say(self, text: str, at: Verbosity = Verbosity.NORMAL) -> None:
        """Print one line, unless the user wants less."""
        if self.json or self.verbosity is Verbosity.QUIET:
            return
        if at is Verbosity.VERBOSE and self.verbosity is not Verbosity.VERBOSE:
            return
        print(text, file=sys.stderr)

    def blame(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print diagnostics for people; with `--json` they are part of the one answer."""
        from flakegen.diagnostics.render import Colour, render_all  # noqa: PLC0415  # only when something is wrong

        if not self.json:
            colour = Colour.ALWAYS if _wants_colour(sys.stderr) else Colour.NEVER
            sys.stderr.write(render_all(diagnostics, colour=colour))

    def answer(self, value: dict[str, Any]) -> None:
        """Print the one JSON answer of a command."""
        if self.json:
            print(json.dumps(value, indent=2, ensure_ascii=False))

    def working(self, text: str, work: Callable[[], Result]) -> Result:
        """Show on a terminal that something is being done, until it is."""
        if self.json or self.verbosity is Verbosity.QUIET or not _wants_colour(sys.stderr):
            return work()
        from rich.console import Console as Terminal  # noqa: PLC0415  # only on a terminal

        with Terminal(stderr=True).status(text):
            return work()


def add_arguments(parser: argparse.ArgumentParser, *, specs: bool = True) -> None:
    """Add what all commands on specs take."""
    if specs:
        parser.add_argument("specs", nargs="*", metavar="SPEC", help="a spec (default: specs/*.toml)")
    said = parser.add_mutually_exclusive_group()
    said.add_argument("-q", "--quiet", action="store_true", help="say only what is wrong")
    said.add_argument("-v", "--verbose", action="store_true", help="say more of what is done")
    parser.add_argument("--json", action="store_true", help="print one JSON answer on standard output")


def console_of(arguments: argparse.Namespace) -> Console:
    """Return the console that the arguments ask for."""
    verbosity = Verbosity.NORMAL
    if arguments.quiet:
        verbosity = Verbosity.QUIET
    elif arguments.verbose:
        verbosity = Verbosity.VERBOSE
    return Console(verbosity=verbosity, json=arguments.json)


def specs_of(arguments: argparse.Namespace) -> Sequence[str]:
    """Return the specs named, else those in `specs/`, by name."""
    named: list[str] = arguments.specs
    return named or sorted(str(path) for path in Path("specs").glob("*.toml"))


def to_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return diagnostics as JSON values."""
    from flakegen.diagnostics.render import to_json as one  # noqa: PLC0415  # only when something is wrong

    return [one(each) for each in diagnostics]


def _wants_colour(stream: Any) -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()

"""What a command says while it works, and how it says what is wrong."""

# ruff: noqa: PTH100, PTH112, PTH208
# without pathlib, which a run without changes has no time for

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic

Result = TypeVar("Result")

_RED, _GREEN, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[0m"
_MOST_LINES = 120  # of one file's diff on a terminal, unless the user wants to see all


class Verbosity(Enum):
    """How much is said on standard error beside what is wrong."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


class Console(NamedTuple):  # no dataclass, which would load inspect
    """Standard error for people, standard output for results, and for the one JSON answer of a run with `--json`."""

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
        from flakegen.diagnostics.render import Colour, render_all  # noqa: PLC0415  # not when all is well

        if not self.json:
            colour = Colour.ALWAYS if _wants_colour(sys.stderr) else Colour.NEVER
            sys.stderr.write(render_all(diagnostics, colour=colour))

    def answer(self, value: dict[str, Any]) -> None:
        """Print the one JSON answer of a command."""
        if self.json:
            print_json(value)

    def wants_colour(self) -> bool:
        """Whether standard output is for somebody who sees colours."""
        return not self.json and _wants_colour(sys.stdout)

    def show_diff(self, diff: str) -> None:
        """Print a unified diff, whole; on a terminal only the beginning of a long one, unless the user wants more."""
        if self.json:
            return
        lines = diff.split("\n")
        left_out = 0
        wants_less = self.verbosity is not Verbosity.VERBOSE and sys.stdout.isatty()
        if wants_less and len(lines) > _MOST_LINES + 1:
            left_out = len(lines) - 1 - _MOST_LINES
            lines = [*lines[:_MOST_LINES], ""]
        if _wants_colour(sys.stdout):
            lines = [_coloured(line) for line in lines]
        sys.stdout.write("\n".join(lines))
        if left_out:
            self.say(f"… {left_out} more lines; see them all with --verbose")

    def working(self, text: str, work: Callable[[], Result]) -> Result:
        """Show on a terminal that something is being done, once it takes long, until it is."""
        quiet = self.json or self.verbosity is Verbosity.QUIET
        if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return work()
        from flakegen.cli.progress import late_status  # noqa: PLC0415  # only on a terminal

        with late_status(text):
            return work()


def print_json(value: object) -> None:
    """Print a value as JSON, in ASCII: no encoding of standard output can fail or change it."""
    import json  # noqa: PLC0415  # only where it is asked for

    print(json.dumps(value, indent=2))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what all commands on several specs take."""
    parser.add_argument("specs", nargs="*", metavar="SPEC", help="a spec (default: specs/*.toml)")
    add_verbosity(parser)


def add_verbosity(parser: argparse.ArgumentParser) -> None:
    """Add how much a command says, and in which form."""
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
    """Return the specs named, each once, else those in `specs/`, by name."""
    named: list[str] = arguments.specs
    if not named and os.path.isdir("specs"):
        names = sorted(name for name in os.listdir("specs") if name.endswith(".toml") and name[0] != ".")
        named = [f"specs/{name}" for name in names]
    by_place: dict[str, str] = {}
    for spec in named:
        by_place.setdefault(os.path.abspath(spec), spec)  # not the real path: a link is another spec
    return list(by_place.values())


def _wants_colour(stream: Any) -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def _coloured(line: str) -> str:
    shown = line.translate(_SHOWN_CONTROLS)
    if line.startswith("+"):
        return f"{_GREEN}{shown}{_PLAIN}"
    return f"{_RED}{shown}{_PLAIN}" if line.startswith("-") else shown


# A generated file that somebody edited may hold what would steer a terminal.
_SHOWN_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}

"""`flakegen`: the command line. Exit codes: 0 fine, 1 `check` found drift, 2 the input is wrong."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from enum import IntEnum

from flakegen import __version__


class Exit(IntEnum):
    """What the process says to its caller."""

    FINE = 0
    DRIFT = 1
    BAD_INPUT = 2
    INTERRUPTED = 130


# One line a subcommand; each is a module of this package with `add_arguments` and `run`, imported when it is asked for.
COMMANDS = {
    "compile": "write the generated folder of each spec",
    "check": "compare each generated folder with what its spec compiles to",
    "dump": "print what one stage makes of a spec, as JSON",
    "units": "print the unit graph of any Cargo workspace, as cargo does",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; no mistake of a user ends in a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments, command = _parse(words)
        code: int = importlib.import_module(f"flakegen.cli.{command}").run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough (`flakegen dump … | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return code


def _parse(words: list[str]) -> tuple[argparse.Namespace, str]:
    parser = argparse.ArgumentParser(
        prog="flakegen",
        description="Compiles a project spec and a Cargo workspace to a Nix flake.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"flakegen {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in words if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        subparser = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name == wanted:
            importlib.import_module(f"flakegen.cli.{name}").add_arguments(subparser)
    arguments = parser.parse_args(words)
    return arguments, arguments.command


if __name__ == "__main__":
    sys.exit(main())

"""`flakegen`: the command line. Exit codes: 0 fine, 1 `check` found drift, 2 the input is wrong."""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

from flakegen import __version__
from flakegen.cli.exit import Exit

__all__ = ["Exit", "main"]

# One line a subcommand; each is a module of this package with `add_arguments` and `run`, imported when it is asked for.
COMMANDS = {
    "compile": "write the generated folder of each spec",
    "check": "compare each generated folder with what its spec compiles to",
    "includes": "list every file that each local crate embeds, and which macro does",
    "sqlx": "tell which queries lack their description in .sqlx, and which descriptions nobody needs",
    "dump": "print what one stage makes of a spec, as JSON",
    "impact": "tell what a change rebuilds, and why",
    "layers": "show the caching layers, what each costs, and its parts for several machines",
    "graph": "draw everything that is built, by layers",
    "cargo": "write a flake for any Cargo workspace, without a spec",
    "units": "print the unit graph of any Cargo workspace, as cargo does",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; no mistake of a user ends in a traceback."""
    if argv is None:
        _ensure_utf8()
        _collect_nothing()
    words = list(sys.argv[1:] if argv is None else argv)
    _make_streams_safe()
    try:
        arguments = _parse(words)
        code: int = importlib.import_module(f"flakegen.cli.{arguments.command}").run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as stop:  # argparse has said what is wrong, or what was asked for
        return stop.code if isinstance(stop.code, int) else Exit.FINE
    except BrokenPipeError:  # the reader has seen enough (`flakegen dump … | head`)
        _forget_streams()
        return Exit.BROKEN_PIPE
    except OSError as error:  # standard output on a full disk, a working directory that is gone
        return _complain(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return code


def _parse(words: list[str]) -> argparse.Namespace:
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
    return parser.parse_args(words)


def _ensure_utf8() -> None:
    """Start anew where the locale would have file names in another encoding: what is written must not depend on it."""
    if sys.getfilesystemencoding() != "utf-8":
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606  # no shell


def _collect_nothing() -> None:
    """Spare the collector of cycles: a run makes hardly any and ends soon, but would be searched for them all along.

    Measured on a workspace of 260 packages: a quarter of the time, and as much memory (60 MB) with and without. The freeze
    is for the search at the interpreter's end, which happens in any case.
    """
    gc.disable()
    atexit.register(gc.freeze)


def _make_streams_safe() -> None:
    """Let every text be printed: in any encoding, and with standard streams that are closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_streams() -> None:
    """Keep the interpreter from complaining when it flushes at its exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except io.UnsupportedOperation:  # not a file, in tests
            continue


def _complain(error: OSError) -> int:
    place = f" {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    try:
        print(f"error: cannot go on:{place} {(error.strerror or str(error)).lower()}", file=sys.stderr)
        sys.stdout.flush()
    except OSError:
        _forget_streams()
    return Exit.BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())

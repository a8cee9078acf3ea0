"""The table of measured times that a spec can name: how long units or crates took when they were built."""

from __future__ import annotations

import re
from pathlib import Path

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Collector, Diagnostic
from flakegen.diagnostics.source import SourceText
from flakegen.plan.problems import shown

_LINE = re.compile(r"(?P<seconds>\d{1,6}(?:\.\d{1,6})?)[ \t]+(?P<name>[\w.+-]+)", re.ASCII)
_HINT = "a line is seconds and, after a space, a unit or crate: '12.5 serde'"


def load_times(path: Path) -> dict[str, float]:
    """Return seconds by the name of a unit or crate.

    Raises:
        DiagnosticError: with every line that cannot be read, or that says again what another one has said.
    """
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:  # gone since the spec was checked
        text = ""
    return read_times("\n".join(text.splitlines()), shown(str(path)))


def read_times(text: str, file: str) -> dict[str, float]:
    """Read the text of such a table; ``file`` is what it is called in diagnostics. Raises as `load_times`."""
    source, problems = SourceText(file, text), Collector()
    found: dict[str, float] = {}
    for number, line in enumerate(text.split("\n"), 1):
        said = line.partition("#")[0].strip()
        match = _LINE.fullmatch(said)
        if match is not None and match["name"] not in found:
            found[match["name"]] = float(match["seconds"])
        elif said:
            message = "no time of a unit" if match is None else f"{match['name']} was given a time before"
            span = source.span_at(number, 1 + line.index(said), len(said))
            problems.add(Diagnostic(code=Code.BAD_TIMES, message=message, span=span, hint=_HINT))
    problems.raise_errors()
    return found

"""What a user asks about: files and folders of the project, or crates of its build, by the words of a command line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.diagnostics.text import quoted
from flakegen.plan.build_graph import BuildGraph


class Question(Struct, frozen=True, kw_only=True):
    """What changes: paths relative to the project, and ids of units whose crates are other ones."""

    paths: tuple[str, ...]
    units: tuple[str, ...]


def question(words: Iterable[str], graph: BuildGraph, root: str, here: str) -> Question:
    """Return what some words mean.

    A word is a path if something is there (relative to the working directory, else to the project), a crate if the build
    has one of that name (``name`` or ``name@version``), and else the path of a file that is not there yet, if it looks
    like one.

    Args:
        words: as given.
        graph: whose crates can be named.
        root: the project's folder, absolute.
        here: the working directory, absolute.

    Raises:
        DiagnosticError: with all words that are none of these.
    """
    paths: list[str] = []
    units: list[str] = []
    wrong: list[Diagnostic] = []
    for word in words:
        path, crate = _path(word, root, here), _units_of(word, graph)
        is_there = path is not None and os.path.lexists(f"{root}/{path}")
        if crate and not (is_there and os.path.isfile(f"{root}/{path}")):  # noqa: PTH113
            units += crate
        elif path is not None and (is_there or "/" in word or "." in word):
            paths.append(path)
        else:
            wrong.append(_unknown(word, graph, outside=path is None))
    if wrong:
        raise DiagnosticError(wrong)
    return Question(paths=tuple(dict.fromkeys(paths)), units=tuple(dict.fromkeys(units)))


def _path(word: str, root: str, here: str) -> str | None:
    """Return a path relative to the project; None when it lies outside."""
    candidates = [os.path.normpath(f"{base}/{word}") for base in (here, root)]
    if os.path.isabs(word):  # noqa: PTH117
        candidates = [os.path.normpath(word)]
    inside = [each for each in candidates if each == root or each.startswith(f"{root}/")]
    present = [each for each in inside if os.path.lexists(each)]
    found = next(iter(present or inside), None)
    return None if found is None else found[len(root) + 1 :]


def _units_of(word: str, graph: BuildGraph) -> list[str]:
    name, _, version = word.partition("@")
    return [
        unit.id
        for unit in graph.units.values()
        if unit.name == name and (not version or unit.version == version)
    ]


def _unknown(word: str, graph: BuildGraph, *, outside: bool) -> Diagnostic:
    if outside and "/" in word:
        message = f"{quoted(word)} lies outside the project"
        return Diagnostic(code=Code.PATH_LEAVES_ROOT, message=message, span=None)
    close = get_close_matches(word, sorted({unit.name for unit in graph.units.values()}), n=1)
    hint = f"did you mean {close[0]}?" if close else "name a file, a folder, or a crate as Cargo.lock has it"
    message = f"{quoted(word)} is neither a path nor a crate of the build"
    return Diagnostic(code=Code.UNKNOWN_CRATE, message=message, span=None, hint=hint)

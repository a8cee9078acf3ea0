"""What a user asks about: files and folders of the project, or crates of its build, by the words of a command line."""

# ruff: noqa: PTH112, PTH113, PTH114, PTH117
# os.path answers False where pathlib raises

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.diagnostics.text import quoted
from flakegen.impact.change import Touched
from flakegen.plan.build_graph import BuildGraph
from flakegen.plan.source_files import folders_above

# What counts by being there: cargo's files, those that cargo, clippy and rustfmt look for, and programs' main files.
_NOTICED = frozenset(
    (
        *("Cargo.toml", "Cargo.lock", "config", "config.toml", "build.rs", "lib.rs", "main.rs"),
        *("rust-toolchain", "rust-toolchain.toml"),
        *("clippy.toml", ".clippy.toml", "rustfmt.toml", ".rustfmt.toml"),
    )
)
_READMES = frozenset(("README.md", "README.txt", "README"))  # of a package: `CARGO_PKG_README`
_OF_TARGETS = frozenset(("bin", "tests", "examples", "benches"))


class Question(Struct, frozen=True, kw_only=True):
    """What changes: files and folders of the project, and ids of units whose crates are other ones."""

    touched: tuple[Touched, ...]
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
        if crate and not (is_there and os.path.isfile(f"{root}/{path}")):
            units += crate
        elif path is not None and (is_there or "/" in word or "." in word):
            paths.append(path)
        else:
            wrong.append(_unknown(word, graph, outside=path is None))
    if wrong:
        raise DiagnosticError(wrong)
    return Question(
        touched=tuple(_touched(path, root) for path in dict.fromkeys(paths)),
        units=tuple(dict.fromkeys(units)),
    )


def _touched(path: str, root: str) -> Touched:
    place = f"{root}/{path}"
    if os.path.lexists(place):
        return Touched(path=path, is_folder=os.path.isdir(place) and not os.path.islink(place))
    folder, _, name = path.rpartition("/")
    return Touched(
        path=path,
        new_folders=tuple(each for each in folders_above(path) if not os.path.lexists(f"{root}/{each}")),
        is_decisive=name in _NOTICED
        or (name in _READMES and os.path.isfile(f"{root}/{folder}/Cargo.toml"))
        or (name.endswith(".rs") and folder.rpartition("/")[2] in _OF_TARGETS),
    )


def _path(word: str, root: str, here: str) -> str | None:
    """Return a path relative to the project; None when it lies outside."""
    candidates = [os.path.normpath(f"{base}/{word}") for base in (here, root)]
    if os.path.isabs(word):
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

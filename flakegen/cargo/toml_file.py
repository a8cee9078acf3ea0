"""Reading TOML with the compiled reader, and finding the place of a key afterwards, when an error needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rtoml

from flakegen.cargo.errors import Problem, TomlError

Table = dict[str, Any]

_PLACE = re.compile(r" at line (\d+) column (\d+)$")
_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")


def read_text(path: Path) -> str:
    """The UTF-8 text of a file.

    Raises:
        TomlError: the file is missing, unreadable, or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"cannot read file: {(error.strerror or 'unknown error').lower()}"
        raise TomlError(Problem(code="file-unreadable", message=message, path=str(path))) from error
    except UnicodeDecodeError as error:
        raise TomlError(
            Problem(code="file-not-utf8", message="file is not UTF-8 text", path=str(path))
        ) from error


def parse_toml(text: str, path: Path) -> Table:
    """Parse a TOML document; ``path`` is only used to say where an error is.

    Raises:
        TomlError: with the line and column that the parser gives.
    """
    try:
        return rtoml.loads(text)
    except rtoml.TomlParsingError as error:
        message = str(error)
        place = _PLACE.search(message)
        line, column = (int(place[1]), int(place[2])) if place else (None, None)
        problem = Problem(
            code="toml-syntax",
            message=_PLACE.sub("", message).replace("\n", ", "),
            path=str(path),
            line=line,
            column=column,
        )
        raise TomlError(problem) from error


def read_toml(path: Path) -> Table:
    """Read and parse one TOML file (see `read_text` and `parse_toml` for errors)."""
    return parse_toml(read_text(path), path)


def _keys(text: str) -> tuple[list[str], int]:
    """Split a dotted key at the start of ``text``; gives its parts and where it ends (`key ('.' key)*`)."""
    parts: list[str] = []
    at = 0
    while match := _KEY.match(text, at):
        parts.append(next(group for group in match.groups() if group is not None))
        at = match.end()
        if not text.startswith(".", at):
            break
        at += 1
        at += len(text[at:]) - len(text[at:].lstrip())
    return parts, at


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many keys two paths begin with alike."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def locate(text: str, keys: Sequence[str]) -> tuple[int, int] | None:
    """Line and column (from 1) of the longest prefix of ``keys`` that stands in a TOML text.

    A line scan that is good enough for messages: it follows headers and dotted keys, not multi-line strings.
    """
    wanted = list(keys)
    best: tuple[int, tuple[int, int]] | None = None
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.lstrip()
        indent = len(line) - len(stripped)
        if match := _HEADER.match(line):
            header = _keys(match[1])[0]
            path, column = header, line.index(match[1]) + 1
        else:
            own, end = _keys(stripped)
            if not own or not stripped.startswith("=", end):
                continue
            path, column = header + own, indent + 1
        matched = _common(path, wanted)  # `key.x = …` is the place of `key.y`, if that stands nowhere itself
        if matched and (best is None or matched > best[0]):
            best = (matched, (number, column))
    return best[1] if best else None


def problem_at(path: Path, keys: Sequence[str], code: str, message: str, hint: str | None = None) -> Problem:
    """A problem placed at a key of a file on disk; reads the file again, so only use it for errors."""
    try:
        place = locate(path.read_text(encoding="utf-8"), keys)
    except (OSError, UnicodeDecodeError):
        place = None
    line, column = place or (None, None)
    return Problem(code=code, message=message, path=str(path), line=line, column=column, hint=hint)

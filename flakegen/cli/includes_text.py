"""What local crates embed, for people: crate by crate, a row for each use of a file, and below folders what they hold.

Paths are relative to the crate's folder, as they mostly are in its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from posixpath import relpath
from typing import NamedTuple

from flakegen.diagnostics.text import escaped, width
from flakegen.embed.inputs import UseKind
from flakegen.plan.includes import Content, CrateIncludes, Include

_BOLD, _DIM, _RED, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"
_DIGITS = 12  # of a hash: enough to see that it is another one
_ABSENT = "absent"


class _Row(NamedTuple):
    path: str
    what: str  # the content's hash, or what is there in place of a file
    rule: str = ""
    place: str = ""
    units: str = ""


def lines_of(crates: Sequence[CrateIncludes], *, colour: bool) -> Iterator[str]:
    """Yield the lines; crates without embedded files are left out, unless only one was asked for."""
    shown = [crate for crate in crates if _told(crate)]
    for index, crate in enumerate(shown):
        if index:
            yield ""
        name = _painted(f"{crate.name} {crate.version}", _BOLD, colour)
        yield f"{name}  {escaped(crate.directory) or '.'}  {_painted(crate.rebuild_hash, _DIM, colour)}"
        yield from _table(list(_rows(crate)), colour=colour)
    if not shown:
        name = f"{crates[0].name} embeds" if len(crates) == 1 else "the local crates embed"
        yield f"{name} no files"


def _told(crate: CrateIncludes) -> list[Include]:
    """What is only looked for and is not there is not told to people."""
    return [each for each in crate.includes if each.use.present or each.use.named]


def _rows(crate: CrateIncludes) -> Iterator[_Row]:
    """Yield a row for each use, the path only in the first of several, and then what a folder holds."""
    for (path, contents), uses in groupby(_told(crate), key=lambda each: (each.use.path, each.contents)):
        is_first = True
        for include in uses:
            row = _row(crate, include)
            yield row if is_first else row._replace(path="", what="")
            is_first = False
        if include.use.kind is UseKind.FOLDER and path != crate.directory:
            yield from (_held(crate, path, content) for content in contents)


def _row(crate: CrateIncludes, include: Include) -> _Row:
    use = include.use
    return _Row(
        path=_path(crate, use.path) + ("/" if use.kind is UseKind.FOLDER else ""),
        what=_what(crate, include),
        rule=escaped(use.rule),
        place=f"{_path(crate, use.file)}:{use.line}:{use.column}",
        units=escaped(", ".join(include.units)),
    )


def _path(crate: CrateIncludes, path: str) -> str:
    return escaped(relpath(path or ".", crate.directory or "."))


def _what(crate: CrateIncludes, include: Include) -> str:
    if not include.use.present:
        return _ABSENT
    if include.use.kind is UseKind.FOLDER:
        count = len(include.contents)
        return f"{count} file{'' if count == 1 else 's'}"
    return _digest(crate, include.contents[0])


def _digest(crate: CrateIncludes, content: Content) -> str:
    if content.link is not None:
        return f"→ {_path(crate, content.link)}"
    return _ABSENT if content.sha256 is None else content.sha256[:_DIGITS]


def _held(crate: CrateIncludes, folder: str, content: Content) -> _Row:
    return _Row(f"  {escaped(content.path[len(folder) :].lstrip('/'))}", _digest(crate, content))


def _table(rows: list[_Row], *, colour: bool) -> Iterator[str]:
    widths = [max((width(row[column]) for row in rows), default=0) for column in range(len(_Row._fields))]
    for row in rows:
        cells = []
        for column, cell in enumerate(row):
            padded = cell + " " * (widths[column] - width(cell))
            if column == 1:
                padded = _painted(padded, _RED if cell == _ABSENT else _DIM, colour)
            cells.append(padded)
        yield ("  " + "  ".join(cells)).rstrip()


def _painted(text: str, style: str, colour: bool) -> str:  # noqa: FBT001  # what every call says
    return f"{style}{text}{_PLAIN}" if colour and text.strip() else text

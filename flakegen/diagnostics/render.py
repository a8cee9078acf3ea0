"""Diagnostics as people read them, and as machines do.

The form is that of compilers, so that editors find their way::

    specs/lana.toml:14:3: error: unknown key 'depps' in packages.lana-cli [E102]
       14 |   depps = []
          |   ^^^^^
    hint: did you mean 'deps'?
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.diagnostic import Diagnostic, Severity
from flakegen.diagnostics.text import escaped, source_line, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flakegen.diagnostics.source import Span

_LONGEST_LINE = 140
_CONTEXT = 40


class Colour(Enum):
    """Whether the reader is a colour terminal; who calls decides (a tty, no NO_COLOR)."""

    NEVER = "never"
    ALWAYS = "always"


class _Style(Enum):
    ERROR = "\x1b[1;31m"
    WARNING = "\x1b[1;33m"
    NOTE = "\x1b[1;36m"
    PLACE = "\x1b[1m"
    GUTTER = "\x1b[2m"


_SEVERITIES = {Severity.ERROR: _Style.ERROR, Severity.WARNING: _Style.WARNING}


def render_all(diagnostics: Iterable[Diagnostic], *, colour: Colour = Colour.NEVER) -> str:
    """Return all diagnostics in the given order, with an empty line between them, ending in a line break."""
    return "\n".join(render(each, colour=colour) for each in diagnostics)


def render(diagnostic: Diagnostic, *, colour: Colour = Colour.NEVER) -> str:
    """Return one diagnostic as lines of text, ending in a line break."""
    style = _SEVERITIES[diagnostic.severity]
    lines = [*_place(diagnostic, style, colour)]
    for related in diagnostic.related:
        note = _paint("note:", _Style.NOTE, colour)
        lines.append(f"{_location(related.span, colour)}{note} {escaped(related.message)}")
        lines.extend(_snippet(related.span, _Style.NOTE, colour))
    if diagnostic.hint:
        lines.append(f"{_paint('hint:', _Style.NOTE, colour)} {escaped(diagnostic.hint)}")
    return "\n".join(lines) + "\n"


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return one diagnostic for ``--json``; offsets and lengths count characters."""
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code.value,
        "message": diagnostic.message,
        "span": span_to_json(diagnostic.span) if diagnostic.span else None,
        "hint": diagnostic.hint,
        "related": [
            {"message": each.message, "span": span_to_json(each.span)} for each in diagnostic.related
        ],
    }


def span_to_json(span: Span) -> dict[str, Any]:
    """Return a span for ``--json``."""
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "offset": span.offset,
        "length": span.length,
    }


def _place(diagnostic: Diagnostic, style: _Style, colour: Colour) -> Iterator[str]:
    severity = _paint(f"{diagnostic.severity.value}:", style, colour)
    said = f"{severity} {escaped(diagnostic.message)} [{diagnostic.code.value}]"
    if diagnostic.span is None:
        yield said
        return
    yield _location(diagnostic.span, colour) + said
    yield from _snippet(diagnostic.span, style, colour)


def _location(span: Span, colour: Colour) -> str:
    return _paint(f"{escaped(span.file)}:{span.line}:{span.column}:", _Style.PLACE, colour) + " "


def _snippet(span: Span, style: _Style, colour: Colour) -> Iterator[str]:
    before, marked, after = _window(span)
    number = f"{span.line:>5}"
    yield _paint(f"{number} | ", _Style.GUTTER, colour) + source_line(before + marked + after).rstrip()
    caret = _paint("^" * max(1, width(marked)), style, colour)
    yield _paint(" " * len(number) + " | ", _Style.GUTTER, colour) + " " * width(before) + caret


def _window(span: Span) -> tuple[str, str, str]:
    """Return the line before, at and after the span; of a long line only what is around the span."""
    line = span.line_text
    start = span.column - 1
    end = min(start + span.length, len(line))
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(line) <= _LONGEST_LINE:
        return before, marked, after
    if len(before) > _CONTEXT:
        before = "…" + before[-_CONTEXT:]
    if len(marked) > _LONGEST_LINE - _CONTEXT:
        marked, after = marked[: _LONGEST_LINE - _CONTEXT], "…"
    elif len(after) > _CONTEXT:
        after = after[:_CONTEXT] + "…"
    return before, marked, after


def _paint(text: str, style: _Style, colour: Colour) -> str:
    return text if colour is Colour.NEVER else f"{style.value}{text}\x1b[0m"

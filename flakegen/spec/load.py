"""The way in: bytes or text to a `Spec`, or to one error that says everything that is wrong."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import rtoml

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Collector, Diagnostic, DiagnosticError, Related
from flakegen.diagnostics.source import SourceText, Span
from flakegen.diagnostics.text import quoted
from flakegen.spec.check import check_whole
from flakegen.spec.decode import decode_table
from flakegen.spec.decoding import INVALID, Decoding
from flakegen.spec.inputs import with_implied
from flakegen.spec.model import Spec
from flakegen.spec.paths import DiskFiles, Files, layout_of
from flakegen.spec.sections import Document
from flakegen.spec.source import SpecSource

if TYPE_CHECKING:
    from flakegen.spec.kinds import Kind

_PLACE = re.compile(r"(?P<message>.*?)(?: at line (?P<line>\d+) column (?P<column>\d+))?\s*\Z", re.DOTALL)
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_NO_VALUE = "string values must be quoted"
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_bytes(data: bytes, path: str) -> str:
    """Return the text of a spec's bytes.

    Raises:
        DiagnosticError: when they are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source = SourceText(path, data.decode("utf-8", "replace").replace("\r\n", "\n"))
        at = len(data[: error.start].decode("utf-8").replace("\r\n", "\n"))
        message = f"the spec is not UTF-8: byte 0x{data[error.start]:02x}"
        problem = Diagnostic(code=Code.NOT_UTF8, message=message, span=source.span(at))
        raise DiagnosticError([problem]) from None


def load_spec(text: str, path: str, *, kinds: tuple[Kind, ...], files: Files | None = None) -> Spec:
    """Return the spec in ``text``.

    Args:
        text: the TOML.
        path: where it lies, as the user gave it: relative paths in it start there, and messages show it.
        kinds: the kinds of packages, checks, apps and shells that there are.
        files: the file system that its paths are looked up in; this machine's by default.

    Raises:
        DiagnosticError: with everything that is wrong with it, in the order of the file.
    """
    source = SpecSource(path, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    raw = _parse(source)
    problems = Collector()
    files = files or DiskFiles()
    run = Decoding(
        source=source,
        kinds=kinds,
        layout=layout_of(source, raw.get("project"), files, problems),
        files=files,
        has_cargo="cargo" in raw,
        problems=problems,
    )
    document = decode_table(Document, run, raw, ())
    check_whole(run, raw)
    problems.raise_errors()
    assert document is not INVALID, "what is invalid was reported"  # noqa: S101 - an invariant of the decoder
    return _spec(document, run)


def _spec(document: Document, run: Decoding) -> Spec:
    fields = {each.name: getattr(document, each.name) for each in dataclasses.fields(document)}
    fields["inputs"] = with_implied(document.inputs, document.toolchain.source)
    return Spec(**fields, layout=run.layout, source=run.source)


def _parse(source: SpecSource) -> dict[str, Any]:
    """Return the document as plain values.

    Raises:
        DiagnosticError: when it is not TOML.
    """
    if surrogate := _SURROGATE.search(source.text):
        message = "the spec is not Unicode text"
        span = source.span(surrogate.start())
        raise DiagnosticError([Diagnostic(code=Code.NOT_UTF8, message=message, span=span)])
    try:
        raw: dict[str, Any] = rtoml.loads(source.text)
    except rtoml.TomlParsingError as error:
        raise DiagnosticError([_syntax_error(source, str(error))]) from None
    return raw


def _syntax_error(source: SpecSource, said: str) -> Diagnostic:
    match = _PLACE.match(said.removeprefix("ValueError: "))  # of dates that Python has no room for
    if match is None or match["line"] is None:
        span, message = source.span(len(source.text)), said
    else:
        span = source.span_at(int(match["line"]), int(match["column"]))
        at_line_end = source.text[span.offset : span.offset + 1] in {"", "\n"}
        message = (
            "a value is missing" if at_line_end and _NO_VALUE in said else match["message"].replace("`", "'")
        )
    repeated = _repeated_key(source, span) if message == "duplicate key" else None
    if repeated is None:
        return Diagnostic(code=Code.SYNTAX, message=message, span=span)
    span, first = repeated
    name = source.text[span.offset : span.offset + span.length]
    related = Related(message="first defined here", span=first)
    return Diagnostic(
        code=Code.SYNTAX, message=f"duplicate key {quoted(name)}", span=span, related=(related,)
    )


def _repeated_key(source: SpecSource, span: Span) -> tuple[Span, Span] | None:
    """Return where the key that is repeated at ``span`` stands, and where it stood first."""
    end = span.offset - span.column + 1 + len(span.line_text)
    for start, first in sorted(source.positions.repeated.items()):
        if span.offset <= start < end:
            key = _KEY.match(source.text, start)
            return source.span(start, len(key[0]) if key else 1), source.span(first[0], first[1] - first[0])
    return None

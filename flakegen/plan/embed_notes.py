"""What the scanner saw and could not follow, as warnings at their places in the Rust files: never silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, Severity
from flakegen.diagnostics.source import SourceText, Span
from flakegen.embed.disk import Disk
from flakegen.embed.inputs import Finding, FindingKind, PackageInputs
from flakegen.plan.problems import shown

_CODES = {
    FindingKind.ABSENT: Code.EMBED,
    FindingKind.UNKNOWN: Code.EMBED_UNKNOWN,
    FindingKind.OUTSIDE: Code.EMBED_OUTSIDE,
    FindingKind.UNPREPARED: Code.EMBED_UNPREPARED,
}
_HINTS = {
    FindingKind.ABSENT: "if that is as it should be, name it in `ignore` of its crate in [cargo.crates] of the spec",
    FindingKind.UNKNOWN: "write it as a string literal or with concat! and env!, or name the files in `extra-files` of its crate",
    FindingKind.OUTSIDE: "what a flake builds must lie in the project: move it there, or set project.root to a folder that holds it",
}
_WORD = re.compile(r"\"(?:[^\"\\]|\\.)*\"|#!?\[[\w:]*|[\w:]+!?")


class FindingTexts:
    """The Rust files that findings are in, each read once."""

    def __init__(self, disk: Disk) -> None:
        """Read from ``disk``."""
        self._disk = disk
        self._sources: dict[str, SourceText] = {}

    def span(self, finding: Finding) -> Span:
        """Return the word that calls: a macro's name with its `!`, the beginning of an attribute, a literal."""
        start = self._source(finding.file).span_at(finding.line, finding.column)
        word = _WORD.match(start.line_text, start.column - 1)
        return start if word is None else replace(start, length=len(word[0]))

    def _source(self, file: str) -> SourceText:
        known = self._sources.get(file)
        if known is None:
            text = self._disk.text_of(file) or ""
            known = self._sources[file] = SourceText(shown(str(Path(self._disk.root, file))), text)
        return known


def embed_notes(inputs: Iterable[PackageInputs], disk: Disk) -> Iterator[Diagnostic]:
    """Yield a warning for everything that the scanner could not follow, in the order of the files."""
    texts = FindingTexts(disk)
    for finding in sorted({finding for found in inputs for finding in _told(found)}):
        yield Diagnostic(
            code=_CODES[finding.kind],
            message=finding.message,
            span=texts.span(finding),
            hint=finding.hint or _HINTS.get(finding.kind),
            severity=Severity.WARNING,
        )


def _told(found: PackageInputs) -> Iterator[Finding]:
    """Yield the findings of a package; queries are prepared all at once, so one without its file stands for all."""
    unprepared = []
    for finding in sorted(set(_findings(found))):
        if finding.kind is FindingKind.UNPREPARED:
            unprepared.append(finding)
        else:
            yield finding
    if unprepared:
        first, *more = unprepared
        yield (
            replace(first, message=f"{first.message}, nor for {len(more)} more of the crate")
            if more
            else first
        )


def _findings(found: PackageInputs) -> Iterator[Finding]:
    for target in found.targets:
        yield from target.findings
    if found.build_script_inputs is not None:
        yield from found.build_script_inputs.findings

"""The typed, frozen spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flakegen.spec.keypath import KeyPath, Part
from flakegen.spec.paths import Layout
from flakegen.spec.sections import Document
from flakegen.spec.source import SpecSource

if TYPE_CHECKING:
    from flakegen.diagnostics.codes import Code
    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.diagnostics.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Document):
    """A valid spec: its sections, where the project lies, and its source for whoever finds fault later."""

    layout: Layout
    source: SpecSource

    def span_of(
        self, path: KeyPath, part: Part = Part.VALUE, *, offset: int | None = None, length: int = 1
    ) -> Span:
        """Return where ``path`` stands in the file; see `SpecSource.span_of`."""
        return self.source.span_of(path, part, offset=offset, length=length)

    def diagnose(
        self,
        where: KeyPath,
        code: Code,
        message: str,
        *,
        part: Part = Part.VALUE,
        hint: str | None = None,
        offset: int | None = None,
        length: int = 1,
    ) -> Diagnostic:
        """Return a diagnostic at ``where``, or at ``offset`` of the string there."""
        return self.source.diagnose(where, code, message, part=part, hint=hint, offset=offset, length=length)

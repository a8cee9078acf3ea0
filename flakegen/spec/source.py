"""The spec's text and, once something must be reported, the place of every key in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flakegen.diagnostics.diagnostic import Diagnostic, Related
from flakegen.diagnostics.source import SourceText, Span
from flakegen.spec.keypath import KeyPath, Part
from flakegen.spec.strings import offset_in

if TYPE_CHECKING:
    from flakegen.diagnostics.codes import Code
    from flakegen.spec.outline import Range
    from flakegen.spec.positions import Positions


class SpecSource(SourceText):
    r"""A spec's text, with spans by key path. Line ends are ``\n``; nothing is read before the first span."""

    @cached_property
    def positions(self) -> Positions:
        """The positions of all keys and values."""
        from flakegen.spec.positions import Positions  # noqa: PLC0415 - it brings tomlkit

        return Positions.of(self.text)

    def span_of(
        self, path: KeyPath, part: Part = Part.VALUE, *, offset: int | None = None, length: int = 1
    ) -> Span:
        """Return where ``path`` stands; where it does not, the nearest table around it.

        With ``offset``, ``path`` is a string, and the span is of ``length`` characters at ``offset`` of its value,
        wherever escapes and line folding have put them.
        """
        start, end = self._range(path, part)
        if offset is not None and path in self.positions.values:
            literal = self.text[start:end]
            if literal[:1] in {'"', "'"}:
                first, last = offset_in(literal, offset), offset_in(literal, offset + length)
                start, end = start + first, start + max(last, first + 1)
        return self.span(start, end - start)

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
        related: tuple[Related, ...] = (),
    ) -> Diagnostic:
        """Return a diagnostic that points at ``where``."""
        span = self.span_of(where, part, offset=offset, length=length)
        return Diagnostic(code=code, message=message, span=span, hint=hint, related=related)

    def _range(self, path: KeyPath, part: Part) -> Range:
        positions = self.positions
        while path:
            places = (positions.keys, positions.values)
            first, second = places if part is Part.KEY else reversed(places)
            found = first.get(path) or second.get(path)
            if found:
                return found
            path, part = path[:-1], Part.KEY
        return (0, 0)

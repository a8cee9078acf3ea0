"""The one type of everything that is wrong, and the error that carries many of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(Enum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another place that a diagnostic is about: ``first defined here``."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One thing that is wrong: a lowercase phrase without a full stop, where, and what to do about it.

    ``span`` is None only when there is no file to point into.
    """

    code: Code
    message: str
    span: Span | None
    hint: str | None = None
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Order by file, then position; what has no place comes first."""
        file, offset = (self.span.file, self.span.offset) if self.span else ("", -1)
        return (file, offset, self.code.value, self.message)


class DiagnosticError(Exception):
    """The input is wrong. ``diagnostics`` says all that is, in the order of the files."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda each: each.sort_key))
        super().__init__("; ".join(each.message for each in self.diagnostics))


class Collector:
    """Gathers diagnostics so that one run shows them all."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Remember ``diagnostic``; the same one twice is shown once."""
        self._found[diagnostic] = None

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Remember all of ``diagnostics``."""
        for each in diagnostics:
            self.add(each)

    @property
    def has_errors(self) -> bool:
        """Whether anything found is an error, not only a warning."""
        return any(each.severity is Severity.ERROR for each in self._found)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings, in the order of the files."""
        found = (each for each in self._found if each.severity is Severity.WARNING)
        return tuple(sorted(found, key=lambda each: each.sort_key))

    def raise_errors(self) -> None:
        """Raise one `DiagnosticError` with all that was found, if any of it is an error."""
        if self.has_errors:
            raise DiagnosticError(self._found)

"""What all decoders share: where problems go, and what is remembered for the checks after decoding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Collector
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.kinds import Kind
from flakegen.spec.paths import Files, Layout
from flakegen.spec.schema import Rule
from flakegen.spec.source import SpecSource
from flakegen.spec.tables import KindTable
from flakegen.spec.values import Namespace, Reference


class Invalid(Enum):
    """The one value that stands for what was reported already."""

    INVALID = "invalid"


INVALID: Final = Invalid.INVALID


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A reference as it was found, and the namespaces that its key takes."""

    reference: Reference
    accepts: frozenset[Namespace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """One run over one spec: its parts, and what was found so far (entries only as far as they are valid)."""

    source: SpecSource
    kinds: tuple[Kind, ...]
    layout: Layout
    files: Files
    has_cargo: bool
    problems: Collector
    uses: list[Use] = field(default_factory=list)
    entries: dict[KeyPath, KindTable] = field(default_factory=dict)

    def report(
        self,
        where: KeyPath,
        code: Code,
        message: str,
        *,
        part: Part = Part.VALUE,
        hint: str | None = None,
        offset: int | None = None,
        length: int = 1,
    ) -> Invalid:
        """Collect a problem at ``where`` and return `INVALID`."""
        self.problems.add(
            self.source.diagnose(where, code, message, part=part, hint=hint, offset=offset, length=length)
        )
        return INVALID

    def wrong_type(self, where: KeyPath, expected: str, found: Any) -> Invalid:
        """Collect that ``where`` holds a value of another type."""
        name = show(where)
        return self.report(
            where, Code.WRONG_TYPE, f"expected {expected} for {name}, found {type_name(found)}"
        )


Converter: TypeAlias = Callable[[Decoding, Any, KeyPath, Rule], Any]
"""Takes the value as TOML gave it, its path and its key's rule; returns the value of the model or `INVALID`."""

_TYPE_NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a float",
    list: "a list",
    dict: "a table",
}


def type_name(value: Any) -> str:
    """Return what a TOML value is, in words."""
    return _TYPE_NAMES.get(type(value), "a date or time")

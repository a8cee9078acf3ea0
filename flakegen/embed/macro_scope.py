"""Which definition of a macro a call means, where the file itself tells.

Source of the rule: the Rust reference, "Textual scope": the nearest definition above a call, in a block that is still
open, wins over whatever else has the name. Where no such definition stands in the file, all of the name may be meant.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.lexer import delimiters
from flakegen.embed.wrappers import Macro

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flakegen.embed.facts import Call, MacroText

_LONGEST_BLANK = 64
_MOST_LOOKED_AT = 64


class Scope(NamedTuple):
    """Where a definition counts: from behind it to the end of the block around it."""

    start: int
    end: int
    macro: Macro


class Definitions:
    """The macros that one text defines."""

    def __init__(self, text: str, defined: Sequence[MacroText]) -> None:
        self.text = text
        self.defined = [item for item in defined if item.end >= 0]

    def meant(self, macros: Sequence[Macro], call: Call) -> Sequence[Macro] | None:
        """Those of some macros of one name that a call can mean; None when it means another macro of the text."""
        scopes = self.scopes.get(call.name) if self.defined else None
        if scopes is None or self._has_path(call):
            return macros
        last = bisect_right(scopes, (call.start,))
        for scope in reversed(scopes[max(0, last - _MOST_LOOKED_AT) : last]):
            if call.start < scope.end:
                return [scope.macro] if scope.macro in macros else None
        return macros

    def _has_path(self, call: Call) -> bool:
        before = self.text[max(0, call.start - _LONGEST_BLANK) : call.start]
        return before.rstrip().endswith("::")

    @cached_property
    def scopes(self) -> dict[str, list[Scope]]:
        """The scopes of all definitions, by name and in the text's order."""
        ends = [len(self.text)] * len(self.defined)
        blocks: list[list[int]] = [[]]
        following = 0
        for mark, start, end in delimiters(self.text, 0):
            while following < len(ends) and self.defined[following].end <= start:
                blocks[-1].append(following)
                following += 1
            if mark == "{":
                blocks.append([])
            elif mark == "}" and len(blocks) > 1:
                for index in blocks.pop():
                    ends[index] = end
        found: dict[str, list[Scope]] = {}
        for item, until in zip(self.defined, ends, strict=True):
            found.setdefault(item.name, []).append(Scope(item.end, until, Macro(item.name, item.body)))
        return found


NO_DEFINITIONS = Definitions("", ())

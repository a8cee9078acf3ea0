"""Finds the facts of one file: where modules are declared, macros called and defined, attributes used.

One compiled expression walks over the text and stops only at comments, literals, braces, attributes, `!` and `mod`;
arguments are parsed later, for the few calls that matter.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field

from flakegen.embed import attributes
from flakegen.embed.attributes import assigned_string
from flakegen.embed.facts import (
    AttributeUse,
    Call,
    FileFacts,
    InlineModule,
    MacroText,
    ModuleDeclaration,
    PathChoice,
)
from flakegen.embed.lexer import (
    BLANK,
    BLOCK_COMMENT,
    CHAR_BODY,
    IDENT,
    STRING_BODY,
    block_comment_end,
    delimiters,
    group_end,
)

_ATTRIBUTE_BODY = rf'(?>[^\[\]"\'/#]++|(?<![r])"{STRING_BODY})*+'
_BLANKS_HERE = rf"{BLANK}*+"
# Every branch starts with one literal character, which lets the matcher skip quickly over all others.
_EVENT = re.compile(
    rf"""//[^\n]*+(?:\n\s*+//[^\n]*+)*+|{BLOCK_COMMENT}|/\*()"""
    rf"""|"(?:(?<=\br")|(?<=\b[bc]r"))[^"]*+"|"{STRING_BODY}"""
    rf"""|#(?:(?<=\br\#)|(?<=\b[bc]r\#))(?P<h>\#*+)"(?s:.*?)"\#(?P=h)"""
    rf"""|'{CHAR_BODY}"""
    r"""|\{()|\}()"""
    rf"""|#{_BLANKS_HERE}\[({_ATTRIBUTE_BODY})\]|#{_BLANKS_HERE}!{_BLANKS_HERE}\[({_ATTRIBUTE_BODY})\]"""
    rf"""|#{_BLANKS_HERE}\[()|#{_BLANKS_HERE}!{_BLANKS_HERE}\[()"""
    r"""|!()(?=\s*+(?:[(\[{]|//|/\*|[^\W\d]))"""
    r"""|m(?<![\w#]m)od\b()|m(?<![\w#]m)acro_rules\b()""",
    re.DOTALL,
)
_BLOCK, _HASHES, _OPEN, _CLOSE, _OUTER, _INNER, _LONG_OUTER, _LONG_INNER, _BANG, _MOD, _MACRO = range(1, 12)

_MODULE = re.compile(rf"mod(?>{BLANK}+)(?:r#)?({IDENT}){BLANK}*+([;{{])", re.DOTALL)
_MACRO_RULES = re.compile(rf"macro_rules{BLANK}*+!{BLANK}*+(?:r#)?({IDENT}){BLANK}*+(?=[({{\[])", re.DOTALL)
_BEFORE_MODULE = re.compile(rf"(?>{BLANK}|pub\b(?:\s*+\([^)]*\))?|unsafe\b)*+", re.DOTALL)
# `use a::b as c;`, also in braces. A cast that looks the same does no harm: nobody calls its type as a macro.
_RENAMED = re.compile(r" as\s++(?!(?:[iuf]\d+|[iu]size|bool|char|str)\b)([a-z]\w*+)\s*+[,;}]")
_BLANKS = re.compile(rf"{BLANK}*+", re.DOTALL)
_AFTER_BANG = re.compile(rf"!{BLANK}*+(?=[({{\[])", re.DOTALL)
_COMMENT_BEFORE = re.compile(rf"{BLOCK_COMMENT}\s*+\Z|//[^\n]*+\n\s*+\Z", re.DOTALL)
_COMMENT_WINDOW = 1000
_MAX_INLINE = 128  # rustc's recursion limit
_ENDS_AT_SEMICOLON = re.compile(
    rf"{BLANK}*+(?:pub\b(?:\s*+\([^)]*\))?\s*+)?(?:const\b(?!\s+(?:async|unsafe|extern|fn)\b)|static\b|let\b|use\b|type\b)",
    re.DOTALL,
)
_ENDS_AT_BRACE = re.compile(
    rf"{BLANK}*+(?:pub|fn|struct|enum|impl|trait|mod|unsafe|async|extern|const|macro_rules|union)\b",
    re.DOTALL,
)


def name_before(text: str, end: int) -> tuple[int, int]:
    """Where the word before `end` begins and ends; blanks and comments between are skipped. Empty without one."""
    floor = max(0, end - _COMMENT_WINDOW)
    while True:
        last = end
        while last > 0 and text[last - 1].isspace():
            last -= 1
        first = last
        while first > 0 and (text[first - 1].isalnum() or text[first - 1] == "_"):
            first -= 1
        if first < last and "\n" not in text[last:end]:
            return first, last
        comment = _COMMENT_BEFORE.search(text, floor, end)
        if comment is None:
            return first, last
        end = comment.start()


def item_end(text: str, start: int, horizon: int = sys.maxsize) -> int:
    """The offset after the item, statement, field or arm that starts at `start`; any beyond `horizon` is as good."""
    closers = ";}," if not _ENDS_AT_BRACE.match(text, start) else ";}"
    if _ENDS_AT_SEMICOLON.match(text, start):
        closers = ";"
    depth = 0
    for mark, _, end in delimiters(text, start):
        if end > horizon:
            break
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth < 0 or (depth == 0 and mark in closers):
                return end
        elif depth == 0 and mark in closers:
            return end
    return len(text)


@dataclass(slots=True)
class _Scope:
    """An inline module that is open; `depth` and `outside` are the brace depth and the inline modules around it."""

    depth: int
    outside: tuple[InlineModule, ...]
    test: bool


@dataclass(slots=True)
class _Pending:
    """Outer attributes that wait for their item."""

    end: int
    sets: list[tuple[int, attributes.AttributeSet]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def test(self) -> bool:
        return any(item.test for _, item in self.sets)


class FactScanner:
    """Fills one FileFacts from one text, as far as anything in it begins at `horizon` or before.

    Attributes with names in `wanted` are kept as uses.
    """

    def __init__(self, text: str, wanted: frozenset[str], horizon: int = sys.maxsize) -> None:
        self.text = text
        self.wanted = wanted
        self.horizon = horizon
        self.facts = FileFacts()
        self.depth = 0
        self.file_test = False
        self.test_until = 0
        self.scopes: list[_Scope] = []
        self.inline: tuple[InlineModule, ...] = ()
        self.pending: _Pending | None = None

    def scan(self) -> FileFacts:
        """Walk over the text once."""
        position = 0
        size = len(self.text)
        while position < size:
            position = self._run(position)
        self._flush()
        self._renamed()
        return self.facts

    def _renamed(self) -> None:
        for match in _RENAMED.finditer(self.text):
            begin, end = name_before(self.text, match.start())
            if begin < end and self.text[begin].islower():
                body = f"($($t:tt)*) => {{ {self.text[begin:end]}!($($t)*) }}"
                self.facts.macros.append(MacroText(match[1], body))

    def _run(self, position: int) -> int:
        """Handle events from `position` on; return where to go on after a jump, or the text's end."""
        scopes, horizon = self.scopes, self.horizon
        for event in _EVENT.finditer(self.text, position):
            kind = event.lastindex
            if kind is None or kind == _HASHES:
                continue
            if event.start() > horizon and self._is_over(kind, event):
                break
            if kind == _OPEN:
                self.depth += 1
            elif kind == _CLOSE:
                self.depth -= 1
                if scopes and scopes[-1].depth >= self.depth:
                    self._leave()
            else:
                jump = self._handle(kind, event)
                if jump:
                    return jump
        return len(self.text)

    def _is_over(self, kind: int, event: re.Match[str]) -> bool:
        """Whether an event beyond the horizon has nothing to do with anything before it, as a name and its `!` have.

        Attributes do while others wait for the same item, and comments stand between.
        """
        if kind == _BLOCK:
            return False
        if kind in (_OUTER, _LONG_OUTER):
            pending = self.pending
            return pending is None or _BLANKS.fullmatch(self.text, pending.end, event.start()) is None
        return kind != _BANG

    def _handle(self, kind: int, event: re.Match[str]) -> int:
        start = event.start()
        if kind == _BANG:
            self._call(start)
        elif kind in (_OUTER, _INNER):
            self._attribute(start, event.end(), event.start(kind), event[kind], outer=kind == _OUTER)
        elif kind == _MOD:
            self._module(start)
        elif kind == _BLOCK:
            return block_comment_end(self.text, start)
        elif kind in (_LONG_OUTER, _LONG_INNER):
            return self._long_attribute(start, event.end() - 1, outer=kind == _LONG_OUTER)
        elif kind == _MACRO:
            return self._macro(start)
        return 0

    def _leave(self) -> None:
        while self.scopes and self.scopes[-1].depth >= self.depth:
            self.inline = self.scopes.pop().outside

    def _is_test(self, start: int) -> bool:
        return start < self.test_until or (self.scopes[-1].test if self.scopes else self.file_test)

    def _flush(self) -> None:
        """Give the waiting attributes to the item after them, whatever it is."""
        pending = self.pending
        if pending is None:
            return
        self.pending = None
        if pending.test and pending.end >= self.test_until:
            self.test_until = max(self.test_until, item_end(self.text, pending.end, self.horizon))
        self._release(pending, hidden=pending.test)

    def _release(self, pending: _Pending, *, hidden: bool) -> None:
        for start, attribute_set in pending.sets:
            for item in attribute_set.attributes:
                if item.path in self.wanted:
                    test = hidden or item.only_test or self._is_test(start)
                    self.facts.uses.append(AttributeUse(item, start, test))
        for call in pending.calls:
            test = hidden or call.test or self._is_test(call.start)
            self.facts.calls.append(Call(call.name, call.start, call.open, test, call.inline))

    def _attribute(self, start: int, end: int, body_start: int, body: str, *, outer: bool) -> None:
        parsed = attributes.parse(body)
        calls = self._calls_in(body_start, end - 1) if "!" in body else []
        if not outer:
            self._inner_attribute(start, parsed, calls)
            return
        pending = self.pending
        if pending is not None and _BLANKS.fullmatch(self.text, pending.end, start) is None:
            self._flush()
            pending = None
        if pending is None:
            if not (calls or parsed.test or self._matters(parsed)):
                return
            pending = self.pending = _Pending(end)
        pending.end = end
        pending.sets.append((start, parsed))
        only_test = bool(parsed.attributes) and all(item.only_test for item in parsed.attributes)
        pending.calls += [Call(c.name, c.start, c.open, c.test or only_test, c.inline) for c in calls]

    def _matters(self, parsed: attributes.AttributeSet) -> bool:
        return any(item.path == "path" or item.path in self.wanted for item in parsed.attributes)

    def _inner_attribute(self, start: int, parsed: attributes.AttributeSet, calls: list[Call]) -> None:
        self._flush()
        if parsed.test:
            if self.scopes:
                self.scopes[-1].test = True
            else:
                self.file_test = True
        pending = _Pending(start, [(start, parsed)], calls)
        only_test = bool(parsed.attributes) and all(item.only_test for item in parsed.attributes)
        self._release(pending, hidden=only_test)

    def _long_attribute(self, start: int, bracket: int, *, outer: bool) -> int:
        end = group_end(self.text, bracket)
        self._attribute(start, end, bracket + 1, self.text[bracket + 1 : end - 1], outer=outer)
        return end

    def _calls_in(self, start: int, end: int) -> list[Call]:
        found = []
        for event in _EVENT.finditer(self.text, start, end):
            if event.lastindex == _BANG:
                call = self._parse_call(event.start())
                if call is not None:
                    found.append(call)
        return found

    def _parse_call(self, bang: int) -> Call | None:
        after = _AFTER_BANG.match(self.text, bang)
        begin, end = name_before(self.text, bang)
        if after is None or begin == end:
            return None
        return Call(self.text[begin:end], begin, after.end(), test=False, inline=self.inline)

    def _call(self, bang: int) -> None:
        call = self._parse_call(bang)
        if call is not None:
            if self.pending is not None:
                self._flush()
            test = self._is_test(call.start)
            self.facts.calls.append(Call(call.name, call.start, call.open, test, call.inline))

    def _module(self, start: int) -> None:
        match = _MODULE.match(self.text, start)
        if match is None:
            return
        pending = self.pending
        if pending is not None and _BEFORE_MODULE.fullmatch(self.text, pending.end, start) is None:
            self._flush()
            pending = None
        self.pending = None
        test = self._is_test(start)
        paths: tuple[PathChoice, ...] = ()
        if pending is not None:
            self._release(pending, hidden=pending.test)
            test = test or pending.test
            paths = tuple(_paths(pending))
        if match[2] == ";":
            self.facts.modules.append(ModuleDeclaration(match[1], start, self.inline, paths, test=test))
        else:
            step = InlineModule(match[1], paths[0].path if paths else None)
            self.scopes.append(_Scope(self.depth, self.inline, test))
            if len(self.inline) < _MAX_INLINE:
                self.inline = (*self.inline, step)

    def _macro(self, start: int) -> int:
        match = _MACRO_RULES.match(self.text, start)
        if match is None:
            return 0
        self._flush()
        end = group_end(self.text, match.end())
        self.facts.macros.append(MacroText(match[1], self.text[match.end() + 1 : end - 1], end))
        return end


def _paths(pending: _Pending) -> list[PathChoice]:
    choices = []
    for _, attribute_set in pending.sets:
        for item in attribute_set.attributes:
            value = assigned_string(item) if item.path == "path" else None
            if value is not None:
                choices.append(PathChoice(value, item.only_test, item.conditional))
    return choices

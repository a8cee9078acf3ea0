"""Where every key and value of a TOML document stands.

A scanner for documents that a TOML reader has accepted already (TOML 1.0 and 1.1), so that it needs to find ends, not
errors. It runs only when something is to be reported, and gives plain offsets into the text.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from flakegen.spec.strings import decoded

if TYPE_CHECKING:
    from flakegen.spec.keypath import KeyPath

Range: TypeAlias = tuple[int, int]
"""Offsets of the first character and of the one after the last."""

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n\ufeff]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})' r"|'''.*?'''(?:'{0,2})" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
# A date and a time may be joined by a space.
_BARE_VALUE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d[^\s,\]}#]*|[^\s,\]}#]+")


class NotScannableError(ValueError):
    """The text is no TOML document."""


class Positions:
    """The positions of all keys and values of one document.

    ``keys`` has the name in the table's header or before ``=``; of a table that is never named by itself, the first
    place where it is named on the way to something in it. ``values`` has everything after ``=`` and all array items;
    tables made by headers have none. ``repeated`` gives the first place of a key that stands a second time at an offset.
    """

    def __init__(self, text: str) -> None:
        self.keys: dict[KeyPath, Range] = {}
        self.values: dict[KeyPath, Range] = {}
        self.repeated: dict[int, Range] = {}
        self._text = text
        self._at = 0
        self._arrays: dict[KeyPath, int] = {}

    @classmethod
    def of(cls, text: str) -> Positions:
        """Scan ``text``.

        Raises:
            NotScannableError: when it is no TOML document; not every fault is found.
        """
        positions = cls(text)
        positions._document()
        return positions

    @classmethod
    def of_prefix(cls, text: str) -> Positions:
        """Scan ``text`` as far as it can be scanned."""
        positions = cls(text)
        with suppress(NotScannableError):
            positions._document()
        return positions

    def _document(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self._at >= len(self._text):
                return
            table = self._header() if self._peek() == "[" else self._entry(table)

    def _header(self) -> KeyPath:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        names = self._dotted()
        self._expect("]]" if is_array else "]")
        path: KeyPath = ()
        for name, place in names[:-1]:
            path = (*path, name)
            self.keys.setdefault(path, place)
            path = self._last_item(path)
        name, place = names[-1]
        path = (*path, name)
        if is_array:
            self.keys.setdefault(path, place)
            self._arrays[path] = self._arrays.get(path, -1) + 1
            path = (*path, self._arrays[path])
        self._name(path, place)
        return path

    def _name(self, path: KeyPath, place: Range) -> None:
        if path in self.keys:
            self.repeated[place[0]] = self.keys[path]
        self.keys[path] = place

    def _last_item(self, path: KeyPath) -> KeyPath:
        return (*path, self._arrays[path]) if path in self._arrays else path

    def _entry(self, table: KeyPath) -> KeyPath:
        """Scan ``key = value`` and return ``table``, which the next line belongs to as well."""
        path = table
        *outer, (last, last_place) = self._dotted()
        for name, place in outer:
            path = (*path, name)
            self.keys.setdefault(path, place)
        path = (*path, last)
        self._name(path, last_place)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path)
        return table

    def _dotted(self) -> list[tuple[str, Range]]:
        names = []
        while True:
            self._skip(_SPACE)
            names.append(self._key())
            self._skip(_SPACE)
            if self._peek() != ".":
                return names
            self._at += 1

    def _key(self) -> tuple[str, Range]:
        start = self._at
        quoted = self._peek() in {'"', "'"}
        self._match(_STRING if quoted else _BARE_KEY)
        written = self._text[start : self._at]
        return decoded(written) if quoted else written, (start, self._at)

    def _value(self, path: KeyPath) -> None:
        start = self._at
        match self._peek():
            case '"' | "'":
                self._match(_STRING)
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case _:
                self._match(_BARE_VALUE)
        self.values[path] = (start, self._at)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._another("]"):
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._another("}"):
            self._entry(path)
        self._at += 1

    def _another(self, end: str) -> bool:
        """Skip what separates items; return whether there is one more before ``end``."""
        self._skip(_BLANK)
        if self._peek() == ",":
            self._at += 1
            self._skip(_BLANK)
        if self._at >= len(self._text):
            raise NotScannableError
        return self._peek() != end

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _match(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise NotScannableError
        self._at = match.end()

    def _expect(self, token: str) -> None:
        if not self._text.startswith(token, self._at):
            raise NotScannableError
        self._at += len(token)

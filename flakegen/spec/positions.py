"""Where every key and value of a TOML document stands, as plain offsets into its text.

tomlkit reads the document. Its items hold each token as it is written, but not always in the place where it is
written: items of an array of tables that stand apart are joined, and a space after a date is lost. So the text is
followed along the items: each token is looked for behind the blanks, comments and punctuation before it.

Import this module only when something is to be reported, for it imports tomlkit.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table

from flakegen.spec.outline import Name, Range, outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tomlkit.items import Item, Key

    from flakegen.spec.keypath import KeyPath

    Body: TypeAlias = list[tuple[Key | None, Item]]

_SPACE = re.compile(r"[ \t]*")
_BEFORE_KEY = re.compile(r"[ \t.]*")
_GAP = re.compile(r"(?:[ \t\n,\ufeff]+|#[^\n]*)*")


class Positions:
    """The positions of all keys and values of one document.

    ``keys`` has the name in the table's header or before ``=``; of a table that is never named by itself, the first
    place where it is named on the way to something in it. ``values`` has everything after ``=`` and all array items;
    tables made by headers have none. ``repeated`` gives the first place of a key that stands a second time at an offset.
    """

    def __init__(self) -> None:
        self.keys: dict[KeyPath, Range] = {}
        self.values: dict[KeyPath, Range] = {}
        self.repeated: dict[int, Range] = {}
        self._arrays: dict[KeyPath, int] = {}

    @classmethod
    def of(cls, text: str) -> Positions:
        """Return the positions in ``text``; where tomlkit cannot read it, those of keys at the start of a line."""
        try:
            return _Reader(text).document()
        except (TOMLKitError, _LostError):
            return cls.by_lines(text)

    @classmethod
    def by_lines(cls, text: str) -> Positions:
        """Return the positions of keys in headers and at the start of a line, though ``text`` may be no TOML."""
        positions = cls()
        table: KeyPath = ()
        for line in outline(text):
            if line.is_header:
                table = positions.add_header(line.names, is_array=line.is_array)
            else:
                positions.add_entry(table, line.names)
        return positions

    def add_header(self, names: tuple[Name, ...], *, is_array: bool) -> KeyPath:
        """Add the names of ``[a.b]`` or ``[[a.b]]`` and return the path of what stands below it."""
        path: KeyPath = ()
        *outer, (last, place) = names
        for name, at in outer:
            path = (*path, name)
            self.keys.setdefault(path, at)
            path = self._last_item(path)
        path = (*path, last)
        if is_array:
            self.keys.setdefault(path, place)
            self._arrays[path] = self._arrays.get(path, -1) + 1
            path = self._last_item(path)
        self._add(path, place)
        return path

    def add_entry(self, table: KeyPath, names: tuple[Name, ...]) -> KeyPath:
        """Add the names before ``=``, in ``table``, and return the path of the value."""
        path = table
        *outer, (last, place) = names
        for name, at in outer:
            path = (*path, name)
            self.keys.setdefault(path, at)
        path = (*path, last)
        self._add(path, place)
        return path

    def _add(self, path: KeyPath, place: Range) -> None:
        if path in self.keys:
            self.repeated[place[0]] = self.keys[path]
        self.keys[path] = place

    def _last_item(self, path: KeyPath) -> KeyPath:
        return (*path, self._arrays[path]) if path in self._arrays else path


class _LostError(ValueError):
    """The text does not go on as tomlkit's items say."""


class _Reader:
    """Follows a text along its items; ``_at`` is how far it has come."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found = Positions()

    def document(self) -> Positions:
        """Return the positions of the whole text.

        Raises:
            TOMLKitError: when tomlkit cannot read it.
            _LostError: when its items are not the text's.
        """
        document = tomlkit.parse(self._text)
        tables: defaultdict[tuple[str, ...], deque[Table]] = defaultdict(deque)
        for path, table in _with_header(document.body):
            tables[path].append(table)
        self._entries(document.body, ())
        while not self._is_at_end():
            is_array, names = self._header()
            waiting = tables[tuple(name for name, _ in names)]
            if not waiting:
                raise _LostError
            self._entries(waiting.popleft().value.body, self._found.add_header(names, is_array=is_array))
        return self._found

    def _is_at_end(self) -> bool:
        self._skip(_GAP)
        return self._at >= len(self._text)

    def _header(self) -> tuple[bool, tuple[Name, ...]]:
        """Read the line of a header, which tomlkit makes a document with one chain of tables of."""
        end = self._text.find("\n", self._at)
        body = tomlkit.parse(self._text[self._at : end if end >= 0 else None]).body
        self._expect("[")
        is_array = self._text.startswith("[", self._at)
        self._at += is_array
        names = []
        while body:
            key, item = _only(body)
            names.append(self._name(key))
            body = item.value.body if isinstance(item, Table) else []
        self._skip(_SPACE)
        self._expect("]]" if is_array else "]")
        return is_array, tuple(names)

    def _entries(self, body: Body, path: KeyPath) -> None:
        """Read what ``body`` holds by itself, without the tables in it that have headers."""
        for key, item in body:
            if key is None or isinstance(item, AoT) or (isinstance(item, Table) and not key.is_dotted()):
                continue
            self._skip(_GAP)
            self._entry(key, item, path)

    def _entry(self, key: Key, item: Item, table: KeyPath) -> None:
        names = [self._name(key)]
        while isinstance(item, Table):  # what the parts of a dotted key but the last one hold
            key, item = _only(item.value.body)
            names.append(self._name(key))
        path = self._found.add_entry(table, tuple(names))
        self._skip(_SPACE)
        self._expect("=")
        self._skip(_SPACE)
        self._value(item, path)

    def _name(self, key: Key) -> Name:
        self._skip(_BEFORE_KEY)
        start = self._at
        self._expect(key.as_string().strip(" \t"))
        return key.key, (start, self._at)

    def _value(self, item: Item, path: KeyPath) -> None:
        start = self._at
        if isinstance(item, Array):
            self._expect("[")
            for index in range(len(item)):
                self._skip(_GAP)
                self._value(item.item(index), (*path, index))
            self._skip(_GAP)
            self._expect("]")
        elif isinstance(item, InlineTable):
            self._expect("{")
            self._entries(item.value.body, path)
            self._skip(_GAP)
            self._expect("}")
        else:
            self._expect(item.as_string())
        self._found.values[path] = (start, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _expect(self, token: str) -> None:
        if not self._text.startswith(token, self._at):
            raise _LostError
        self._at += len(token)


def _only(body: Body) -> tuple[Key, Item]:
    """Return the one item of a table that a dotted name has made."""
    key, item = body[0]
    if key is None or len(body) > 1:
        raise _LostError
    return key, item


def _with_header(body: Body, outer: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Table]]:
    """Yield the tables with a header, by its names; those with the same names in the order of the text."""
    for key, item in body:
        if key is None:
            continue
        path = (*outer, key.key)
        if isinstance(item, Table):
            if not item.is_super_table():
                yield path, item
            yield from _with_header(item.value.body, path)
        elif isinstance(item, AoT):
            for table in item.body:
                yield path, table
                yield from _with_header(table.value.body, path)

"""Splitting Nix source into tokens.

Source of the rules: ``lexer.l`` of Nix 2.26. Where flex takes the longest match, the order of the alternatives below
gives the same one: a path or URI is never shorter than the name or number that it starts with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from flakegen.nix.errors import NixSyntaxError

MAX_DEPTH: Final = 100
"""How deeply brackets, strings and interpolations may nest."""

_CHAR = r"[a-zA-Z0-9._+-]"
_TOKEN = re.compile(
    rf"""
    (?P<skip>[ \t\r\n]+)
  | (?P<comment>\#[^\r\n]*|/\*.*?\*/)
  | (?P<uri>[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+)
  | (?P<path>(?:~|{_CHAR}*)(?:/{_CHAR}+)+/?|(?:~/|{_CHAR}*/)(?=\$\{{))
  | (?P<search><{_CHAR}+(?:/{_CHAR}+)*>)
  | (?P<float>(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
  | (?P<integer>[0-9]+)
  | (?P<id>[a-zA-Z_][a-zA-Z0-9_'-]*)
  | (?P<string>")
  | (?P<indented>''(?:\ *\n)?)
  | (?P<open>\$\{{|[{{(\[])
  | (?P<close>[}})\]])
  | (?P<operator>\.\.\.|\|\||&&|\+\+|//|->|==|!=|<=|>=|\|>|<\||[-+*<>!?:;,.@=]|/(?!\*))
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING_TEXT = re.compile(r'(?:[^$"\\]|\$[^{"\\]|\\.|\$\\.|\$(?="))+', re.DOTALL)
_INDENTED_TEXT = re.compile(r"(?:[^$']|\$[^{']|'[^'$])+", re.DOTALL)
_INDENTED_ESCAPE = re.compile(r"''\$|'''|''\\(.)|\$(?!\{)|'(?!')", re.DOTALL)
_PATH_TEXT = re.compile(rf"{_CHAR}*(?:/{_CHAR}+)+/?|{_CHAR}*/|{_CHAR}+")
_ESCAPE = re.compile(r"\\(.)|\r\n?", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}

_KEYWORDS = {
    "assert": "_ASSERT",
    "else": "_ELSE",
    "if": "_IF",
    "in": "_IN",
    "inherit": "_INHERIT",
    "let": "_LET",
    "or": "OR",
    "rec": "_REC",
    "then": "_THEN",
    "with": "_WITH",
}
_SYMBOLS = {
    "${": "INTERPOLATION",
    "{": "_BRACE_OPEN",
    "}": "_BRACE_CLOSE",
    "(": "_PAREN_OPEN",
    ")": "_PAREN_CLOSE",
    "[": "_BRACKET_OPEN",
    "]": "_BRACKET_CLOSE",
    ":": "_COLON",
    ";": "_SEMICOLON",
    ",": "_COMMA",
    ".": "_DOT",
    "@": "_AT",
    "?": "_QUESTION",
    "=": "_ASSIGN",
    "-": "MINUS",
    "!": "NOT",
    "...": "ELLIPSIS",
}
_CLOSING = {"{": "}", "${": "}", "(": ")", "[": "]"}
_ATOMS = {"uri": "URI", "search": "SEARCH_PATH", "float": "FLOAT", "integer": "INTEGER"}


@dataclass(slots=True)
class Lexeme:
    """A token: its terminal in the grammar, its meaning, where it stands, and the comments before it.

    A piece of an indented string that came from an escape has ``escaped``: it is no indentation.
    """

    kind: str
    value: str
    offset: int
    end: int
    comments: list[tuple[int, str]] = field(default_factory=list)  # offset and text, with its marks
    escaped: bool = False


def tokenize(text: str) -> list[Lexeme]:
    """Return the tokens of ``text``; comments after the last one come with a token of kind ``end``.

    Raises:
        NixSyntaxError: for characters that start no token, and strings, comments and brackets that do not end.
    """
    return _Lexer(text).run()


class _Lexer:
    """The tokens so far, and the brackets and interpolations that are open."""

    __slots__ = ("comments", "found", "open", "position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.found: list[Lexeme] = []
        self.open: list[tuple[str, int]] = (
            []
        )  # "{", "(", "[", "${" or the kind of string around an interpolation
        self.comments: list[tuple[int, str]] = []

    def run(self) -> list[Lexeme]:
        while self.position < len(self.text):
            self._next()
        if self.open:
            bracket, offset = self.open[-1]
            raise self._error(f"{bracket!r} is never closed", offset)
        self._emit("end", "", self.position, self.position)
        return self.found

    def _error(self, message: str, offset: int, hint: str | None = None) -> NixSyntaxError:
        return NixSyntaxError(message, self.text, offset, hint)

    def _emit(self, kind: str, value: str, start: int, end: int, *, escaped: bool = False) -> None:
        self.found.append(Lexeme(kind, value, start, end, self.comments, escaped))
        if self.comments:
            self.comments = []

    def _next(self) -> None:
        start = self.position
        match = _TOKEN.match(self.text, start)
        if match is None:
            raise self._no_token(start)
        kind, value = match.lastgroup, match[0]
        self.position = match.end()
        if kind == "comment":
            self.comments = [*self.comments, (start, value)]
        elif kind == "id":
            self._emit(_KEYWORDS.get(value, "ID"), value, start, self.position)
        elif kind == "open":
            self._open(value, start)
        elif kind == "close":
            self._close(value, start)
        elif kind == "string":
            self._emit("STRING_START", value, start, self.position)
            self._string(start)
        elif kind == "indented":
            self._emit("_INDENTED_START", value, start, self.position)
            self._indented(start)
        elif kind == "path":
            self._emit("_PATH_START", "", start, start)
            self._emit("TEXT", value, start, self.position)
            self._path(start)
        elif kind == "operator":
            if value in ("|>", "<|"):
                raise self._error(f"the pipe operator {value!r} is no part of the stable language", start)
            self._emit(_SYMBOLS.get(value, "OPERATOR"), value, start, self.position)
        elif kind is not None and kind != "skip":
            self._emit(_ATOMS[kind], value, start, self.position)

    def _no_token(self, start: int) -> NixSyntaxError:
        if self.text.startswith("/*", start):
            return self._error("this comment is never closed", start, "end it with '*/'")
        character = self.text[start]
        return self._error(f"unexpected character {character!r}", start)

    def _push(self, bracket: str, start: int) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} brackets are open", start)
        self.open.append((bracket, start))

    def _open(self, bracket: str, start: int) -> None:
        self._push(bracket, start)
        self._emit(_SYMBOLS[bracket], bracket, start, self.position)

    def _close(self, bracket: str, start: int) -> None:
        """Close a bracket; one that ends an interpolation goes on with the string or path around it."""
        if not self.open:
            raise self._error(f"{bracket!r} closes nothing", start)
        opened, offset = self.open.pop()
        expected = _CLOSING.get(opened, "}")
        if bracket != expected:
            error = self._error(f"unexpected {bracket!r}", start)
            line = self.text.count("\n", 0, offset) + 1
            error.hint = f"{self.text[offset]!r} in line {line} is still open"
            raise error
        self._emit(_SYMBOLS[bracket], bracket, start, self.position)
        if opened == "string":
            self._string(offset)
        elif opened == "indented string":
            self._indented(offset)
        elif opened == "path":
            self._path(offset)

    def _interpolation(self, around: str, start: int) -> None:
        position = self.position
        self._push(around, start)
        self.position += 2
        self._emit("INTERPOLATION", "${", position, self.position)

    def _string(self, start: int) -> None:
        if match := _STRING_TEXT.match(self.text, self.position):
            self._emit("TEXT", _ESCAPE.sub(_unescape, match[0]), match.start(), match.end())
            self.position = match.end()
        if self.text.startswith("${", self.position):
            self._interpolation("string", start)
        elif self.text.startswith('"', self.position):
            self.position += 1
            self._emit("_STRING_END", '"', self.position - 1, self.position)
        else:
            raise self._error("this string is never closed", start, "end it with '\"'")

    def _indented(self, start: int) -> None:
        while True:
            if match := _INDENTED_TEXT.match(self.text, self.position):
                self._emit("TEXT", match[0], match.start(), match.end())
            elif match := _INDENTED_ESCAPE.match(self.text, self.position):
                self._emit("TEXT", _indented_escape(match), match.start(), match.end(), escaped=True)
            else:
                break
            self.position = match.end()
        if self.text.startswith("${", self.position):
            self._interpolation("indented string", start)
        elif self.text.startswith("''", self.position):
            self.position += 2
            self._emit("_INDENTED_END", "''", self.position - 2, self.position)
        else:
            raise self._error("this indented string is never closed", start, "end it with two single quotes")

    def _path(self, start: int) -> None:
        while match := _PATH_TEXT.match(self.text, self.position):
            self._emit("TEXT", match[0], match.start(), match.end())
            self.position = match.end()
        if self.text.startswith("${", self.position):
            self._interpolation("path", start)
        elif self.text[self.position - 1] == "/":
            raise self._error("a path has no slash at its end", self.position - 1, "remove the slash")
        else:
            self._emit("_PATH_END", "", self.position, self.position)


def _unescape(match: re.Match[str]) -> str:
    letter = match[1]
    return "\n" if letter is None else _LETTERS.get(letter, letter)


def _indented_escape(match: re.Match[str]) -> str:
    found = match[0]
    if found == "'''":
        return "''"
    if match[1] is not None:
        return _LETTERS.get(match[1], "\n" if match[1] == "\r" else match[1])
    return "$" if found.endswith("$") else "'"

"""Rust's tokens, as far as a scan needs them: token trees, the values of string literals, and ends of groups.

Source of the rules: the Rust reference, "Lexical structure" and "Tokens". Offsets count characters of the text given.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Fragments of expressions, shared with the event scanner in facts.py.
LINE_COMMENT = r"//[^\n]*+"
_FLAT_COMMENT = r"/\*(?>[^*/]++|\*(?!/)|/(?!\*))*+\*/"
_NESTED_COMMENT = rf"/\*(?>[^*/]++|\*(?!/)|/(?!\*)|{_FLAT_COMMENT})*+\*/"
# Comments nest; an expression goes three levels down, `block_comment_end` goes on from there.
BLOCK_COMMENT = rf"/\*(?>[^*/]++|\*(?!/)|/(?!\*)|{_NESTED_COMMENT})*+\*/"
CHAR_BODY = r"(?:[^\\'\n\r\t]|\\(?:u\{[0-9a-fA-F_]*\}|x[0-9a-fA-F]{2}|.))'"
STRING_BODY = r'[^"\\]*+(?>\\.[^"\\]*+)*+"'
BLANK = rf"(?>\s++|{LINE_COMMENT}|{BLOCK_COMMENT})"
IDENT = r"[^\W\d]\w*+"

# Deeper groups are flattened into their parent, so that code which recurses over trees is safe.
MAX_DEPTH = 150
CLOSERS = {"(": ")", "[": "]", "{": "}"}


class TokenKind(Enum):
    """What a token is; the single characters of `=>` and `::` are tokens of their own."""

    IDENT = "ident"
    STRING = "string"
    OTHER_LITERAL = "literal"
    LIFETIME = "lifetime"
    PUNCT = "punct"


class Token(NamedTuple):
    """A leaf. `text` is the source text, without the `r#` of a raw identifier."""

    kind: TokenKind
    text: str
    start: int


class Group(NamedTuple):
    """A delimited sequence of trees; `delimiter` is the opening character."""

    delimiter: str
    trees: tuple[Tree, ...]
    start: int
    end: int


Tree = Token | Group

_TOKEN = re.compile(
    rf"""
      (?P<blank>{BLANK.replace(" ", "[ ]")})
    | (?P<block>/\*)
    | (?P<raw>(?P<rawprefix>[bc]?)r(?P<hashes>\#*+)"(?P<rawbody>.*?)"(?P=hashes))
    | (?P<string>(?P<prefix>[bc]?)"{STRING_BODY})
    | (?P<char>b?'{CHAR_BODY})
    | (?P<lifetime>'(?:r\#)?{IDENT})
    | (?:r\#(?=[^\W\d]))?(?P<ident>{IDENT})
    | (?P<number>\d\w*+(?:\.\d\w*+)?)
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<punct>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DOC_COMMENT = re.compile(r"//(?:/(?!/)|!)(?P<line>.*)|/\*(?:\*(?![*/])|!)(?P<block>.*)\*/", re.DOTALL)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_DELIMITER = re.compile(
    rf"""{LINE_COMMENT}|{BLOCK_COMMENT}|(?P<block>/\*)
    |(?<![\w])[bc]?r(?P<hashes>\#*+)"(?s:.*?)"(?P=hashes)|"{STRING_BODY}|'{CHAR_BODY}
    |(?P<mark>[(){{}}\[\];,])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F_]+)\}|x([0-9a-fA-F]{2})|(\n)[ \t\n\r]*|(.))", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def normalise_text(raw: bytes) -> str:
    """The text of a Rust file as rustc sees it: no byte order mark, no CRLF, no shebang; never fails on bad UTF-8."""
    text = raw.decode("utf-8", "surrogateescape")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    text = text.removeprefix("\ufeff")
    if text.startswith("#!") and not re.match(rf"#!{BLANK}*+\[", text):
        end = text.find("\n")
        text = "//" + (text[2:] if end < 0 else text[2:end] + text[end:])
    return text


def block_comment_end(text: str, start: int) -> int:
    """The offset after the block comment that opens at `start`; comments nest. An open one reaches the end."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def string_value(text: str) -> str | None:
    """The value of a string literal's source text, or None for byte and C strings."""
    if text.startswith("r"):
        hashes = text.index('"') - 1
        return text[hashes + 2 : len(text) - hashes - 1]
    if not text.startswith('"'):
        return None
    body = text[1:-1]
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code is not None:
        digits = code.replace("_", "")
        value = int(digits, 16) if 0 < len(digits) <= 6 else 0xFFFD
        return chr(value) if value < 0x110000 else "\ufffd"
    return "" if match[3] else _SIMPLE_ESCAPES.get(match[4], match[4])


class DocComments(Enum):
    """What becomes of `/// words`: macros see them as `#[doc = "words"]` (reference, "Doc comments")."""

    DROPPED = "dropped"
    ATTRIBUTES = "attributes"


def trees(
    text: str, start: int = 0, end: int | None = None, docs: DocComments = DocComments.DROPPED
) -> tuple[Tree, ...]:
    """The token trees of `text[start:end]`; unbalanced closers are dropped, unbalanced openers end at the end."""
    return _Parser(text, len(text) if end is None else end, docs).parse(start)


def group_at(text: str, start: int, docs: DocComments = DocComments.DROPPED) -> Group:
    """The group whose opening delimiter stands at `start`."""
    end = group_end(text, start)
    inner = trees(text, start + 1, max(start + 1, end - 1), docs)
    return Group(text[start], inner, start, end)


class _Parser:
    """Builds trees with an explicit stack, so that hostile nesting cannot exhaust Python's."""

    def __init__(self, text: str, end: int, docs: DocComments) -> None:
        self.text = text
        self.end = end
        # A doc comment is a blank to the expression; only where macros match does it become something.
        self.skipped = ("blank",) if docs is DocComments.DROPPED else ()

    def parse(self, start: int) -> tuple[Tree, ...]:
        stack: list[tuple[str, int, list[Tree]]] = [("", start, [])]
        flattened = 0
        for match in self._matches(start):
            kind = match.lastgroup
            if kind == "open":
                if len(stack) > MAX_DEPTH:
                    flattened += 1
                else:
                    stack.append((match.group(), match.start(), []))
            elif kind == "close":
                if flattened:
                    flattened -= 1
                elif len(stack) > 1 and CLOSERS[stack[-1][0]] == match.group():
                    _fold(stack, match.end())
            elif kind == "blank":
                stack[-1][2].extend(_doc_attribute(match.group(), match.start()))
            else:
                stack[-1][2].append(_leaf(match))
        while len(stack) > 1:
            _fold(stack, self.end)
        return tuple(stack[0][2])

    def _matches(self, start: int) -> Iterator[re.Match[str]]:
        position = start
        while position < self.end:
            match = _TOKEN.match(self.text, position, self.end)
            if match is None:
                return
            position = match.end()
            if match.lastgroup == "block":
                position = block_comment_end(self.text, match.start())
            elif match.lastgroup not in self.skipped:
                yield match


def _doc_attribute(comment: str, start: int) -> tuple[Tree, ...]:
    match = _DOC_COMMENT.match(comment)
    if match is None:
        return ()
    value = Token(TokenKind.STRING, f'r####"{match["line"] or match["block"] or ""}"####', start)
    equals = Token(TokenKind.PUNCT, "=", start)
    doc = Group("[", (Token(TokenKind.IDENT, "doc", start), equals, value), start, start)
    inner = (Token(TokenKind.PUNCT, "!", start),) if "!" in comment[:3] else ()
    return (Token(TokenKind.PUNCT, "#", start), *inner, doc)


def _fold(stack: list[tuple[str, int, list[Tree]]], end: int) -> None:
    delimiter, start, inner = stack.pop()
    stack[-1][2].append(Group(delimiter, tuple(inner), start, end))


def _leaf(match: re.Match[str]) -> Token:
    start = match.start()
    match match.lastgroup:
        case "ident":
            return Token(TokenKind.IDENT, match["ident"], start)
        case "raw":
            kind = TokenKind.OTHER_LITERAL if match["rawprefix"] else TokenKind.STRING
        case "string":
            kind = TokenKind.OTHER_LITERAL if match["prefix"] else TokenKind.STRING
        case "lifetime":
            kind = TokenKind.LIFETIME
        case "punct":
            kind = TokenKind.PUNCT
        case _:
            kind = TokenKind.OTHER_LITERAL
    return Token(kind, match.group(), start)


def group_end(text: str, start: int) -> int:
    """The offset after the group that opens at `start` (a delimiter), or the text's end."""
    depth = 0
    for mark, _, end in delimiters(text, start):
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth == 0:
                return end
    return len(text)


def delimiters(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Every `( ) [ ] { } ; ,` from `start` on that is no part of a comment or literal: mark, start, end."""
    position = start
    while True:
        for match in _DELIMITER.finditer(text, position):
            if match.lastgroup == "mark":
                yield match.group(), match.start(), match.end()
            elif match.lastgroup == "block":
                position = block_comment_end(text, match.start())
                break
        else:
            return


def strings_in(items: tuple[Tree, ...]) -> Iterator[Token]:
    """Every string literal in the trees, in source order."""
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, Group):
            stack.extend(reversed(item.trees))
        elif item.kind is TokenKind.STRING:
            yield item


def split_commas(items: tuple[Tree, ...]) -> list[tuple[Tree, ...]]:
    """The trees between top-level commas; a trailing comma adds nothing."""
    parts: list[tuple[Tree, ...]] = []
    begin = 0
    for index, item in enumerate(items):
        if isinstance(item, Token) and item.text == "," and item.kind is TokenKind.PUNCT:
            parts.append(items[begin:index])
            begin = index + 1
    if begin < len(items):
        parts.append(items[begin:])
    return parts


def is_punct(item: Tree, text: str) -> bool:
    """Whether the tree is this punctuation character."""
    return isinstance(item, Token) and item.kind is TokenKind.PUNCT and item.text == text


def is_ident(item: Tree) -> bool:
    """Whether the tree is an identifier or keyword."""
    return isinstance(item, Token) and item.kind is TokenKind.IDENT


def render(items: tuple[Tree, ...]) -> str:
    """Source text with these trees."""
    parts: list[str] = []
    stack: list[Tree | str] = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, Token):
            parts.append(item.text)
        else:
            parts.append(item.delimiter)
            stack.append(CLOSERS[item.delimiter])
            stack.extend(reversed(item.trees))
    return " ".join(parts)

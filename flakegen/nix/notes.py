"""Comments and empty lines: which binding or list item they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from flakegen.nix.lexer import Lexeme

if TYPE_CHECKING:
    from collections.abc import Sequence

Comment: TypeAlias = tuple[int, str]

_OPENING = ("_BRACE_OPEN", "_BRACKET_OPEN", "_PAREN_OPEN", "INTERPOLATION")
_CLOSING = ("_BRACE_CLOSE", "_BRACKET_CLOSE", "_PAREN_CLOSE")
_STRINGS = ("STRING_START", "_INDENTED_START", "_PATH_START")
_STRING_ENDS = ("_STRING_END", "_INDENTED_END", "_PATH_END")
_NEVER_BEFORE = (*_CLOSING, "_IN", "ELLIPSIS", "_DOT", "OR", "end")


class Note(Lexeme):
    """The lines of comment and the empty line before a binding or list item."""

    __slots__ = ("blank_before", "lines")

    def __init__(self, offset: int) -> None:
        super().__init__("NOTE", "", offset, offset)
        self.lines: list[str] = []
        self.blank_before = False


def with_notes(text: str, lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Return the tokens with a `Note` before each binding and list item that has comments or an empty line before it.

    A comment at the end of a line goes to the first entry that starts on that line. Others are dropped.
    """
    found: list[Lexeme] = []
    latest: dict[int, tuple[int, Note]] = {}  # by line: the first entry there, and its index in `found`
    line, position, end = 1, 0, 0
    for lexeme, starts_entry in zip(lexemes, _entry_starts(lexemes), strict=True):
        own, at_line_end = _split_comments(text, end, lexeme)
        if at_line_end and line in latest:
            index, note = latest[line]
            note.lines += [text_line for _, comment in at_line_end for text_line in comment_lines(comment)]
            if not any(item is note for item in found[index : index + 1]):
                found.insert(index, note)
        line += text.count("\n", position, lexeme.offset)
        position = lexeme.offset
        if starts_entry:
            note = Note(lexeme.offset)
            note.lines += [text_line for _, comment in own for text_line in comment_lines(comment)]
            first = own[0][0] if own else lexeme.offset
            is_first = not found or found[-1].kind in _OPENING or found[-1].kind == "_LET"
            note.blank_before = not is_first and "\n\n" in _without_blanks(
                text[_end_of(at_line_end, end) : first]
            )
            latest.setdefault(line, (len(found), note))
            if note.lines or note.blank_before:
                found.append(note)
        found.append(lexeme)
        line += text.count("\n", position, lexeme.end)
        position = end = lexeme.end
    return found


def comment_lines(comment: str) -> list[str]:
    """Return the lines of a comment without its marks."""
    if comment.startswith("#"):
        return [comment[1:].strip()]
    lines = [line.strip().removeprefix("*").strip() for line in comment[2:-2].strip("*").splitlines()]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines


def _without_blanks(gap: str) -> str:
    return gap.replace(" ", "").replace("\t", "").replace("\r", "")


def _end_of(comments: list[Comment], end: int) -> int:
    return comments[-1][0] + len(comments[-1][1]) if comments else end


def _split_comments(text: str, end: int, lexeme: Lexeme) -> tuple[list[Comment], list[Comment]]:
    """Return the comments above a token, and those that end the line of the token before it."""
    comments = lexeme.comments
    count = 0
    while count < len(comments) and end and "\n" not in text[end : comments[count][0]]:
        count += 1
    if count and "\n" not in text[_end_of(comments[:count], end) : lexeme.offset]:
        count = 0  # the token itself stands on that line
    return comments[count:], comments[:count]


def _entry_starts(lexemes: Sequence[Lexeme]) -> list[bool]:
    """Tell for each token whether a binding or list item starts with it."""
    found: list[bool] = []
    stack: list[str] = (
        []
    )  # open brackets, strings, and `let`, and `with` and `assert`, whose semicolon ends no binding
    before = ""
    for lexeme in lexemes:
        kind = lexeme.kind
        in_list = (
            bool(stack) and stack[-1] == "_BRACKET_OPEN" and before not in ("_DOT", "OR", "_REC", "_LET")
        )
        after_binding = before in ("_BRACE_OPEN", "_LET", "_SEMICOLON") and kind != "_BRACE_OPEN"
        found.append((in_list or after_binding) and kind not in _NEVER_BEFORE)
        if kind == "_BRACE_OPEN" and before == "_LET":
            stack.pop()  # the old form `let { … }` has no `in`
        before = kind
        if kind in _OPENING or kind in _STRINGS or kind in ("_LET", "_WITH", "_ASSERT"):
            stack.append(kind)
        elif kind in _CLOSING or kind in _STRING_ENDS or (kind == "_IN" and stack[-1:] == ["_LET"]):
            stack.pop()
        elif kind == "_SEMICOLON" and stack and stack[-1] in ("_WITH", "_ASSERT"):
            stack.pop()
            before = ""
    return found

"""Reading Nix source: `flakegen.nix.lexer` makes tokens, the grammar ``nix.lark`` orders them, this module makes the tree."""

# ruff: noqa: PLC0415 (lark takes long to import and is only needed where there is Nix to read)

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flakegen.grammar_files import grammar_text
from flakegen.nix.ast import File
from flakegen.nix.errors import NixSyntaxError
from flakegen.nix.lexer import Lexeme, tokenize
from flakegen.nix.notes import comment_lines, with_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark, Token

    from flakegen.nix.ast import Expr

_SPELLING = {
    "_ASSIGN": "'='",
    "_AT": "'@'",
    "_BRACE_CLOSE": "'}'",
    "_BRACE_OPEN": "'{'",
    "_BRACKET_CLOSE": "']'",
    "_COLON": "':'",
    "_COMMA": "','",
    "_DOT": "'.'",
    "_ELSE": "'else'",
    "_IN": "'in'",
    "_PAREN_CLOSE": "')'",
    "_QUESTION": "'?'",
    "_SEMICOLON": "';'",
    "_THEN": "'then'",
    "ELLIPSIS": "'...'",
    "ID": "a name",
}
_EXPRESSION_STARTS = {"INTEGER", "_PAREN_OPEN"}  # both are expected only where an expression is
_WANTED = frozenset(_SPELLING) - {"_AT", "_COLON", "_DOT", "_QUESTION"}


def parse_expression(text: str) -> Expr:
    """Return the expression that ``text`` is.

    Comments are kept where the tree has a place for them: before bindings and list items.

    Raises:
        NixSyntaxError: when ``text`` is no Nix expression.
    """
    return _parse(text, tokenize(text))


def parse_file(text: str) -> File:
    """Return the file that ``text`` is: the comments at its top, and its expression.

    Raises:
        NixSyntaxError: when ``text`` is no Nix expression.
    """
    lexemes = tokenize(text)
    header = [line for _, comment in lexemes[0].comments for line in comment_lines(comment)]
    return File(tuple(header), _parse(text, lexemes))


def _parse(text: str, lexemes: list[Lexeme]) -> Expr:
    from lark.exceptions import UnexpectedToken

    from flakegen.nix.tree import Located

    try:
        expression: Expr = _parser().parse(with_notes(text, lexemes))  # type: ignore[assignment]
    except UnexpectedToken as error:
        raise _unexpected(text, error.token, error.expected) from None
    except Located as error:
        raise NixSyntaxError(error.message, text, error.offset, error.hint) from None
    except RecursionError:
        raise NixSyntaxError("the expression is nested too deeply", text, 0) from None
    return expression


def _unexpected(text: str, token: Token, expected: set[str]) -> NixSyntaxError:
    offset = len(text.rstrip()) if token.type == "$END" else token.start_pos or 0
    found = "end of the text" if token.type == "$END" else repr(str(token))
    if _EXPRESSION_STARTS.issubset(expected):
        wanted = "an expression"
    else:
        # The old form `let { … }` is read too, but nobody should be led to it.
        kinds = expected - {"_BRACE_CLOSE"} if "_IN" in expected else expected
        shown = sorted(_SPELLING[kind] for kind in kinds if kind in _WANTED)
        wanted = " or ".join(shown)
    message = f"unexpected {found}, expected {wanted}" if wanted else f"unexpected {found}"
    return NixSyntaxError(message, text, offset, _hint(token, expected))


def _hint(token: Token, expected: set[str]) -> str | None:
    if "_SEMICOLON" in expected and token.type in ("ID", "_BRACE_CLOSE", "_IN", "_INHERIT", "_ASSIGN"):
        return "each binding ends with ';'"
    if token.type == "_COMMA" and "_BRACE_CLOSE" not in expected:
        return "items of a list are separated by blanks"
    if token.type in ("_LET", "_WITH", "_IF", "_ASSERT", "_COLON") or expected == {"_BRACE_OPEN"}:
        return "put a function, `let`, `with`, `if` or `assert` in parentheses here"
    return None


@cache
def _parser() -> Lark:
    from lark import Lark, Token
    from lark.lexer import Lexer

    from flakegen.nix.tree import TreeBuilder

    class Lexemes(Lexer):
        """Hands tokens to Lark that were made before."""

        def __init__(self, _: Any) -> None:
            pass

        def lex(self, lexemes: Any) -> Iterator[Token]:  # type: ignore[override]
            for lexeme in lexemes:
                if lexeme.kind != "end":
                    token = Token(lexeme.kind, lexeme.value, lexeme.offset)
                    token.value = lexeme
                    yield token

    return Lark(grammar_text("nix"), parser="lalr", lexer=Lexemes, transformer=TreeBuilder())

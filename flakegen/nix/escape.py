"""Spelling texts as Nix source: the only place where text becomes Nix syntax.

Source of the rules: Nix's ``lexer.l`` (STRING, IND_STRING, ID, PATH) and the manual's page on string literals.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache

from flakegen.nix.errors import NixValueError

KEYWORDS = frozenset({"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"})

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*", re.ASCII)
_PATH = re.compile(r"(?:\.|\.\.|~)?(?:/[a-zA-Z0-9._+-]+)+", re.ASCII)
_PATH_START = re.compile(r"(?:\.|\.\.|~)?/(?:[a-zA-Z0-9._+-]+/)*[a-zA-Z0-9._+-]*", re.ASCII)
_PATH_TEXT = re.compile(r"/?(?:[a-zA-Z0-9._+-]+/)*[a-zA-Z0-9._+-]*", re.ASCII)
_SEARCH_PATH = re.compile(r"[a-zA-Z0-9._+-]+(?:/[a-zA-Z0-9._+-]+)*", re.ASCII)
_SPECIAL = re.compile(r'["\\\n\r\t\0\ud800-\udfff]|\$\{')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "${": "\\${"}
_IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r|\n")


def check_text(text: str) -> None:
    """Refuse what no Nix string can hold.

    Raises:
        NixValueError: for NUL and lone surrogates.
    """
    if bad := _IMPOSSIBLE.search(text):
        raise NixValueError(f"a Nix string cannot hold the character U+{ord(bad[0]):04X}")


def _escape_match(match: re.Match[str]) -> str:
    found = match[0]
    if found not in _ESCAPES:
        check_text(found)
    return _ESCAPES[found]


def string_text(text: str, *, before_interpolation: bool = False) -> str:
    r"""Return ``text`` as it stands between double quotes.

    A last ``$`` is escaped before an interpolation, since ``$${`` starts none.

    Raises:
        NixValueError: for characters that Nix cannot hold.
    """
    escaped = _SPECIAL.sub(_escape_match, text) if _SPECIAL.search(text) else text
    if before_interpolation and text.endswith("$"):
        return escaped[:-1] + "\\$"
    return escaped


@lru_cache(maxsize=1 << 16)
def quoted(text: str) -> str:
    """Return the string literal that evaluates to ``text``.

    Raises:
        NixValueError: for characters that Nix cannot hold.
    """
    return f'"{string_text(text)}"'


def is_identifier(name: str) -> bool:
    """Tell whether ``name`` can be a variable."""
    return _IDENTIFIER.fullmatch(name) is not None and name not in KEYWORDS


@lru_cache(maxsize=1 << 14)
def identifier(name: str) -> str:
    """Return ``name`` if it can be a variable.

    Raises:
        NixValueError: when it is a keyword or has other characters than identifiers have.
    """
    if not is_identifier(name):
        raise NixValueError(f"not a Nix identifier: {name!r}")
    return name


@lru_cache(maxsize=1 << 14)
def attribute_name(name: str) -> str:
    """Return ``name`` as an attribute name, quoted when it is no identifier.

    Raises:
        NixValueError: for characters that Nix cannot hold.
    """
    return name if is_identifier(name) else quoted(name)


def is_path(text: str) -> bool:
    """Tell whether ``text`` is a path literal that means what it says."""
    return _PATH.fullmatch(text) is not None


def path_text(text: str, *, first: bool, last: bool) -> str:
    """Return one text part of a path literal as it is.

    Raises:
        NixValueError: for anything that a path literal cannot hold at that place.
    """
    rule = (_PATH if last else _PATH_START) if first else _PATH_TEXT
    if not rule.fullmatch(text) or (last and text.endswith("/")):
        raise NixValueError(f"not a Nix path: {text!r}")
    return text


def search_path(name: str) -> str:
    """Return ``<name>``.

    Raises:
        NixValueError: when it is no search path.
    """
    if not _SEARCH_PATH.fullmatch(name):
        raise NixValueError(f"not a Nix search path: {name!r}")
    return f"<{name}>"


def integer(value: int) -> str:
    """Return an integer literal.

    Raises:
        NixValueError: when it is negative or needs more than 63 bits.
    """
    if not 0 <= value < 1 << 63:
        raise NixValueError(f"not a Nix integer literal: {value}")
    return str(int(value))


def float_literal(value: float) -> str:
    """Return a float literal; Nix wants a point in it, also before an exponent.

    Raises:
        NixValueError: when it is negative, infinite, not a number, or so near to zero that it has lost precision.
    """
    text = repr(float(value))
    if text.startswith(("-", "inf", "nan")) or 0 < value < sys.float_info.min:
        raise NixValueError(f"not a Nix float literal: {value}")
    mantissa, exponent, power = text.partition("e")
    return text if "." in mantissa else f"{mantissa}.0{exponent}{power}"


def comment_lines(lines: tuple[str, ...]) -> list[str]:
    """Return ``#`` lines for a comment; a line break inside a text starts a new comment line."""
    for text in lines:
        check_text(text)
    found = [line.strip() for text in lines for line in _LINE_END.split(text)]
    return [f"# {line}" if line else "#" for line in found]

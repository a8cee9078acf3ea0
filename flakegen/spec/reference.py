"""Strings to templates and references, by ``grammar/reference.lark``.

Importing Lark and building its parser costs more than reading a whole spec, so the shapes that nearly every
reference has are read by one regular expression; the grammar reads the rest and places every error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.grammar_files import grammar_text
from flakegen.spec.values import Namespace, Reference, Template

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

    from flakegen.spec.keypath import KeyPath

_NAME = r"[A-Za-z_][A-Za-z0-9_'-]*"
_PLAIN_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*\Z")
_PLAIN_REFERENCE = re.compile(rf"@\{{({_NAME}(?:\.{_NAME})*)\}}")
_NAMESPACES = {each.value: each for each in Namespace}
_NO_NAMES = frozenset({Namespace.TOOLCHAIN})
_ONE_OF: dict[Namespace, tuple[str, ...]] = {
    Namespace.PROJECT: ("name", "version", "description"),
    Namespace.SELF: ("rev", "shortRev", "lastModifiedDate"),
}
_LITERAL_HINT = "write '@@{' for a plain '@{'"

AnyReference = TypeVar("AnyReference", bound=Reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReference:
    """A reference as the grammar sees it: the dotted names and where in the string it stands."""

    names: tuple[str, ...]
    offset: int
    length: int


RawTemplate: TypeAlias = tuple[str | RawReference, ...]


class ReferenceSyntaxError(ValueError):
    """A string that breaks the grammar, at ``offset`` for ``length`` characters of it."""

    def __init__(
        self,
        message: str,
        *,
        offset: int,
        length: int,
        hint: str | None = None,
        code: Code = Code.BAD_REFERENCE,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        self.length = length
        self.hint = hint


def parse_template(text: str, where: KeyPath) -> Template:
    """Return ``text`` (``template`` in the grammar) as literal parts and references.

    Raises:
        ReferenceSyntaxError: for a malformed reference or one to a namespace that does not exist.
    """
    if "@{" not in text:
        return Template(parts=(text,) if text else (), where=where)
    raw = split_plain(text)
    if raw is None:
        raw = split_by_grammar(text)
    parts = (each if isinstance(each, str) else _reference(Reference, each, where) for each in raw)
    return Template(parts=tuple(parts), where=where)


def parse_sole_reference(kind: type[AnyReference], text: str, where: KeyPath) -> AnyReference:
    """Return ``text``, which must be exactly one ``@{…}``, as a ``kind`` of reference.

    Raises:
        ReferenceSyntaxError: for anything else.
    """
    raw = (split_plain(text) or split_by_grammar(text)) if "@{" in text else (text,)
    if len(raw) == 1 and isinstance(raw[0], RawReference):
        return _reference(kind, raw[0], where)
    raise ReferenceSyntaxError(
        f"expected one reference and nothing else, found {quoted(text)}",
        offset=0,
        length=len(text),
        hint="write it as '@{packages.name}'",
    )


def parse_package(kind: type[AnyReference], text: str, where: KeyPath) -> AnyReference:
    """Return ``text``, an attribute path of nixpkgs (``attr_path`` in the grammar) or one ``@{…}``, as a reference.

    Raises:
        ReferenceSyntaxError: for anything else.
    """
    if "@{" in text:
        return parse_sole_reference(kind, text, where)
    names = tuple(text.split(".")) if _PLAIN_PATH.match(text) else _path_by_grammar(text)
    if len(names) > 1 and names[0] in {"packages", "checks", "apps", "devShells"}:
        raise ReferenceSyntaxError(
            f"{quoted(text)} is no attribute of nixpkgs",
            offset=0,
            length=len(text),
            hint=f"write {quoted('@{' + text + '}')} for what the spec itself defines",
            code=Code.BAD_ATTR_PATH,
        )
    return kind(namespace=Namespace.PKGS, name=names, where=where, offset=0, length=len(text))


def split_plain(text: str) -> RawTemplate | None:
    """Return the parts of ``text`` when its references are all of plain names and nothing is escaped, else None."""
    if "@@{" in text:
        return None
    parts: list[str | RawReference] = []
    end = 0
    for match in _PLAIN_REFERENCE.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        end = match.end()
        names = tuple(match[1].split("."))
        parts.append(RawReference(names=names, offset=match.start(), length=end - match.start()))
    if end < len(text):
        parts.append(text[end:])
    if any(isinstance(part, str) and "@{" in part for part in parts):
        return None
    return tuple(parts)


def split_by_grammar(text: str) -> RawTemplate:
    """Return the parts of ``text`` as the grammar reads it.

    Raises:
        ReferenceSyntaxError: where the grammar stops.
    """
    from lark import Tree  # noqa: PLC0415 - see the module's docstring

    parts: list[str | RawReference] = []
    for child in _parse(text, "template").children:
        part = _raw_reference(child) if isinstance(child, Tree) else _literal(child)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)


def _literal(token: Token) -> str:
    return "@" if token.type == "AT" else str(token)


def _raw_reference(tree: Tree[Token]) -> RawReference:
    meta = tree.meta
    path = next(tree.find_data("attr_path"))
    return RawReference(names=_names(path), offset=meta.start_pos, length=meta.end_pos - meta.start_pos)


def _names(path: Tree[Token]) -> tuple[str, ...]:
    return tuple(str(name.children[0]).strip('"') for name in path.children if not isinstance(name, str))


def _path_by_grammar(text: str) -> tuple[str, ...]:
    return _names(_parse(text, "attr_path"))


def _parse(text: str, start: str) -> Tree[Token]:
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - see the module's docstring

    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        at = len(text) if _at_end(error) else error.pos_in_stream
        raise (_broken_template if start == "template" else _broken_path)(text, at or 0) from None


def _at_end(error: Exception) -> bool:
    token = getattr(error, "token", None)
    return token is not None and token.type == "$END"


@cache
def _parser() -> Lark:
    from lark import Lark  # noqa: PLC0415 - see the module's docstring

    return Lark(
        grammar_text("reference"),
        parser="lalr",
        start=["template", "attr_path"],
        keep_all_tokens=False,
        maybe_placeholders=False,
        propagate_positions=True,
    )


def _broken_template(text: str, at: int) -> ReferenceSyntaxError:
    opening = max(text.rfind("@{", 0, at), 0)
    if "}" not in text[at:]:
        return ReferenceSyntaxError("'@{' without its '}'", offset=opening, length=2, hint=_LITERAL_HINT)
    if text[opening + 2 : at + 1] == "}":
        return ReferenceSyntaxError("'@{}' refers to nothing", offset=opening, length=3, hint=_LITERAL_HINT)
    found = quoted(text[at])
    return ReferenceSyntaxError(f"unexpected {found} in a reference", offset=at, length=1, hint=_LITERAL_HINT)


def _broken_path(text: str, at: int) -> ReferenceSyntaxError:
    return ReferenceSyntaxError(
        f"{quoted(text)} is no attribute path of nixpkgs",
        offset=min(at, max(len(text) - 1, 0)),
        length=1,
        hint="an attribute path is names joined by dots, as python313Packages.black",
        code=Code.BAD_ATTR_PATH,
    )


def _reference(kind: type[AnyReference], raw: RawReference, where: KeyPath) -> AnyReference:
    first, *rest = raw.names
    namespace = _NAMESPACES.get(first)
    problem = _unknown(first) if namespace is None else _misnamed(namespace, rest)
    if namespace is None or problem:
        message, hint = problem or ("", None)
        raise ReferenceSyntaxError(message, offset=raw.offset, length=raw.length, hint=hint)
    return kind(namespace=namespace, name=tuple(rest), where=where, offset=raw.offset, length=raw.length)


def _unknown(first: str) -> tuple[str, str | None]:
    known = f"references begin with {one_of(_NAMESPACES)}; {_LITERAL_HINT}"
    return f"unknown reference to {quoted(first)}", did_you_mean(first, _NAMESPACES) or known


def _misnamed(namespace: Namespace, names: list[str]) -> tuple[str, str | None] | None:
    """Return what is wrong with the names after ``namespace``: message and hint, or None."""
    word = namespace.value
    if namespace in _NO_NAMES:
        return (f"'{word}' has no parts", f"write '@{{{word}}}'") if names else None
    if not names:
        return f"'{word}' alone refers to nothing", f"write '@{{{word}.name}}'"
    if namespace is Namespace.PKGS:
        return None
    if len(names) > 1:
        return f"a reference to {word} takes one name", f"write '@{{{word}.name}}'"
    known = _ONE_OF.get(namespace)
    if known and names[0] not in known:
        hint = did_you_mean(names[0], known) or f"{word} has {one_of(known)}"
        return f"{word} has no {quoted(names[0])}", hint
    return None

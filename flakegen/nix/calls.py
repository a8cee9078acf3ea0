"""Function application: arguments stay on the line of the function as long as they can, the last one may go on below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.ast import Apply, Identifier, Lambda, List, Select
from flakegen.nix.containers import simple_list_doc, term_doc
from flakegen.nix.doc import BREAK, HARD_SPACE, SPACE, Text, group, on_one_line, priority, transparent
from flakegen.nix.escape import identifier
from flakegen.nix.forms import doc_of, is_absorbable, is_simple
from flakegen.nix.precedence import Keyword, Parens, Spelled, spine

if TYPE_CHECKING:
    from flakegen.nix.doc import Doc


@doc_of.register(Keyword)
def _keyword(expression: Keyword, level: int) -> Doc:
    return [Text(expression.text, level)]


@doc_of.register(Apply)
def _apply(expression: Apply, level: int) -> Doc:
    return call_doc(spine(expression), level)


def call_doc(
    parts: list[Spelled],
    level: int,
    *,
    before: Doc | None = None,
    after: Doc | None = None,
    indent_function: bool = False,
    commented: bool = False,
) -> Doc:
    """Return a call of the first of ``parts`` with the others; ``before`` and ``after`` break with its group.

    A call with a comment above it (``commented``) is never taken for a simple one.
    """
    before, after = before or [], after or []
    *leading, last = parts
    if len(parts) > 2 and isinstance(last, List) and isinstance(parts[-2], List):
        head = transparent(_leading(parts[:-2], level, indent_function=indent_function))
        lists = [SPACE, *group(_argument(parts[-2], level + 1)), SPACE, *group(_argument(last, level + 1))]
        return group([*before, *head, *lists, *after])
    head = [*before, *transparent(_leading(leading, level, indent_function=indent_function))]
    if not commented and len(parts) <= 3 and all(map(is_simple, parts)):
        flat = on_one_line(head)
        if flat is not None:
            return group([*flat, HARD_SPACE, *_last_argument(last, level)])
    return group([*head, SPACE, *_last_argument(last, level), *after])


def _leading(parts: list[Spelled], level: int, *, indent_function: bool) -> Doc:
    """Return the function and all arguments but the last."""
    *rest, last = parts
    if not rest:
        if indent_function:
            return group([BREAK, *doc_of(last, level + 1)])
        return doc_of(last, level)
    if isinstance(last, List) and len(rest) > 1 and isinstance(rest[-1], List):
        head = transparent(_leading(rest[:-1], level, indent_function=indent_function))
        lists = [SPACE, *group(_argument(rest[-1], level + 1)), SPACE, *group(_argument(last, level + 1))]
        return transparent([*head, *group(lists)])
    head = transparent(_leading(rest, level, indent_function=indent_function))
    argument = _argument(last, level + 1)
    # A selection that breaks before all else would put only what follows its dot on the next line.
    return [*head, SPACE, *(group(argument) if isinstance(last, Select) else priority(argument))]


def _argument(expression: Spelled, level: int) -> Doc:
    if isinstance(expression, List) and 0 < len(expression.items) <= 6:
        simple = simple_list_doc(expression, level)
        if simple is not None:
            return simple
    return doc_of(expression, level)


def _last_argument(expression: Spelled, level: int) -> Doc:
    inner = level + 1
    if is_absorbable(expression):
        return priority(term_doc(expression, inner))
    match expression:
        case Parens(Lambda(parameter=str(parameter), body=body)) if is_absorbable(body):
            return _hugged(f"{identifier(parameter)}:", body, inner)
        case Parens(Apply(Identifier(name), argument)) if is_absorbable(argument):
            return _hugged(identifier(name), argument, inner)
        case Parens(content):
            return parens_doc(content, inner)
    return group(doc_of(expression, inner))


def _hugged(head: str, body: Spelled, level: int) -> Doc:
    """Return ``(head body)``, where the body starts on the line of the parenthesis and ends on that of the other."""
    return priority(
        [Text(f"({head}", level), HARD_SPACE, *term_doc(body, level, wide=True), Text(")", level)]
    )


def parens_doc(content: Spelled, level: int) -> Doc:
    """Return a parenthesized last argument, whose content moves below the parenthesis when it is too long."""
    return priority([Text("(", level), BREAK, *group(doc_of(content, level + 1)), BREAK, Text(")", level)])

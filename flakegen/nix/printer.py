"""Printing Nix trees as nixfmt (RFC 166) formats them."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Each of these registers how some kinds of nodes are laid out.
from flakegen.nix import (  # noqa: F401
    absorb,
    atoms,
    attrpath,
    bindings,
    calls,
    constructs,
    containers,
    interpolation,
    operators,
)
from flakegen.nix.ast import Apply
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import comment_lines
from flakegen.nix.forms import doc_of
from flakegen.nix.layout import render
from flakegen.nix.precedence import spine

if TYPE_CHECKING:
    from flakegen.nix.ast import Expr, File


def print_expression(expression: Expr, *, indentation: int = 0) -> str:
    """Return the source of ``expression``, without a last newline.

    Raises:
        NixValueError: for names, strings, paths or numbers that Nix cannot express, and for trees that are too deep.
    """
    return _print(expression, indentation, commented=False)


def print_file(file: File) -> str:
    """Return the text of a file: its header as comment, an empty line, its expression, a newline.

    Raises:
        NixValueError: as `print_expression`.
    """
    header = "".join(f"{line}\n" for line in comment_lines(file.header))
    separator = "\n" if header else ""
    return f"{header}{separator}{_print(file.expression, 0, commented=bool(header))}\n"


def _print(expression: Expr, indentation: int, *, commented: bool) -> str:
    try:
        if commented and isinstance(expression, Apply):
            doc = calls.call_doc(spine(expression), 0, commented=True)
        else:
            doc = doc_of(expression, 0)
        return render(doc, indentation)
    except RecursionError:
        raise NixValueError("the expression is nested too deeply") from None

"""The Nix expression language as immutable trees.

Nodes hold meaning, not spelling: strings hold the text they evaluate to, attribute names are unquoted, and there is no
node for parentheses. `flakegen.nix.printer` spells a tree, `flakegen.nix.parser` reads one.

Two spellings that mean the same are one tree. So adjacent texts in ``parts`` are joined and empty ones dropped, a
negative number is `Unary` over a literal, and ``a.b.c`` is one `Select` with the path ``("b", "c")``.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from msgspec import Struct


class AliasSide(Enum):
    """Where the name of the whole argument stands: ``args@{ x }:`` or ``{ x }@args:``."""

    BEFORE = "before"
    AFTER = "after"


class Spread(Enum):
    """How an attribute set with one binding, or a list, may be laid out; more bindings take a line each anyway."""

    WHEN_NEEDED = "when-needed"
    ALWAYS = "always"


class UnaryOperator(Enum):
    """Prefix operators."""

    NEGATE = "-"
    NOT = "!"


class BinaryOperator(Enum):
    """Infix operators, in the order of the Nix manual's table."""

    CONCAT = "++"
    MULTIPLY = "*"
    DIVIDE = "/"
    ADD = "+"
    SUBTRACT = "-"
    UPDATE = "//"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    EQUAL = "=="
    NOT_EQUAL = "!="
    AND = "&&"
    OR = "||"
    IMPLIES = "->"


class Identifier(Struct, frozen=True):
    """A variable."""

    name: str


class Integer(Struct, frozen=True):
    """A literal from 0 to 2**63 - 1."""

    value: int


class Float(Struct, frozen=True):
    """A finite literal that is not negative."""

    value: float


class String(Struct, frozen=True):
    """A string: texts, and expressions that are interpolated."""

    parts: Parts


class IndentedString(Struct, frozen=True):
    """A string spelled between doubled single quotes; ``parts`` are those it has after its indentation is stripped."""

    parts: Parts


class Path(Struct, frozen=True):
    """A path literal: the first part is a text that starts with ``/``, ``./``, ``../`` or ``~/``."""

    parts: Parts


class SearchPath(Struct, frozen=True):
    """``<nixpkgs/lib>``, without the angle brackets."""

    name: str


class Item(Struct, frozen=True):
    """A list item with lines of comment above it, or an empty line before it."""

    value: Expr
    comment: tuple[str, ...] = ()
    blank_before: bool = False


class List(Struct, frozen=True):
    """A list; only items with a comment or an empty line before them are wrapped in `Item`."""

    items: tuple[Expr | Item, ...]
    spread: Spread = Spread.WHEN_NEEDED


class Dynamic(Struct, frozen=True):
    """The attribute name ``${value}``."""

    value: Expr


class Binding(Struct, frozen=True):
    """``path = value;`` with lines of comment above it."""

    path: AttrPath
    value: Expr
    comment: tuple[str, ...] = ()
    blank_before: bool = False


class Inherit(Struct, frozen=True):
    """``inherit a b;`` or ``inherit (source) a b;``."""

    names: tuple[str, ...]
    source: Expr | None = None
    comment: tuple[str, ...] = ()
    blank_before: bool = False


class AttrSet(Struct, frozen=True):
    """An attribute set."""

    bindings: tuple[Binding | Inherit, ...]
    recursive: bool = False
    spread: Spread = Spread.WHEN_NEEDED


class Select(Struct, frozen=True):
    """``target.path`` or ``target.path or default``; a target that selects without default is part of the path."""

    target: Expr
    path: AttrPath
    default: Expr | None = None


class HasAttr(Struct, frozen=True):
    """``target ? path``."""

    target: Expr
    path: AttrPath


class Formal(Struct, frozen=True):
    """One attribute of a pattern, perhaps with a default."""

    name: str
    default: Expr | None = None


class Pattern(Struct, frozen=True):
    """``{ a, b ? 1, ... }@alias``."""

    formals: tuple[Formal, ...]
    ellipsis: bool = False
    alias: str | None = None
    alias_side: AliasSide = AliasSide.AFTER


class Lambda(Struct, frozen=True):
    """``parameter: body``."""

    parameter: str | Pattern
    body: Expr


class Apply(Struct, frozen=True):
    """``function argument``; more arguments nest in ``function``."""

    function: Expr
    argument: Expr


class Let(Struct, frozen=True):
    """``let bindings in body``."""

    bindings: tuple[Binding | Inherit, ...]
    body: Expr


class With(Struct, frozen=True):
    """``with namespace; body``."""

    namespace: Expr
    body: Expr


class Assert(Struct, frozen=True):
    """``assert condition; body``."""

    condition: Expr
    body: Expr


class If(Struct, frozen=True):
    """``if condition then consequence else alternative``."""

    condition: Expr
    consequence: Expr
    alternative: Expr


class Unary(Struct, frozen=True):
    """A prefix operator and its operand."""

    operator: UnaryOperator
    operand: Expr


class Binary(Struct, frozen=True):
    """An infix operator and its operands."""

    operator: BinaryOperator
    left: Expr
    right: Expr


class File(Struct, frozen=True):
    """A whole file: lines of comment at its top, and its expression."""

    header: tuple[str, ...]
    expression: Expr


Expr: TypeAlias = (
    Identifier
    | Integer
    | Float
    | String
    | IndentedString
    | Path
    | SearchPath
    | List
    | AttrSet
    | Select
    | HasAttr
    | Lambda
    | Apply
    | Let
    | With
    | Assert
    | If
    | Unary
    | Binary
)
Parts: TypeAlias = tuple[str | Expr, ...]
AttrName: TypeAlias = str | String | Dynamic
"""A known name, a string with interpolation (``"lib${x}"``), or ``${x}``."""
AttrPath: TypeAlias = tuple[AttrName, ...]

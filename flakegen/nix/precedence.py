"""Where parentheses must stand.

Source of the levels: ``parser.y`` of Nix (its ``%left`` table, and the rules expr_function, expr_op, expr_app, expr_select
and expr_simple).
"""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

from msgspec import Struct

from flakegen.nix.ast import (
    Apply,
    Assert,
    Binary,
    BinaryOperator,
    Expr,
    Float,
    HasAttr,
    If,
    Integer,
    Lambda,
    Let,
    Path,
    Select,
    Unary,
    UnaryOperator,
    With,
)

ANY: Final = 0  # let, with, assert, if, lambda
IMPLIES: Final = 1
OR: Final = 2
AND: Final = 3
EQUALITY: Final = 4
ORDER: Final = 5
UPDATE: Final = 6
NOT: Final = 7
SUM: Final = 8
PRODUCT: Final = 9
CONCAT: Final = 10
HAS_ATTR: Final = 11
NEGATE: Final = 12
APPLY: Final = 13
SELECT: Final = 14
SIMPLE: Final = 15


class Associativity(Enum):
    """To which side equal operators group without parentheses."""

    LEFT = "left"
    RIGHT = "right"
    NONE = "none"


BINARY: Final = {
    BinaryOperator.IMPLIES: (IMPLIES, Associativity.RIGHT),
    BinaryOperator.OR: (OR, Associativity.LEFT),
    BinaryOperator.AND: (AND, Associativity.LEFT),
    BinaryOperator.EQUAL: (EQUALITY, Associativity.NONE),
    BinaryOperator.NOT_EQUAL: (EQUALITY, Associativity.NONE),
    BinaryOperator.LESS: (ORDER, Associativity.NONE),
    BinaryOperator.LESS_OR_EQUAL: (ORDER, Associativity.NONE),
    BinaryOperator.GREATER: (ORDER, Associativity.NONE),
    BinaryOperator.GREATER_OR_EQUAL: (ORDER, Associativity.NONE),
    BinaryOperator.UPDATE: (UPDATE, Associativity.RIGHT),
    BinaryOperator.ADD: (SUM, Associativity.LEFT),
    BinaryOperator.SUBTRACT: (SUM, Associativity.LEFT),
    BinaryOperator.MULTIPLY: (PRODUCT, Associativity.LEFT),
    BinaryOperator.DIVIDE: (PRODUCT, Associativity.LEFT),
    BinaryOperator.CONCAT: (CONCAT, Associativity.RIGHT),
}


class Parens(Struct, frozen=True):
    """An expression in parentheses."""

    inner: Expr


class Keyword(Struct, frozen=True):
    """``assert``, which is laid out like a function that is applied to its condition."""

    text: str


class Splice(Struct, frozen=True):
    """An interpolation that is alone on its line of a string, where it is laid out like parentheses."""

    inner: Expr


Spelled: TypeAlias = Expr | Parens | Keyword | Splice


def level_of(expression: Spelled) -> int:
    """Return how tightly the outermost construct of ``expression`` binds."""
    match expression:
        case Lambda() | Let() | With() | Assert() | If():
            return ANY
        case Binary(operator):
            return BINARY[operator][0]
        case Unary(UnaryOperator.NOT):
            return NOT
        case Unary():
            return NEGATE
        case HasAttr():
            return HAS_ATTR
        case Apply():
            return APPLY
        case Select():
            return SELECT
    return SIMPLE


def wrapped(expression: Expr, level: int) -> Spelled:
    """Return ``expression``, in parentheses where something that binds as ``level`` does must stand."""
    return expression if level_of(expression) >= level else Parens(expression)


def operands(expression: Binary) -> tuple[Spelled, Spelled]:
    """Return both operands, in parentheses where they need them."""
    level, associativity = BINARY[expression.operator]
    left = level if associativity is Associativity.LEFT else level + 1
    right = level if associativity is Associativity.RIGHT else level + 1
    return wrapped(expression.left, left), wrapped(expression.right, right)


def operand(expression: Unary) -> Spelled:
    """Return the operand; doubled prefix operators are kept apart, since not every parser reads them.

    So is a path, of which a minus before it would be a part.
    """
    if isinstance(expression.operand, Unary) or isinstance(_leftmost(expression.operand), Path):
        return Parens(expression.operand)
    return wrapped(expression.operand, NOT if expression.operator is UnaryOperator.NOT else APPLY)


def _leftmost(expression: Expr) -> Expr:
    while isinstance(expression, Apply):
        expression = expression.function
    return expression


def spine(expression: Apply) -> list[Spelled]:
    """Return the function and all arguments of nested applications."""
    arguments: list[Spelled] = []
    function: Expr = expression
    while isinstance(function, Apply):
        arguments.append(wrapped(function.argument, SELECT))
        function = function.function
    arguments.append(wrapped(function, SELECT))
    arguments.reverse()
    return arguments


def select_target(expression: Select) -> Spelled:
    """Return what is selected from; after a number or a path a dot would belong to it."""
    target = expression.target
    if isinstance(target, Integer | Float | Path):
        return Parens(target)
    if isinstance(target, Select) and target.default is None:
        return target
    return wrapped(target, SIMPLE)


def select_default(default: Expr) -> Spelled:
    """Return what follows ``or``; a further ``or`` inside is kept apart for the reader."""
    if isinstance(default, Select) and default.default is not None:
        return Parens(default)
    return wrapped(default, SELECT)

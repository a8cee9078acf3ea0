"""Grouping a chain of operands and operators by Nix's table of precedences, as its bison parser does.

An operator is read on while it binds tighter than the one before it. A prefix operator may follow any other, so ``!`` may
stand to the right of operators that bind tighter, and then takes more than they would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flakegen.nix.ast import AttrPath, Binary, BinaryOperator, Expr, HasAttr, Unary, UnaryOperator
from flakegen.nix.precedence import ANY, BINARY, HAS_ATTR, NEGATE, NOT, Associativity

if TYPE_CHECKING:
    from collections.abc import Sequence

_BINARY = {operator.value: operator for operator in BinaryOperator}


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator in a chain; ``path`` is given for ``?``, which is one with its operand."""

    text: str
    offset: int
    path: AttrPath | None = None


class OperatorError(ValueError):
    """Two operators in a row that need parentheses, as in ``a == b == c``."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        super().__init__(f"{operator.text!r} cannot follow an operator of its kind without parentheses")


def grouped(chain: Sequence[Expr | Operator]) -> Expr:
    """Return the expression that a chain means.

    Raises:
        OperatorError: for operators that do not associate.
    """
    if len(chain) == 1 and not isinstance(chain[0], Operator):
        return chain[0]
    reader = _Reader(chain)
    return reader.expression(ANY)


class _Reader:
    __slots__ = ("chain", "index")

    def __init__(self, chain: Sequence[Expr | Operator]) -> None:
        self.chain = chain
        self.index = 0

    def expression(self, above: int) -> Expr:
        """Read operands and all operators that bind tighter than ``above``."""
        left = self._operand()
        barred = -1  # the level whose operators may not follow
        while self.index < len(self.chain):
            operator = self.chain[self.index]
            if not isinstance(operator, Operator):
                raise AssertionError("two operands in a row")  # noqa: TRY004 (the grammar excludes it)
            if operator.path is not None:
                level, associativity = HAS_ATTR, Associativity.LEFT
            else:
                level, associativity = BINARY[_BINARY[operator.text]]
            if level <= above:
                break
            if level == barred:
                raise OperatorError(operator)
            self.index += 1
            barred = level if associativity is Associativity.NONE else -1
            left = self._applied(operator, left, level, associativity)
        return left

    def _applied(self, operator: Operator, left: Expr, level: int, associativity: Associativity) -> Expr:
        if operator.path is not None:
            return HasAttr(left, operator.path)
        right = self.expression(level - 1 if associativity is Associativity.RIGHT else level)
        return Binary(_BINARY[operator.text], left, right)

    def _operand(self) -> Expr:
        item = self.chain[self.index]
        self.index += 1
        if not isinstance(item, Operator):
            return item
        if item.text == "!":
            return Unary(UnaryOperator.NOT, self.expression(NOT))
        return Unary(UnaryOperator.NEGATE, self.expression(NEGATE))

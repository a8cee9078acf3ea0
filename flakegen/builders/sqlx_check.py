"""Checks that sqlx's queries and their descriptions fit together."""

from __future__ import annotations

from dataclasses import dataclass

from flakegen.builders.builder import Builder
from flakegen.builders.drift import run_flakegen
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import CheckTable
from flakegen.spec.values import Namespace, Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlxCheck(CheckTable):
    """Runs ``flakegen sqlx`` on this spec."""

    sqlx: Ref = key(
        "The package that provides flakegen.",
        accepts=frozenset({Namespace.PACKAGES, Namespace.PKGS}),
        example='"@{packages.flakegen}"',
    )


KIND = Kind(
    section=Section.CHECKS,
    key="sqlx",
    table=SqlxCheck,
    doc="Every query of sqlx has its description in `.sqlx`, and every description its query.",
    example='[checks.sqlx]\nsqlx = "@{packages.flakegen}"\n',
    needs_cargo=True,
)


def lower(name: str, check: SqlxCheck, scope: Scope) -> Expr:
    """Run `flakegen sqlx` over what a compilation reads."""
    return run_flakegen("sqlx", name, check.sqlx, scope)


BUILDER = Builder(kind=KIND, lower=lower, helpers=("source.nix", "compiled-from.nix"))

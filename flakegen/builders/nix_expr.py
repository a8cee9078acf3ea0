"""Packages, checks and dev shells that a Nix expression in the spec describes."""

from __future__ import annotations

from dataclasses import dataclass

from flakegen.builders.builder import Builder
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import CheckTable, DevShellTable, PackageTable
from flakegen.spec.values import NixExpr

_DOC = "A Nix expression for a derivation; parsed when compiling."


@dataclass(frozen=True, slots=True, kw_only=True)
class NixExprPackage(PackageTable):
    """A package from a Nix expression."""

    nix_expr: NixExpr = key(_DOC, example="'pkgs.hello'")


@dataclass(frozen=True, slots=True, kw_only=True)
class NixExprCheck(CheckTable):
    """A check from a Nix expression."""

    nix_expr: NixExpr = key(_DOC, example="'pkgs.hello'")


@dataclass(frozen=True, slots=True, kw_only=True)
class NixExprDevShell(DevShellTable):
    """A dev shell from a Nix expression."""

    nix_expr: NixExpr = key(_DOC, example="'pkgs.mkShell { }'")


PACKAGE_KIND = Kind(
    section=Section.PACKAGES,
    key="nix-expr",
    table=NixExprPackage,
    doc="A package that a Nix expression describes.",
    example='[packages.greeting]\nnix-expr = \'pkgs.writeText "greeting" "hello"\'\n',
)
CHECK_KIND = Kind(
    section=Section.CHECKS,
    key="nix-expr",
    table=NixExprCheck,
    doc="A check that a Nix expression describes.",
    example='[checks.lint]\nnix-expr = \'pkgs.runCommand "lint" { } "touch $out"\'\n',
)
DEV_SHELL_KIND = Kind(
    section=Section.DEV_SHELLS,
    key="nix-expr",
    table=NixExprDevShell,
    doc="A dev shell that a Nix expression describes.",
    example="[devShells.bare]\nnix-expr = 'pkgs.mkShell { }'\n",
)


def lower(_name: str, entry: NixExprPackage | NixExprCheck | NixExprDevShell, scope: Scope) -> Expr:
    """Return the user's own expression."""
    return scope.expression(entry.nix_expr)


BUILDERS = tuple(Builder(kind=kind, lower=lower) for kind in (PACKAGE_KIND, CHECK_KIND, DEV_SHELL_KIND))

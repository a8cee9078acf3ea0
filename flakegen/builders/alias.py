"""Packages that are another package under a second name."""

from __future__ import annotations

from dataclasses import dataclass

from flakegen.builders.builder import Builder, Programs
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import PackageTable
from flakegen.spec.values import PackageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPackage(PackageTable):
    """A package of this spec or of nixpkgs, by another name."""

    alias: PackageRef = key("The package meant: a reference, or an attribute of nixpkgs.", example='"jq"')


KIND = Kind(
    section=Section.PACKAGES,
    key="alias",
    table=AliasPackage,
    doc="Another package, or one of nixpkgs, under a second name; a bare string is short for this.",
    example='[packages]\ndefault = "@{packages.lana-cli}"\n',
    shorthand=True,
)


def lower(_name: str, package: AliasPackage, scope: Scope) -> Expr:
    """Return the other package itself."""
    return scope.reference(package.alias)


def programs(package: AliasPackage, known: Programs) -> frozenset[str] | None:
    """Return those of the other package."""
    return known.of(package.alias)


BUILDER = Builder(kind=KIND, lower=lower, programs=programs)

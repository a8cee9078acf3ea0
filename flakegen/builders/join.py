"""Packages that are several others in one."""

from __future__ import annotations

from dataclasses import dataclass

from flakegen.builders.builder import Builder, Programs
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import PackageTable
from flakegen.spec.values import PackageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPackage(PackageTable):
    """The files of several packages, linked together."""

    join: tuple[PackageRef, ...] = key(
        "The packages: references, or attributes of nixpkgs.", may_be_empty=False, example='["jq", "yq"]'
    )


KIND = Kind(
    section=Section.PACKAGES,
    key="join",
    table=JoinPackage,
    doc="Several packages in one, their files linked together.",
    example='[packages.default]\njoin = ["hello", "@{packages.tool}"]\n',
)


def lower(name: str, package: JoinPackage, scope: Scope) -> Expr:
    """Call nixpkgs' `symlinkJoin` (nixpkgs manual, "Trivial build helpers")."""
    return nix.call("pkgs.symlinkJoin", {"name": name, "paths": scope.references(package.join)})


def programs(package: JoinPackage, known: Programs) -> frozenset[str] | None:
    """Return those of all packages in it."""
    found = [known.of(each) for each in package.join]
    return None if None in found else frozenset().union(*filter(None, found))


BUILDER = Builder(kind=KIND, lower=lower, programs=programs)

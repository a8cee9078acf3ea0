"""Packages that are another package with environment variables set around its programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flakegen.builders.builder import Builder, Programs
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import EMPTY, EVALUATED, key
from flakegen.spec.tables import PackageTable
from flakegen.spec.values import EnvName, Namespace, Ref, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapPackage(PackageTable):
    """A package whose programs run with a given environment; wrapping never rebuilds them."""

    wrap: Ref = key(
        "The package whose programs are wrapped.",
        accepts=frozenset({Namespace.PACKAGES, Namespace.PKGS}),
        example='"@{packages.lana-cli}"',
    )
    env: Mapping[EnvName, Template] = key(
        "Environment of the programs.",
        default=EMPTY,
        accepts=EVALUATED,
        example='{ VERSION = "@{env.VERSION}" }',
    )
    impure: bool = key(
        "Whether `@{env.…}` may be read when Nix evaluates (`nix build --impure`).", default=False
    )


KIND = Kind(
    section=Section.PACKAGES,
    key="wrap",
    table=WrapPackage,
    doc="Another package, with environment variables set around its programs.",
    example=(
        '[packages.lana-cli-release]\nwrap = "@{packages.lana-cli}"\nimpure = true\nenv = { VERSION = "@{env.VERSION}" }\n'
    ),
)


def lower(name: str, package: WrapPackage, scope: Scope) -> Expr:
    """Wrap every program of a package; what is wrapped is not built again."""
    return nix.call(
        nix.call("import", nix.path("./wrap.nix"), {"pkgs": nix.identifier("pkgs")}),
        {"name": name, "package": scope.reference(package.wrap), "env": scope.templates(package.env)},
    )


def programs(package: WrapPackage, known: Programs) -> frozenset[str] | None:
    """Return those of the package that is wrapped."""
    return known.of(package.wrap)


BUILDER = Builder(kind=KIND, lower=lower, programs=programs, helpers=("wrap.nix",))

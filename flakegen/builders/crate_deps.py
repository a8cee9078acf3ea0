"""Packages that hold the third-party crates of other packages, pre-built, and no own code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flakegen.builders.builder import Builder
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import PackageTable
from flakegen.spec.values import Namespace, Ref


class CrateDepsOf(Enum):
    """Whose dependencies, in one word."""

    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateDepsPackage(PackageTable):
    """Every third-party unit of the packages named."""

    crate_deps: CrateDepsOf | tuple[Ref, ...] = key(
        'The packages whose dependencies are meant; `"all"` is every crate package of the spec.',
        accepts=frozenset({Namespace.PACKAGES}),
        may_be_empty=False,
        example='["@{packages.lana-cli}"]',
    )


KIND = Kind(
    section=Section.PACKAGES,
    key="crate-deps",
    table=CrateDepsPackage,
    doc="The third-party crates of other packages, pre-built; a layer to cache.",
    example='[packages.lana-deps]\ncrate-deps = "all"\n',
    needs_cargo=True,
    unit_keys=("crate-deps",),
)


def lower(name: str, package: CrateDepsPackage, _scope: Scope) -> Expr:
    """Bundle the third-party units of the builds named, or of all builds, checks included."""
    if isinstance(package.crate_deps, CrateDepsOf):
        builds: Expr = nix.select("cargo.builds")
    else:
        builds = nix.items(sorted(reference.name[0] for reference in package.crate_deps))
    return nix.call("cargo.dependencies", name, builds)


BUILDER = Builder(kind=KIND, lower=lower)

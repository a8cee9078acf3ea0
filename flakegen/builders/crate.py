"""Packages made from a crate of the Cargo workspace, one derivation per cargo unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flakegen.builders.builder import Builder, Programs
from flakegen.cargo.request import BuildRequest, TargetSelection
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.requests import CargoRequest
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.model import Spec
from flakegen.spec.schema import EMPTY, key
from flakegen.spec.tables import PackageTable
from flakegen.spec.values import (
    AttrName,
    CrateName,
    EnvName,
    FeatureName,
    ProfileName,
    Suffix,
    System,
    TargetTriple,
    Template,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CratePackage(PackageTable):
    """The binaries of a workspace member (its library when it has none)."""

    crate: CrateName = key("The workspace member, by its package name.", example='"lana-cli"')
    profile: ProfileName = key("The Cargo profile.", default=ProfileName("release"))
    bins: tuple[CrateName, ...] | None = key(
        "The binaries to build.", default=None, may_be_empty=False, shown_default="all of the crate"
    )
    features: tuple[FeatureName, ...] = key("Features to turn on.", default=(), excludes=("all-features",))
    default_features: bool = key("Whether the crate's default features are on.", default=True)
    all_features: bool = key("Whether all of the crate's features are on.", default=False)
    target: TargetTriple | None = key(
        "Build for this rustc target.", default=None, excludes=("cross",), example='"wasm32-unknown-unknown"'
    )
    cross: System | None = key("Build for this system, on those of `systems`.", default=None)
    env: Mapping[EnvName, Template] = key(
        "Environment of the workspace's own units in this build.", default=EMPTY, accepts=frozenset()
    )
    suffix: Suffix | None = key("Appended to the output's name.", default=None, example='"-c2n"')

    def output_name(self, name: AttrName) -> str:
        """Return ``name`` with the suffix that the entry asks for."""
        return name + (self.suffix or "")


KIND = Kind(
    section=Section.PACKAGES,
    key="crate",
    table=CratePackage,
    doc="A crate of the Cargo workspace, built one cargo unit at a time.",
    example='[packages.lana-cli]\ncrate = "lana-cli"\nprofile = "dev"\n',
    needs_cargo=True,
    unit_keys=("bins",),
)


def request(name: str, package: CratePackage, spec: Spec) -> CargoRequest:
    """Ask for what `cargo build -p CRATE` builds."""
    where = package.where
    selection = TargetSelection() if package.bins is None else TargetSelection(bins=tuple(package.bins))
    return CargoRequest(
        name=name,
        request=BuildRequest(
            host="",
            packages=(package.crate,),
            selection=selection,
            features=tuple(package.features),
            all_features=package.all_features,
            no_default_features=not package.default_features,
            profile=package.profile,
            targets=() if package.target is None else (package.target,),
        ),
        where=where,
        cross=package.cross,
        target=package.target,
        systems=package.systems or spec.project.systems,
        env=tuple((variable, package.env[variable].literal or "") for variable in sorted(package.env)),
        fields={
            "package": (*where, "crate"),
            "profile": (*where, "profile"),
            "platform": (*where, "target"),
            "features": (*where, "features"),
            "bins": (*where, "bins"),
        },
    )


def lower(name: str, package: CratePackage, _scope: Scope) -> Expr:
    """Take the build's programs from the workspace; for another system, from the workspace built for it."""
    foreign = package.cross.value if package.cross is not None else package.target
    if foreign is None:
        return nix.call("cargo.package", name)
    return nix.call(nix.select("cargoFor", foreign, "package"), name)


def programs(package: CratePackage, known: Programs) -> frozenset[str] | None:
    """Return the binaries that are asked for, else all of the crate."""
    if package.target is not None or (package.bins is None and package.crate not in known.of_members):
        return None
    return frozenset(known.of_members[package.crate] if package.bins is None else package.bins)


BUILDER = Builder(kind=KIND, lower=lower, request=request, programs=programs)

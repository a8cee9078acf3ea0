"""Checks that run one of cargo's own: tests, clippy, rustfmt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flakegen.builders.builder import Builder
from flakegen.cargo.request import BuildRequest, Intent
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.requests import CargoRequest
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.model import Spec
from flakegen.spec.schema import key
from flakegen.spec.tables import CheckTable
from flakegen.spec.values import CrateName, FeatureName, ProfileName, Text


class CargoCommand(Enum):
    """The cargo command that a check stands for."""

    TEST = "test"
    CLIPPY = "clippy"
    FMT = "fmt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoCheck(CheckTable):
    """The cargo command over the workspace or some of its members."""

    cargo: CargoCommand = key("The cargo command.", example='"test"')
    packages: tuple[CrateName, ...] | None = key(
        "The workspace members that are checked.", default=None, shown_default="the whole workspace"
    )
    profile: ProfileName | None = key(
        "The Cargo profile.", default=None, shown_default="the command's own, as in cargo"
    )
    features: tuple[FeatureName, ...] = key("Features to turn on.", default=())
    args: tuple[Text, ...] = key("Arguments for the tool, as after cargo's `--`.", default=())


KIND = Kind(
    section=Section.CHECKS,
    key="cargo",
    table=CargoCheck,
    doc="Cargo's tests, clippy or rustfmt over the workspace.",
    example='[checks.clippy]\ncargo = "clippy"\nargs = ["-D", "warnings"]\n',
    needs_cargo=True,
    unit_keys=("cargo",),
)


def request(name: str, check: CargoCheck, spec: Spec) -> CargoRequest | None:
    """Ask for what the cargo command builds; rustfmt builds nothing."""
    match check.cargo:
        case CargoCommand.FMT:
            return None
        case CargoCommand.TEST:
            intent, clippy = Intent.TEST, None
        case CargoCommand.CLIPPY:
            intent, clippy = Intent.CHECK, tuple(check.args)
    where = check.where
    return CargoRequest(
        name=_build_name(name),
        request=BuildRequest(
            host="",
            packages=tuple(check.packages or ()),
            workspace=check.packages is None,
            features=tuple(check.features),
            profile=check.profile,
            intent=intent,
        ),
        where=where,
        systems=check.systems or spec.project.systems,
        clippy=clippy,
        fields={
            "package": (*where, "packages"),
            "profile": (*where, "profile"),
            "features": (*where, "features"),
        },
    )


def lower(name: str, check: CargoCheck, _scope: Scope) -> Expr:
    """Run the tests that were built, lint while building, or look at the layout."""
    match check.cargo:
        case CargoCommand.TEST:
            return nix.call("cargo.tests", name, _build_name(name), list(check.args))
        case CargoCommand.CLIPPY:
            return nix.call("cargo.succeeds", name, _build_name(name))
        case CargoCommand.FMT:
            return nix.call("cargo.formatted", name, list(check.args))


def _build_name(name: str) -> str:
    """Keep checks' builds apart from packages'."""
    return f"checks.{name}"


BUILDER = Builder(kind=KIND, lower=lower, request=request)

"""Checks that run one of cargo's own: tests, clippy, documentation, rustfmt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from flakegen.builders.builder import Builder
from flakegen.cargo.request import BuildRequest, Intent, TargetSelection
from flakegen.diagnostics.codes import Code
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.requests import CargoRequest
from flakegen.plan.scope import Scope
from flakegen.spec.keypath import Part, show
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.model import Spec
from flakegen.spec.schema import key
from flakegen.spec.tables import CheckTable
from flakegen.spec.values import CrateName, FeatureName, ProfileName, Text


class CargoCommand(Enum):
    """The cargo command that a check stands for."""

    TEST = "test"
    CLIPPY = "clippy"
    DOC = "doc"
    FMT = "fmt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoCheck(CheckTable):
    """The cargo command over the workspace or some of its members."""

    cargo: CargoCommand = key("The cargo command.", example='"test"')
    per_member: bool = key(
        "Whether every member has a check of its own, `<member>-<name of the entry>`; they share one build.",
        default=False,
    )
    packages: tuple[CrateName, ...] | None = key(
        "The workspace members that are checked.", default=None, shown_default="the whole workspace"
    )
    profile: ProfileName | None = key(
        "The Cargo profile.", default=None, shown_default="the command's own, as in cargo"
    )
    features: tuple[FeatureName, ...] = key("Features to turn on.", default=())
    all_targets: bool = key(
        "Whether clippy looks at tests, examples and benchmarks too, as with `--all-targets`.", default=False
    )
    args: tuple[Text, ...] = key(
        "Arguments for the tool, as after cargo's `--`; for documentation those of rustdoc.", default=()
    )

    @property
    def has_one_output(self) -> bool:
        """Whether the entry becomes one check."""
        return not self.per_member


KIND = Kind(
    section=Section.CHECKS,
    key="cargo",
    table=CargoCheck,
    doc="Cargo's tests, clippy, documentation or rustfmt over the workspace, as a whole or member by member.",
    example='[checks.clippy]\ncargo = "clippy"\nargs = ["-D", "warnings"]\n',
    needs_cargo=True,
    unit_keys=("cargo",),
)


def request(name: str, check: CargoCheck, spec: Spec) -> CargoRequest | None:
    """Ask for what the cargo command builds; rustfmt builds nothing."""
    clippy: tuple[str, ...] | None = None
    rustdoc: tuple[str, ...] = ()
    match check.cargo:
        case CargoCommand.FMT:
            return None
        case CargoCommand.TEST:
            intent = Intent.TEST
            rustdoc = tuple(word for argument in check.args for word in ("--test-args", argument))
        case CargoCommand.CLIPPY:
            intent, clippy = Intent.CHECK, tuple(check.args)
        case CargoCommand.DOC:
            intent, rustdoc = Intent.DOC, tuple(check.args)
    where = check.where
    return CargoRequest(
        name=_build_name(name),
        request=BuildRequest(
            host="",
            packages=tuple(check.packages or ()),
            workspace=check.packages is None,
            selection=TargetSelection(all_targets=check.all_targets),
            features=tuple(check.features),
            profile=check.profile,
            intent=intent,
            no_deps=True,
        ),
        where=where,
        systems=check.systems or spec.project.systems,
        clippy=clippy,
        rustdoc=rustdoc,
        fields={
            "package": (*where, "packages"),
            "profile": (*where, "profile"),
            "features": (*where, "features"),
        },
    )


def lower(name: str, check: CargoCheck, scope: Scope) -> Expr:
    """Run the tests that were built, lint or document while building, or look at the layout."""
    _refuse_what_means_nothing(check, scope)
    match check.cargo:
        case CargoCommand.TEST:
            return nix.call("cargo.tests", name, _build_name(name), list(check.args))
        case CargoCommand.CLIPPY:
            return nix.call("cargo.succeeds", name, _build_name(name))
        case CargoCommand.DOC:
            return nix.call("cargo.documentation", name, _build_name(name))
        case CargoCommand.FMT:
            return nix.call("cargo.formatted", name, list(check.args))


def lower_each(name: str, check: CargoCheck, scope: Scope) -> Mapping[str, Expr]:
    """Do the same for each member, with the part of the one build that is the member's."""
    _refuse_what_means_nothing(check, scope)
    members = scope.members if check.packages is None else check.packages
    return {f"{member}-{name}": _of_member(member, name, check) for member in sorted(members)}


def _of_member(member: str, name: str, check: CargoCheck) -> Expr:
    own, build = f"{member}-{name}", _build_name(name)
    match check.cargo:
        case CargoCommand.TEST:
            return nix.call("cargo.testsOf", member, own, build, list(check.args))
        case CargoCommand.CLIPPY:
            return nix.call("cargo.succeedsOf", member, own, build)
        case CargoCommand.DOC:
            return nix.call("cargo.documentationOf", member, own, build)
        case CargoCommand.FMT:
            return nix.NULL  # refused


def _refuse_what_means_nothing(check: CargoCheck, scope: Scope) -> None:
    """Report keys that the check's command does not know."""
    command = check.cargo
    for meant, field in (
        (command is not CargoCommand.FMT or not check.per_member, "per-member"),
        (command is CargoCommand.CLIPPY or not check.all_targets, "all-targets"),
    ):
        if not meant:
            where = (*check.where, field)
            message = f'{show(where)} has no meaning with cargo = "{command.value}"'
            scope.problems.add(
                scope.spec.diagnose(where, Code.CONFLICT, message, part=Part.KEY, hint=f"leave {field} out")
            )


def _build_name(name: str) -> str:
    """Keep checks' builds apart from packages'."""
    return f"checks.{name}"


BUILDER = Builder(kind=KIND, lower=lower, lower_each=lower_each, request=request)

"""Checks and apps that are a shell script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flakegen.builders.builder import Builder
from flakegen.builders.shell_application import shell_application
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import EMPTY, key
from flakegen.spec.tables import AppTable, CheckTable
from flakegen.spec.values import EnvName, PackageRef, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCheck(CheckTable):
    """A script over a copy of the project; it fails as the script fails."""

    script: Template = key(
        "The bash script; `$` is the shell's.", may_be_empty=False, example="'bats tests/bats'"
    )
    packages: tuple[PackageRef, ...] = key("What is on its PATH.", default=())
    env: Mapping[EnvName, Template] = key("Its environment.", default=EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptApp(AppTable):
    """A script that ``nix run`` runs where the user stands."""

    script: Template = key(
        "The bash script; `$` is the shell's.", may_be_empty=False, example="""'exec bats "$@"'"""
    )
    packages: tuple[PackageRef, ...] = key("What is on its PATH.", default=())
    env: Mapping[EnvName, Template] = key("Its environment.", default=EMPTY)


CHECK_KIND = Kind(
    section=Section.CHECKS,
    key="script",
    table=ScriptCheck,
    doc="A bash script that must succeed.",
    example="[checks.scripts]\npackages = [\"shellcheck\"]\nscript = 'shellcheck tests/*.sh'\n",
)
APP_KIND = Kind(
    section=Section.APPS,
    key="script",
    table=ScriptApp,
    doc="A bash script.",
    example='[apps.bats]\npackages = ["bats"]\nscript = \'exec bats "${@:-tests/bats}"\'\n',
)


def lower_app(name: str, app: ScriptApp, scope: Scope) -> Expr:
    """Return the path of a shell application."""
    return shell_application(name, app.packages, app.env, scope.text(app.script), scope)


def lower_check(name: str, check: ScriptCheck, scope: Scope) -> Expr:
    """Run the script in a copy of the project that it may write to."""
    arguments: dict[str, object] = {"nativeBuildInputs": scope.references(check.packages)}
    if check.env:
        arguments["env"] = scope.templates(check.env)
    return nix.call(
        "pkgs.runCommand",
        name,
        arguments,
        nix.indented(
            "cp -r ",
            nix.select("inputs.self.sourceInfo"),
            " project\nchmod -R u+w project\ncd project\n(\n",
            *(part if isinstance(part, str) else scope.reference(part) for part in check.script.parts),
            "\n)\ntouch $out\n",
        ),
    )


BUILDERS = (Builder(kind=CHECK_KIND, lower=lower_check), Builder(kind=APP_KIND, lower=lower_app))

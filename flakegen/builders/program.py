"""Apps that are a program of a package."""

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
from flakegen.spec.tables import AppTable
from flakegen.spec.values import EnvName, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramApp(AppTable):
    """A program, with arguments and environment of its own before the user's."""

    program: Template = key(
        "The program's path.", may_be_empty=False, example='"@{packages.lana-cli}/bin/lana-cli"'
    )
    args: tuple[Template, ...] = key("Arguments before the user's.", default=())
    env: Mapping[EnvName, Template] = key("Its environment.", default=EMPTY)


KIND = Kind(
    section=Section.APPS,
    key="program",
    table=ProgramApp,
    doc="A program of a package.",
    example='[apps.simulation]\nprogram = "@{packages.lana-cli}/bin/lana-cli"\nargs = ["simulate"]\n',
)


def lower(name: str, app: ProgramApp, scope: Scope) -> Expr:
    """Return the program itself; with arguments or environment of its own, a script that adds them."""
    if not app.args and not app.env:
        return scope.template(app.program)
    words = [app.program, *app.args]
    command = [nix.call("lib.escapeShellArg", scope.template(word)) for word in words]
    text: list[str | Expr] = ["exec"]
    for word in command:
        text += [" ", word]
    text.append(' "$@"')
    return shell_application(name, (), app.env, nix.interpolated(*text), scope)


BUILDER = Builder(kind=KIND, lower=lower)

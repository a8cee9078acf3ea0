"""A bash script as a program, for the kinds of apps that are one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.values import EnvName, PackageRef, Template


def shell_application(
    name: str, packages: Iterable[PackageRef], env: Mapping[EnvName, Template], text: Expr, scope: Scope
) -> Expr:
    """Return the path of the program (nixpkgs manual, `writeShellApplication`)."""
    arguments: dict[str, object] = {"name": name}
    runtime = scope.references(packages)
    if runtime:
        arguments["runtimeInputs"] = runtime
    if env:
        arguments["runtimeEnv"] = scope.templates(env)
    arguments["text"] = text
    return nix.call("lib.getExe", nix.call("pkgs.writeShellApplication", arguments))

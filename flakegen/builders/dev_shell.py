"""Dev shells described by what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flakegen.builders.builder import Builder
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import EMPTY, key
from flakegen.spec.tables import DevShellTable
from flakegen.spec.values import EnvName, Namespace, PackageRef, Ref, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class DevShell(DevShellTable):
    """Packages, environment and a hook."""

    packages: tuple[PackageRef, ...] = key(
        "What is on its PATH.", default=(), example='["jq", "@{packages.tool}"]'
    )
    inputs_from: tuple[Ref, ...] = key(
        "Packages, checks and dev shells whose build inputs it has too.",
        default=(),
        accepts=frozenset({Namespace.PACKAGES, Namespace.PKGS, Namespace.CHECKS, Namespace.DEV_SHELLS}),
    )
    env: Mapping[EnvName, Template] = key("Its environment.", default=EMPTY)
    shell_hook: Template | None = key("Bash that runs when it starts.", default=None)
    toolchain: bool = key("Whether the Rust toolchain is in it.", default=True)


KIND = Kind(
    section=Section.DEV_SHELLS,
    key=None,
    table=DevShell,
    doc="A shell with packages, environment and a hook; the kind of every entry without `nix` and `nix-expr`.",
    example='[devShells.default]\npackages = ["nodejs_20", "jq"]\nenv = { PGDATABASE = "pg" }\n',
)


def lower(_name: str, shell: DevShell, scope: Scope) -> Expr:
    """Call nixpkgs' `mkShell` (nixpkgs manual, `pkgs.mkShell`)."""
    packages = scope.references(shell.packages)
    if shell.toolchain and scope.spec.cargo is not None:
        packages.insert(0, nix.identifier("toolchain"))
    arguments: dict[str, object] = {"packages": packages}
    if shell.inputs_from:
        arguments["inputsFrom"] = scope.references(shell.inputs_from)
    if shell.env:
        arguments["env"] = scope.templates(shell.env)
    if shell.shell_hook is not None:
        arguments["shellHook"] = scope.text(shell.shell_hook)
    return nix.call("pkgs.mkShell", arguments)


BUILDER = Builder(kind=KIND, lower=lower)

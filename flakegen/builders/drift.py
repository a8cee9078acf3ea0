"""Checks that the committed output is what the spec compiles to."""

from __future__ import annotations

from dataclasses import dataclass

from flakegen.builders.builder import Builder
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import CheckTable
from flakegen.spec.values import Namespace, Ref, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftCheck(CheckTable):
    """Runs ``flakegen check`` on this spec."""

    drift: Ref = key(
        "The package that provides flakegen.",
        accepts=frozenset({Namespace.PACKAGES, Namespace.PKGS}),
        example='"@{packages.flakegen}"',
    )


KIND = Kind(
    section=Section.CHECKS,
    key="drift",
    table=DriftCheck,
    doc="The committed output is what this spec compiles to.",
    example='[checks.flake-check]\ndrift = "@{packages.flakegen}"\n',
)


def lower(name: str, check: DriftCheck, scope: Scope) -> Expr:
    """Run `flakegen check` over what a compilation reads."""
    return run_flakegen("check", name, check.drift, scope)


def run_flakegen(command: str, name: str, package: Reference, scope: Scope) -> Expr:
    """Return a derivation that runs a command on the spec over what a compilation reads, and nothing else of the project."""
    source = nix.call("import", scope.source_nix, {"name": "project", "root": nix.path(scope.to_root)})
    return nix.call(
        "pkgs.runCommand",
        name,
        {"nativeBuildInputs": [scope.reference(package)]},
        nix.indented(
            "cd ",
            nix.call(source, nix.call("import", nix.path("./compiled-from.nix"))),
            f"\nflakegen {command} ",
            nix.call("lib.escapeShellArg", str(scope.spec.layout.spec)),
            "\ntouch $out\n",
        ),
    )


BUILDER = Builder(kind=KIND, lower=lower, helpers=("source.nix", "compiled-from.nix"))

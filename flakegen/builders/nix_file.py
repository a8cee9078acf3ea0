"""Packages, checks and dev shells that a Nix file of the project describes, called with ``callPackage``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flakegen.builders.builder import Builder
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import EMPTY, OnDisk, key
from flakegen.spec.tables import CheckTable, DevShellTable, PackageTable
from flakegen.spec.values import AttrName, NixData, SpecPath

_FILE = "The Nix file, for `callPackage`."
_ARGS = "Arguments for it beyond those that `callPackage` finds."


@dataclass(frozen=True, slots=True, kw_only=True)
class NixFilePackage(PackageTable):
    """A package from a Nix file."""

    nix: SpecPath = key(_FILE, on_disk=OnDisk.NIX, example='"nix/tool.nix"')
    args: Mapping[AttrName, NixData] = key(_ARGS, default=EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class NixFileCheck(CheckTable):
    """A check from a Nix file."""

    nix: SpecPath = key(_FILE, on_disk=OnDisk.NIX, example='"nix/check.nix"')
    args: Mapping[AttrName, NixData] = key(_ARGS, default=EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class NixFileDevShell(DevShellTable):
    """A dev shell from a Nix file."""

    nix: SpecPath = key(_FILE, on_disk=OnDisk.NIX, example='"nix/shell.nix"')
    args: Mapping[AttrName, NixData] = key(_ARGS, default=EMPTY)


PACKAGE_KIND = Kind(
    section=Section.PACKAGES,
    key="nix",
    table=NixFilePackage,
    doc="A package that a Nix file describes.",
    example='[packages.tool]\nnix = "nix/tool.nix"\nargs = { withGui = false }\n',
)
CHECK_KIND = Kind(
    section=Section.CHECKS,
    key="nix",
    table=NixFileCheck,
    doc="A check that a Nix file describes.",
    example='[checks.links]\nnix = "nix/links.nix"\n',
)
DEV_SHELL_KIND = Kind(
    section=Section.DEV_SHELLS,
    key="nix",
    table=NixFileDevShell,
    doc="A dev shell that a Nix file describes.",
    example='[devShells.docs]\nnix = "nix/docs-shell.nix"\n',
)


def lower(_name: str, entry: NixFilePackage | NixFileCheck | NixFileDevShell, scope: Scope) -> Expr:
    """Call the file as nixpkgs calls its own (nixpkgs manual, `callPackage`)."""
    return nix.call("pkgs.callPackage", scope.path(entry.nix), scope.table(entry.args))


BUILDERS = tuple(Builder(kind=kind, lower=lower) for kind in (PACKAGE_KIND, CHECK_KIND, DEV_SHELL_KIND))

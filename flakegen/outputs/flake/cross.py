"""Where the packages of another machine are."""

from __future__ import annotations

from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.cargo_plan import Cross


def packages_of(cross: Cross) -> Expr:
    """Return nixpkgs for the machine that a cross build is for; the builder's own for one that has none."""
    if cross.packages is None:
        return nix.identifier("pkgs")
    return nix.select("pkgs.pkgsCross", cross.packages)

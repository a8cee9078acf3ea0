"""What flake.nix has for CI systems alone."""

from __future__ import annotations

from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.model import BuildPlan


def programs_of(plan: BuildPlan) -> dict[str, Expr]:
    """Return apps as derivations, each of which needs all that the app needs: a cache that has it can run the app."""
    return {
        name: nix.call("pkgs.writeText", "app", nix.select("apps", name, "program"))
        for name in plan.ci.programs
    }

"""What flake.nix tells Nix of binary caches."""

from __future__ import annotations

from collections.abc import Iterator

from flakegen.nix import build as nix
from flakegen.nix.ast import Binding
from flakegen.plan.model import BuildPlan


def cache_settings(plan: BuildPlan) -> Iterator[Binding]:
    """Yield ``nixConfig``, with which Nix offers to use the project's caches; nothing without any."""
    caches = plan.ci.caches
    if caches:
        settings = {
            "extra-substituters": [cache.address for cache in caches],
            "extra-trusted-public-keys": [cache.public_key for cache in caches],
        }
        yield nix.binding("nixConfig", nix.attrs(settings), blank_before=True)

"""The one ordered list of outputs; a new output is one new folder here and one line below."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flakegen.outputs.cargo2nix import emit as cargo2nix
from flakegen.outputs.cargo_nix import emit as cargo_nix
from flakegen.outputs.ci import emit as ci
from flakegen.outputs.dockerfiles import emit as dockerfiles
from flakegen.outputs.flake import emit as flake
from flakegen.outputs.makefile import emit as makefile
from flakegen.plan.model import BuildPlan

OUTPUTS: tuple[Callable[[BuildPlan], Iterable[tuple[str, str]]], ...] = (
    flake.emit,
    cargo_nix.emit,
    cargo2nix.emit,
    makefile.emit,
    dockerfiles.emit,
    ci.emit,
)
"""Each yields path, relative to the output folder, and text of the files that it makes of a plan."""

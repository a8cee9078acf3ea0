"""Flake inputs that every flake has although its spec does not name them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flakegen.spec.sections import Input, ToolchainSource
from flakegen.spec.values import AttrName, FlakeUrl, InputPath

if TYPE_CHECKING:
    from collections.abc import Mapping

NIXPKGS = AttrName("nixpkgs")
RUST_OVERLAY = AttrName("rust-overlay")
CARGO2NIX = AttrName("cargo2nix")

_NIXPKGS_INPUT = Input(where=("inputs",), url=FlakeUrl("github:NixOS/nixpkgs/nixos-unstable"))
_RUST_OVERLAY_INPUT = Input(
    where=("inputs",),
    url=FlakeUrl("github:oxalica/rust-overlay"),
    follows=MappingProxyType({NIXPKGS: InputPath("nixpkgs")}),
)


def input_names(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of all inputs of the spec ``raw``, those included that need not be written."""
    written, toolchain = raw.get("inputs"), raw.get("toolchain")
    names = list(written) if isinstance(written, dict) else []
    if NIXPKGS not in names:
        names.append(NIXPKGS)
    source = toolchain.get("source") if isinstance(toolchain, dict) else None
    if source == ToolchainSource.RUST_OVERLAY.value and RUST_OVERLAY not in names:
        names.append(RUST_OVERLAY)
    return tuple(names)


def with_implied(inputs: Mapping[AttrName, Input], source: ToolchainSource) -> Mapping[AttrName, Input]:
    """Return ``inputs`` with nixpkgs, and with rust-overlay where the toolchain comes from it."""
    implied = {NIXPKGS: _NIXPKGS_INPUT}
    if source is ToolchainSource.RUST_OVERLAY:
        implied[RUST_OVERLAY] = _RUST_OVERLAY_INPUT
    return MappingProxyType(
        {**inputs, **{name: each for name, each in implied.items() if name not in inputs}}
    )

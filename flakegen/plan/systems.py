"""Nix systems as rustc host triples, and the platforms that a spec's builds need."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence

from flakegen.plan.cargo_plan import Cross, Platform
from flakegen.plan.requests import CargoRequest, cross_platform_name
from flakegen.spec.values import System

TRIPLES = {
    System.X86_64_LINUX: "x86_64-unknown-linux-gnu",
    System.AARCH64_LINUX: "aarch64-unknown-linux-gnu",
    System.AARCH64_DARWIN: "aarch64-apple-darwin",
}

CROSS_SETS: dict[str, str | None] = {
    "aarch64-apple-darwin": "aarch64-darwin",
    "aarch64-unknown-linux-gnu": "aarch64-multiplatform",
    "aarch64-unknown-linux-musl": "aarch64-multiplatform-musl",
    "i686-unknown-linux-gnu": "gnu32",
    "riscv64gc-unknown-linux-gnu": "riscv64",
    "wasm32-unknown-unknown": None,
    "x86_64-pc-windows-gnu": "mingwW64",
    "x86_64-unknown-linux-gnu": "gnu64",
    "x86_64-unknown-linux-musl": "musl64",
}
"""The names in `pkgsCross` of the targets that flakegen can build for (nixpkgs, lib/systems/examples.nix).

WebAssembly without a system has no packages; nixpkgs' own rustc has its standard library (rustc.nix).
"""


def target_of(request: CargoRequest) -> str | None:
    """Return the triple that a request is built for; None for a native build."""
    return TRIPLES[request.cross] if request.cross is not None else request.target


def platforms_of(request: CargoRequest) -> list[Platform]:
    """Return the platforms that one request is resolved for."""
    return [_platform(system, request) for system in sorted(request.systems, key=lambda system: system.value)]


def all_platforms(systems: Iterable[System], requests: Iterable[CargoRequest]) -> tuple[Platform, ...]:
    """Return the native platform of every system, then what requests need beyond them, by name."""
    found = {
        system.value: Platform(name=system.value, system=system.value, host=TRIPLES[system])
        for system in systems
    }
    for request in requests:
        found |= {each.name: each for each in platforms_of(request)}
    return tuple(found[name] for name in sorted(found))


def system_here(systems: Sequence[str]) -> str:
    """Return this machine's system if it is one of these, else the first of them."""
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    here = f"{machine}-{platform.system().lower()}"
    return here if here in systems else systems[0]


def _platform(system: System, request: CargoRequest) -> Platform:
    host, target = TRIPLES[system], target_of(request)
    if target is None:
        return Platform(name=system.value, system=system.value, host=host)
    foreign = request.cross.value if request.cross is not None else target
    return Platform(
        name=cross_platform_name(system, foreign),
        system=system.value,
        host=host,
        target=target,
        cross=Cross(name=foreign, packages=CROSS_SETS.get(target)),
    )

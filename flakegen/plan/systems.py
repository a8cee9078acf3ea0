"""Nix systems as rustc host triples, and the platforms that a spec's builds need."""

from __future__ import annotations

from collections.abc import Iterable

from flakegen.plan.model import Platform
from flakegen.plan.requests import CargoRequest, cross_platform_name
from flakegen.spec.values import System

TRIPLES = {
    System.X86_64_LINUX: "x86_64-unknown-linux-gnu",
    System.AARCH64_LINUX: "aarch64-unknown-linux-gnu",
    System.AARCH64_DARWIN: "aarch64-apple-darwin",
}


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
        found |= {platform.name: platform for platform in platforms_of(request)}
    return tuple(found[name] for name in sorted(found))


def _platform(system: System, request: CargoRequest) -> Platform:
    host = TRIPLES[system]
    if request.cross is not None:
        name = cross_platform_name(system, request.cross.value)
        target, foreign = TRIPLES[request.cross], request.cross.value
    elif request.target is not None:
        name, target, foreign = cross_platform_name(system, request.target), request.target, request.target
    else:
        return Platform(name=system.value, system=system.value, host=host)
    return Platform(name=name, system=system.value, host=host, target=target, cross_system=foreign)

"""What a spec asks of cargo: one request for each package and check that is made of units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flakegen.cargo.request import BuildRequest
from flakegen.spec.keypath import KeyPath
from flakegen.spec.values import System


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoRequest:
    """One cargo invocation, for all systems of an entry.

    ``request`` is complete but for its host (and, with ``cross``, its targets). ``where`` is the entry in the spec, and
    ``fields`` the keys of it that name what cargo may not know, by what they name: `packages`, `profile`, `features`.
    """

    name: str
    request: BuildRequest
    where: KeyPath
    cross: System | None = None
    target: str | None = None  # a triple, instead of ``cross``
    systems: tuple[System, ...]
    clippy: tuple[str, ...] | None = None
    rustdoc: tuple[str, ...] = ()  # arguments of rustdoc, where it is what runs
    env: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, KeyPath]

    def with_profile(self, profile: str | None) -> CargoRequest:
        """Return the same request in another profile; None is the command's own."""
        return replace(self, request=replace(self.request, profile=profile))


def cross_platform_name(system: System, target: str) -> str:
    """Return the name of the platform that builds on ``system`` for another system or a triple."""
    return f"{system.value}-to-{target}"

"""Which libraries a package's units depend on, as far as all requests agree: worked out once, then reused.

Requests differ in profile and features; neither decides which links there are, beyond which optional dependencies are on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from flakegen.cargo.graph_node import Node
from flakegen.cargo.package import Dependency, DependencyKind, Target, TargetKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.unit import Mode
from flakegen.cargo.workspace import Workspace, platform_dependents

_TESTS = (Mode.TEST, Mode.CHECK_TEST, Mode.DOCTEST)
_TESTING = (TargetKind.TEST, TargetKind.EXAMPLE)
_CUSTOM_BUILD = TargetKind.CUSTOM_BUILD


class Link(Struct, frozen=True, eq=False):
    """A dependency on a library, whatever the unit that has it is built for.

    ``name`` is that of the extern crate; None where declarations disagree, so that the request decides.
    """

    package: int
    library: Target
    name: str | None
    is_dev: bool  # only dev-dependencies say so


class LibraryLinks:
    """The links of all packages of a workspace, for requests on one host."""

    def __init__(self, workspace: Workspace, host: Platform) -> None:
        self._workspace = workspace
        self._host = host
        self._platform_dependents = platform_dependents(workspace)
        cache = workspace.cache
        self._links: dict[tuple[Any, ...], tuple[Link, ...]] = cache.setdefault("library links", {})
        self._names: dict[int, Mapping[int, str | None]] = cache.setdefault("library names", {})

    def of(self, node: Node, active: frozenset[str]) -> tuple[Link, ...]:
        """Return the links of a unit, given the names of its package's optional dependencies that are on.

        For most packages they are the same on all platforms.
        """
        kind = node.target.kind
        is_script = kind is _CUSTOM_BUILD
        with_dev = kind in _TESTING or node.mode in _TESTS
        platform = None
        if node.package in self._platform_dependents:
            platform = node.platform or self._host
        key = (node.package, is_script, with_dev, active, platform)
        found = self._links.get(key)
        if found is None:
            groups: dict[int, list[Dependency]] = {}
            for resolved in self._workspace.dependencies[node.package]:
                dependency = resolved.dependency
                if resolved.package is None or is_script is not (dependency.kind is DependencyKind.BUILD):
                    continue
                if dependency.kind is DependencyKind.DEV and not with_dev:
                    continue
                if dependency.optional and dependency.name not in active:
                    continue
                if platform is None or platform.selects(dependency.platform):
                    groups.setdefault(resolved.package, []).append(dependency)
            found = self._links[key] = tuple(self._grouped(node.package, groups))
        return found

    def _grouped(self, package: int, groups: dict[int, list[Dependency]]) -> list[Link]:
        """One link to each package that has a library, whatever the number of declarations."""
        found: list[Link] = []
        names = self._names_in(package)
        for other, dependencies in groups.items():
            library = self._workspace.libraries[other]
            if library is not None:
                is_dev = all(dependency.kind is DependencyKind.DEV for dependency in dependencies)
                found.append(Link(other, library, names[other], is_dev))
        return found

    def _names_in(self, package: int) -> Mapping[int, str | None]:
        """The name that each library goes by in a package, if all declarations of it agree."""
        found = self._names.get(package)
        if found is None:
            groups: dict[int, set[str]] = {}
            for resolved in self._workspace.dependencies[package]:
                other = resolved.package
                library = None if other is None else self._workspace.libraries[other]
                if other is not None and library is not None:
                    name = (
                        library.crate_name
                        if other == package
                        else declared_name(resolved.dependency, library)
                    )
                    groups.setdefault(other, set()).add(name)
            found = self._names[package] = {
                other: names.pop() if len(names) == 1 else None for other, names in groups.items()
            }
        return found


def declared_name(dependency: Dependency, library: Target) -> str:
    """The name a declaration gives a crate."""
    return dependency.name.replace("-", "_") if dependency.renamed else library.crate_name

"""Which locked package each declared dependency means (cargo's `core/resolver`, reading a lock instead of solving)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from flakegen.cargo.package import Dependency, DependencyKind, Package, PackageId, Source, SourceKind
from flakegen.cargo.source import crates_io, patch_key, source_key
from flakegen.cargo.version import parse_version, requirement_matches

_SOURCE_ORDER = {SourceKind.GIT: 0, SourceKind.PATH: 1, SourceKind.REGISTRY: 2}


class ResolvedDependency(Struct, frozen=True, kw_only=True):
    """A declared dependency with the index of the package it means; None if the lock has none."""

    dependency: Dependency
    package: int | None


def package_order(package: PackageId) -> tuple[object, ...]:
    """Cargo's order of package ids: name, version, source."""
    source = package.source
    return (package.name, parse_version(package.version) or (), _SOURCE_ORDER[source.kind], source.url)


class LockedGraph(Struct, frozen=True, kw_only=True):
    """Packages in cargo's order, with the lock's edges between them (sorted) and the root's patches.

    ``patches`` are the canonical addresses that have a `[patch]`, with the names patched there.
    """

    packages: Sequence[Package]
    edges: Sequence[Sequence[int]]
    by_name: Mapping[str, Sequence[int]]
    patches: Mapping[str, frozenset[str]]
    replacements: Mapping[int, int]

    def resolve(self, index: int, *, with_dev: bool) -> tuple[ResolvedDependency, ...]:
        """All dependencies of a package, in cargo's order of the packages they mean; unresolved ones come last."""
        package = self.packages[index]
        found = [
            ResolvedDependency(dependency=dependency, package=self._find(index, dependency))
            for dependency in package.dependencies
            if with_dev or dependency.kind is not DependencyKind.DEV
        ]
        last = len(self.packages)
        found.sort(key=lambda resolved: last if resolved.package is None else resolved.package)
        return tuple(found)

    def _find(self, index: int, dependency: Dependency) -> int | None:
        """The lowest locked edge that fits, else any locked package of that name and source that does."""
        name, wanted = dependency.package, dependency.source or crates_io()
        fitting = [
            i for i in self.edges[index] if self.packages[i].id.name == name and self._fits(i, dependency)
        ]
        for candidate in fitting:
            if self._same_source(candidate, wanted):
                return self.replacements.get(candidate, candidate)
        own = self.packages[index].id.source
        if dependency.source is None and own.kind is SourceKind.REGISTRY:
            # The index of a registry that has copies of crates.io's says that they depend on each other.
            for candidate in fitting:
                if self._same_source(candidate, own):
                    return self.replacements.get(candidate, candidate)
        if fitting and name in self.patches.get(patch_key(wanted.url), ()):
            return fitting[0]
        for candidate in self.by_name.get(name, ()):
            if self._fits(candidate, dependency) and self._same_source(candidate, wanted):
                return self.replacements.get(candidate, candidate)
        return None

    def _fits(self, index: int, dependency: Dependency) -> bool:
        return requirement_matches(dependency.requirement, self.packages[index].id.version)

    def _same_source(self, index: int, wanted: Source) -> bool:
        source = self.packages[index].id.source
        return source is wanted or source_key(source) == source_key(wanted)

"""Which optional dependencies exist at all: the answer of cargo's first resolver, where it differs from the second's.

Cargo first resolves which dependencies exist (dev-dependencies only of the selected packages *as selected*; weak values
count as strong ones), and then features, where a selected package that is also somebody's dependency is one and the
same. So a value `dev/feature` of a feature that only such a dependent asks for enables features whose optional
dependencies were never resolved: the feature is on, the dependency is not there. And `required-features` may name a
feature of a dependency that only a weak value mentions. This pass is only run where one of these can matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from flakegen.cargo.feature_map import (
    DependencyFeature,
    Feature,
    FeatureValue,
    OptionalDependency,
    parse_value,
)
from flakegen.cargo.known_features import known_features
from flakegen.cargo.package import DependencyKind
from flakegen.cargo.workspace import Workspace

Existing = dict[int, set[str]]
"""Names of optional dependencies that exist, by package."""


class Planted(Protocol):
    """A selected package with the feature values asked of it."""

    @property
    def package(self) -> int:
        """Its index."""

    @property
    def values(self) -> tuple[FeatureValue, ...]:
        """The values."""


def _has_dev_values(workspace: Workspace, index: int) -> bool:
    """Whether a feature of the package names one of its dev-dependencies with a slash."""
    package = workspace.packages[index]
    names = {d.name for d in package.dependencies if d.kind is DependencyKind.DEV}
    if not names:
        return False
    values = (value for values in known_features(workspace, index).values() for value in values)
    return any(isinstance(value, DependencyFeature) and value.dependency in names for value in values)


class _Activations:
    """The first resolver's work list; a package as selected, and as a dependency, are two nodes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.features: dict[tuple[int, bool], set[str]] = {}
        self.named: dict[tuple[int, bool], dict[str, set[str]]] = (
            {}
        )  # dependency -> features, as asked by values
        self.pending: list[tuple[int, bool, FeatureValue]] = []

    def enter(self, index: int, *, is_root: bool) -> None:
        key = (index, is_root)
        if key in self.features:
            return
        self.features[key], self.named[key] = set(), {}
        for resolved in self.workspace.dependencies[index]:
            dependency = resolved.dependency
            if not dependency.optional and (is_root or dependency.kind is not DependencyKind.DEV):
                self._follow(index, dependency.name, is_root=is_root, features=(), only=dependency)

    def _follow(
        self, index: int, name: str, *, is_root: bool, features: Iterable[str], only: object | None = None
    ) -> None:
        """Activate the declarations of a name, with what they ask for and ``features`` besides."""
        for resolved in self.workspace.dependencies[index]:
            dependency, package = resolved.dependency, resolved.package
            if dependency.name != name or package is None or (only is not None and dependency is not only):
                continue
            if dependency.kind is DependencyKind.DEV and not is_root:
                continue
            self.enter(package, is_root=False)
            self.pending += [
                (package, False, parse_value(text)) for text in (*dependency.features, *features)
            ]
            if dependency.default_features and "default" in known_features(self.workspace, package):
                self.pending.append((package, False, Feature("default")))

    def run(self) -> None:
        while self.pending:
            self._activate(*self.pending.pop())

    def _activate(self, index: int, is_root: bool, value: FeatureValue) -> None:  # noqa: FBT001
        if isinstance(value, Feature):
            features = self.features[index, is_root]
            if value.name not in features:
                features.add(value.name)
                included = known_features(self.workspace, index).get(value.name, ())
                self.pending += [(index, is_root, entry) for entry in included]
            return
        named = self.named[index, is_root]
        if isinstance(value, OptionalDependency):
            if value.name not in named:
                named[value.name] = set()
                self._follow(index, value.name, is_root=is_root, features=())
            return
        known = named.setdefault(value.dependency, set())
        if value.feature not in known:
            known.add(value.feature)
            self._follow(index, value.dependency, is_root=is_root, features=(value.feature,))
            is_optional = any(
                d.optional and d.name == value.dependency for d in self.workspace.packages[index].dependencies
            )
            if is_optional and not value.weak and value.dependency in known_features(self.workspace, index):
                self.pending.append((index, is_root, Feature(value.dependency)))


def resolvers_may_disagree(workspace: Workspace, seeds: Iterable[Planted]) -> bool:
    """Whether features can be on whose optional dependencies do not exist."""
    return any(_has_dev_values(workspace, seed.package) for seed in seeds)


def existing_dependencies(workspace: Workspace, seeds: Iterable[Planted]) -> Existing:
    """The optional dependencies that cargo's first resolver enables; remembered per workspace by the seeds."""
    planted = tuple(seeds)
    cache: dict[tuple[Planted, ...], Existing] = workspace.cache.setdefault("existing dependencies", {})
    found = cache.get(planted)
    if found is None:
        activations = _Activations(workspace)
        for seed in planted:
            activations.enter(seed.package, is_root=True)
            activations.pending += [(seed.package, True, value) for value in seed.values]
        activations.run()
        found = cache[planted] = {}
        for (index, _), named in activations.named.items():
            found.setdefault(index, set()).update(named)
    return found

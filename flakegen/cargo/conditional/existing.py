"""Rules for which optional dependencies exist at all (see `cargo.existing_dependencies`, of which this is the same)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flakegen.cargo.conditional.keys import Fact, Key
from flakegen.cargo.conditional.rules import Rule
from flakegen.cargo.feature_map import (
    DependencyFeature,
    Feature,
    FeatureValue,
    OptionalDependency,
    parse_value,
)
from flakegen.cargo.known_features import known_features
from flakegen.cargo.package import Dependency, DependencyKind
from flakegen.cargo.workspace import Workspace


class ExistingRules:
    """The first resolver's rules; `Key.flag` says whether a package is meant as selected."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.by_fact: dict[Fact, Callable[[Key], Iterable[Rule[Key]]]] = {
            Fact.RESOLVED: self._resolved,
            Fact.RESOLVED_FEATURE: self._feature,
            Fact.NAMED: self._named,
            Fact.RESOLVED_VALUE: self._value,
        }

    @staticmethod
    def key_of(index: int, *, selected: bool, value: FeatureValue) -> Key:
        """The key of a feature value asked of a package."""
        match value:
            case Feature(name):
                return Key(Fact.RESOLVED_FEATURE, index, selected, name)
            case OptionalDependency(name):
                return Key(Fact.NAMED, index, selected, name)
            case DependencyFeature():
                return Key(Fact.RESOLVED_VALUE, index, selected, value=value)

    def _resolved(self, key: Key) -> Iterator[Rule[Key]]:
        for package, dependency in self._declared(key):
            if not dependency.optional:
                yield from self._followed(package, dependency)

    def _feature(self, key: Key) -> Iterator[Rule[Key]]:
        for value in known_features(self._workspace, key.package).get(key.name, ()):
            yield Rule(self.key_of(key.package, selected=key.flag, value=value))

    def _named(self, key: Key) -> Iterator[Rule[Key]]:
        yield Rule(Key(Fact.EXISTS, key.package, False, key.name))
        for package, dependency in self._declared(key):
            if dependency.name == key.name:
                yield from self._followed(package, dependency)

    def _value(self, key: Key) -> Iterator[Rule[Key]]:
        value = key.value
        yield Rule(Key(Fact.EXISTS, key.package, False, value.dependency))
        for package, dependency in self._declared(key):
            if dependency.name == value.dependency:
                yield from self._followed(package, dependency)
                asked = parse_value(value.feature)
                yield Rule(self.key_of(package, selected=False, value=asked))
        is_optional = any(
            d.optional and d.name == value.dependency
            for d in self._workspace.packages[key.package].dependencies
        )
        if (
            is_optional
            and not value.weak
            and value.dependency in known_features(self._workspace, key.package)
        ):
            yield Rule(Key(Fact.RESOLVED_FEATURE, key.package, key.flag, value.dependency))

    def _declared(self, key: Key) -> Iterator[tuple[int, Dependency]]:
        for resolved in self._workspace.dependencies[key.package]:
            dependency = resolved.dependency
            if resolved.package is not None and (key.flag or dependency.kind is not DependencyKind.DEV):
                yield resolved.package, dependency

    def _followed(self, package: int, dependency: Dependency) -> Iterator[Rule[Key]]:
        yield Rule(Key(Fact.RESOLVED, package, False))
        for text in dependency.features:
            yield Rule(self.key_of(package, selected=False, value=parse_value(text)))
        if dependency.default_features and "default" in known_features(self._workspace, package):
            yield Rule(Key(Fact.RESOLVED_FEATURE, package, False, "default"))

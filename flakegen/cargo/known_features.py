"""Feature maps of a workspace's packages, and what their features bring along, computed once."""

from __future__ import annotations

from msgspec import Struct

from flakegen.cargo.feature_map import (
    DependencyFeature,
    Feature,
    FeatureMap,
    OptionalDependency,
    feature_map,
    parse_value,
)
from flakegen.cargo.workspace import Workspace


class Closure(Struct, frozen=True):
    """All that a feature brings along within its package, near or far, itself included."""

    features: frozenset[str]
    others: tuple[OptionalDependency | DependencyFeature, ...]
    unknown: tuple[str, ...]  # features that the package does not have


def known_features(workspace: Workspace, index: int) -> FeatureMap:
    """The feature map of a package."""
    cache: dict[int, FeatureMap] = workspace.cache.setdefault("feature maps", {})
    found = cache.get(index)
    if found is None:
        found = cache[index] = feature_map(workspace.packages[index])
    return found


def feature_closure(workspace: Workspace, index: int, name: str) -> Closure:
    """What a feature of a package brings along."""
    cache: dict[tuple[int, str], Closure] = workspace.cache.setdefault("feature closures", {})
    found = cache.get((index, name))
    if found is None:
        found = cache[index, name] = _closure(known_features(workspace, index), name)
    return found


def closure_of_values(workspace: Workspace, index: int, values: tuple[str, ...]) -> Closure:
    """What several values, as a dependency lists them, bring along together."""
    cache: dict[tuple[int, tuple[str, ...]], Closure] = workspace.cache.setdefault("value closures", {})
    found = cache.get((index, values))
    if found is None:
        found = cache[index, values] = _union(workspace, index, values)
    return found


def _union(workspace: Workspace, index: int, values: tuple[str, ...]) -> Closure:
    features, unknown = set[str](), dict[str, None]()
    others: dict[OptionalDependency | DependencyFeature, None] = {}
    for value in map(parse_value, values):
        if isinstance(value, Feature):
            closure = feature_closure(workspace, index, value.name)
            features |= closure.features
            others |= dict.fromkeys(closure.others)
            unknown |= dict.fromkeys(closure.unknown)
        else:
            others[value] = None
    return Closure(features=frozenset(features), others=tuple(others), unknown=tuple(unknown))


def _closure(known: FeatureMap, name: str) -> Closure:
    features, waiting = {name}, [name]
    others: dict[OptionalDependency | DependencyFeature, None] = {}
    while waiting:
        for value in known.get(waiting.pop(), ()):
            if not isinstance(value, Feature):
                others[value] = None
            elif value.name not in features:
                features.add(value.name)
                waiting.append(value.name)
    unknown = tuple(sorted(features - known.keys()))
    return Closure(features=frozenset(features), others=tuple(others), unknown=unknown)

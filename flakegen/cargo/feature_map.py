"""Feature values and the feature map of a package (Cargo book, "Features"; cargo's `core/summary.rs`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from flakegen.cargo.errors import Problem
from flakegen.cargo.package import Package
from flakegen.cargo.toml_file import problem_at


class Feature(Struct, frozen=True):
    """`name`: another feature of the same package."""

    name: str


class OptionalDependency(Struct, frozen=True):
    """`dep:name`: an optional dependency, without a feature of that name."""

    name: str


class DependencyFeature(Struct, frozen=True):
    """`name/feature`, or weak `name?/feature`, which does not enable the dependency itself."""

    dependency: str
    feature: str
    weak: bool


FeatureValue = Feature | OptionalDependency | DependencyFeature
FeatureMap = Mapping[str, tuple[FeatureValue, ...]]


@cache
def parse_value(text: str) -> FeatureValue:
    """Parse one value of a feature's list."""
    dependency, slash, feature = text.partition("/")
    if slash:
        weak = dependency.endswith("?")
        return DependencyFeature(dependency[:-1] if weak else dependency, feature, weak)
    if text.startswith("dep:"):
        return OptionalDependency(text[4:])
    return Feature(text)


def feature_map(package: Package) -> FeatureMap:
    """All features of a package, with an implicit one for each optional dependency that nothing names by `dep:`."""
    found = {name: tuple(map(parse_value, values)) for name, values in package.features.items()}
    optional = {dependency.name for dependency in package.dependencies if dependency.optional}
    if optional:
        named = {v.name for values in found.values() for v in values if isinstance(v, OptionalDependency)}
        for name in sorted(optional - named):
            if name not in found:
                found[name] = (OptionalDependency(name),)
    return found


def check_features(package: Package, path: Path) -> list[Problem]:
    """What cargo would refuse in the `[features]` of a manifest."""
    features = feature_map(package)
    dependencies = {dependency.name for dependency in package.dependencies}
    optional = {dependency.name for dependency in package.dependencies if dependency.optional}
    problems: list[Problem] = []
    used: set[str] = set()

    def complain(name: str, message: str, hint: str | None = None) -> None:
        problems.append(problem_at(path, ("features", name), "manifest-feature", message, hint))

    for name, values in features.items():
        for value in values:
            match value:
                case Feature(other):
                    if other not in features:
                        hint = f"write `dep:{other}`" if other in optional else None
                        complain(name, f"feature `{name}` includes `{other}`, which is no feature", hint)
                case OptionalDependency(other):
                    used.add(other)
                    if "/" in other or other not in optional:
                        complain(
                            name,
                            f"feature `{name}` includes `dep:{other}`, but `{other}` is no optional dependency",
                        )
                case DependencyFeature(other, _, weak):
                    used.add(other)
                    if other not in dependencies:
                        complain(
                            name, f"feature `{name}` includes `{other}/…`, but `{other}` is no dependency"
                        )
                    elif weak and other not in optional:
                        complain(
                            name, f"`{other}` is not optional, so `?` has no meaning", f"write `{other}/…`"
                        )
    for name in sorted(optional - used):
        hint = f'add "dep:{name}" to a feature'
        complain(name, f"optional dependency `{name}` is in no feature", hint)
    return problems

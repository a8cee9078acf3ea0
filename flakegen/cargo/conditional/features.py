"""Which features of which package are on, for all selections of members and features and all platforms at once.

The rules are those of `cargo.features`, with what a single resolution knows (who is selected, the platforms, whether
tests are built) as atoms of conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from flakegen.cargo.conditional.condition import Atom, AtomKind, Atoms, Sum
from flakegen.cargo.conditional.existing import ExistingRules
from flakegen.cargo.conditional.keys import Fact, Key
from flakegen.cargo.conditional.rules import FixedPoint, Rule
from flakegen.cargo.existing_dependencies import resolvers_may_disagree
from flakegen.cargo.feature_map import (
    DependencyFeature,
    Feature,
    FeatureValue,
    OptionalDependency,
    parse_value,
)
from flakegen.cargo.features import Seed
from flakegen.cargo.known_features import known_features
from flakegen.cargo.package import DependencyKind
from flakegen.cargo.workspace import Resolver, Workspace

NOTHING = Sum()


class ConditionalFeatures(Struct, frozen=True, kw_only=True):
    """When everything holds that can hold, by key; see `of` for what there is."""

    atoms: Atoms
    separates_host: bool
    sums: dict[Key, Sum]
    features: dict[tuple[int, bool], list[str]]  # names of those that can be on, sorted

    def built(self, package: int, *, host: bool) -> Sum:
        """When features of a package in a role are resolved at all."""
        return self.sums.get(Key(Fact.BUILT, package, host and self.separates_host), NOTHING)

    def feature(self, package: int, name: str, *, host: bool) -> Sum:
        """When a feature is on."""
        return self.sums.get(Key(Fact.FEATURE, package, host and self.separates_host, name), NOTHING)

    def active(self, package: int, name: str, *, host: bool) -> Sum:
        """When an optional dependency is on."""
        return self.sums.get(Key(Fact.ACTIVE, package, host and self.separates_host, name), NOTHING)

    def names(self, package: int, *, host: bool) -> Sequence[str]:
        """The features that can be on."""
        return self.features.get((package, host and self.separates_host), ())


class _Edge(Struct, frozen=True, eq=False):
    """A dependency that counts for features: where it leads, under what, and what it asks for there."""

    name: str
    package: int
    host: bool
    optional: bool
    values: tuple[FeatureValue, ...]
    mask: int


class _Rules:
    """The rules of one workspace."""

    def __init__(self, workspace: Workspace, atoms: Atoms) -> None:
        self._workspace = workspace
        self._atoms = atoms
        self._members = frozenset(workspace.members)
        self._separates = workspace.resolver is Resolver.V2
        self._edges: dict[tuple[int, bool], list[_Edge]] = {}
        seeds = [Seed(index, ()) for index in workspace.members]
        self.existing = ExistingRules(workspace) if resolvers_may_disagree(workspace, seeds) else None
        self._by_fact: dict[Fact, Callable[[Key], Iterable[Rule[Key]]]] = {
            Fact.BUILT: self._built,
            Fact.FEATURE: self._feature,
            Fact.ASKED: self._asked,
            Fact.ACTIVE: self._active,
            Fact.VALUE: self._value,
            Fact.EXISTS: lambda _: (),
            **({} if self.existing is None else self.existing.by_fact),
        }

    def rules(self, key: Key) -> Iterable[Rule[Key]]:
        """What a fact brings along."""
        return self._by_fact[key.fact](key)

    @staticmethod
    def key_of(index: int, *, host: bool, value: FeatureValue) -> Key:
        """The key of a feature value asked of a package."""
        match value:
            case Feature(name):
                return Key(Fact.FEATURE, index, host, name)
            case OptionalDependency(name):
                return Key(Fact.ASKED, index, host, name)
            case DependencyFeature():
                return Key(Fact.VALUE, index, host, value=value)

    def _built(self, key: Key) -> Iterator[Rule[Key]]:
        for edge in self._edges_of(key):
            if not edge.optional:
                yield from self._entered(edge)

    def _feature(self, key: Key) -> Iterator[Rule[Key]]:
        for value in known_features(self._workspace, key.package).get(key.name, ()):
            yield Rule(self.key_of(key.package, host=key.flag, value=value))

    def _asked(self, key: Key) -> Iterator[Rule[Key]]:
        yield Rule(Key(Fact.ACTIVE, key.package, key.flag, key.name), partner=self._exists(key, key.name))

    def _active(self, key: Key) -> Iterator[Rule[Key]]:
        for edge in self._edges_of(key):
            if edge.name == key.name:
                yield from self._entered(edge)

    def _value(self, key: Key) -> Iterator[Rule[Key]]:
        """`dependency/feature`; by name, so in every table and kind that has it."""
        value = key.value
        asked = parse_value(value.feature)
        for edge in self._edges_of(key):
            if edge.name != value.dependency:
                continue
            there = self.key_of(edge.package, host=edge.host, value=asked)
            if edge.optional and value.weak:
                active = Key(Fact.ACTIVE, key.package, key.flag, value.dependency)
                yield Rule(there, edge.mask, active)
                continue
            partner = self._exists(key, value.dependency) if edge.optional else None
            yield Rule(there, edge.mask, partner)
            yield Rule(Key(Fact.BUILT, edge.package, edge.host), edge.mask, partner)
            if edge.optional:
                yield Rule(Key(Fact.ASKED, key.package, key.flag, value.dependency), edge.mask, partner)
                if value.dependency in known_features(self._workspace, key.package):
                    yield Rule(Key(Fact.FEATURE, key.package, key.flag, value.dependency), edge.mask, partner)

    def _exists(self, key: Key, name: str) -> Key | None:
        return None if self.existing is None else Key(Fact.EXISTS, key.package, False, name)

    def _entered(self, edge: _Edge) -> Iterator[Rule[Key]]:
        yield Rule(Key(Fact.BUILT, edge.package, edge.host), edge.mask)
        for value in edge.values:
            yield Rule(self.key_of(edge.package, host=edge.host, value=value), edge.mask)

    def _edges_of(self, key: Key) -> list[_Edge]:
        found = self._edges.get((key.package, key.flag))
        if found is None:
            found = self._edges[key.package, key.flag] = list(self._compute_edges(key.package, host=key.flag))
        return found

    def _compute_edges(self, index: int, *, host: bool) -> Iterator[_Edge]:
        for resolved in self._workspace.dependencies[index]:
            dependency, package = resolved.dependency, resolved.package
            is_dev = dependency.kind is DependencyKind.DEV
            if package is None or (is_dev and index not in self._members):
                continue
            is_build = dependency.kind is DependencyKind.BUILD
            mask = self._atoms.mask(Atom(AtomKind.MEMBER, index)) if is_dev else 0
            if self._separates and is_dev:
                mask |= self._atoms.mask(Atom(AtomKind.DEV))
            if self._separates and dependency.platform is not None:
                kind = AtomKind.HOST if host or is_build else AtomKind.TARGET
                mask |= self._atoms.mask(Atom(kind, text=dependency.platform))
            values = tuple(map(parse_value, dependency.features))
            if dependency.default_features and "default" in known_features(self._workspace, package):
                values = (*values, Feature("default"))
            library = self._workspace.libraries[package]
            is_macro = library is not None and library.proc_macro
            to_host = host or (self._separates and (is_build or is_macro))
            yield _Edge(dependency.name, package, to_host, dependency.optional, values, mask)


def resolve_conditionally(workspace: Workspace, asked: Iterable[Seed] = ()) -> ConditionalFeatures:
    """Resolve for every selection of members and their features, and what ``asked`` has besides (`dependency/feature`)."""
    atoms = Atoms()
    rules = _Rules(workspace, atoms)
    fixed_point: FixedPoint[Key] = FixedPoint(rules.rules)
    separates = workspace.resolver is Resolver.V2
    for index, values in _selectable(workspace, asked):
        is_macro = any(target.proc_macro for target in workspace.packages[index].targets)
        member = atoms.mask(Atom(AtomKind.MEMBER, index))
        for host in (False, True) if separates and is_macro else (False,):
            fixed_point.add(Key(Fact.BUILT, index, host), member)
            for value, mask in _masks(index, values, atoms):
                fixed_point.add(rules.key_of(index, host=host, value=value), mask)
        if rules.existing is not None:
            fixed_point.add(Key(Fact.RESOLVED, index, True), member)
            for value, mask in _masks(index, values, atoms):
                fixed_point.add(rules.existing.key_of(index, selected=True, value=value), mask)
    fixed_point.run()
    features: dict[tuple[int, bool], list[str]] = {}
    for key in sorted(
        (key for key in fixed_point.sums if key.fact is Fact.FEATURE),
        key=lambda key: (key.package, key.flag, key.name),
    ):
        features.setdefault((key.package, key.flag), []).append(key.name)
    return ConditionalFeatures(
        atoms=atoms, separates_host=separates, sums=fixed_point.sums, features=features
    )


def value_text(value: FeatureValue) -> str:
    """A feature value as a command line has it."""
    match value:
        case DependencyFeature(dependency, feature, weak):
            return f"{dependency}{'?' if weak else ''}/{feature}"
        case OptionalDependency(name):
            return f"dep:{name}"
        case Feature(name):
            return name


def _selectable(workspace: Workspace, asked: Iterable[Seed]) -> Iterator[tuple[int, list[FeatureValue]]]:
    more: dict[int, list[FeatureValue]] = {}
    for seed in asked:
        more.setdefault(seed.package, []).extend(seed.values)
    for index in workspace.members:
        own: list[FeatureValue] = [Feature(name) for name in sorted(known_features(workspace, index))]
        yield index, list(dict.fromkeys([*own, *more.get(index, ())]))


def _masks(index: int, values: list[FeatureValue], atoms: Atoms) -> Iterator[tuple[FeatureValue, int]]:
    for value in values:
        yield value, atoms.mask(Atom(AtomKind.FEATURE, index, value_text(value)))

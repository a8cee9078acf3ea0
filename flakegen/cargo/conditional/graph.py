"""The workspace as a graph of packages, each in up to two roles, with conditions on features and dependencies.

This is as much of cargo's unit graph as a builder of whole packages can use: what a package's build scripts, libraries,
programs and tests need stands in one place for each role, and a role is one set of features.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from flakegen.cargo.conditional.condition import ALWAYS, Atom, AtomKind, Condition, Sum, given
from flakegen.cargo.conditional.features import ConditionalFeatures, resolve_conditionally
from flakegen.cargo.features import Seed
from flakegen.cargo.links import declared_name
from flakegen.cargo.package import DependencyKind
from flakegen.cargo.workspace import Workspace


class ConditionalDependency(Struct, frozen=True, kw_only=True):
    """A library that a package needs in some cases; ``package`` is an index in the workspace."""

    name: str  # the extern crate's
    package: int
    host: bool
    condition: Condition


class Side(Struct, frozen=True, kw_only=True):
    """A package in one role. All conditions are given that it is built in that role at all."""

    features: tuple[tuple[str, Condition], ...]
    dependencies: tuple[ConditionalDependency, ...]
    dev_dependencies: tuple[ConditionalDependency, ...]
    build_dependencies: tuple[ConditionalDependency, ...]


class ConditionalPackage(Struct, frozen=True, kw_only=True):
    """A package that something may need, as part of a product or of what runs while building; ``reached`` is when."""

    package: int
    target: Side | None
    host: Side | None
    reached: Condition


def conditional_graph(workspace: Workspace, asked: Iterable[Seed] = ()) -> tuple[ConditionalPackage, ...]:
    """Resolve a workspace for all selections, platforms and kinds of builds; in the order of its packages."""
    return _Graph(workspace, resolve_conditionally(workspace, asked)).packages()


class _Needed(NamedTuple):
    """A library that a package can need: in which table, extern name with package and role, and when."""

    kind: DependencyKind
    key: tuple[str, int, bool]
    products: list[int]


class _Graph:
    def __init__(self, workspace: Workspace, features: ConditionalFeatures) -> None:
        self._workspace = workspace
        self._features = features
        self._simplified: dict[tuple[tuple[int, ...], int], Condition] = {}

    def packages(self) -> tuple[ConditionalPackage, ...]:
        """All packages in all roles that members lead to, under any condition."""
        roles = self._roles()
        return tuple(
            ConditionalPackage(
                package=index,
                target=self._side(index, host=False) if (index, False) in roles else None,
                host=self._side(index, host=True) if (index, True) in roles else None,
                reached=self._reached(index),
            )
            for index in sorted({index for index, _ in roles})
        )

    def _reached(self, index: int) -> Condition:
        roles = [self._features.built(index, host=host).products for host in (False, True)]
        return self._features.atoms.condition(Sum(product for role in roles for product in role))

    def _roles(self) -> set[tuple[int, bool]]:
        waiting = [(index, self._is_macro(index)) for index in self._workspace.members]
        found: set[tuple[int, bool]] = set()
        while waiting:
            role = waiting.pop()
            if role in found or not self._features.built(role[0], host=role[1]).products:
                continue
            found.add(role)
            waiting += [needed.key[1:] for needed in self._needed(*role)]
        return found

    def _is_macro(self, index: int) -> bool:
        library = self._workspace.libraries[index]
        return library is not None and library.proc_macro

    def _needed(self, index: int, host: bool) -> Iterator[_Needed]:  # noqa: FBT001 - a key's part
        """Yield the libraries that a package can need in a role."""
        atoms, features = self._features.atoms, self._features
        has_script = self._workspace.scripts[index] is not None
        for resolved in self._workspace.dependencies[index]:
            dependency, other = resolved.dependency, resolved.package
            is_build = dependency.kind is DependencyKind.BUILD
            library = None if other is None else self._workspace.libraries[other]
            if other is None or library is None or (is_build and not has_script):
                continue
            products: Sequence[int] = (0,)
            if dependency.optional:
                products = features.active(index, dependency.name, host=host).products
            if not products:
                continue
            mask = 0
            if dependency.platform is not None:
                kind = AtomKind.HOST if host or is_build else AtomKind.TARGET
                mask = atoms.mask(Atom(kind, text=dependency.platform))
            to_host = host or is_build or library.proc_macro
            key = (declared_name(dependency, library), other, to_host)
            yield _Needed(dependency.kind, key, [product | mask for product in products])

    def _side(self, index: int, *, host: bool) -> Side:
        features = self._features
        reached = features.built(index, host=host)
        tables: dict[DependencyKind, dict[tuple[str, int, bool], list[int]]] = {k: {} for k in DependencyKind}
        for needed in self._needed(index, host):
            tables[needed.kind].setdefault(needed.key, []).extend(needed.products)
        return Side(
            features=tuple(
                (name, self._given(features.feature(index, name, host=host), reached))
                for name in features.names(index, host=host)
            ),
            dependencies=self._table(tables[DependencyKind.NORMAL], reached),
            dev_dependencies=self._table(tables[DependencyKind.DEV], reached),
            build_dependencies=self._table(tables[DependencyKind.BUILD], reached),
        )

    def _table(
        self, table: dict[tuple[str, int, bool], list[int]], reached: Sum
    ) -> tuple[ConditionalDependency, ...]:
        return tuple(
            ConditionalDependency(
                name=name, package=other, host=host, condition=self._given(Sum(table[key]), reached)
            )
            for key in sorted(table)
            for name, other, host in (key,)
        )

    def _given(self, products: Sum, reached: Sum) -> Condition:
        if products.products == [0]:
            return ALWAYS
        key = (tuple(products.products), id(reached))
        found = self._simplified.get(key)
        if found is None:
            atoms = self._features.atoms
            found = self._simplified[key] = atoms.condition(given(products, reached, atoms))
        return found

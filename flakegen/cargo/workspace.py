"""A loaded workspace: every locked package, what each dependency means, and what can be built."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from flakegen.cargo.config import CargoConfig, ConfigRoots, load_config
from flakegen.cargo.errors import CargoError, LockError, ManifestError, Problem, raise_all
from flakegen.cargo.facts import Facts, package_of
from flakegen.cargo.feature_map import check_features
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.lock import Lock, LockedPackage, parse_lock
from flakegen.cargo.package import Package, PackageId, SourceKind, Target, TargetKind
from flakegen.cargo.resolution import LockedGraph, ResolvedDependency, package_order
from flakegen.cargo.source import patch_key
from flakegen.cargo.toml_file import Table, problem_at, read_text
from flakegen.cargo.unstable import unstable_settings
from flakegen.cargo.workspace_files import ManifestLoader, WorkspaceFiles, find_workspace, path_packages

FactsProvider = Callable[[Lock, Path], Facts]
"""Gives the facts of a lock; the path is the workspace's folder."""


class Resolver(Enum):
    """Feature resolver versions; 3 resolves features as 2 does."""

    V1 = "1"
    V2 = "2"


class Workspace(Struct, frozen=True, kw_only=True, eq=False):
    """Everything that requests are answered from; packages are known by their index in ``packages``.

    ``packages`` are in cargo's order (name, version, source). ``missing`` are packages without facts: their entry has
    no targets, which only matters if a request reaches them. ``dependencies`` has dev-dependencies only for members.
    """

    root: Path
    manifest: Path  # the manifest in use
    packages: tuple[Package, ...]
    members: tuple[int, ...]
    default_members: tuple[int, ...]
    current: int | None  # the package of the manifest in use; None if it is virtual
    missing: frozenset[int]
    dependencies: tuple[tuple[ResolvedDependency, ...], ...]
    resolver: Resolver
    profiles: Mapping[str, Table]  # [profile.*] of the root manifest
    config: CargoConfig
    lock: Lock
    facts: Facts
    manifests: tuple[Path, ...]  # all manifests on disk that were read as packages, sorted
    libraries: tuple[Target | None, ...]
    scripts: tuple[Target | None, ...]
    cache: dict[Any, Any] = field(default_factory=dict)  # answers shared by requests, by kind of question

    def package(self, package_id: PackageId) -> Package | None:
        """The package with an id."""
        return next((package for package in self.packages if package.id == package_id), None)

    def member_packages(self) -> tuple[Package, ...]:
        """The members, in cargo's order."""
        return tuple(self.packages[index] for index in self.members)

    def directory(self, package: Package) -> Path:
        """The absolute folder of a path package."""
        return Path(os.path.normpath(self.root / package.directory))


def load_workspace(
    manifest_path: Path,
    *,
    facts: Facts | FactsProvider,
    config_roots: ConfigRoots | None = None,
    lock: Path | None = None,
) -> Workspace:
    """Read the workspace of a manifest; nothing is run and nothing is fetched.

    ``config_roots`` None means configuration files of the workspace's own folder only; ``lock`` is read instead of the
    workspace's own Cargo.lock.

    Raises:
        CargoError: with all problems found in the stage that failed (files, then lock, then resolution).
    """
    manifest = os.path.abspath(manifest_path)  # noqa: PTH100 - links must stay as cargo sees them
    cargo_home = str(config_roots.cargo_home) if config_roots and config_roots.cargo_home else None
    loader = ManifestLoader(cargo_home=cargo_home)
    config = load_config(config_roots or _own_config(loader, manifest))
    loader.registries = config.registries
    files = find_workspace(loader, manifest)
    problems = [p for path in files.members for p in _member_problems(loader, path)]
    problems += unstable_settings(loader.raw(files.root_manifest).table, Path(files.root_manifest), config)
    raise_all(ManifestError, problems)
    root = Path(loader.root)
    lock_path = root / "Cargo.lock" if lock is None else lock
    parsed = parse_lock(_lock_text(lock_path), lock_path)
    known = facts if isinstance(facts, Facts) else facts(parsed, root)
    return _Builder(loader, files, config, parsed, known).build()


def _member_problems(loader: ManifestLoader, path: str) -> list[Problem]:
    """What cargo minds in the manifests of members, and not in those of other packages."""
    features = check_features(loader.package(path), Path(path))
    return [*features, *loader.lost[path]]


def _own_config(loader: ManifestLoader, manifest: str) -> ConfigRoots:
    loader.raw(manifest)
    folder = Path(os.path.dirname(loader.find_root(manifest) or manifest))  # noqa: PTH120
    return ConfigRoots(start=folder, boundary=folder)


def _lock_text(path: Path) -> str:
    if not path.is_file():
        hint = "run `cargo generate-lockfile`, and commit the file"
        raise LockError(
            Problem(code="lock-missing", message="Cargo.lock is missing", path=str(path), hint=hint)
        )
    return read_text(path)


class _Builder:
    """Joins manifests, lock and facts to a workspace."""

    def __init__(
        self, loader: ManifestLoader, files: WorkspaceFiles, config: CargoConfig, lock: Lock, facts: Facts
    ) -> None:
        self.loader = loader
        self.files = files
        self.config = config
        self.lock = lock
        self.facts = facts
        self.root = loader.raw(files.root_manifest)
        self.unreadable: list[CargoError] = []
        self.on_disk = path_packages(loader, files.members, self._patched_folders(), self.unreadable.append)
        self.local: dict[str, list[Package]] = defaultdict(list)
        for path in sorted(self.on_disk):
            self.local[self.on_disk[path].id.name].append(self.on_disk[path])

    def _patch_tables(self) -> dict[str, Table]:
        """`[patch.<address>]` tables by address; the configuration wins per name."""
        found: dict[str, Table] = {}
        for table in (self.root.table, self.config.table):
            for address, entries in table_of(table, "patch").items():
                if isinstance(entries, dict):
                    found[address] = {**found.get(address, {}), **entries}
        return found

    def _patched_folders(self) -> tuple[str, ...]:
        entries = [entry for table in self._patch_tables().values() for entry in table.values()]
        entries += table_of(self.root.table, "replace").values()
        paths = [
            entry["path"]
            for entry in entries
            if isinstance(entry, dict) and isinstance(entry.get("path"), str)
        ]
        return tuple(sorted({self.loader.absolute(path) for path in paths}))

    def _patches(self) -> dict[str, frozenset[str]]:
        """Names patched per canonical address."""
        found: dict[str, set[str]] = defaultdict(set)
        registries = self.config.registries
        for address, table in self._patch_tables().items():
            names = {e.get("package", key) if isinstance(e, dict) else key for key, e in table.items()}
            found[patch_key(registries.get(address, address))] |= names
        return {address: frozenset(names) for address, names in found.items()}

    def _package(self, locked: LockedPackage) -> tuple[Package | None, bool]:
        """The package of a lock entry, and whether its facts are known."""
        if locked.source is None:
            candidates = self.local.get(locked.name, [])
            if len(candidates) > 1:
                candidates = [c for c in candidates if c.id.version == locked.version]
            return (candidates[0] if candidates else None), True
        facts = self.facts.find(locked)
        if facts is not None:
            return package_of(facts), True
        package_id = PackageId(name=locked.name, version=locked.version, source=locked.source)
        empty = Package(
            id=package_id, directory="", edition="2015", targets=(), dependencies=(), features={}, metadata={}
        )
        return empty, False

    def build(self) -> Workspace:
        found = [self._package(locked) for locked in self.lock.packages]
        order = [i for i, (package, _) in enumerate(found) if package is not None]
        packages_by_lock = {i: package for i, (package, _) in enumerate(found) if package is not None}
        order.sort(key=lambda i: package_order(packages_by_lock[i].id))
        new_index = {old: new for new, old in enumerate(order)}
        packages = tuple(packages_by_lock[i] for i in order)
        members = self._members(packages)
        dependencies = self._dependencies(packages, order, new_index, frozenset(members))
        return Workspace(
            root=Path(self.loader.root),
            manifest=Path(self.files.current_manifest),
            packages=packages,
            members=tuple(sorted(members)),
            default_members=tuple(sorted(self._indices(self.files.default_members, members))),
            current=(
                None if self.files.is_virtual else self._indices((self.files.current_manifest,), members)[0]
            ),
            missing=frozenset(new for new, old in enumerate(order) if not found[old][1]),
            dependencies=dependencies,
            resolver=self._resolver(),
            profiles=self._profiles(),
            config=self.config,
            lock=self.lock,
            facts=self.facts,
            manifests=tuple(Path(path) for path in sorted(self.on_disk)),
            libraries=tuple(_first(package, TargetKind.LIB) for package in packages),
            scripts=tuple(_first(package, TargetKind.CUSTOM_BUILD) for package in packages),
        )

    def _members(self, packages: tuple[Package, ...]) -> dict[int, str]:
        """Member indices with their manifests; members that the lock does not have are problems."""
        by_directory = {p.directory: i for i, p in enumerate(packages) if p.id.source.kind is SourceKind.PATH}
        found: dict[int, str] = {}
        problems: list[Problem] = []
        for path in self.files.members:
            if path not in self.on_disk:
                continue
            index = by_directory.get(self.on_disk[path].directory)
            if index is None:
                message = f"Cargo.lock has no entry for member `{self.on_disk[path].id.name}`"
                problems.append(self._stale(message))
            else:
                found[index] = path
        problems += [
            p for error in self.unreadable if error.path in self.files.members for p in error.problems
        ]
        if problems:
            raise LockError(*problems)
        return found

    def _stale(self, message: str) -> Problem:
        hint = "Cargo.lock is older than the manifests: run `cargo update --workspace` or `cargo check`"
        return Problem(code="lock-stale", message=message, path=f"{self.loader.root}/Cargo.lock", hint=hint)

    @staticmethod
    def _indices(paths: tuple[str, ...], members: Mapping[int, str]) -> list[int]:
        by_path = {path: index for index, path in members.items()}
        return [by_path[path] for path in paths if path in by_path]

    def _dependencies(
        self,
        packages: tuple[Package, ...],
        order: list[int],
        new_index: dict[int, int],
        members: frozenset[int],
    ) -> tuple[tuple[ResolvedDependency, ...], ...]:
        by_name: dict[str, list[int]] = defaultdict(list)
        for index, package in enumerate(packages):
            by_name[package.id.name].append(index)
        locked = self.lock.packages
        graph = LockedGraph(
            packages=packages,
            edges=[sorted(new_index[e] for e in locked[old].dependencies if e in new_index) for old in order],
            by_name=by_name,
            patches=self._patches(),
            replacements={
                new_index[old]: new_index[new]
                for old, new in self.lock.replacements.items()
                if old in new_index and new in new_index
            },
        )
        return tuple(graph.resolve(index, with_dev=index in members) for index in range(len(packages)))

    def _resolver(self) -> Resolver:
        """`workspace.resolver` or `package.resolver` of the root, else by the root package's edition."""
        package = self.root.package
        value = (self.root.workspace or {}).get("resolver") or (package or {}).get("resolver")
        if value is None:
            if package is None:
                return Resolver.V1
            edition = self.loader.package(self.root.path).edition
            return Resolver.V1 if edition in ("2015", "2018") else Resolver.V2
        if value not in ("1", "2", "3"):
            keys = ("workspace" if self.root.workspace else "package", "resolver")
            problem = problem_at(
                Path(self.root.path), keys, "manifest", f"unknown resolver `{value}`", 'one of "1", "2", "3"'
            )
            raise ManifestError(problem)
        return Resolver.V1 if value == "1" else Resolver.V2

    def _profiles(self) -> dict[str, Table]:
        tables = table_of(self.root.table, "profile")
        return {name: table for name, table in tables.items() if isinstance(table, dict)}


def platform_dependents(workspace: Workspace) -> frozenset[int]:
    """The packages with a dependency that not every platform has."""
    cache: dict[str, frozenset[int]] = workspace.cache
    found = cache.get("platform dependents")
    if found is None:
        found = cache["platform dependents"] = frozenset(
            index
            for index, dependencies in enumerate(workspace.dependencies)
            if any(resolved.dependency.platform is not None for resolved in dependencies)
        )
    return found


def _first(package: Package, kind: TargetKind) -> Target | None:
    return next((target for target in package.targets if target.kind is kind), None)

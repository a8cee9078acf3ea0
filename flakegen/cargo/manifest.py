"""Cargo.toml: from TOML to `Package`, with inheritance applied (Cargo book, "The Manifest Format")."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from flakegen.cargo.discovery import DiskTree, FileTree, ManifestContext, discover_targets
from flakegen.cargo.errors import ManifestError, Problem, raise_all
from flakegen.cargo.inheritance import Inheritance, WorkspaceDefaults, is_inherited, table_of
from flakegen.cargo.package import Dependency, DependencyKind, Lint, Package, PackageId, Source, SourceKind
from flakegen.cargo.source import crates_io, git_source, registry_source
from flakegen.cargo.toml_file import Table, problem_at
from flakegen.cargo.unstable import Complaint, placed, unstable_dependency, unstable_package
from flakegen.cargo.version import parse_requirement, parse_version

EDITIONS = ("2015", "2018", "2021", "2024")
_KINDS = (
    (DependencyKind.NORMAL, "dependencies"),
    (DependencyKind.DEV, "dev-dependencies"),
    (DependencyKind.BUILD, "build-dependencies"),
)
_READMES = ("README.md", "README.txt", "README")


class ManifestPlace(Struct, frozen=True, kw_only=True):
    """Where a manifest stands and how its paths become sources.

    ``source`` is the package's own; ``path_source`` turns a path dependency's folder (absolute for packages on disk)
    into a source: itself for path packages, the repository for git packages.
    """

    path: Path
    directory: str
    tree: FileTree
    source: Source
    package_directory: str
    path_source: Callable[[str], Source]
    registries: Mapping[str, str]


def disk_place(
    path: Path,
    source: Source,
    package_directory: str,
    path_source: Callable[[str], Source],
    registries: Mapping[str, str],
) -> ManifestPlace:
    """The place of a manifest on disk."""
    directory = str(path.parent)
    return ManifestPlace(
        path=path,
        directory=directory,
        tree=DiskTree(directory),
        source=source,
        package_directory=package_directory,
        path_source=path_source,
        registries=registries,
    )


def package_table(table: Table) -> Table | None:
    """`[package]`, or `[project]` as old manifests say; None in a virtual manifest."""
    found = table.get("package", table.get("project"))
    return found if isinstance(found, dict) else None


class _Reader:
    """Reads one manifest, collecting problems so that all of them are reported at once."""

    def __init__(
        self, table: Table, place: ManifestPlace, defaults: WorkspaceDefaults | None, lost: list[Problem]
    ) -> None:
        self.table = table
        self.place = place
        self.lost = lost
        self.title = ""  # of the package, for messages
        self.problems: list[Problem] = []
        self.inheritance = Inheritance(place.path, place.directory, defaults, self.problems)

    def complain(
        self, keys: tuple[str, ...], message: str, hint: str | None = None, code: str = "manifest"
    ) -> None:
        self.problems.append(problem_at(self.place.path, keys, code, message, hint))

    def refuse(self, complaints: Iterable[Complaint]) -> None:
        """Say of which package a complaint is: a fetched one's place tells users little."""
        named = [(keys, f"`{self.title}`: {message}", hint) for keys, message, hint in complaints]
        self.problems += placed(self.place.path, named)

    def text(self, package: Table, key: str, default: str = "") -> str:
        value = package.get(key)
        if value is None or isinstance(value, str):
            return value or default
        self.complain(("package", key), f"`{key}` must be a string")
        return default

    def read(self) -> Package:
        raw = package_table(self.table)
        package = self.inheritance.package(raw if raw is not None else {})
        name = self.text(package, "name")
        if not name:
            self.complain(("package",), "the package has no name", "give package.name")
        version = self.text(package, "version", "0.0.0")
        if parse_version(version.strip()) is None:
            self.complain(("package", "version"), f"`{version}` is not a version", "write MAJOR.MINOR.PATCH")
        edition = self.text(package, "edition", "2015")
        if edition not in EDITIONS:
            self.complain(
                ("package", "edition"), f"unknown edition `{edition}`", "one of " + ", ".join(EDITIONS)
            )
        self.title = f"{name} {version.strip()}"
        self.refuse(unstable_package(self.table, package))
        targets = discover_targets(self.table, package, self.context(name, edition))
        result = Package(
            id=PackageId(name=name, version=version.strip(), source=self.place.source),
            directory=self.place.package_directory,
            edition=edition,
            targets=targets,
            dependencies=tuple(self.dependencies()),
            features=self.features(),
            links=self.text(package, "links") or None,
            metadata=self.metadata(package),
            lints=tuple(self.lints()),
        )
        raise_all(ManifestError, self.problems)
        return result

    def context(self, name: str, edition: str) -> ManifestContext:
        place = self.place
        return ManifestContext(
            path=place.path,
            tree=place.tree,
            name=name,
            edition=edition,
            problems=self.problems,
            lost=self.lost,
        )

    def features(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, values in table_of(self.table, "features").items():
            if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
                self.complain(("features", name), f"feature `{name}` must be a list of strings")
                continue
            found[name] = tuple(values)
        return found

    def metadata(self, package: Table) -> dict[str, str]:
        authors = package.get("authors")
        texts = {
            "authors": (
                ":".join(a for a in authors if isinstance(a, str)) if isinstance(authors, list) else ""
            ),
            "description": package.get("description"),
            "homepage": package.get("homepage"),
            "repository": package.get("repository"),
            "license": package.get("license"),
            "license_file": package.get("license-file"),
            "rust_version": package.get("rust-version"),
            "readme": self.readme(package.get("readme")),
        }
        return {key: value for key, value in texts.items() if isinstance(value, str) and value}

    def readme(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if value is not None:
            return "README.md" if value is True else ""
        return next((name for name in _READMES if self.place.tree.exists(name)), "")

    def lints(self) -> list[Lint]:
        found: list[Lint] = []
        for tool, entries in self.inheritance.lints(self.table).items():
            for name, value in (entries if isinstance(entries, dict) else {}).items():
                settings = value if isinstance(value, dict) else {"level": value}
                level, priority = settings.get("level"), settings.get("priority", 0)
                if not isinstance(level, str) or not isinstance(priority, int):
                    self.complain(("lints", tool, name), f"lint `{name}` needs a level")
                    continue
                cfgs = settings.get("check-cfg", ())
                check_cfg = tuple(c for c in cfgs if isinstance(c, str)) if isinstance(cfgs, list) else ()
                found.append(Lint(tool=tool, name=name, level=level, priority=priority, check_cfg=check_cfg))
        return found

    def dependencies(self) -> list[Dependency]:
        found = self.dependency_tables(self.table, None, ())
        for platform, table in table_of(self.table, "target").items():
            if isinstance(table, dict):
                found += self.dependency_tables(table, platform, ("target", platform))
        return found

    def dependency_tables(
        self, table: Table, platform: str | None, keys: tuple[str, ...]
    ) -> list[Dependency]:
        found: list[Dependency] = []
        for kind, section in _KINDS:
            entries = table.get(section)
            if entries is None:
                entries = table.get(section.replace("-", "_"))
            if not isinstance(entries, dict):
                continue
            for name, value in entries.items():
                dependency = self.dependency(name, value, kind, platform, (*keys, section, name))
                if dependency is not None:
                    found.append(dependency)
        return found

    def dependency(
        self, name: str, value: Any, kind: DependencyKind, platform: str | None, keys: tuple[str, ...]
    ) -> Dependency | None:
        if isinstance(value, str):
            value = {"version": value}
        if not isinstance(value, dict):
            self.complain(keys, f"dependency `{name}` must be a version or a table")
            return None
        if is_inherited(value):
            value = self.inheritance.dependency(keys, name, value)
            if value is None:
                return None
        if complaints := list(unstable_dependency(keys, name, value)):
            self.refuse(complaints)
            return None
        default = value.get("default-features", value.get("default_features", True))
        requirement = value.get("version") or ""
        if not isinstance(requirement, str) or (requirement and parse_requirement(requirement) is None):
            self.complain(keys, f"`{requirement}` is not a version requirement")
            requirement = ""
        features = value.get("features", ())
        package = value.get("package")
        return Dependency(
            name=name,
            package=package if isinstance(package, str) else name,
            kind=kind,
            requirement=requirement or ("" if "path" in value or "git" in value else "*"),
            source=self.dependency_source(value, keys),
            features=(
                tuple(f for f in features if isinstance(f, str) and f) if isinstance(features, list) else ()
            ),
            default_features=default is not False,
            optional=value.get("optional") is True,
            platform=platform,
            renamed=isinstance(package, str),
        )

    def dependency_source(self, value: Table, keys: tuple[str, ...]) -> Source | None:
        path, git = value.get("path"), value.get("git")
        if isinstance(git, str):
            reference = next(
                ((k, value[k]) for k in ("branch", "tag", "rev") if isinstance(value.get(k), str)), None
            )
            return git_source(git, *reference) if reference else git_source(git)
        if isinstance(path, str):
            folder = os.path.join(self.place.directory, path)  # noqa: PTH118 - strings are hot here
            return self.place.path_source(os.path.normpath(folder))
        if isinstance(index := value.get("registry-index"), str):
            return self.registry(index)
        registry = value.get("registry")
        if not isinstance(registry, str) or registry == "crates-io":
            return None
        if registry not in self.place.registries:
            hint = f"give registries.{registry}.index in .cargo/config.toml"
            self.complain(keys, f"registry `{registry}` is not configured", hint)
            return None
        return self.registry(self.place.registries[registry])

    @staticmethod
    def registry(index: str) -> Source | None:
        source = registry_source(index)
        return None if source == crates_io() else source


def read_package(
    table: Table,
    place: ManifestPlace,
    defaults: WorkspaceDefaults | None = None,
    lost: list[Problem] | None = None,
) -> Package:
    """Turn a parsed manifest into a package.

    ``lost`` gets a problem for each listed target that has no file: cargo refuses members that have such targets, and
    leaves them out of other packages (many an old crate was published without its benchmarks).

    Raises:
        ManifestError: with every problem found in this manifest.
    """
    return _Reader(table, place, defaults, [] if lost is None else lost).read()


def path_package_source(directory: str) -> Source:
    """The source of a path package; ``directory`` as in `Package.directory`."""
    return Source(kind=SourceKind.PATH, url=directory)

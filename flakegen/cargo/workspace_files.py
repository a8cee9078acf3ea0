"""Which manifests make up a workspace: its root, its members, and the path packages beside them.

The rules are cargo's `core/workspace.rs` (Cargo book, "Workspaces").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from flakegen.cargo.errors import CargoError, ManifestError, Problem, WorkspaceError
from flakegen.cargo.globs import expand
from flakegen.cargo.inheritance import WorkspaceDefaults, defaults_of
from flakegen.cargo.manifest import disk_place, package_table, path_package_source, read_package
from flakegen.cargo.package import Package, SourceKind
from flakegen.cargo.toml_file import Table, problem_at, read_toml


class RawManifest(Struct, frozen=True, kw_only=True):
    """A parsed manifest; ``package`` and ``workspace`` are its tables, where it has them."""

    path: str
    table: Table
    package: Table | None
    workspace: Table | None

    @property
    def directory(self) -> str:
        """The folder it stands in."""
        return os.path.dirname(self.path)  # noqa: PTH120


def strings(value: Any) -> list[str] | None:
    """The strings of a list; None if it is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else None


def is_under(path: str, folder: str) -> bool:
    """Whether a normal path lies in a folder, or is it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


class ManifestLoader(Struct, kw_only=True):
    """Reads every manifest once, and turns those of packages on disk into packages once the root is known."""

    registries: Mapping[str, str] = field(default_factory=dict)
    root: str = ""  # the workspace's folder
    cargo_home: str | None = None
    _raw: dict[str, RawManifest] = field(default_factory=dict)
    lost: dict[str, list[Problem]] = field(default_factory=dict)  # targets without a file, by manifest
    _packages: dict[str, Package] = field(default_factory=dict)
    _exists: dict[str, bool] = field(default_factory=dict)

    def raw(self, path: str) -> RawManifest:
        """Read and parse a manifest.

        Raises:
            TomlError: it is missing or no TOML.
            ManifestError: it has neither a package nor a workspace.
        """
        if path not in self._raw:
            table = read_toml(Path(path))
            package, workspace = package_table(table), table.get("workspace")
            workspace = workspace if isinstance(workspace, dict) else None
            if package is None and workspace is None:
                message = "manifest has neither [package] nor [workspace]"
                raise ManifestError(Problem(code="manifest", message=message, path=path))
            self._raw[path] = RawManifest(path=path, table=table, package=package, workspace=workspace)
        return self._raw[path]

    def exists(self, path: str) -> bool:
        """Whether a file exists (remembered)."""
        if path not in self._exists:
            self._exists[path] = os.path.isfile(path)  # noqa: PTH113
        return self._exists[path]

    def relative(self, directory: str) -> str:
        """A folder as `Package.directory` has it: relative under the workspace root, else absolute."""
        if directory == self.root:
            return "."
        return directory[len(self.root.rstrip("/")) + 1 :] if is_under(directory, self.root) else directory

    def absolute(self, directory: str) -> str:
        """The folder that a `Package.directory` means."""
        return os.path.normpath(os.path.join(self.root, directory))  # noqa: PTH118

    def package(self, path: str) -> Package:
        """The package of a manifest on disk, with inheritance from its own workspace.

        Raises:
            CargoError: the manifest, or the root it inherits from, is wrong.
        """
        if path not in self._packages:
            raw = self.raw(path)
            directory = self.relative(raw.directory)
            place = disk_place(
                Path(path),
                path_package_source(directory),
                directory,
                lambda folder: path_package_source(self.relative(folder)),
                self.registries,
            )
            lost = self.lost.setdefault(path, [])
            self._packages[path] = read_package(raw.table, place, self.defaults(raw), lost)
        return self._packages[path]

    def defaults(self, raw: RawManifest) -> WorkspaceDefaults | None:
        """What a manifest may inherit: the tables of its own workspace's root.

        Raises:
            CargoError: a manifest on the way up does not parse.
        """
        root = self.find_root(raw.path)
        manifest = self.raw(root) if root else None
        if manifest is None or manifest.workspace is None:
            return None
        return defaults_of(manifest.workspace, manifest.directory)

    def find_root(self, path: str) -> str | None:
        """The manifest of the workspace that a manifest belongs to; None if it stands alone.

        Raises:
            CargoError: a manifest on the way up does not parse.
        """
        raw = self.raw(path)
        if raw.workspace is not None:
            return path
        pointer = (raw.package or {}).get("workspace")
        if isinstance(pointer, str):
            return os.path.normpath(os.path.join(raw.directory, pointer, "Cargo.toml"))  # noqa: PTH118
        folder = raw.directory
        while (parent := os.path.dirname(folder)) != folder:  # noqa: PTH120
            if folder == self.cargo_home:
                return None
            folder = parent
            candidate = os.path.join(folder, "Cargo.toml")  # noqa: PTH118
            if self.exists(candidate) and (root := self._root_at(candidate, path)):
                return root
        return None

    def _root_at(self, candidate: str, path: str) -> str | None:
        """Whether the manifest of a parent folder is the root of ``path``, or points to it."""
        raw = self.raw(candidate)
        if raw.workspace is not None:
            return None if is_excluded(raw, path) else candidate
        pointer = (raw.package or {}).get("workspace")
        if isinstance(pointer, str):
            return os.path.normpath(os.path.join(raw.directory, pointer, "Cargo.toml"))  # noqa: PTH118
        return None


def is_excluded(root: RawManifest, path: str) -> bool:
    """Whether `exclude` covers a path and no literal member does."""
    workspace = root.workspace or {}

    def covers(entry: str) -> bool:
        return is_under(path, os.path.normpath(os.path.join(root.directory, entry)))  # noqa: PTH118

    excluded = any(covers(entry) for entry in strings(workspace.get("exclude")) or ())
    return excluded and not any(covers(entry) for entry in strings(workspace.get("members")) or ())


class WorkspaceFiles(Struct, frozen=True, kw_only=True):
    """The manifests of a workspace (absolute paths): ``members`` in the order found, without a virtual root."""

    root_manifest: str
    current_manifest: str
    members: tuple[str, ...]
    default_members: tuple[str, ...]
    is_virtual: bool  # the manifest in use has no package


def _members_of(root: RawManifest, key: str) -> list[str] | None:
    patterns = strings((root.workspace or {}).get(key))
    if patterns is None:
        return None
    found: list[str] = []
    for pattern in patterns:
        # A pattern that matches nothing counts as a literal path, so that the error names it.
        found += expand(root.directory, pattern) or [os.path.join(root.directory, pattern)]  # noqa: PTH118
    return found


class _MemberSearch:
    """Collects members: the listed ones, the root package, and all path dependencies under the root."""

    def __init__(self, loader: ManifestLoader, root: RawManifest) -> None:
        self.loader = loader
        self.root = root
        self.members: dict[str, None] = {}
        self.problems: list[Problem] = []

    def add(self, start: str, *, listed: bool) -> None:
        pending = [(start, not listed)]
        while pending:
            path, is_dependency = pending.pop()
            if (
                path in self.members
                or (is_dependency and self._is_foreign(path))
                or is_excluded(self.root, path)
            ):
                continue
            self.members[path] = None
            try:
                raw = self.loader.raw(path)
                package = self.loader.package(path) if raw.package is not None else None
            except CargoError as error:
                self.problems += error.problems
                continue
            sources = [d.source for d in package.dependencies if d.source] if package else []
            folders = [self.loader.absolute(s.url) for s in sources if s.kind is SourceKind.PATH]
            pending += [(f"{folder}/Cargo.toml", True) for folder in reversed(folders)]

    def _is_foreign(self, path: str) -> bool:
        if is_under(path, self.root.directory):
            return False
        return not self.loader.exists(path) or self.loader.find_root(path) != self.root.path

    def check(self) -> None:
        """Names are unique, and every member agrees on the root."""
        names: dict[str, str] = {}
        for path in self.members:
            raw = self.loader.raw(path)
            if raw.package is None:
                continue
            name = str(raw.package.get("name"))
            if name in names:
                message = f"two packages of the workspace are named `{name}`: {names[name]} and {path}"
                self._complain(path, ("package", "name"), message)
            names[name] = path
            actual = self.loader.find_root(path)
            if actual == self.root.path:
                continue
            if raw.workspace is not None:
                hint = f"exclude it in {self.root.path}, or drop its [workspace]"
                self._complain(path, ("workspace",), "a member has a [workspace] of its own", hint)
            else:
                message = (
                    f"the package is a member of the workspace at {self.root.path}, but believes in {actual}"
                )
                hint = "set package.workspace, or move the package below the workspace root"
                self._complain(path, ("package",), message, hint)

    def _complain(self, path: str, keys: tuple[str, ...], message: str, hint: str | None = None) -> None:
        self.problems.append(problem_at(Path(path), keys, "workspace-member", message, hint))


def find_workspace(loader: ManifestLoader, manifest: str) -> WorkspaceFiles:
    """Find root and members of the workspace of a manifest; sets ``loader.root``.

    Raises:
        CargoError: a manifest is wrong, or the members do not fit together (all problems at once).
    """
    current = loader.raw(manifest)
    root_path = loader.find_root(manifest)
    root = loader.raw(root_path) if root_path else current
    loader.root = root.directory
    if root_path is None:
        return _files(root, current, (manifest,), (manifest,))
    search = _MemberSearch(loader, root)
    for folder in _members_of(root, "members") or ():
        search.add(f"{folder}/Cargo.toml", listed=True)
    search.add(root.path, listed=True)
    if search.problems:
        raise WorkspaceError(*search.problems)
    search.check()
    if search.problems:
        raise WorkspaceError(*search.problems)
    if manifest not in search.members:
        message = f"the package is below the workspace at {root.path}, but is no member of it"
        hint = "add it to workspace.members or workspace.exclude, or give it an empty [workspace]"
        raise WorkspaceError(problem_at(Path(manifest), ("package",), "workspace-member", message, hint))
    members = tuple(path for path in search.members if loader.raw(path).package is not None)
    return _files(root, current, members, _default_members(root, current, members))


def _files(
    root: RawManifest, current: RawManifest, members: tuple[str, ...], default: tuple[str, ...]
) -> WorkspaceFiles:
    return WorkspaceFiles(
        root_manifest=root.path,
        current_manifest=current.path,
        members=members,
        default_members=default,
        is_virtual=current.package is None,
    )


def _default_members(root: RawManifest, current: RawManifest, members: tuple[str, ...]) -> tuple[str, ...]:
    """What is built without `-p`: `default-members` only count when the root manifest is the one in use."""
    folders = _members_of(root, "default-members") if root.path == current.path else None
    if folders is None:
        return members if current.package is None else (current.path,)
    paths = [os.path.normpath(f"{folder}/Cargo.toml") for folder in folders]
    unknown = [path for path in paths if path not in members and not is_excluded(root, path)]
    if unknown:
        message = f"default-members lists {unknown[0]}, which is no member"
        raise WorkspaceError(
            problem_at(Path(root.path), ("workspace", "default-members"), "workspace-member", message)
        )
    return tuple(dict.fromkeys(path for path in paths if path in members))


def path_packages(
    loader: ManifestLoader,
    members: tuple[str, ...],
    extra_folders: tuple[str, ...],
    complain: Callable[[CargoError], None],
) -> dict[str, Package]:
    """All packages that a lock entry without source can mean, by manifest.

    These are members, their path dependencies recursively, and ``extra_folders`` (patches). Manifests that cannot be
    read go to ``complain``.
    """
    found: dict[str, Package] = {}
    pending = [*members, *(f"{folder}/Cargo.toml" for folder in extra_folders)]
    seen = set(pending)
    while pending:
        path = pending.pop()
        try:
            package = loader.package(path)
        except CargoError as error:
            complain(error)
            continue
        found[path] = package
        for dependency in package.dependencies:
            if dependency.source is not None and dependency.source.kind is SourceKind.PATH:
                target = f"{loader.absolute(dependency.source.url)}/Cargo.toml"
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
    return found

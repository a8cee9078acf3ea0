"""Where facts are read: cargo's registry folders and archives, git checkouts, vendor folders and local registries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from flakegen.cargo.cargo_home import CargoHome, Crate
from flakegen.cargo.errors import FactsError, Problem
from flakegen.cargo.facts import PackageFacts, facts_of
from flakegen.cargo.lock import LockedPackage
from flakegen.cargo.manifest import ManifestPlace, disk_place, package_table, read_package
from flakegen.cargo.package import Package, Source, SourceKind
from flakegen.cargo.source_replacement import LocalRegistry, Remote, Replacements, Vendored
from flakegen.cargo.toml_file import Table, parse_toml, read_toml
from flakegen.cargo.vendor import VendorFolder, check_vendored
from flakegen.cargo.workspace_files import ManifestLoader


class FactsSources(Struct, frozen=True, kw_only=True):
    """Folders to look in: cargo's home, what replaces a source, and before both of them ``vendor``, for all sources.

    Crates are built from the vendor folders inside ``project``, and fetched where those outside have them (None: all are
    inside).
    """

    cargo_home: Path
    vendor: tuple[Path, ...] = ()
    replaced: Replacements | None = None
    project: Path | None = None
    _homes: list[CargoHome] = field(default_factory=list)
    _vendors: dict[Path, VendorFolder] = field(default_factory=dict)
    _git: dict[tuple[str, str], Path | None] = field(default_factory=dict)

    @property
    def home(self) -> CargoHome:
        """Cargo's home."""
        if not self._homes:
            self._homes.append(CargoHome(path=self.cargo_home))
        return self._homes[0]

    def origin(self, source: Source) -> Remote | Vendored | LocalRegistry:
        """Where packages of a source are taken from."""
        return self.replaced.origin(source) if self.replaced is not None else Remote(source=source)

    def vendor_folder(self, path: Path) -> VendorFolder:
        """A directory source, of which every manifest is read once."""
        if path not in self._vendors:
            self._vendors[path] = VendorFolder(path=path)
        return self._vendors[path]

    def vendored(self, name: str, version: str, source: Source) -> Path | None:
        """The folder of a crate in a directory source.

        Raises:
            CargoError: a manifest does not parse.
        """
        origin = self.origin(source)
        for path in (*self.vendor, *((origin.path,) if isinstance(origin, Vendored) else ())):
            if (folder := self.vendor_folder(path).find(name, version)) is not None:
                return folder
        return None

    def folder_of(self, name: str, version: str, source: Source, checksum: str | None = None) -> Path | None:
        """The unpacked sources of a registry or git crate, if they are on this machine.

        Raises:
            CargoError: a manifest of a vendor folder or a git checkout does not parse.
        """
        found = self.vendored(name, version, source)
        return found or self._fetched(Crate(name=name, version=version, checksum=checksum), source)

    def _fetched(self, crate: Crate, source: Source) -> Path | None:
        origin = self.origin(source)
        remote = origin.source if isinstance(origin, Remote) else source
        if source.kind is SourceKind.GIT:
            return self._in_checkout(crate.name, remote) or self._in_checkout(crate.name, source)
        return self.home.unpacked(crate, remote)

    def _archives(self, crate: Crate, source: Source) -> Iterator[Path]:
        origin = self.origin(source)
        if isinstance(origin, LocalRegistry) and (path := origin.path / f"{crate.folder}.crate").is_file():
            yield path
        yield from self.home.archives(crate, origin.source if isinstance(origin, Remote) else source)

    def _in_checkout(self, name: str, source: Source) -> Path | None:
        key = (name, f"{source.url}#{source.rev}")
        if key not in self._git:
            checkout = self.home.checkout(source)
            manifests = _manifests(checkout) if checkout else iter(())
            found = next((path for path in manifests if _name_of(read_toml(path)) == name), None)
            self._git[key] = found.parent if found else None
        return self._git[key]

    def is_kept(self, locked: LockedPackage, facts: PackageFacts) -> bool:
        """Whether facts that were kept still hold: those of a vendor folder may have been edited, or the folder gone.

        Raises:
            CargoError: a vendored crate is not the lock's, or a manifest does not parse.
        """
        source = locked.source
        if source is None or (not self.vendor and not isinstance(self.origin(source), Vendored)):
            return not facts.vendored
        folder = self.vendored(locked.name, locked.version, source)
        if folder is None or (source.kind is SourceKind.GIT and not self._is_built_from(folder)):
            return not facts.vendored
        return check_vendored(folder, locked)

    def _is_built_from(self, folder: Path) -> bool:
        return self.project is None or folder.is_relative_to(self.project)

    def read(self, locked: LockedPackage) -> PackageFacts | None:
        """The facts of one crate; None if it is nowhere.

        Raises:
            CargoError: its manifest or archive is wrong, or a vendored crate is not the lock's.
        """
        source = locked.source
        if source is None:
            return None
        crate = Crate(name=locked.name, version=locked.version, checksum=locked.checksum)
        folder = self.vendored(locked.name, locked.version, source)
        # What is fetched from a repository needs to be found in it, of which a vendor folder knows nothing.
        is_enough = folder is not None and (source.kind is SourceKind.REGISTRY or self._is_built_from(folder))
        fetched = None if is_enough else self._fetched(crate, source)
        if fetched is not None:
            return self.read_folder(locked, source, fetched)
        if folder is not None:
            return self._read_vendored(locked, source, folder)
        archives = self._archives(crate, source) if source.kind is SourceKind.REGISTRY else iter(())
        path = next(archives, None)
        return None if path is None else _read_archive(locked, source, path)

    def read_folder(self, locked: LockedPackage, source: Source, folder: Path) -> PackageFacts:
        """The facts of a crate whose sources are in a folder of cargo's.

        Raises:
            CargoError: its manifest is wrong.
        """
        if source.kind is not SourceKind.GIT:
            return _read(locked, source, folder, "")
        origin = self.origin(source)
        checkouts = (
            self.home.checkout(s) for s in (origin.source if isinstance(origin, Remote) else source, source)
        )
        checkout = next((path for path in checkouts if path and folder.is_relative_to(path)), None)
        inside = os.path.relpath(folder, checkout) if checkout else ""
        return _read(locked, source, folder, "" if inside == "." else inside)

    def _read_vendored(self, locked: LockedPackage, source: Source, folder: Path) -> PackageFacts:
        check_vendored(folder, locked)
        return _read(locked, source, folder, "", vendored=source.kind is SourceKind.GIT)


def _read(
    locked: LockedPackage, source: Source, folder: Path, inside: str, *, vendored: bool = False
) -> PackageFacts:
    loader = ManifestLoader()
    path = folder / "Cargo.toml"
    place = disk_place(path, source, inside, lambda _: source, {})
    raw = loader.raw(str(path))
    defaults = loader.defaults(raw) if source.kind is SourceKind.GIT and not vendored else None
    return _checked(locked, read_package(raw.table, place, defaults), vendored=vendored)


def _read_archive(locked: LockedPackage, source: Source, path: Path) -> PackageFacts:
    from flakegen.cargo.crate_archive import read_archive  # noqa: PLC0415 - tarfile is slow to import

    tree = read_archive(path, f"{locked.name}-{locked.version}", locked.checksum)
    place = ManifestPlace(
        path=path / "Cargo.toml",
        directory=str(path),
        tree=tree,
        source=source,
        package_directory="",
        path_source=lambda _: source,
        registries={},
    )
    return _checked(locked, read_package(parse_toml(tree.manifest, place.path), place))


def _name_of(table: Table) -> str | None:
    value = (package_table(table) or {}).get("name")
    return value if isinstance(value, str) else None


def _checked(locked: LockedPackage, package: Package, *, vendored: bool = False) -> PackageFacts:
    if package.id.name != locked.name or (package.id.version != locked.version and locked.checksum):
        said = f"{package.id.name} {package.id.version}"
        message = f"the manifest of {locked.name} {locked.version} says {said}"
        raise FactsError(Problem(code="crate-damaged", message=message))
    return facts_of(package, locked.checksum, vendored=vendored)


def _manifests(checkout: Path) -> Iterator[Path]:
    """The manifests of a repository as cargo looks for them: no dot folders, no submodules, no build folders."""
    pending = [checkout]
    while pending:
        folder = pending.pop(0)
        manifest = folder / "Cargo.toml"
        has_manifest = manifest.is_file()
        if has_manifest:
            yield manifest
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if not entry.is_dir(follow_symlinks=False) or entry.name.startswith("."):
                continue
            if (entry.name == "target" and has_manifest) or Path(entry.path, ".git").exists():
                continue
            pending.append(Path(entry.path))

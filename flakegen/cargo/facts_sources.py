"""Where facts come from: the local cargo registry, git checkouts, vendor folders, and as a last resort cargo itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from flakegen.cargo.errors import CargoError, FactsError, Problem, raise_all
from flakegen.cargo.facts import Facts, PackageFacts, facts_of, key_of
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.lock import Lock, LockedPackage
from flakegen.cargo.manifest import ManifestPlace, disk_place, package_table, read_package
from flakegen.cargo.package import Package, Source, SourceKind
from flakegen.cargo.source import CRATES_IO_NAME, crates_io
from flakegen.cargo.toml_file import Table, parse_toml, read_toml
from flakegen.cargo.workspace_files import ManifestLoader

_CRATES_IO_FOLDERS = (f"index.{CRATES_IO_NAME}-", "github.com-")


class FactsSources(Struct, frozen=True, kw_only=True):
    """Folders to look in: cargo's home, and vendor folders (directory sources), which come first."""

    cargo_home: Path
    vendor: tuple[Path, ...] = ()
    _git: dict[tuple[str, str], Path | None] = field(default_factory=dict)

    def folder_of(self, name: str, version: str, source: Source) -> Path | None:
        """The unpacked sources of a registry or git crate, if they are on this machine.

        Raises:
            CargoError: a manifest of a git checkout does not parse.
        """
        if source.kind is SourceKind.GIT:
            return self._vendored(name, version) or self._in_checkout(name, source)
        return self._vendored(name, version) or next(self._unpacked(name, version, source), None)

    def _vendored(self, name: str, version: str) -> Path | None:
        for vendor in self.vendor:
            for folder in (vendor / f"{name}-{version}", vendor / name):
                manifest = folder / "Cargo.toml"
                if manifest.is_file() and _version_of(read_toml(manifest)) == version:
                    return folder
        return None

    def _registries(self, kind: str, source: Source) -> Iterator[Path]:
        """The folders of one registry; cargo names them by the host of its index and a hash."""
        base = self.cargo_home / "registry" / kind
        host = source.url.removeprefix("sparse+").partition("://")[2].partition("/")[0]
        prefixes = _CRATES_IO_FOLDERS if source == crates_io() else (host + "-",)
        try:
            names = sorted(path.name for path in base.iterdir())
        except OSError:
            return
        yield from (base / name for name in names if name.startswith(prefixes))

    def _unpacked(self, name: str, version: str, source: Source) -> Iterator[Path]:
        for registry in self._registries("src", source):
            folder = registry / f"{name}-{version}"
            if (folder / ".cargo-ok").is_file() and (folder / "Cargo.toml").is_file():
                yield folder

    def _archives(self, locked: LockedPackage, source: Source) -> Iterator[Path]:
        for registry in self._registries("cache", source):
            path = registry / f"{locked.name}-{locked.version}.crate"
            if path.is_file():
                yield path

    def checkout(self, source: Source) -> Path | None:
        """The checkout of a git source's commit."""
        name = source.url.partition("?")[0].rstrip("/").removesuffix(".git").rpartition("/")[2]
        for folder in sorted((self.cargo_home / "git" / "checkouts").glob("*/*")):
            if folder.parent.name.rpartition("-")[0] != name or not source.rev:
                continue
            if source.rev.startswith(folder.name) and (folder / ".cargo-ok").is_file():
                return folder
        return None

    def _in_checkout(self, name: str, source: Source) -> Path | None:
        key = (name, f"{source.url}#{source.rev}")
        if key not in self._git:
            checkout = self.checkout(source)
            found = (
                (path for path in _manifests(checkout) if _name_of(read_toml(path)) == name)
                if checkout
                else iter(())
            )
            manifest = next(found, None)
            self._git[key] = manifest.parent if manifest else None
        return self._git[key]

    def read(self, locked: LockedPackage) -> PackageFacts | None:
        """The facts of one crate; None if it is nowhere.

        Raises:
            CargoError: its manifest or archive is wrong.
        """
        source = locked.source
        if source is None:
            return None
        folder = self.folder_of(locked.name, locked.version, source)
        if folder is not None:
            return self.read_folder(locked, source, folder)
        from flakegen.cargo.crate_archive import read_archive  # noqa: PLC0415 - tarfile is slow to import

        for path in self._archives(locked, source) if source.kind is SourceKind.REGISTRY else ():
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
        return None

    def read_folder(self, locked: LockedPackage, source: Source, folder: Path) -> PackageFacts:
        """The facts of a crate whose sources are in a folder.

        Raises:
            CargoError: its manifest is wrong, or a vendored crate has another checksum than the lock says.
        """
        _check_vendored(folder, locked)
        path = folder / "Cargo.toml"
        loader = ManifestLoader()
        checkout = self.checkout(source) if source.kind is SourceKind.GIT else None
        inside = os.path.relpath(folder, checkout) if checkout and folder.is_relative_to(checkout) else ""
        place = disk_place(path, source, "" if inside == "." else inside, lambda _: source, {})
        raw = loader.raw(str(path))
        defaults = loader.defaults(raw) if source.kind is SourceKind.GIT else None
        return _checked(locked, read_package(raw.table, place, defaults))


def _version_of(table: Table) -> str | None:
    value = (package_table(table) or {}).get("version")
    return value.strip() if isinstance(value, str) else None


def _name_of(table: Table) -> str | None:
    value = (package_table(table) or {}).get("name")
    return value if isinstance(value, str) else None


def _checked(locked: LockedPackage, package: Package) -> PackageFacts:
    if package.id.name != locked.name or (package.id.version != locked.version and locked.checksum):
        message = (
            f"the manifest of {locked.name} {locked.version} says {package.id.name} {package.id.version}"
        )
        raise FactsError(Problem(code="crate-damaged", message=message))
    return facts_of(package, locked.checksum)


def _check_vendored(folder: Path, locked: LockedPackage) -> None:
    """A directory source says which archive it was unpacked from."""
    path = folder / ".cargo-checksum.json"
    if locked.checksum is None or not path.is_file():
        return
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise FactsError(
            Problem(code="crate-damaged", message="checksum file is damaged", path=str(path))
        ) from error
    checksum = found.get("package") if isinstance(found, dict) else None
    if checksum is not None and checksum != locked.checksum:
        message = f"the vendored crate's checksum is {checksum}, but Cargo.lock says {locked.checksum}"
        raise FactsError(
            Problem(code="crate-damaged", message=message, path=str(path), hint="run `cargo vendor`")
        )


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


def vendor_folders(config: Table, root: Path) -> tuple[Path, ...]:
    """The directory sources that the configuration replaces other sources by."""
    sources = table_of(config, "source")
    folders = (t.get("directory") for t in sources.values() if isinstance(t, dict))
    return tuple(sorted({root / folder for folder in folders if isinstance(folder, str)}))


def default_cargo_home(environment: dict[str, str] | os._Environ[str]) -> Path:
    """CARGO_HOME, or `.cargo` in the home folder."""
    return Path(environment.get("CARGO_HOME") or Path.home() / ".cargo")


def ask_cargo(manifest: Path) -> dict[tuple[str, str], Path]:
    """Let `cargo metadata --locked` download what is missing; gives crate folders by name and version.

    Raises:
        FactsError: cargo is not there, or fails.
    """
    import subprocess  # noqa: PLC0415 - the last resort pays for itself

    line = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", str(manifest)]
    try:
        done = subprocess.run(line, capture_output=True, check=False)  # noqa: S603 - a list, no shell
    except OSError as error:
        message = "crates are missing on this machine, and cargo is not there to fetch them"
        raise FactsError(
            Problem(code="cargo-missing", message=message, hint="install cargo, or vendor the crates")
        ) from error
    if done.returncode != 0:
        message = f"cargo could not fetch the missing crates: {_reason(done.stderr.decode(errors='replace'))}"
        hint = "run `cargo fetch --locked` there to see all that it says"
        raise FactsError(Problem(code="cargo-failed", message=message, path=str(manifest), hint=hint))
    packages = json.loads(done.stdout)["packages"]
    return {(p["name"], p["version"]): Path(p["manifest_path"]).parent for p in packages if p.get("source")}


def _reason(said: str) -> str:
    """The one line of cargo's standard error that says what is wrong."""
    lines = said.strip().splitlines()
    errors = (line.removeprefix("error: ") for line in lines if line.startswith("error: "))
    return next(errors, lines[-1] if lines else "no reason given")


def gather_facts(
    lock: Lock,
    sources: FactsSources,
    existing: Facts,
    *,
    fetch_with: Path | None = None,
    problems: list[Problem] | None = None,
) -> Facts:
    """The facts of all registry and git packages of a lock: the existing ones that still fit, and new ones.

    Packages that are nowhere are left out, unless ``fetch_with`` (a manifest) allows to ask cargo. Problems of single
    crates are raised together, or put into ``problems`` where that is given.

    Raises:
        CargoError: a crate's manifest or archive is wrong; cargo fails.
    """
    found: dict[tuple[str, str, str], PackageFacts] = {}
    missing: list[LockedPackage] = []
    complaints: list[Problem] = []
    for locked in lock.packages:
        if locked.source is None:
            continue
        try:
            facts = existing.find(locked) or sources.read(locked)
        except CargoError as error:
            complaints += error.problems
            continue
        if facts is None:
            missing.append(locked)
        else:
            found[key_of(locked)] = facts
    if missing and fetch_with is not None:
        found |= _fetched(missing, sources, ask_cargo(fetch_with), complaints)
    if problems is None:
        raise_all(FactsError, complaints)
    else:
        problems += complaints
    return Facts(by_key=found)


def _fetched(
    missing: Sequence[LockedPackage],
    sources: FactsSources,
    folders: dict[tuple[str, str], Path],
    complaints: list[Problem],
) -> dict[tuple[str, str, str], PackageFacts]:
    found: dict[tuple[str, str, str], PackageFacts] = {}
    for locked in missing:
        folder = folders.get((locked.name, locked.version))
        try:
            if folder is not None and locked.source is not None:
                found[key_of(locked)] = sources.read_folder(locked, locked.source, folder)
        except CargoError as error:
            complaints += error.problems
    return found

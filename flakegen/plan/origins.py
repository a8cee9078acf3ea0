"""Where the sources of third-party crates are for Nix: fetched, or in a folder of the project that stands in for a registry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flakegen.cargo.cargo_home import Crate
from flakegen.cargo.errors import Problem
from flakegen.cargo.facts import source_text
from flakegen.cargo.package import Package, Source, SourceKind
from flakegen.cargo.registry_index import download_address
from flakegen.cargo.source import crates_io
from flakegen.cargo.source_replacement import LocalRegistry, Remote, Vendored
from flakegen.cargo.vendor import CHECKSUM_FILE
from flakegen.cargo.workspace import Workspace
from flakegen.plan.cargo_plan import FetchPlan
from flakegen.plan.places import Places

_CODE = "origin"
_UNKNOWN_DOWNLOAD = "origin-download"
_MOST_NAMES = 3
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"]+")


class Origins:
    """Where each crate of a workspace is, and what is wrong where that cannot be told."""

    def __init__(self, workspace: Workspace, places: Places) -> None:
        """Take a workspace, and what is known of the places of its sources."""
        self._workspace = workspace
        self._places = places
        self._sources = places.sources
        self._found: dict[int, FetchPlan | Problem] = {}

    def of(self, package: Package) -> FetchPlan:
        """Where a crate is.

        Raises:
            LookupError: that cannot be told; `problems` says why.
        """
        match self.look(package):
            case FetchPlan() as found:
                return found
            case problem:
                raise LookupError(problem.message)

    def problems(self, packages: Iterable[Package]) -> Iterator[Problem]:
        """Yield what is wrong with the registries of the lock, and with the crates that are used."""
        silent = list(self._unknown_registries())
        yield from silent
        for package in packages:
            found = self.look(package)
            if isinstance(found, Problem) and not (silent and found.code == _UNKNOWN_DOWNLOAD):
                yield found

    def files(self) -> Iterator[str]:
        """Yield what was looked at in folders of the project that hold crates, relative to the project's."""
        for package in self._workspace.packages:
            found = self.look(package) if package.id.source.kind is not SourceKind.PATH else None
            if isinstance(found, FetchPlan) and found.vendored is not None:
                yield f"{found.vendored}/Cargo.toml"
                yield f"{found.vendored}/{CHECKSUM_FILE}"

    def _unknown_registries(self) -> Iterator[Problem]:
        names: dict[Source, list[str]] = {}
        for package in self._workspace.packages:
            source = package.id.source
            if (
                source.kind is SourceKind.REGISTRY
                and source != crates_io()
                and self._places.is_downloaded(source)
            ):
                names.setdefault(source, []).append(f"`{package.id.name}`")
        for source, crates in names.items():
            problem = self._registry_problem(source, _named(crates))
            if problem is not None:
                yield problem

    def _registry_problem(self, source: Source, crates: str) -> Problem | None:
        name = source_text(source)
        known = self._workspace.facts.registries.get(name)
        key = f'cargo.registries."{source.url}".download'
        if known is None:
            message = (
                f"where {name} has the archives of {crates} is not known: its index is not on this machine"
            )
            return Problem(code=_CODE, message=message, hint=f"run `cargo fetch --locked`, or give {key}")
        if known.auth_required:
            message = f"{name}, where {crates} come from, gives its archives only to those whom it knows"
            return Problem(
                code=_CODE, message=message, hint=f"vendor them, or give {key}, an address that does not ask"
            )
        if not _ADDRESS.fullmatch(known.download):
            message = (
                f"the index {name} says that its archives are at `{known.download}`, which is no address"
            )
            return Problem(code=_CODE, message=message, hint=f"give {key}")
        return None

    def look(self, package: Package) -> FetchPlan | Problem:
        """Look where a crate is, or why that cannot be told."""
        key = id(package)
        if key not in self._found:
            self._found[key] = self._in_project(package) or self._fetched(package)
        return self._found[key]

    def _in_project(self, package: Package) -> FetchPlan | Problem | None:
        known = package.id
        origin = self._sources.origin(known.source)
        if isinstance(origin, Remote) or (inside := self._places.inside(origin.path)) is None:
            return None
        name = f"`{known.name}` {known.version}"
        if isinstance(origin, Vendored):
            folder = self._sources.vendored(known.name, known.version, known.source)
            if folder is None:
                return Problem(
                    code=_CODE, message=f"{inside} does not hold {name}", hint="run `cargo vendor`"
                )
            real = self._places.inside(folder)
            return None if real is None else FetchPlan(vendored=real)
        return self._in_local_registry(origin, package, inside)

    def _in_local_registry(self, origin: LocalRegistry, package: Package, inside: str) -> FetchPlan | Problem:
        crate = _crate(package)
        path = origin.path / f"{crate.folder}.crate"
        if not path.is_file():
            return Problem(code=_CODE, message=f"{inside} does not hold `{crate.name}` {crate.version}")
        return FetchPlan(archive=self._places.inside(path))

    def _fetched(self, package: Package) -> FetchPlan | Problem:
        known = package.id
        name = f"`{known.name}` {known.version}"
        if known.source.kind is SourceKind.GIT:
            facts = self._workspace.facts.by_key.get((known.name, known.version, source_text(known.source)))
            if facts is not None and facts.vendored:
                message = f"the folder that {name} has in its repository is not known: only a vendor folder has it here"
                return Problem(code=_CODE, message=message, hint="move the vendor folder into the project")
            return FetchPlan(git=_git(known.source), subfolder=package.directory)
        if package.checksum is None:
            message = f"Cargo.lock has no checksum of {name}, and Nix fetches nothing without"
            return Problem(
                code=_CODE, message=message, hint="remove its entry from Cargo.lock and run `cargo fetch`"
            )
        template = self._places.downloads.of(known.source)
        if template is None and known.source == crates_io():
            return FetchPlan(sha256=package.checksum)
        facts_of_registry = self._workspace.facts.registries.get(source_text(known.source))
        if template is None and facts_of_registry is None:
            return Problem(code=_UNKNOWN_DOWNLOAD, message=f"where {name} is downloaded from is not known")
        address = template or (facts_of_registry.download if facts_of_registry is not None else "")
        return FetchPlan(sha256=package.checksum, url=download_address(address, _crate(package)))


def _named(crates: list[str]) -> str:
    more = len(crates) - _MOST_NAMES
    return ", ".join(crates[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _crate(package: Package) -> Crate:
    return Crate(name=package.id.name, version=package.id.version, checksum=package.checksum)


def _git(source: Source) -> dict[str, Any]:
    return {"url": source.url.partition("?")[0], "rev": source.rev, "allRefs": True, "submodules": True}

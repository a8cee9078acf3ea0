"""Places that crates can come from: the project's own folders, and addresses that the spec gives for registries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.package import Source
from flakegen.cargo.source import crates_io, registry_source, source_key
from flakegen.cargo.source_replacement import CRATES_IO_KEY, Remote


def registry_named(name: str, registries: Mapping[str, str]) -> Source:
    """The registry that a key of the spec means: `crates-io`, a name of cargo's configuration, or an index address."""
    if name == CRATES_IO_KEY:
        return crates_io()
    return registry_source(registries.get(name, name).removeprefix("registry+"))


class Downloads:
    """The download addresses that a spec gives, by registry."""

    def __init__(self, given: Iterable[tuple[str, str]], registries: Mapping[str, str]) -> None:
        """Take addresses by the spec's names, and the index addresses that cargo's configuration has."""
        self._given = dict(given)
        self.names = {source_key(registry_named(name, registries)): name for name in self._given}

    def of(self, source: Source) -> str | None:
        """The address that is given for a registry, with markers."""
        name = self.names.get(source_key(source))
        return None if name is None else self._given[name]


class Places:
    """What replaces the sources of a workspace, seen from the project."""

    def __init__(self, sources: FactsSources, root: Path, downloads: Downloads) -> None:
        """Take where facts were read, the project's folder, and the addresses that the spec gives."""
        self.sources = sources
        self.downloads = downloads
        self._root = root.resolve()

    def folders(self) -> tuple[str, ...]:
        """Return the folders of the project that hold other people's crates, relative to the project's."""
        replaced = self.sources.replaced
        found = (self.inside(path) for path in (replaced.folders if replaced is not None else ()))
        return tuple(sorted(path for path in found if path))

    def inside(self, path: Path) -> str | None:
        """Return a path relative to the project's folder; None if it is elsewhere."""
        real = path.resolve()
        return real.relative_to(self._root).as_posix() if real.is_relative_to(self._root) else None

    def is_downloaded(self, source: Source) -> bool:
        """Tell whether crates of a registry are downloaded from where its index says."""
        if self.downloads.of(source) is not None:
            return False
        origin = self.sources.origin(source)
        return isinstance(origin, Remote) or self.inside(origin.path) is None

"""Where packages of a source really come from: `[source]` tables of the configuration (Cargo book, "Source Replacement").

A replacement changes nothing of a package but where its files are: lock, package ids and resolution keep the source that
was replaced.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from flakegen.cargo.config import CargoConfig
from flakegen.cargo.errors import ConfigError, Problem
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.package import Source, SourceKind
from flakegen.cargo.source import crates_io, git_source, registry_source, source_key
from flakegen.cargo.toml_file import Table

CRATES_IO_KEY = "crates-io"
_LOCATIONS = ("registry", "local-registry", "directory", "git")
_REFERENCES = ("branch", "tag", "rev")


class Remote(Struct, frozen=True, kw_only=True):
    """A registry or a git repository."""

    source: Source


class Vendored(Struct, frozen=True, kw_only=True):
    """A folder with a folder for each package, as `cargo vendor` makes it (a directory source)."""

    path: Path


class LocalRegistry(Struct, frozen=True, kw_only=True):
    """A folder with an index and an archive for each package."""

    path: Path


Origin: TypeAlias = Remote | Vendored | LocalRegistry


class _Entry(Struct, frozen=True, kw_only=True):
    origin: Origin
    replace_with: str | None


class Replacements:
    """The `[source]` tables of a configuration; ``folders`` are those that stand in for other sources, sorted."""

    def __init__(self, config: CargoConfig) -> None:
        """Read the tables.

        Raises:
            ConfigError: with all that is wrong with them.
        """
        self._config = config
        self._problems: list[Problem] = []
        self._entries = {CRATES_IO_KEY: _Entry(origin=Remote(source=crates_io()), replace_with=None)}
        for name, table in sorted(table_of(config.table, "source").items()):
            if (entry := self._entry(name, table)) is not None:
                self._entries[name] = entry
        self._by_source = {
            source_key(entry.origin.source): self._follow(name)
            for name, entry in self._entries.items()
            if isinstance(entry.origin, Remote) and entry.replace_with is not None
        }
        if self._problems:
            raise ConfigError(*self._problems)
        used = self._by_source.values()
        self.folders = sorted({o.path for o in used if isinstance(o, Vendored | LocalRegistry)})

    def origin(self, source: Source) -> Origin:
        """Where a package of a source comes from: the source itself, if nothing replaces it."""
        found = self._by_source.get(source_key(source))
        if found is None:
            return Remote(source=source)
        if isinstance(found, Remote) and found.source.kind is SourceKind.GIT:
            replaced = found.source
            return Remote(source=Source(kind=replaced.kind, url=replaced.url, rev=source.rev))
        return found

    def _complain(self, message: str, hint: str | None = None) -> None:
        files = self._config.files
        path = str(files[0]) if files else None
        self._problems.append(Problem(code="config-source", message=message, path=path, hint=hint))

    def _entry(self, name: str, table: object) -> _Entry | None:
        if not isinstance(table, dict):
            self._complain(f"`source.{name}` must be a table")
            return None
        given = [key for key in _LOCATIONS if isinstance(table.get(key), str)]
        if len(given) > 1:
            self._complain(f"more than one location is given for `source.{name}`: {', '.join(given)}")
            return None
        if not given and name != CRATES_IO_KEY:
            hint = "give one of " + ", ".join(_LOCATIONS)
            self._complain(f"no location is given for `source.{name}`", hint)
            return None
        target = table.get("replace-with")
        return _Entry(
            origin=_location(given[0], table) if given else Remote(source=crates_io()),
            replace_with=target if isinstance(target, str) else None,
        )

    def _follow(self, start: str) -> Origin:
        """The end of a chain of replacements."""
        name, seen = start, {start}
        while True:
            entry = self._entries.get(name) or self._registry(name)
            if entry is None:
                self._complain(f"`source.{start}` leads to the source `{name}`, which is not configured")
                return self._entries[start].origin
            if entry.replace_with is None:
                return self._checked(start, name, entry.origin)
            name = entry.replace_with
            if name in seen:
                self._complain(f"`source.{start}` is in the end replaced with itself")
                return entry.origin
            seen.add(name)

    def _registry(self, name: str) -> _Entry | None:
        """A name that no `[source]` table has may be a registry's."""
        index = self._config.registries.get(name)
        return (
            None if index is None else _Entry(origin=Remote(source=registry_source(index)), replace_with=None)
        )

    def _checked(self, start: str, name: str, origin: Origin) -> Origin:
        """Archives have checksums, which repositories have not: cargo could not tell that they are the same."""
        if _is(SourceKind.REGISTRY, self._entries[start].origin) and _is(SourceKind.GIT, origin):
            self._complain(f"a registry, `source.{start}`, cannot be replaced with a repository, `{name}`")
        return origin


def _is(kind: SourceKind, origin: Origin) -> bool:
    return isinstance(origin, Remote) and origin.source.kind is kind


def _location(key: str, table: Table) -> Origin:
    value: str = table[key]
    match key:
        case "registry":
            return Remote(source=registry_source(value))
        case "local-registry":
            return LocalRegistry(path=Path(value))
        case "directory":
            return Vendored(path=Path(value))
    reference = next(((k, table[k]) for k in _REFERENCES if isinstance(table.get(k), str)), None)
    return Remote(source=git_source(value, *reference) if reference else git_source(value))

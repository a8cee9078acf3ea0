"""Cargo.lock, versions 1 to 4: packages and the edges between them (cargo's `resolver/encode.rs`)."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from msgspec import Struct

from flakegen.cargo.errors import LockError, Problem
from flakegen.cargo.package import Source, SourceKind
from flakegen.cargo.source import encode_raw_reference, parse_source
from flakegen.cargo.toml_file import Table, parse_toml

_NEWEST = 4
_NAME = re.compile(r"\w[\w-]*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]*")
_DEPENDENCY = re.compile(r"(\S+)(?: (\S+)(?: \(([^)]+)\))?)?")


class LockedPackage(Struct, frozen=True, kw_only=True):
    """One `[[package]]`: ``source`` is None for path packages; ``dependencies`` are indices into the lock's packages."""

    name: str
    version: str
    source: Source | None
    checksum: str | None
    dependencies: tuple[int, ...]


class Lock(Struct, frozen=True, kw_only=True):
    """A parsed lock; ``unused_patches`` are names only, they are no part of any graph."""

    packages: tuple[LockedPackage, ...]
    replacements: dict[int, int]
    unused_patches: tuple[str, ...]

    def named(self) -> dict[str, list[int]]:
        """Indices by package name."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, package in enumerate(self.packages):
            found[package.name].append(index)
        return found


class _Reader:
    """Turns the tables of one lock into values, collecting problems."""

    def __init__(self, table: Table, path: Path) -> None:
        self.table = table
        self.path = path
        self.problems: list[Problem] = []
        self.raw_references = not isinstance(table.get("version"), int) or table["version"] < _NEWEST
        self.entries = self._entries()
        self.checksums = self._old_checksums()
        self.sources = [self._source(entry) for entry in self.entries]
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for index, entry in enumerate(self.entries):
            self.by_name[entry["name"]].append(index)

    def complain(self, message: str, code: str = "lock-malformed", hint: str | None = None) -> None:
        self.problems.append(Problem(code=code, message=message, path=str(self.path), hint=hint))

    def _entries(self) -> list[Table]:
        raw = self.table.get("package", [])
        entries = [*raw] if isinstance(raw, list) else []
        if isinstance(root := self.table.get("root"), dict):
            entries.append(root)
        good = [
            e
            for e in entries
            if isinstance(e, dict)
            and _is_named(e.get("name"), _NAME)
            and _is_named(e.get("version"), _VERSION)
        ]
        if len(good) != len(entries) or not isinstance(raw, list):
            self.complain("every package needs a name and a version")
        return good

    def _old_checksums(self) -> dict[str, str]:
        metadata = self.table.get("metadata")
        if not isinstance(metadata, dict):
            return {}
        prefix = "checksum "
        return {k[len(prefix) :]: v for k, v in metadata.items() if k.startswith(prefix) and _is_text(v)}

    def _source(self, entry: Table) -> Source | None:
        return self._parse_source(entry["source"], entry["name"]) if "source" in entry else None

    def _parse_source(self, text: Any, name: str) -> Source | None:
        source = parse_source(text) if isinstance(text, str) else None
        if source is None:
            self.complain(f"package `{name}` has an unknown source `{text}`")
            return None
        if source.kind is SourceKind.GIT and self.raw_references and "?" in source.url:
            return Source(kind=source.kind, url=encode_raw_reference(source.url), rev=source.rev)
        return source

    def find(self, text: Any) -> int | None:
        """The package that `name[ version[ (source)]]` means; None if the lock has none such."""
        match = _DEPENDENCY.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            self.complain(f"dependency `{text}` does not parse")
            return None
        name, version, source_text = match.groups()
        found = self.by_name.get(name, [])
        if version is not None and len(found) > 1:
            found = [i for i in found if self.entries[i]["version"] == version]
        if source_text is not None:
            source = self._parse_source(source_text, name)
            same = [i for i in found if _same_origin(self.sources[i], source)]
            return same[0] if same else None
        if len(found) > 1:
            local = [i for i in found if self.sources[i] is None]
            found = local if len(local) == 1 else []
        return found[0] if found else None

    def packages(self) -> tuple[LockedPackage, ...]:
        return tuple(self._package(index, entry) for index, entry in enumerate(self.entries))

    def _package(self, index: int, entry: Table) -> LockedPackage:
        dependencies = entry.get("dependencies", ())
        if not isinstance(dependencies, list | tuple):
            self.complain(f"dependencies of package `{entry['name']}` are not a list")
            dependencies = ()
        edges = [self.find(text) for text in dependencies]
        checksum = entry.get("checksum")
        if checksum is None and self.checksums:
            checksum = self.checksums.get(f"{entry['name']} {entry['version']} ({entry.get('source')})")
        return LockedPackage(
            name=entry["name"],
            version=entry["version"],
            source=self.sources[index],
            checksum=checksum if _is_text(checksum) else None,
            dependencies=tuple(edge for edge in edges if edge is not None),
        )

    def replacements(self) -> dict[int, int]:
        pairs = ((i, self.find(e["replace"])) for i, e in enumerate(self.entries) if "replace" in e)
        return {index: found for index, found in pairs if found is not None}


def _is_named(value: object, form: re.Pattern[str]) -> bool:
    """Whether a value is a name of some form: names become parts of paths."""
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _same_origin(left: Source | None, right: Source | None) -> bool:
    if left is None or right is None:
        return left is right
    return (left.kind, left.url) == (right.kind, right.url)


def parse_lock(text: str, path: Path) -> Lock:
    """Parse the text of a Cargo.lock.

    Raises:
        TomlError: it is no TOML.
        LockError: it is of a newer version than 4, or its entries are malformed (all of them are reported).
    """
    table = parse_toml(text, path)
    version = table.get("version")
    if isinstance(version, int) and version > _NEWEST:
        message = f"lock file version {version} is newer than {_NEWEST}, the newest that is understood"
        raise LockError(Problem(code="lock-version", message=message, path=str(path)))
    reader = _Reader(table, path)
    packages = reader.packages()
    replacements = reader.replacements()
    if reader.problems:
        raise LockError(*reader.problems)
    patch = table.get("patch")
    unused = patch.get("unused", []) if isinstance(patch, dict) else []
    names = (
        tuple(str(e.get("name")) for e in unused if isinstance(e, dict)) if isinstance(unused, list) else ()
    )
    return Lock(packages=packages, replacements=replacements, unused_patches=names)

"""Facts of registry and git crates: what their manifests say, kept in a committed file, because it never changes.

The file is a JSON list with one crate per line, sorted, with only the values that differ from their defaults. Examples,
tests, benches and dev-dependencies are left out: cargo cannot build them for packages outside of the workspace.

Where crates come from other registries than crates.io, the file is an object with that list as `crates`, and before it a
line for each registry, which says where its archives are downloaded from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from flakegen.cargo.errors import FactsError, Problem
from flakegen.cargo.lock import LockedPackage
from flakegen.cargo.package import (
    Dependency,
    DependencyKind,
    Package,
    PackageId,
    Source,
    SourceKind,
    Target,
    TargetKind,
)
from flakegen.cargo.registry_index import RegistryFacts
from flakegen.cargo.source import crates_io, parse_source
from flakegen.cargo.version import parse_version

FactsKey = tuple[str, str, str]
"""Name, version and source text (empty for crates.io)."""

_KEPT_TARGETS = (TargetKind.LIB, TargetKind.BIN, TargetKind.CUSTOM_BUILD)


class TargetFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """A target; its switches default to what cargo's defaults are for a library or a binary."""

    name: str
    kind: TargetKind = TargetKind.LIB
    path: str = "src/lib.rs"
    crate_types: tuple[str, ...] = ("lib",)
    edition: str = ""  # as the package
    required_features: tuple[str, ...] = ()
    off: tuple[str, ...] = ()  # switches that differ from their default
    proc_macro: bool = False


class PackageFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of one crate."""

    name: str
    version: str
    source: str = ""
    checksum: str | None = None
    directory: str = ""
    edition: str = "2015"
    links: str | None = None
    targets: tuple[TargetFacts, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    features: dict[str, tuple[str, ...]] = {}
    metadata: dict[str, str] = {}
    vendored: bool = False  # of a git crate: read from a vendor folder, so that its own folder is not known

    @property
    def key(self) -> FactsKey:
        """What identifies it."""
        return (self.name, self.version, self.source)


class _File(msgspec.Struct, frozen=True):
    """A facts file that says something of registries."""

    registries: dict[str, RegistryFacts]
    crates: list[PackageFacts]


class Facts(Struct, frozen=True, kw_only=True):
    """All kept facts, of crates by key, and of registries by their source text."""

    by_key: dict[FactsKey, PackageFacts] = field(default_factory=dict)
    registries: Mapping[str, RegistryFacts] = field(default_factory=dict)

    def find(self, locked: LockedPackage) -> PackageFacts | None:
        """The facts of a locked package, if they are known for its checksum."""
        found = self.by_key.get(key_of(locked))
        if found is None or (locked.checksum and found.checksum and locked.checksum != found.checksum):
            return None
        return found

    def __iter__(self) -> Iterator[PackageFacts]:
        return iter(self.by_key.values())


def source_text(source: Source | None) -> str:
    """A source as lock files write it; empty for crates.io."""
    if source is None or source == crates_io():
        return ""
    if source.kind is SourceKind.GIT:
        return f"git+{source.url}#{source.rev}" if source.rev else f"git+{source.url}"
    return source.url if source.url.startswith("sparse+") else f"registry+{source.url}"


def key_of(locked: LockedPackage) -> FactsKey:
    """Where the facts of a locked package are found."""
    return (locked.name, locked.version, source_text(locked.source))


def _defaults(kind: TargetKind) -> dict[str, bool]:
    runs = kind in (TargetKind.LIB, TargetKind.BIN)
    return {"test": runs, "bench": runs, "doc": runs, "doctest": kind is TargetKind.LIB, "harness": True}


_SWITCHES = {kind: _defaults(kind) for kind in TargetKind}


def _target(facts: TargetFacts, edition: str) -> Target:
    switches = _SWITCHES[facts.kind]
    if facts.off:
        switches = {name: value != (name in facts.off) for name, value in switches.items()}
    return Target(
        kind=facts.kind,
        name=facts.name,
        crate_types=facts.crate_types,
        src_path=facts.path,
        edition=facts.edition or edition,
        required_features=facts.required_features,
        proc_macro=facts.proc_macro,
        **switches,
    )


def package_of(facts: PackageFacts) -> Package:
    """The package that facts describe."""
    source = parse_source(facts.source) if facts.source else crates_io()
    return Package(
        id=PackageId(name=facts.name, version=facts.version, source=source or crates_io()),
        directory=facts.directory,
        edition=facts.edition,
        targets=tuple(_target(target, facts.edition) for target in facts.targets),
        dependencies=facts.dependencies,
        features=facts.features,
        links=facts.links,
        metadata=facts.metadata,
        checksum=facts.checksum,
    )


def _target_facts(target: Target, edition: str) -> TargetFacts:
    defaults = _SWITCHES[target.kind]
    return TargetFacts(
        name=target.name,
        kind=target.kind,
        path=target.src_path,
        crate_types=target.crate_types,
        edition="" if target.edition == edition else target.edition,
        required_features=target.required_features,
        off=tuple(name for name, value in defaults.items() if getattr(target, name) != value),
        proc_macro=target.proc_macro,
    )


def facts_of(package: Package, checksum: str | None, *, vendored: bool = False) -> PackageFacts:
    """What to keep of a package that was read from its manifest."""
    return PackageFacts(
        name=package.id.name,
        version=package.id.version,
        source=source_text(package.id.source),
        checksum=checksum,
        directory=package.directory,
        edition=package.edition,
        links=package.links,
        targets=tuple(_target_facts(t, package.edition) for t in package.targets if t.kind in _KEPT_TARGETS),
        dependencies=tuple(d for d in package.dependencies if d.kind is not DependencyKind.DEV),
        features=package.features,
        metadata=package.metadata,
        vendored=vendored,
    )


def _dependency_table(dependency: Dependency) -> dict[str, Any]:
    """A dependency with only its non-default values."""
    table: dict[str, Any] = {"name": dependency.name}
    if dependency.package != dependency.name:
        table["package"] = dependency.package
    if dependency.kind is not DependencyKind.NORMAL:
        table["kind"] = dependency.kind.value
    table["requirement"] = dependency.requirement
    if dependency.source is not None:
        table["source"] = {"kind": dependency.source.kind.value, "url": dependency.source.url}
    if dependency.features:
        table["features"] = list(dependency.features)
    if not dependency.default_features:
        table["default_features"] = False
    if dependency.optional:
        table["optional"] = True
    if dependency.platform is not None:
        table["platform"] = dependency.platform
    return table


def _line(facts: PackageFacts) -> str:
    table = msgspec.to_builtins(facts)
    if facts.dependencies:
        table["dependencies"] = [_dependency_table(dependency) for dependency in facts.dependencies]
    if facts.features:
        table["features"] = {name: list(facts.features[name]) for name in sorted(facts.features)}
    return _json(table)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _order(facts: PackageFacts) -> tuple[object, ...]:
    return (facts.name, parse_version(facts.version) or (), facts.version, facts.source)


def facts_text(facts: Iterable[PackageFacts], registries: Mapping[str, RegistryFacts] | None = None) -> str:
    """The text of a facts file."""
    lines = [_line(entry) for entry in sorted(facts, key=_order)]
    crates = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    if not registries:
        return f"{crates}\n"
    known = (f"{_json(name)}:{_json(msgspec.to_builtins(registries[name]))}" for name in sorted(registries))
    return '{"registries":{\n' + ",\n".join(known) + '\n},"crates":' + f"{crates}}}\n"


def facts_digest(facts: Facts) -> str:
    """Return a digest that is another one for facts with another text; it is quicker had."""
    known = sorted(facts, key=lambda entry: entry.key)
    data = msgspec.msgpack.encode((known, sorted(facts.registries.items())), order="deterministic")
    return blake2b(data, digest_size=16).hexdigest()


_DECODER = msgspec.json.Decoder(list[PackageFacts] | _File)


def parse_facts(data: bytes, path: Path) -> Facts:
    """Parse a facts file.

    Raises:
        FactsError: it is damaged.
    """
    try:
        found = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "it is generated: delete it and gather the facts again"
        problem = Problem(
            code="facts-damaged", message=f"facts file is damaged: {error}", path=str(path), hint=hint
        )
        raise FactsError(problem) from error
    file = found if isinstance(found, _File) else _File(registries={}, crates=found)
    return Facts(by_key={entry.key: entry for entry in file.crates}, registries=file.registries)


def load_facts(path: Path) -> Facts:
    """Read a facts file; a missing file holds no facts.

    Raises:
        FactsError: it is unreadable or damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Facts()
    except OSError as error:
        message = f"cannot read facts file: {(error.strerror or 'unknown error').lower()}"
        raise FactsError(Problem(code="facts-unreadable", message=message, path=str(path))) from error
    return parse_facts(data, path)

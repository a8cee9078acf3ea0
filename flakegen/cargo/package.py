"""Packages as cargo sees them: identity, targets, dependencies, and what a manifest says of itself.

Everything here is a value read from a manifest (or from the facts kept of a registry crate); nothing is resolved yet.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct
from msgspec.structs import force_setattr


class SourceKind(Enum):
    """Where a package comes from (Cargo book, "Specifying Dependencies")."""

    PATH = "path"
    REGISTRY = "registry"
    GIT = "git"


class Source(Struct, frozen=True, kw_only=True):
    """A package source.

    ``url`` is the lock file's own text without kind prefix and without the ``#sha`` fragment (for a path: the directory,
    relative to the workspace root, ``/``-separated, ``.`` for the root itself). ``rev`` is a git source's full commit.
    """

    kind: SourceKind
    url: str
    rev: str | None = None


class PackageId(Struct, frozen=True, kw_only=True):
    """Name, version and source: what tells two packages apart."""

    name: str
    version: str
    source: Source


LINKABLE_TYPES = frozenset({"lib", "rlib", "dylib", "proc-macro"})
"""Crate types that `--extern` accepts."""


class TargetKind(Enum):
    """The kinds of cargo targets (Cargo book, "Cargo Targets")."""

    LIB = "lib"
    BIN = "bin"
    EXAMPLE = "example"
    TEST = "test"
    BENCH = "bench"
    CUSTOM_BUILD = "custom-build"


_LIB, _CUSTOM_BUILD = TargetKind.LIB, TargetKind.CUSTOM_BUILD  # an enum's members are slow to get at


class Target(Struct, frozen=True, kw_only=True):
    """One target of a package; ``src_path`` is relative to the package's directory, ``/``-separated."""

    kind: TargetKind
    name: str
    crate_types: tuple[str, ...]
    src_path: str
    edition: str
    required_features: tuple[str, ...] = ()
    test: bool = False
    bench: bool = False
    doc: bool = False
    doctest: bool = False
    harness: bool = True
    proc_macro: bool = (
        False  # also set by `proc-macro = true` beside other crate types, which cargo then builds for the host
    )

    @property
    def crate_name(self) -> str:
        """The name rustc is given: dashes become underscores."""
        return self.name.replace("-", "_")

    @property
    def is_for_host(self) -> bool:
        """Whether cargo always builds it for the host."""
        return self.proc_macro or self.kind is _CUSTOM_BUILD

    @property
    def is_linkable(self) -> bool:
        """Whether other crates can `--extern` it."""
        return self.kind is _LIB and not LINKABLE_TYPES.isdisjoint(self.crate_types)


class DependencyKind(Enum):
    """The three dependency tables."""

    NORMAL = "normal"
    BUILD = "build"
    DEV = "dev"


class Dependency(Struct, frozen=True, kw_only=True):
    """One declared dependency; ``name`` is the key in the manifest (after a rename), ``package`` the real name."""

    name: str
    package: str = ""  # not given: the same as ``name``
    kind: DependencyKind = DependencyKind.NORMAL
    requirement: str = "*"
    source: Source | None = None  # None: crates.io
    features: tuple[str, ...] = ()
    default_features: bool = True
    optional: bool = False
    platform: str | None = None  # `cfg(…)` or a target triple, as written
    renamed: bool = (
        False  # `package =` was given, be it with the same name: then ``name`` is the extern crate's
    )

    def __post_init__(self) -> None:
        """Fill in the real name where no rename was given."""
        if not self.package:
            force_setattr(self, "package", self.name)
        elif self.package != self.name:
            force_setattr(self, "renamed", True)


class Lint(Struct, frozen=True, kw_only=True):
    """One `[lints.<tool>]` entry (Cargo book, "The `[lints]` section")."""

    tool: str
    name: str
    level: str
    priority: int = 0
    check_cfg: tuple[str, ...] = ()


class Package(Struct, frozen=True, kw_only=True):
    """What one manifest says, with workspace inheritance already applied.

    ``directory`` is relative to the workspace root for path packages that lie under it, absolute for those outside, and
    ``""`` for registry and git packages (git: the subfolder of the repository, see ``Source``).
    ``metadata`` holds the texts behind ``CARGO_PKG_*``: authors (joined by ``:``), description, homepage, repository,
    license, license_file, rust_version, readme; absent keys mean the empty string.
    """

    id: PackageId
    directory: str
    edition: str
    targets: tuple[Target, ...]
    dependencies: tuple[Dependency, ...]
    features: dict[str, tuple[str, ...]]
    links: str | None = None
    metadata: dict[str, str]
    lints: tuple[Lint, ...] = ()
    checksum: str | None = None  # hex sha256 of the `.crate` archive, from the lock

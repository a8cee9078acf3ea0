"""A Cargo workspace as it is built: units, their crates and sources, and the platforms that they are built on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from flakegen.embed.hashes import Entry


class Cross(Struct, frozen=True, kw_only=True):
    """What a cross build is for: its name in the flake (a system or a triple), and nixpkgs' package set for it."""

    name: str
    packages: str | None  # in `pkgsCross`; None: a machine without packages of its own


class Platform(Struct, frozen=True, kw_only=True):
    """A pair of machines: the one that builds and, when cross-compiling, the one that is built for."""

    name: str
    system: str
    host: str  # triple
    target: str | None = None  # triple; None: a native build
    cross: Cross | None = None


class TargetPlan(Struct, frozen=True, kw_only=True):
    """A cargo target, as rustc is told of it; ``path`` is relative to where cargo stands."""

    kind: str
    name: str
    crate: str
    path: str
    edition: str
    types: tuple[str, ...]
    link_scopes: tuple[str, ...]
    harness: bool
    proc_macro: bool


class FetchPlan(Struct, frozen=True, kw_only=True):
    """Where the source of a third-party crate is: one of ``git``, ``vendored``, ``archive``, or else ``sha256``.

    ``url`` is the archive's; without one it is on crates.io. Paths are relative to the project root.
    """

    sha256: str | None = None
    url: str | None = None
    git: Mapping[str, str | bool] | None = None
    subfolder: str = ""  # of the repository
    vendored: str | None = None  # a folder
    archive: str | None = None  # a `.crate` file


class CratePlan(Struct, frozen=True, kw_only=True):
    """A package: what all its units share."""

    name: str
    version: str
    directory: str | None  # of a workspace package
    fetch: FetchPlan | None  # of all others
    is_member: bool  # of the workspace
    links: str | None
    has_lib: bool
    texts: Mapping[str, str]
    check_cfg: str
    lints: tuple[str, ...] | None  # None: capped
    rebuild_hash: str | None  # None: nothing is embedded, or the package is fetched
    embedded: tuple[Entry, ...]  # what it is the hash of
    targets: Mapping[str, TargetPlan]


class FolderPlan(Struct, frozen=True, kw_only=True):
    """A folder that is embedded: every file in it counts, those to come as well."""

    path: str
    recursive: bool
    match: str | None
    package: str | None = None  # a package's folder in it: what builds leave behind there does not count


class SourcePlan(Struct, frozen=True, kw_only=True):
    """The files that one target's compilation reads; all paths are relative to the project root.

    Attributes:
        files: all single files.
        rust: folders whose .rs files are taken.
        folders: folders that are embedded.
        without: files and folders that are not taken, although they are in a folder that is.
        packages: folders of packages, taken as a whole but for what is for people, such as README.md; not embedded.
        embedded: those of ``files`` that are no code: with ``folders`` they make the rebuild hash.
        optional: those of ``files`` that were absent, and need not be there.
    """

    files: tuple[str, ...]
    rust: tuple[str, ...]
    folders: tuple[FolderPlan, ...]
    without: tuple[str, ...]
    packages: tuple[str, ...] = ()
    embedded: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class UnitEdges(Struct, kw_only=True):
    """A unit's dependencies by unit key, on one platform or on all of them."""

    externs: dict[str, str] = field(default_factory=dict)
    bins: dict[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    script: str | None = None
    build: str | None = None
    replaced: str | None = None  # of a build script's run: what stands in for it, in `CargoPlan.replaced`


class UnitPlan(Struct, frozen=True, kw_only=True):
    """One unit, without what differs from platform to platform."""

    key: str
    crate: str
    target: str
    mode: str
    cross: bool
    clippy: bool
    profile: str
    features: tuple[str, ...]
    flags: tuple[str, ...]
    source: str | None
    env: Mapping[str, str]
    edges: UnitEdges
    only: Mapping[str, UnitEdges]
    layer: int  # what it is cached with
    shard: int  # of the layer
    seconds: float  # that it takes, by measure or estimate


class EnvironmentPlan(Struct, frozen=True, kw_only=True):
    """Variables of cargo's configuration, `@source@` in them for a unit's source; forced ones replace what is set."""

    plain: Mapping[str, str]
    forced: Mapping[str, str]


class EnvironmentsPlan(Struct, frozen=True, kw_only=True):
    """The variables of the workspace's own units, and those of fetched crates' units."""

    own: EnvironmentPlan
    fetched: EnvironmentPlan


class RustfmtPlan(Struct, frozen=True, kw_only=True):
    """What `cargo fmt` looks at: the targets' main files by edition, and all files that they may lead to."""

    targets: Mapping[str, tuple[str, ...]]  # relative to the workspace
    source: SourcePlan


class CargoPlan(Struct, frozen=True, kw_only=True):
    """Everything of one Cargo workspace."""

    name: str
    root: str  # the workspace's folder, relative to the project root
    command: str
    guard: Mapping[str, str]  # file -> sha256 in hex
    content_addressed: bool
    platforms: tuple[Platform, ...]
    profiles: Mapping[str, tuple[str, ...]]
    scripts: Mapping[str, Mapping[str, str]]
    replaced: Mapping[
        str, Mapping[str, tuple[str, ...]]
    ]  # what stands in for build scripts: lines by directive
    environments: EnvironmentsPlan
    crates: Mapping[str, CratePlan]
    sources: Mapping[str, SourcePlan]
    units: Mapping[str, UnitPlan]
    builds: Mapping[str, Mapping[str, tuple[str, ...]]]  # build -> platform -> root unit keys
    rustfmt: RustfmtPlan

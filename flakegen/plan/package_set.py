"""The package set: what a `Cargo.nix` for cargo2nix's overlay is made of. Values only."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from flakegen.cargo.cfg import CfgValue, PlatformKey
from flakegen.cargo.conditional.condition import Condition
from flakegen.plan.cargo_plan import FetchPlan, Platform, SourcePlan

CARGO2NIX_VERSION = "0.12.0"
"""The version whose interface is kept to."""


class LocalSource(Struct, frozen=True, kw_only=True):
    """A package of the project: what it needs, and its tests; for members beside the ``frame`` of the set.

    ``directory`` is where the unpacked source is to stand, relative to the project: the workspace, or for a package that
    is no member of it the package itself.
    """

    directory: str
    build: SourcePlan
    tests: SourcePlan


class LibraryPlan(Struct, frozen=True, kw_only=True):
    """A library that a package needs; ``host`` is whether it is built for the machine that builds."""

    name: str
    package: str  # key
    host: bool
    condition: Condition


class SidePlan(Struct, frozen=True, kw_only=True):
    """A package as part of a product, or of what runs while building."""

    features: tuple[tuple[str, Condition], ...]
    dependencies: tuple[LibraryPlan, ...]
    dev_dependencies: tuple[LibraryPlan, ...]
    build_dependencies: tuple[LibraryPlan, ...]


class ProfileSettings(Struct, frozen=True, kw_only=True):
    """A profile's keys as manifests write them, for a package's own code and for build scripts and macros."""

    own: Mapping[str, object]
    host: Mapping[str, object]


class ProfilePlan(Struct, frozen=True, kw_only=True):
    """A profile as most packages have it."""

    is_release: bool
    settings: ProfileSettings


class PackagePlan(Struct, frozen=True, kw_only=True):
    """One package. A ``proc_macro`` is always built for the machine that builds."""

    name: str
    version: str
    registry: str
    source: FetchPlan | LocalSource
    proc_macro: bool
    target: SidePlan | None
    host: SidePlan | None
    profiles: Mapping[str, ProfileSettings]  # where other than most packages'
    selected: Condition | None  # of members: when something asks for them


class FlagsPlan(Struct, frozen=True, kw_only=True):
    """What `rustflags` add to a platform's cfgs; ``key`` None is `[build]`, which counts where nothing else does."""

    key: str | None
    cfgs: tuple[CfgValue, ...]


class ProductPlan(Struct, frozen=True, kw_only=True):
    """What one package of the spec asks of the set."""

    package: str  # the member's name
    root_features: tuple[str, ...]
    profile: str
    is_release: bool
    has_programs: bool
    env: Mapping[str, str]


class PackageSetPlan(Struct, frozen=True, kw_only=True):
    """One Cargo workspace for all selections of members and features, and all platforms."""

    platforms: tuple[Platform, ...]
    root: str  # the workspace's folder, relative to the project
    command: str
    guard: Mapping[str, str]  # file, relative to the workspace -> sha256 in hex
    registry: str  # that of packages which do not name theirs
    frame: tuple[str, ...]  # what cargo must see of all members, relative to the project
    member_names: Mapping[int, str]  # of the atoms of conditions
    members: Mapping[str, str]  # name -> package key
    platform_keys: Mapping[str, PlatformKey]
    flags: tuple[FlagsPlan, ...]
    config: Mapping[str, object]
    profiles: Mapping[str, ProfilePlan]
    packages: Mapping[str, PackagePlan]
    products: Mapping[str, ProductPlan]

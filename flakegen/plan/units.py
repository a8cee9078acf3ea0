"""Many unit graphs as one table of units.

Each build (what one package or check of the spec asks of cargo) has a unit graph on each platform. Most units of most
graphs are the same. A unit's *identity* is what rustc is told, without its dependencies; units of one identity share one
entry of the table as long as they agree, platform by platform, about their dependencies. Where two builds disagree on
one platform (features of something below differ), the identity gets a further *variant*.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from flakegen.cargo.environment import script_environment
from flakegen.cargo.lto import Lto
from flakegen.cargo.package import Package, SourceKind, Target, TargetKind
from flakegen.cargo.profile import Profile
from flakegen.cargo.replaced_scripts import Said, replaced_key
from flakegen.cargo.rustc_args import profile_flags
from flakegen.cargo.unit import Mode, Unit, UnitGraph
from flakegen.plan.cargo_plan import Platform, UnitEdges


class Build(Struct, frozen=True, kw_only=True):
    """One cargo invocation on one platform, by the name of the output that asks for it."""

    name: str
    platform: Platform
    graph: UnitGraph
    lto: Sequence[Lto]
    clippy: tuple[str, ...] | None  # arguments for the lints of workspace packages; None: plain rustc
    rustflags: tuple[str, ...] = ()  # of units for the machine that is built for
    rustdocflags: tuple[str, ...] = ()  # likewise, where rustdoc is what runs
    members: frozenset[str] = frozenset()  # directories of the workspace's members
    env: tuple[tuple[str, str], ...] = ()  # environment of workspace packages' units
    replaced: Mapping[str, Said] = field(default_factory=dict)  # what stands in for build scripts


class Identity(NamedTuple):
    """What tells a unit apart, its dependencies left out."""

    crate: str
    target: str
    mode: str
    cross: bool
    clippy: bool
    profile: str
    features: tuple[str, ...]
    flags: tuple[str, ...]
    env: tuple[tuple[str, str], ...]


class Variant(Struct, kw_only=True):
    """One entry of the table: a unit and its dependencies on each platform where it occurs."""

    key: str
    identity: Identity
    package: Package
    unit_target: Target
    unit_mode: Mode
    edges: dict[str, UnitEdges] = field(default_factory=dict)


class _Placed(Struct, kw_only=True, eq=False):
    """How the units of the last graph were taken in: a graph that several platforms share is looked at once."""

    units: tuple[Unit, ...]
    told: tuple[object, ...]  # what units are told beyond their graph
    identities: list[Identity] = field(default_factory=list)
    edges: list[UnitEdges] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def _told(build: Build) -> tuple[object, ...]:
    return (
        build.clippy,
        build.rustflags,
        build.rustdocflags,
        build.members,
        build.env,
        build.lto,
        build.graph.targets,
        "-apple-" in build.graph.host,
    )


class UnitTable(Struct, kw_only=True):
    """The table while it is filled: see the module's text."""

    packages: dict[str, Package] = field(default_factory=dict)  # by crate key
    profiles: dict[tuple[str, ...], str] = field(default_factory=dict)
    scripts: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    roots: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    replaced: dict[str, Said] = field(default_factory=dict)
    _crate_keys: dict[int, str] = field(default_factory=dict)
    _profile_names: dict[tuple[int, Lto, bool, bool], tuple[str, Profile]] = field(default_factory=dict)
    _script_names: dict[Profile, str] = field(default_factory=dict)
    _by_identity: dict[Identity, list[Variant]] = field(default_factory=dict)
    _last: _Placed | None = None

    def add(self, build: Build) -> None:
        """Take in the unit graph of one build on one platform."""
        units, name = build.graph.units, build.platform.name
        self.replaced |= build.replaced
        before = self._last
        if before is None or before.units is not units or before.told != _told(build):
            before = None
        placed = _Placed(units=units, told=_told(build))
        keys, roles, same = placed.keys, [_role(unit) for unit in units], before is not None
        for index, unit in enumerate(units):
            # While all units so far have the keys that they had on another platform, so have the dependencies.
            edges = before.edges[index] if before is not None and same else _edges(unit, units, roles, keys)
            if roles[index] is _AS_RUN and edges.build is None and unit.package.links is not None:
                edges.replaced = replaced_key(unit.platform or build.graph.host, unit.package.links)
            identity = (
                self._identity(build, unit, build.lto[index]) if before is None else before.identities[index]
            )
            key = self._place(unit, identity, name, edges)
            same = same and before is not None and before.keys[index] == key
            keys.append(key)
            placed.identities.append(identity)
            placed.edges.append(edges)
        self._last = placed
        roots = dict.fromkeys(
            keys[index] for index in build.graph.roots
        )  # in cargo's order, as it runs tests
        self.roots.setdefault(build.name, {})[name] = tuple(roots)

    def _place(self, unit: Unit, identity: Identity, platform: str, edges: UnitEdges) -> str:
        known = self._by_identity.get(identity)
        if known is None:
            known = self._by_identity[identity] = []
        for variant in known:
            present = variant.edges.get(platform)
            if present is None:
                variant.edges[platform] = edges
                return variant.key
            if present is edges or present == edges:
                return variant.key
        variant = self._new_variant(unit, identity, len(known))
        variant.edges[platform] = edges
        known.append(variant)
        self.variants[variant.key] = variant
        return variant.key

    def _identity(self, build: Build, unit: Unit, lto: Lto) -> Identity:
        clippy = build.clippy
        if clippy is not None and not (unit.mode in _LINTED and _is_linted(build, unit)):
            clippy = None
        script = unit.mode is _RUN
        env = build.env if unit.is_local else ()
        if clippy is not None:
            env = (*env, ("CLIPPY_ARGS", "".join(f"{each}__CLIPPY_HACKERY__" for each in clippy)))
        flags = build.rustdocflags if unit.mode in _RUSTDOC else build.rustflags
        flags = flags if unit.platform or not build.graph.targets else ()
        if unit.mode is _BUILD and not unit.is_primary and "dylib" in unit.target.crate_types:
            flags = ("-C", "prefer-dynamic", *flags)
        return Identity(
            self._crate_key(unit.package),
            target_key(unit.target),
            _MODES[unit.mode],
            unit.platform is not None,
            clippy is not None,
            self._script_name(unit.profile) if script else self._profile_name(unit, lto, build),
            unit.features,
            flags,
            env,
        )

    def _new_variant(self, unit: Unit, identity: Identity, number: int) -> Variant:
        digest = hashlib.sha256(repr(tuple(identity)).encode()).hexdigest()[:8]
        key = f"{identity.crate}-{unit.target.kind.value}-{digest}"
        if number:
            key += f".{number + 1}"
        return Variant(
            key=key, identity=identity, package=unit.package, unit_target=unit.target, unit_mode=unit.mode
        )

    def _crate_key(self, package: Package) -> str:
        key = self._crate_keys.get(id(package))
        if key is None:
            key = base = f"{package.id.name}-{package.id.version}"
            number = 1
            while (other := self.packages.get(key)) is not None and other.id != package.id:
                number += 1
                key = f"{base}.{number}"
            self.packages[key] = package
            self._crate_keys[id(package)] = key
        return key

    def _profile_name(self, unit: Unit, lto: Lto, build: Build) -> str:
        profile = unit.profile
        triple = unit.platform or build.graph.host
        apple = "-apple-" in triple and profile.split_debuginfo == _APPLE_DEFAULT
        rustdoc = unit.mode in _RUSTDOC  # which cargo tells nothing else of a profile
        key = (id(profile), lto, apple, rustdoc)  # profiles have many fields, and equal ones are mostly one
        known = self._profile_names.get(key)
        if known is not None:
            return known[0]
        told = replace(profile, split_debuginfo=None) if apple else profile  # units.nix knows the default
        flags = lto.flags if rustdoc else profile_flags(told, lto)
        name = self.profiles.get(flags)
        if name is None:
            name = self.profiles[flags] = _unused(profile.name, self.profiles.values())
        self._profile_names[key] = (name, profile)  # which must live as long as its id is known
        return name

    def _script_name(self, profile: Profile) -> str:
        name = self._script_names.get(profile)
        if name is None:
            variables = tuple(script_environment(profile).items())
            name = self.scripts.get(variables)
            if name is None:
                name = self.scripts[variables] = _unused(profile.name, self.scripts.values())
            self._script_names[profile] = name
        return name


# Cargo's `-apple-` default for profiles with debuginfo (core/profiles.rs); elsewhere a user may have chosen it.
_APPLE_DEFAULT = "unpacked"
_BUILD, _DOC, _RUN = Mode.BUILD, Mode.DOC, Mode.RUN_CUSTOM_BUILD  # an enum's members are slow to get at
_LIB = TargetKind.LIB
_LINTED = (Mode.CHECK, Mode.CHECK_TEST, Mode.BUILD)  # the last: build scripts and procedural macros
_RUSTDOC = (Mode.DOC, Mode.DOCTEST)
_MODES = {
    Mode.BUILD: "build",
    Mode.CHECK: "check",
    Mode.CHECK_TEST: "check-test",
    Mode.TEST: "test",
    Mode.DOC: "doc",
    Mode.DOCTEST: "doctest",
    Mode.RUN_CUSTOM_BUILD: "run",
}


def _is_linted(build: Build, unit: Unit) -> bool:
    """Tell whether clippy looks at a unit: at members, and with its `--no-deps` at none but those asked for."""
    if build.clippy is None or not unit.is_local or unit.package.directory not in build.members:
        return False
    return unit.is_primary or "--no-deps" not in build.clippy


def target_key(target: Target) -> str:
    """Return the name of a target within its package: `lib`, `build-script`, `bin lana-cli`, …."""
    if target.kind is _LIB:
        return "lib"
    match target.kind:
        case TargetKind.CUSTOM_BUILD:
            return "build-script"
        case kind:
            return f"{kind.value} {target.name}"


def is_third_party(package: Package) -> bool:
    """Tell whether a package's source is fetched."""
    return package.id.source.kind is not SourceKind.PATH


def _unused(base: str, taken: Iterable[str]) -> str:
    names = set(taken)
    name, number = base, 1
    while name in names:
        number += 1
        name = f"{base}-{number}"
    return name


class _Role(Enum):
    """What a unit is to those that depend on it."""

    LIBRARY = "library"
    RUN = "run"
    SCRIPT = "script"
    BINARY = "binary"
    NOTHING = "nothing"


_AS_LIBRARY, _AS_RUN, _AS_SCRIPT, _AS_BINARY = _Role.LIBRARY, _Role.RUN, _Role.SCRIPT, _Role.BINARY
_NONE = _Role.NOTHING


def _role(unit: Unit) -> _Role:
    if unit.mode is _DOC:
        return _NONE  # cargo's order of work: nothing of it is read
    if unit.target.kind is _LIB:
        return _AS_LIBRARY if unit.target.is_linkable else _NONE
    match unit.target.kind:
        case TargetKind.CUSTOM_BUILD:
            return _AS_RUN if unit.mode is _RUN else _AS_SCRIPT
        case TargetKind.BIN:
            return _AS_BINARY
    return _NONE


def _edges(unit: Unit, units: Sequence[Unit], roles: Sequence[_Role], keys: Sequence[str]) -> UnitEdges:
    edges = UnitEdges()
    externs, links = edges.externs, []
    for dependency in unit.dependencies:
        index = dependency.index
        role, key = roles[index], keys[index]
        if role is _AS_LIBRARY:
            externs[dependency.extern_crate_name] = key
        elif role is _AS_RUN:
            if unit.mode is _RUN:
                links.append(key)
            else:
                edges.script = key
        elif role is _AS_SCRIPT:
            edges.build = key
        elif role is _AS_BINARY:
            edges.bins[units[index].target.name] = key
    if links:
        edges.links = tuple(sorted(set(links)))
    return edges


def common_edges(edges: Mapping[str, UnitEdges]) -> tuple[UnitEdges, dict[str, UnitEdges]]:
    """Split a unit's edges into those of all its platforms and, by platform, the others."""
    first, *others = edges.values()
    if all(other == first for other in others):
        return first, {}
    common = UnitEdges(
        externs={n: k for n, k in first.externs.items() if all(o.externs.get(n) == k for o in others)},
        bins={n: k for n, k in first.bins.items() if all(o.bins.get(n) == k for o in others)},
        links=tuple(key for key in first.links if all(key in o.links for o in others)),
        script=first.script if all(o.script == first.script for o in others) else None,
        build=first.build if all(o.build == first.build for o in others) else None,
        replaced=first.replaced if all(o.replaced == first.replaced for o in others) else None,
    )
    return common, {platform: _without(every, common) for platform, every in edges.items() if every != common}


def _without(every: UnitEdges, common: UnitEdges) -> UnitEdges:
    return UnitEdges(
        externs={name: key for name, key in every.externs.items() if name not in common.externs},
        bins={name: key for name, key in every.bins.items() if name not in common.bins},
        links=tuple(key for key in every.links if key not in common.links),
        script=every.script if common.script is None else None,
        build=every.build if common.build is None else None,
        replaced=every.replaced if common.replaced is None else None,
    )

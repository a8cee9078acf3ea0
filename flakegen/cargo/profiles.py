"""Profiles of units (Cargo book, "Profiles"; cargo's `core/profiles.rs`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from flakegen.cargo.errors import ProfileError
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.package import SourceKind
from flakegen.cargo.profile import Profile
from flakegen.cargo.source import source_address
from flakegen.cargo.spec import PackageSpec, parse_spec
from flakegen.cargo.toml_file import Table, problem_at
from flakegen.cargo.workspace import Workspace

_ROOTS = ("dev", "release")
_PREDEFINED: dict[str, Table] = {
    "bench": {"inherits": "release"},
    "test": {"inherits": "dev"},
    "doc": {"inherits": "dev"},
}
_OFF = ("off", "n", "no", "none")
_LEVELS = {"0": 0, "none": 0, "1": 1, "limited": 1, "2": 2, "full": 2, "true": 2, "false": 0}
_BOOLEANS = {"true": True, "false": False}
_OVERRIDES_MAY_NOT_SET = ("panic", "lto", "rpath", "inherits")


class Settings(Struct, frozen=True):
    """The profile of a unit while the graph is made; values that are still deferred equal resolved ones to cargo.

    ``number`` is the same for all settings that cargo calls equal.
    """

    profile: Profile
    debuginfo_deferred: bool
    number: int
    may_strip: bool  # it is, if no dependency has debuginfo either


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else _BOOLEANS.get(value) if isinstance(value, str) else None


def _opt_level(value: Any) -> str | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text in ("0", "1", "2", "3", "s", "z") else None


def _debuginfo(value: Any) -> int | str | None:
    if isinstance(value, bool):
        return 2 if value else 0
    text = str(value)
    return text if text in ("line-tables-only", "line-directives-only") else _LEVELS.get(text)


def _lto(value: Any) -> str | None:
    switch = _boolean(value)
    if switch is not None:
        return "true" if switch else "false"
    if not isinstance(value, str):
        return None
    return "off" if value in _OFF else value if value in ("thin", "fat") else None


def _panic(value: Any) -> str | None:
    return value if value in ("unwind", "abort") else None


def _strip(value: Any) -> str | None:
    switch = _boolean(value)
    if switch is not None:
        return "symbols" if switch else "none"
    return value if value in ("none", "debuginfo", "symbols") else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any], str]] = {
    "opt-level": ("opt_level", _opt_level, '0, 1, 2, 3, "s" or "z"'),
    "debug": ("debuginfo", _debuginfo, '0, 1, 2, true, false, "limited", "full", "line-tables-only"'),
    "split-debuginfo": ("split_debuginfo", _text, "a string"),
    "debug-assertions": ("debug_assertions", _boolean, "true or false"),
    "overflow-checks": ("overflow_checks", _boolean, "true or false"),
    "lto": ("lto", _lto, 'true, false, "thin", "fat" or "off"'),
    "codegen-units": ("codegen_units", _number, "a number"),
    "panic": ("panic", _panic, '"unwind" or "abort"'),
    "hint-mostly-unused": ("hint_mostly_unused", _boolean, "true or false"),
    "incremental": ("incremental", _boolean, "true or false"),
    "rpath": ("rpath", _boolean, "true or false"),
    "strip": ("strip", _strip, '"none", "debuginfo", "symbols", true or false'),
}


class _Layer(Struct, frozen=True):
    """One table's values, checked, under the field names of `Profile`."""

    values: Mapping[str, Any]


class _Role(NamedTuple):
    """What else than its tables the profile of a unit hangs on."""

    is_member: bool
    is_path: bool
    host: bool
    unwind: bool
    apple: bool


class _Resolved(Struct, frozen=True):
    """A profile with its inherits chain merged."""

    root: str  # dev or release
    main: _Layer
    build_override: _Layer | None
    everywhere: _Layer | None  # package."*"
    packages: tuple[tuple[PackageSpec, _Layer], ...]


class ProfileTable:
    """All profiles of a workspace: its manifest's, overlaid with the configuration's."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._resolved: dict[str, _Resolved] = {}
        self._matches: dict[tuple[str, int], _Layer | None] = {}
        self._settings: dict[Any, Settings] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._runs: dict[int, Settings] = {}
        self._incremental = workspace.config.incremental

    def _problem(self, keys: tuple[str, ...], message: str, hint: str | None = None) -> ProfileError:
        root = self._workspace.root / "Cargo.toml"
        return ProfileError(problem_at(root, ("profile", *keys), "profile", message, hint))

    def _table(self, name: str) -> Table | None:
        """`[profile.<name>]` with the configuration over it; None if nobody defines it."""
        own, config = self._workspace.profiles.get(name), self._workspace.config.profile(name)
        predefined = _PREDEFINED.get(name)
        if own is None and not config and predefined is None and name not in _ROOTS:
            return None
        return merge(merge(predefined or {}, own or {}), config)

    def _chain(self, name: str) -> tuple[str, Table]:
        """The root profile of a name, and its tables merged from the root down."""
        tables: list[Table] = []
        seen: list[str] = []
        while True:
            table = self._table(name)
            if table is None:
                message = f"profile `{name}` is not defined"
                if seen:
                    message = f"profile `{seen[-1]}` inherits from `{name}`, which is not defined"
                raise self._problem((seen[-1], "inherits") if seen else (), message)
            if name in seen:
                raise self._problem(
                    (name, "inherits"), f"profile `{name}` inherits from itself: {' → '.join(seen)}"
                )
            tables.append(table)
            if name in _ROOTS:
                if "inherits" in table:
                    raise self._problem((name, "inherits"), f"root profile `{name}` cannot inherit")
                break
            seen.append(name)
            parent = table.get("inherits")
            if not isinstance(parent, str):
                raise self._problem(
                    (name,), f"profile `{name}` has no `inherits`", 'add inherits = "release" or "dev"'
                )
            name = parent
        merged: Table = {}
        for table in reversed(tables):
            merged = merge(merged, table)
        return name, merged

    def _layer(self, table: Table, keys: tuple[str, ...], *, is_override: bool) -> _Layer:
        values: dict[str, Any] = {}
        for key, value in table.items():
            field = _FIELDS.get(key.replace("_", "-") if key not in _FIELDS else key)
            if is_override and key in _OVERRIDES_MAY_NOT_SET:
                raise self._problem((*keys, key), f"`{key}` may not be set in an override")
            if field is None:
                continue
            name, read, expected = field
            parsed = read(value)
            if parsed is None:
                raise self._problem((*keys, key), f"`{value}` is no value of `{key}`", f"it takes {expected}")
            values[name] = parsed
        return _Layer(values)

    def _resolve(self, name: str) -> _Resolved:
        root, table = self._chain(name)
        override = table.get("build-override")
        packages = table_of(table, "package")
        specs: list[tuple[PackageSpec, _Layer]] = []
        for text, values in packages.items():
            spec = parse_spec(text)
            if spec is None:
                if text == "*":
                    continue
                raise self._problem((name, "package", text), f"`{text}` is no package specification")
            own = values if isinstance(values, dict) else {}
            specs.append((spec, self._layer(own, (name, "package", text), is_override=True)))
        everywhere = packages.get("*")
        return _Resolved(
            root=root,
            main=self._layer(table, (name,), is_override=False),
            build_override=(
                self._layer(override, (name, "build-override"), is_override=True)
                if isinstance(override, dict)
                else None
            ),
            everywhere=(
                self._layer(everywhere, (name, "package", "*"), is_override=True)
                if isinstance(everywhere, dict)
                else None
            ),
            packages=tuple(specs),
        )

    def _profile(self, name: str) -> _Resolved:
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name)
        return self._resolved[name]

    def matching(self, name: str, index: int) -> _Layer | None:
        """The `package.SPEC` layer of a package; two that match are an error."""
        packages = self._profile(name).packages
        if not packages:
            return None
        key = (name, index)
        if key not in self._matches:
            package = self._workspace.packages[index].id
            address = source_address(package, self._workspace.root)
            found = [layer for spec, layer in packages if spec.matches(package, address)]
            if len(found) > 1:
                raise self._problem((name, "package"), f"several overrides match package `{package.name}`")
            self._matches[key] = found[0] if found else None
        return self._matches[key]

    def settings(
        self, name: str, index: int, triple: str, *, is_member: bool, host: bool, unwind: bool
    ) -> Settings:
        """The profile of a unit: ``host`` for build scripts, proc-macros and what they need.

        Raises:
            ProfileError: the profile is not defined, or is wrong.
        """
        is_path = self._workspace.packages[index].id.source.kind is SourceKind.PATH
        role = _Role(is_member, is_path, host, unwind, "-apple-" in triple)
        # Nearly all packages have no override of their own, and so what many others have.
        matching = self.matching(name, index)
        key = (name, id(matching), role)
        found = self._settings.get(key)
        if found is None:
            found = self._settings[key] = self._make(name, matching, role)
        return found

    def _make(self, name: str, matching: _Layer | None, role: _Role) -> Settings:
        resolved = self._profile(name)
        values = _base(resolved.root)
        _apply(values, resolved.main)
        deferred = False
        if role.host:
            values |= {"opt_level": "0", "codegen_units": None}
            deferred = True
        layers = [resolved.build_override if role.host else None]
        layers += [None if role.is_member else resolved.everywhere, matching]
        for layer in layers:
            if layer is not None:
                _apply(values, layer)
                deferred = deferred and "debuginfo" not in layer.values
        if role.unwind:
            values["panic"] = "unwind"
        if role.apple and values["debuginfo"] != 0 and values["split_debuginfo"] is None:
            values["split_debuginfo"] = "unpacked"
        if self._incremental is not None:
            values["incremental"] = self._incremental
        if not role.is_path:
            values["incremental"] = False
        return self._finish(values, name, resolved.root, deferred=deferred)

    def _finish(self, values: dict[str, Any], name: str, root: str, *, deferred: bool) -> Settings:
        strip = values.pop("strip")
        profile = Profile(
            name=name,
            is_release=root == "release",
            strip=None if strip in (None, "none") else strip,
            strip_deferred=strip is None,
            **values,
        )
        return self.numbered(profile, debuginfo_deferred=deferred)

    def numbered(self, profile: Profile, *, debuginfo_deferred: bool) -> Settings:
        """Settings with the number that all equal ones share; name and deferral do not count."""
        key = order_key(profile)
        number = self._numbers.setdefault(key, len(self._numbers))
        may_strip = profile.strip_deferred and profile.debuginfo == 0
        return Settings(profile, debuginfo_deferred, number, may_strip)

    def run_settings(self, settings: Settings) -> Settings:
        """The profile of *running* a build script for a unit: little of the unit's own, so that runs are shared."""
        found = self._runs.get(id(settings))
        if found is None:
            of = settings.profile
            values = _base("dev") | {
                "opt_level": of.opt_level,
                "debuginfo": of.debuginfo,
                "debug_assertions": of.debug_assertions,
                "overflow_checks": False,
                "incremental": False,
            }
            root = "release" if of.is_release else "dev"
            found = self._finish(values, of.name, root, deferred=settings.debuginfo_deferred)
            self._runs[id(settings)] = found
        return found


def order_key(profile: Profile) -> tuple[Any, ...]:
    """What cargo compares profiles by, in an order that is total."""
    debuginfo = profile.debuginfo
    return (
        profile.opt_level,
        profile.lto,
        -1 if profile.codegen_units is None else profile.codegen_units,
        (0, debuginfo, "") if isinstance(debuginfo, int) else (1, 0, debuginfo),
        profile.split_debuginfo or "",
        profile.debug_assertions,
        profile.overflow_checks,
        profile.rpath,
        profile.incremental,
        profile.panic,
        profile.strip or "",
    )


def _base(root: str) -> dict[str, Any]:
    dev = root == "dev"
    return {
        "opt_level": "0" if dev else "3",
        "lto": "false",
        "codegen_units": None,
        "debuginfo": 2 if dev else 0,
        "split_debuginfo": None,
        "debug_assertions": dev,
        "overflow_checks": dev,
        "rpath": False,
        "incremental": dev,
        "panic": "unwind",
        "strip": None,
        "hint_mostly_unused": None,
    }


def _apply(values: dict[str, Any], layer: _Layer) -> None:
    """Put a layer over values; a layer without `strip` resets it, as cargo does."""
    values.update(layer.values)
    if "strip" not in layer.values:
        values["strip"] = None


def merge(low: Table, high: Table) -> Table:
    """Merge two profile tables: by key, and so within `build-override` and each package's table."""
    merged = dict(low)
    for key, value in high.items():
        below = merged.get(key)
        if key in ("build-override", "package") and isinstance(below, dict) and isinstance(value, dict):
            merged[key] = merge(below, value) if key == "build-override" else _merge_packages(below, value)
        else:
            merged[key] = value
    return merged


def _merge_packages(low: Table, high: Table) -> Table:
    merged = dict(low)
    for spec, table in high.items():
        below = merged.get(spec)
        merged[spec] = {**below, **table} if isinstance(below, dict) and isinstance(table, dict) else table
    return merged


def profile_table(workspace: Workspace) -> ProfileTable:
    """The profiles of a workspace, made once."""
    found: ProfileTable = workspace.cache.get("profiles") or workspace.cache.setdefault(
        "profiles", ProfileTable(workspace)
    )
    return found

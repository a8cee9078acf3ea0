"""Cargo configuration: files found upwards, and the variables that override them (Cargo book, "Configuration")."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from flakegen.cargo.cfg import CfgSet, TargetName, holds, parse_platform
from flakegen.cargo.errors import CfgError, ConfigError, Problem
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.toml_file import Table, read_toml

_ENCODED_SEPARATOR = "\x1f"
_PLACE = "relative-to"  # no key of cargo's
_TARGET_KEYS = frozenset({"linker", "runner", "rustflags", "rustdocflags", "ar"})
_PROFILE_KEYS = (
    "codegen-units",
    "debug",
    "debug-assertions",
    "incremental",
    "inherits",
    "lto",
    "opt-level",
    "overflow-checks",
    "panic",
    "rpath",
    "split-debuginfo",
    "strip",
)


class ConfigRoots(Struct, frozen=True, kw_only=True):
    """Where configuration is looked for.

    Folders from ``start`` up to ``boundary`` (both included; None: up to the file system's root), then ``cargo_home``,
    then ``environment``. A committed result must not depend on a person's home or shell, so there the last two are
    left out.
    """

    start: Path
    boundary: Path | None = None
    cargo_home: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class EnvEntry(Struct, frozen=True, kw_only=True):
    """One variable of `[env]`; ``relative_to`` is the folder that its value is a path from."""

    name: str
    value: str
    force: bool = False  # it replaces what is set already
    relative_to: str | None = None


class CargoConfig(Struct, frozen=True, kw_only=True):
    """The merged configuration; ``files`` are the files that were read, nearest first."""

    table: Table = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def profile(self, name: str) -> Table:
        """`[profile.<name>]` of the configuration, variables included; empty if there is none."""
        table = dict(table_of(table_of(self.table, "profile"), name))
        prefix = f"CARGO_PROFILE_{_variable(name)}_"
        table.update(self._profile_variables(prefix))
        override = self._profile_variables(prefix + "BUILD_OVERRIDE_")
        if override:
            table["build-override"] = {**table_of(table, "build-override"), **override}
        return table

    def _profile_variables(self, prefix: str) -> Table:
        found = ((key, self.environment.get(prefix + _variable(key))) for key in _PROFILE_KEYS)
        return {key: value for key, value in found if value is not None}

    @property
    def incremental(self) -> bool | None:
        """The override of every profile's `incremental`: CARGO_INCREMENTAL, else build.incremental."""
        variable = self.environment.get("CARGO_INCREMENTAL")
        if variable is not None:
            return variable == "1"
        value = table_of(self.table, "build").get("incremental")
        return value if isinstance(value, bool) else None

    @property
    def build_targets(self) -> tuple[str, ...]:
        """CARGO_BUILD_TARGET, else `build.target`, a triple or a list of them."""
        variable = self.environment.get("CARGO_BUILD_TARGET")
        value = variable or table_of(self.table, "build").get("target")
        return (value,) if isinstance(value, str) else _texts(value)

    @property
    def env(self) -> tuple[EnvEntry, ...]:
        """`[env]`: variables of every compilation, build script and run (cargo itself sets its own in any case)."""
        return tuple(_env_entry(name, value) for name, value in sorted(table_of(self.table, "env").items()))

    @property
    def registries(self) -> dict[str, str]:
        """Index addresses of the alternative registries, by name."""
        tables = table_of(self.table, "registries")
        pairs = ((name, table.get("index")) for name, table in tables.items() if isinstance(table, dict))
        found = {name: index for name, index in pairs if isinstance(index, str)}
        for variable, value in self.environment.items():
            if variable.startswith("CARGO_REGISTRIES_") and variable.endswith("_INDEX"):
                name = variable[len("CARGO_REGISTRIES_") : -len("_INDEX")].lower()
                # A variable's name does not say which of the two the registry's has.
                found |= {name: value, name.replace("_", "-"): value}
        return found

    def rustflags(self, triple: str, cfgs: CfgSet, *, rustdoc: bool = False) -> tuple[str, ...]:
        """The flags of a platform that gets any, of rustc or rustdoc: from one source only, the first that is set.

        Raises:
            ConfigError: a value has the wrong type.
        """
        name = "rustdocflags" if rustdoc else "rustflags"
        if (encoded := self.environment.get(f"CARGO_ENCODED_{name.upper()}")) is not None:
            return tuple(encoded.split(_ENCODED_SEPARATOR)) if encoded else ()
        if (plain := self.environment.get(name.upper())) is not None:
            return _split(plain)
        variable = self.environment.get(f"CARGO_TARGET_{_variable(triple)}_{name.upper()}")
        targets = table_of(self.table, "target")
        flags = _split(variable) if variable is not None else ()
        flags = (*_flags(table_of(targets, triple), triple, name), *flags)
        for key in sorted(targets):
            if key.startswith("cfg(") and isinstance(targets[key], dict) and _selects(key, cfgs):
                flags += _flags(targets[key], key, name)
        if flags:
            return flags
        if (variable := self.environment.get(f"CARGO_BUILD_{name.upper()}")) is not None:
            return _split(variable)
        return _flags(table_of(self.table, "build"), "build", name)

    def linker(self, triple: str, cfgs: CfgSet) -> str | None:
        """The linker of a platform: variable, then its own table, then the single matching cfg table.

        Raises:
            ConfigError: two cfg tables match.
        """
        variable = self.environment.get(f"CARGO_TARGET_{_variable(triple)}_LINKER")
        targets = table_of(self.table, "target")
        value = variable or table_of(targets, triple).get("linker")
        if isinstance(value, str):
            return value
        keys = [k for k in sorted(targets) if k.startswith("cfg(") and "linker" in table_of(targets, k)]
        keys = [k for k in keys if _selects(k, cfgs)]
        if len(keys) > 1:
            message = f"several `target.'cfg(…)'.linker` match {triple}: {', '.join(keys)}"
            raise ConfigError(Problem(code="config-linker", message=message, path=self._first_file()))
        found = table_of(targets, keys[0]).get("linker") if keys else None
        return found if isinstance(found, str) else None

    @staticmethod
    def selects(key: str, triple: str, cfgs: CfgSet) -> bool:
        """Whether a `[target.<key>]` table is for a platform."""
        return key == triple or (key.startswith("cfg(") and _selects(key, cfgs))

    def link_overrides(self, triple: str) -> dict[str, Table]:
        """`[target.<triple>.<links>]`: what stands in for the build script of the package with that `links`."""
        target = table_of(table_of(self.table, "target"), triple)
        return {k: v for k, v in sorted(target.items()) if k not in _TARGET_KEYS and isinstance(v, dict)}

    def _first_file(self) -> str | None:
        return str(self.files[0]) if self.files else None


def _variable(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(" ") if part.strip())


def _flags(table: Table, place: str, name: str) -> tuple[str, ...]:
    """A `rustflags` or `rustdocflags` value: a string split at whitespace, or a list."""
    value = table.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    message = f"`{name}` of `{place}` must be a string or a list of strings"
    raise ConfigError(Problem(code="config-rustflags", message=message))


def _env_entry(name: str, value: Any) -> EnvEntry:
    if isinstance(value, str):
        return EnvEntry(name=name, value=value)
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        return EnvEntry(
            name=name,
            value=value["value"],
            force=value.get("force") is True,
            relative_to=value[_PLACE] if value.get("relative") is True else None,
        )
    message = f"`env.{name}` must be a string, or a table with `value`"
    raise ConfigError(Problem(code="config-env", message=message))


def _placed(table: Table, path: Path) -> Table:
    """Note in variables that are paths where they count from: the folder that holds `.cargo`."""
    env = {
        name: {**value, _PLACE: str(path.parent.parent)} if isinstance(value, dict) else value
        for name, value in table_of(table, "env").items()
    }
    return {**table, "env": env} if env else table


def _selects(key: str, cfgs: CfgSet) -> bool:
    """Whether a cfg key matches; one that does not parse just does not (unlike in manifests)."""
    try:
        expression = parse_platform(key)
    except CfgError:
        return False
    return not isinstance(expression, TargetName) and holds(expression, cfgs)


def _merge(low: Any, high: Any) -> Any:
    """Cargo's merge of two files: tables by key, lists joined with the nearer file's items last."""
    if isinstance(low, dict) and isinstance(high, dict):
        merged = dict(low)
        for key, value in high.items():
            merged[key] = _merge(merged[key], value) if key in merged else value
        return merged
    if isinstance(low, list) and isinstance(high, list):
        return [*low, *high]
    return high


def _folders(roots: ConfigRoots) -> list[Path]:
    found: list[Path] = []
    for folder in (roots.start, *roots.start.parents):
        found.append(folder / ".cargo")
        if folder == roots.boundary:
            break
    if roots.cargo_home is not None and roots.cargo_home not in found:
        found.append(roots.cargo_home)
    return found


def _file(folder: Path, names: Sequence[str] = ("config", "config.toml")) -> Path | None:
    """The configuration file of a folder; the name without extension wins where both exist, as in cargo."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _anchored(table: Table, file: Path) -> Table:
    """A file's table with the paths of its sources made absolute, as merged tables no longer say whose they are.

    They are relative to the folder that `.cargo` is in; so are `file:` addresses of indices that have no slash in front.
    """
    base = os.path.dirname(file.parent)  # noqa: PTH120 - links must stay as cargo sees them
    found = dict(table)
    for section, keys, anchor in (
        ("source", ("directory", "local-registry"), _anchored_path),
        ("registries", ("index",), _anchored_address),
    ):
        if isinstance(tables := table.get(section), dict):
            found[section] = {
                name: (
                    {k: anchor(v, base) if k in keys and isinstance(v, str) else v for k, v in entry.items()}
                    if isinstance(entry, dict)
                    else entry
                )
                for name, entry in tables.items()
            }
    return found


def _anchored_path(path: str, base: str) -> str:
    return os.path.normpath(os.path.join(base, path))  # noqa: PTH118


def _anchored_address(address: str, base: str) -> str:
    scheme, colon, path = address.partition(":")
    if scheme != "file" or not colon or path.startswith("/"):
        return address
    return Path(_anchored_path(path, base)).as_uri()


def load_config(roots: ConfigRoots) -> CargoConfig:
    """Read and merge all configuration files.

    Raises:
        TomlError: a file is unreadable or no TOML.
    """
    files = tuple(path for path in map(_file, _folders(roots)) if path is not None)
    merged: Any = {}
    for path in reversed(files):
        merged = _merge(merged, _placed(_anchored(read_toml(path), path), path))
    return CargoConfig(table=merged, environment=roots.environment, files=files)

"""What stands in the configuration instead of a build script: `[target.<triple>.<links>]` (Cargo book, "Overriding Build Scripts").

The keys and their order are those of cargo's `util/context/target.rs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from flakegen.cargo.config import CargoConfig
from flakegen.cargo.errors import ConfigError, Problem
from flakegen.cargo.toml_file import Table
from flakegen.cargo.unit import Mode, UnitGraph

Said: TypeAlias = Mapping[str, tuple[str, ...]]
"""What a script would have printed: lines by kind of directive, as runs of scripts keep them."""

_LISTS = {
    "rustc-cdylib-link-arg": "link-arg-cdylib",
    "rustc-cfg": "cfg",
    "rustc-check-cfg": "check-cfg",
    "rustc-link-arg": "link-arg",
    "rustc-link-arg-benches": "link-arg-benches",
    "rustc-link-arg-bins": "link-arg-bins",
    "rustc-link-arg-cdylib": "link-arg-cdylib",
    "rustc-link-arg-examples": "link-arg-examples",
    "rustc-link-arg-tests": "link-arg-tests",
    "rustc-link-lib": "link-lib",
    "rustc-link-search": "search",
}
_REFUSED = ("warning", "rerun-if-changed", "rerun-if-env-changed")
_SEPARATORS = frozenset("\n\r\0")


def replaced_key(triple: str, links: str) -> str:
    """The name of what replaces the script of a `links` on a platform."""
    return f"{triple}.{links}"


def replaced_scripts(config: CargoConfig, graph: UnitGraph) -> dict[str, Said]:
    """What replaces build scripts of a graph: those whose run needs no script compiled.

    Raises:
        ConfigError: a table has a key or a value that cargo refuses.
    """
    found: dict[str, Said] = {}
    for unit in graph.units:
        links = unit.package.links
        if unit.mode is not Mode.RUN_CUSTOM_BUILD or links is None:
            continue
        triple = unit.platform or graph.host
        table = config.link_overrides(triple).get(links)
        key = replaced_key(triple, links)
        if table is not None and key not in found:
            found[key] = _said(table, f"target.{key}", config)
    return found


def _said(table: Table, place: str, config: CargoConfig) -> Said:
    reader = _Reader(place)
    said: dict[str, list[str]] = {}
    for key in sorted(table):
        for kind, line in reader.lines(key, table[key]):
            if _SEPARATORS.intersection(line):
                reader.complain(f"`{place}.{key}` holds a line break, which a script could not print")
            said.setdefault(kind, []).append(line)
    if reader.messages:
        path = str(config.files[0]) if config.files else None
        raise ConfigError(
            *(Problem(code="config-links", message=text, path=path) for text in reader.messages)
        )
    return {kind: tuple(said[kind]) for kind in sorted(said)}


class _Reader:
    """Reads the keys of one table."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.messages: list[str] = []

    def complain(self, message: str) -> None:
        self.messages.append(message)

    def lines(self, key: str, value: Any) -> Iterator[tuple[str, str]]:
        """The lines that a key stands for, each with its kind."""
        if key in _REFUSED:
            self.complain(f"`{self.place}.{key}` is not supported in place of a build script")
        elif key in _LISTS:
            yield from ((_LISTS[key], item) for item in self._list(key, value))
        elif key == "rustc-flags":
            yield from self._flags(self._text(key, value))
        elif key == "rustc-env":
            if not isinstance(value, dict):
                self.complain(f"`{self.place}.{key}` must be a table")
                return
            for name in sorted(value):
                yield "env", f"{name}={self._text(f'{key}.{name}', value[name])}"
        else:
            yield "metadata", f"{key}={self._text(key, value)}"

    def _list(self, key: str, value: Any) -> list[str]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        self.complain(f"`{self.place}.{key}` must be a list of strings")
        return []

    def _text(self, key: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        self.complain(f"`{self.place}.{key}` must be a string")
        return ""

    def _flags(self, flags: str) -> Iterator[tuple[str, str]]:
        words = iter(flags.split())
        for word in words:
            kind = {"-l": "link-lib", "-L": "search"}.get(word[:2])
            operand = word[2:] or next(words, "")
            if kind is None or not operand:
                self.complain(
                    f"only -l and -L with a value are allowed in `{self.place}.rustc-flags`: {flags}"
                )
                return
            yield kind, operand

"""Looking at tables as TOML gave them, whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def section_of(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a section as TOML gave it, empty when it is absent or no table."""
    section = raw.get(name)
    return section if isinstance(section, dict) else {}


def tables_of(raw: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the entries of a section that are tables."""
    for entry, table in section_of(raw, name).items():
        if isinstance(table, dict):
            yield entry, table


def texts_of(raw: Mapping[str, Any], name: str) -> Iterator[tuple[int, str]]:
    """Yield the strings of a list, with where they stand in it."""
    listed = raw.get(name)
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, str):
            yield index, each

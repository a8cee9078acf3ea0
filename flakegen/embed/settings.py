"""Small configuration files that say where a mechanism looks; a broken one counts as empty, its own tool reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flakegen.embed.disk import Disk


def toml_value(disk: Disk, path: str, *keys: str) -> Any:
    """The value under some nested keys of a TOML file, or None."""
    raw = disk.bytes_of(path)
    if raw is None:
        return None
    import tomllib  # noqa: PLC0415  # only projects with such files pay for it

    try:
        return _under(tomllib.loads(raw.decode("utf-8", "replace")), keys)
    except tomllib.TOMLDecodeError:
        return None


def json_value(disk: Disk, path: str, *keys: str) -> Any:
    """The value under some nested keys of a JSON file, or None."""
    raw = disk.bytes_of(path)
    if raw is None:
        return None
    import json  # noqa: PLC0415  # only projects with such files pay for it

    try:
        return _under(json.loads(raw.decode("utf-8", "replace")), keys)
    except (json.JSONDecodeError, RecursionError):
        return None


def _under(value: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value

"""The path from the top of a spec to one of its keys, and how it is shown to people."""

from __future__ import annotations

import re
from enum import Enum
from typing import TypeAlias

from flakegen.diagnostics.text import escaped

KeyPath: TypeAlias = tuple[str | int, ...]
"""Table keys as strings, array items as numbers: ``("packages", "lana-cli", "bins", 0)``."""

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


class Part(Enum):
    """What of a key a position is asked for."""

    KEY = "key"
    VALUE = "value"


def show(path: KeyPath) -> str:
    """Return ``path`` as TOML would write it: ``packages.lana-cli.bins[0]``; the top of the file is ''."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += ("." if shown else "") + show_key(step)
    return shown


def show_key(name: str) -> str:
    """Return one key, quoted unless it is a bare key."""
    return name if _BARE.match(name) else f'"{escaped(name)}"'

"""Where things are recorded from one run to the next, in the user's cache folder, one file for each spec and kind."""

# ruff: noqa: PTH100, PTH103, PTH111, PTH117, PTH118, PTH120
# plain strings and os.path throughout: with pathlib, nothing here would be quick

from __future__ import annotations

import os
from hashlib import blake2b

from flakegen.files.replace import replace_file


def record_path(spec: str, kind: str = "", suffix: str = ".json") -> str:
    """Return where something is recorded of a spec; each kind of record has a folder of its own."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    # Not the real path: a link to a spec is another spec, with another project around it.
    name = blake2b(os.fsencode(os.path.abspath(spec)), digest_size=16).hexdigest()
    return os.path.join(base, "flakegen", kind, f"{name}{suffix}")


def keep(path: str, data: bytes) -> None:
    """Record something; without a place to record it, nothing is lost but time."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        replace_file(path, data)
    except (OSError, ValueError):  # a path that is none
        return

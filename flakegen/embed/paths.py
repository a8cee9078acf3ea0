"""Root-relative paths: joined and normalised as text, never through the file system."""

from __future__ import annotations

# Stands for CARGO_MANIFEST_DIR's absolute value in an evaluated string; no path holds this character.
MANIFEST_MARK = "\0"


def normalise(path: str) -> str | None:
    """Drop `.` and resolve `..`; None when the path leaves the root. The root itself is ""."""
    if "." not in path and "//" not in path:
        return path.strip("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def join(base: str, path: str) -> str | None:
    """`path` as seen from the folder `base`; None when it leaves the root or is absolute."""
    if path.startswith(MANIFEST_MARK):
        rest = path[1:]
        return None if MANIFEST_MARK in rest else normalise(rest)
    if path.startswith("/") or MANIFEST_MARK in path:
        return None
    return normalise(f"{base}/{path}")


def parent(path: str) -> str:
    """The folder of a file."""
    return path.rpartition("/")[0]


def is_inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or below it."""
    return not folder or path == folder or path.startswith(folder + "/")

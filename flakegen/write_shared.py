"""Writing into a folder that is not flakegen's own: files at its top, and whole folders below it.

Only the folders are flakegen's; of the top, nothing is looked at but the files that are written. Folders go first and
flake.nix last, each in one step: a kill in between leaves files of two runs, and the next run repairs that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from flakegen.tree import encoded, origin_of
from flakegen.write import (
    Drift,
    Refusal,
    RefusedError,
    compare_file,
    compare_tree,
    refusals,
    write_file,
    write_tree,
)


def write_shared(folder: Path, files: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """Write ``files`` and return the paths that changed; see `write_tree`.

    Raises:
        RefusedError: something that flakegen did not generate from this workspace is in the way.
        OSError: the disk refuses.
    """
    found = _top_refusals(folder, files)
    if found:
        raise RefusedError(found)
    changed = []
    for below, texts in _below(files):
        changed += [f"{below}/{path}" for path in write_tree(folder / below, texts, root)]
    changed += [name for name, text in _top(files) if write_file(folder / name, text)]
    return tuple(sorted(changed))


def compare_shared(folder: Path, files: Mapping[str, str]) -> tuple[Drift, ...]:
    """Return how what is there differs from ``files``, sorted by path.

    Raises:
        OSError: something cannot be read.
    """
    drifts = [drift for name, text in _top(files) for drift in compare_file(folder / name, text)]
    for below, texts in _below(files):
        drifts += compare_tree(folder / below, texts, shown=f"{below}/")
    return tuple(sorted(drifts, key=lambda drift: drift.path))


def shared_refusals(folder: Path, files: Mapping[str, str], root: Path) -> tuple[Refusal, ...]:
    """Return what keeps `write_shared` from writing ``files``; nothing is changed.

    Raises:
        OSError: something cannot be read.
    """
    found = list(_top_refusals(folder, files))
    for below, texts in _below(files):
        found += refusals(folder / below, texts, root)
    return tuple(found)


def _top(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the files at the top, what is imported before what imports it."""
    names = [name for name in files if "/" not in name]
    return ((name, files[name]) for name in sorted(names, key=lambda name: (name == "flake.nix", name)))


def _below(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the folders below with their files, paths relative to each."""
    found: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        if "/" in path:
            parent = str(PurePosixPath(path).parent)
            found.setdefault(parent, {})[path.rpartition("/")[2]] = text
    return iter(sorted(found.items()))


def _top_refusals(folder: Path, files: Mapping[str, str]) -> tuple[Refusal, ...]:
    return tuple(
        refusal
        for name, text in _top(files)
        if (refusal := _refusal(folder / name, origin_of(encoded(text)))) is not None
    )


def _refusal(path: Path, origin: bytes | None) -> Refusal | None:
    if not (path.exists() or path.is_symlink()):
        return None
    if path.is_file() and not path.is_symlink():
        with path.open("rb") as file:
            if origin_of(file.read(8192)) == origin:
                return None
    hint = "move it away, or have all files written to a folder of their own with --output"
    return Refusal(path=path, message=f"{path} was not written by flakegen", hint=hint)

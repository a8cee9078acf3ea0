"""Writing into a folder that is not flakegen's own: files at its top, and whole folders below it.

Only the folders are flakegen's; of the top, nothing is looked at but the files that are written. Folders go first and
flake.nix last, each in one step: a kill in between leaves files of two runs, and the next run repairs that.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flakegen.files.tree import encoded, origin_of, top_and_below
from flakegen.write.folder import (
    Drift,
    Refusal,
    RefusedError,
    compare_file,
    compare_tree,
    misplaced_folder,
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
    top, below = top_and_below(files)
    found = _top_refusals(folder, top)
    if found:
        raise RefusedError(found)
    changed = []
    for name, texts in below.items():
        changed += [f"{name}/{path}" for path in write_tree(folder / name, texts, root)]
    for name in sorted(
        top, key=lambda name: (name == "flake.nix", name)
    ):  # what imports the others comes last
        if write_file(folder / name, top[name]):
            changed.append(name)
    return tuple(sorted(changed))


def compare_shared(folder: Path, files: Mapping[str, str]) -> tuple[Drift, ...]:
    """Return how what is there differs from ``files``, sorted by path.

    Raises:
        OSError: something cannot be read.
    """
    top, below = top_and_below(files)
    drifts = [drift for name, text in top.items() for drift in compare_file(folder / name, text)]
    for name, texts in below.items():
        drifts += compare_tree(folder / name, texts, shown=f"{name}/")
    return tuple(sorted(drifts, key=lambda drift: drift.path))


def shared_refusals(folder: Path, files: Mapping[str, str], root: Path) -> tuple[Refusal, ...]:
    """Return what keeps `write_shared` from writing ``files``; nothing is changed.

    Raises:
        OSError: something cannot be read.
    """
    top, below = top_and_below(files)
    found = list(_top_refusals(folder, top))
    for name, texts in below.items():
        found += refusals(folder / name, texts, root)
    return tuple(found)


def beside_refusals(files: Mapping[Path, str], root: Path) -> tuple[Refusal, ...]:
    """Return what keeps single files outside of any folder of flakegen's from being written; nothing is changed.

    Raises:
        OSError: something cannot be read.
    """
    found: list[Refusal] = []
    for path, text in files.items():
        misplaced = misplaced_folder(path.parent, root)
        refusal = None if misplaced else _refusal(path, origin_of(encoded(text)))
        found += misplaced or ([] if refusal is None else [refusal])
    return tuple(found)


def _top_refusals(folder: Path, top: Mapping[str, str]) -> tuple[Refusal, ...]:
    return tuple(
        refusal
        for name, text in top.items()
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

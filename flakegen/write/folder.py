"""Writing and checking generated folders.

A folder is replaced as a whole: a kill at any moment leaves the old tree or the new one. Files that do not change keep
their inode and time stamp; files that are not flakegen's are carried over as they are.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flakegen.files.tree import OwnFile, Tree, common_origin, encoded, origin_of, own_files, read_tree
from flakegen.write.diff import Change, file_diff

_LONGEST_FOREIGN = 1 << 20  # bytes of somebody else's file that a diff shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that stands where flakegen should write, and what to do about it."""

    path: Path
    message: str
    hint: str


class RefusedError(Exception):
    """Writing would destroy something that flakegen did not write, or would leave the project."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        """Keep what stands in the way."""
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference; ``diff`` is a unified diff from what is there to what should be."""

    path: str
    change: Change
    diff: str


def write_tree(folder: Path, files: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """Make ``folder`` hold exactly ``files`` beside what is not flakegen's, and return the paths that changed.

    Args:
        folder: absolute.
        files: texts with flakegen's header, by path relative to the folder.
        root: the project's folder, which nothing written may leave.

    Raises:
        RefusedError: something that flakegen did not generate from this spec is in the way.
        OSError: the disk refuses.
    """
    _raise_if_refused(misplaced_folder(folder, root))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.parent, fcntl.LOCK_EX):
        staging = folder.with_name(f".{folder.name}.flakegen")
        _recover(folder, staging)
        wanted = own_files(files)
        tree = read_tree(str(folder), common_origin(wanted))
        _raise_if_refused(_blocked(folder, tree, wanted))
        drifts = _compare(tree, wanted)
        if drifts:
            _replace(folder, staging, tree, wanted)
    return tuple(path for path, _ in drifts)


def compare_tree(folder: Path, files: Mapping[str, str], *, shown: str = "") -> tuple[Drift, ...]:
    """Return how ``folder`` differs from ``files``, sorted by path; paths are told with ``shown`` before them.

    Raises:
        OSError: something cannot be read.
    """
    wanted = own_files(files)
    with _locked(folder.parent, fcntl.LOCK_SH):
        tree = read_tree(str(folder), common_origin(wanted))
        return tuple(
            Drift(path=shown + path, change=change, diff=_diff(folder, path, change, tree, wanted, shown))
            for path, change in _compare(tree, wanted)
        )


def compare_file(path: Path, text: str, *, shown: str | None = None) -> tuple[Drift, ...]:
    """Return how one file differs from ``text``: one difference, or none; it is told as ``shown``, or by its name.

    Raises:
        OSError: it cannot be read.
    """
    wanted = encoded(text)
    try:
        present = path.read_bytes()
    except FileNotFoundError:
        present, change = b"", Change.MISSING
    else:
        change = Change.CHANGED
        if present == wanted:
            return ()
    name = shown or path.name
    return (Drift(path=name, change=change, diff=file_diff(name, change, present, wanted)),)


def refusals(folder: Path, files: Mapping[str, str], root: Path) -> tuple[Refusal, ...]:
    """Return what keeps `write_tree` from writing ``files``; nothing is changed.

    Raises:
        OSError: something in the folder cannot be read.
    """
    wanted = own_files(files)
    return misplaced_folder(folder, root) or _blocked(
        folder, read_tree(str(folder), common_origin(wanted)), wanted
    )


def write_file(path: Path, text: str) -> bool:
    """Replace one file atomically if its text differs; tell whether it did.

    Raises:
        OSError: the disk refuses.
    """
    data = encoded(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.parent, fcntl.LOCK_EX):
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return False
        staging = path.with_name(f".{path.name}.flakegen")
        try:
            _write_synced(staging, data)
            staging.replace(path)
        except BaseException:
            staging.unlink(missing_ok=True)
            raise
    return True


def _raise_if_refused(found: tuple[Refusal, ...]) -> None:
    if found:
        raise RefusedError(found)


def misplaced_folder(folder: Path, root: Path) -> tuple[Refusal, ...]:
    """Return what makes a folder unfit to be written: a link or a file where a folder should be."""
    hint = "move it away, or choose another folder with project.output"
    for place in (folder, *folder.parents):
        if place == root or root not in place.parents:
            break
        if place.is_symlink() and (place == folder or not place.resolve().is_relative_to(root.resolve())):
            what = "is a symbolic link" if place == folder else "is a symbolic link that leaves the project"
            return (Refusal(path=place, message=f"{place} {what}", hint=hint),)
        if place.exists() and not place.is_dir():
            return (Refusal(path=place, message=f"{place} is a file where a folder should be", hint=hint),)
    return ()


def _blocked(folder: Path, tree: Tree, wanted: Mapping[str, OwnFile]) -> tuple[Refusal, ...]:
    """Return what is not ours and stands where a file of ours, or a folder for it, should be; sorted."""
    paths = set(wanted)
    above = {parent for path in wanted for parent in _parents(path)}
    found = {path for path in tree.foreign if path in paths or path in above}
    found.update(
        path for path in tree.foreign | tree.empty if path in paths or not paths.isdisjoint(_parents(path))
    )
    return tuple(_refusal(folder / path) for path in sorted(found))


def _refusal(path: Path) -> Refusal:
    if path.is_file() and not path.is_symlink():
        with path.open("rb") as file:
            origin = origin_of(file.read(8192))
        if origin:
            message = f"{path} was generated from another spec, {origin.decode(errors='replace')}"
            return Refusal(
                path=path, message=message, hint="remove it if that spec is gone, or give each a folder"
            )
    hint = "move it away, or choose another folder with project.output"
    return Refusal(path=path, message=f"{path} was not written by flakegen", hint=hint)


def _parents(path: str) -> Iterator[str]:
    return (str(parent) for parent in PurePosixPath(path).parents if parent.name)


def _compare(tree: Tree, wanted: Mapping[str, OwnFile]) -> list[tuple[str, Change]]:
    drifts = [(path, Change.EXTRA) for path in tree.own.keys() - wanted.keys()]
    for path, file in wanted.items():
        present = tree.own.get(path)
        if present is None:
            drifts.append((path, Change.CHANGED if path in tree.foreign else Change.MISSING))
        elif present.data != file.data:
            drifts.append((path, Change.CHANGED))
        elif present.mode is not file.mode:
            drifts.append((path, Change.MODE))
    return sorted(drifts, key=lambda drift: drift[0])


def _diff(
    folder: Path, path: str, change: Change, tree: Tree, wanted: Mapping[str, OwnFile], shown: str
) -> str:
    present = tree.own[path].data if path in tree.own else b""
    if path in tree.foreign:
        place = folder / path
        status = place.lstat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= _LONGEST_FOREIGN:
            present = place.read_bytes()
    return file_diff(shown + path, change, present, wanted[path].data if path in wanted else b"")


def _replace(folder: Path, staging: Path, tree: Tree, wanted: Mapping[str, OwnFile]) -> None:
    """Build the new tree beside the old one and exchange them; whatever fails, the old one stays."""
    places = [folder, *(folder / path for path in tree.folders)] if folder.exists() else []
    for place in places:
        if not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    try:
        _stage(folder, staging, tree, wanted)
        for place in places:
            copy = staging / place.relative_to(folder)
            if copy.is_dir():
                shutil.copymode(place, copy)
        _swap(folder, staging)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _stage(folder: Path, staging: Path, tree: Tree, wanted: Mapping[str, OwnFile]) -> None:
    staging.mkdir()
    for path in sorted(tree.foreign):
        _link(folder / path, staging / path)
    for path in sorted(tree.empty):
        (staging / path).mkdir(parents=True, exist_ok=True)
    for path, file in wanted.items():
        target = staging / path
        if tree.own.get(path) == file:
            _link(folder / path, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_synced(target, file.data)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target, follow_symlinks=False)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _swap(folder: Path, staging: Path) -> None:
    """Put the staged tree in the place of the old one, in one step where the kernel has one."""
    if not folder.exists():
        staging.rename(folder)
        return
    if _exchange(staging, folder):
        shutil.rmtree(staging)
        return
    old = _old_name(folder)
    folder.rename(old)
    try:
        staging.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically: renameat2(2) with RENAME_EXCHANGE, renamex_np(2) with RENAME_SWAP."""
    import ctypes  # noqa: PLC0415  # only for a write that changes something

    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        at_cwd, exchange = -100, 2
        return bool(library.renameat2(at_cwd, names[0], at_cwd, names[1], exchange) == 0)
    if hasattr(library, "renamex_np"):
        swap = 2
        return bool(library.renamex_np(names[0], names[1], swap) == 0)
    return False


def _old_name(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.flakegen-old")


def _recover(folder: Path, staging: Path) -> None:
    """Clear away what a killed run left; without a folder in place, the old tree is put back."""
    old = _old_name(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (staging, old):
        if leftover.exists():
            shutil.rmtree(leftover)


@contextlib.contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    """Hold the lock of a folder, so that compilations write, and checks read, one after the other."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(
            OSError
        ):  # not there, or on a network that locks no folders: nobody else's either
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            held.callback(os.close, descriptor)
            fcntl.flock(descriptor, kind)
        yield

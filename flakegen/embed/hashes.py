"""Rebuild hashes: one text that changes exactly when an embedded file, its absence or a folder's listing changes.

What is hashed are entries: path, kind and, of a file, the SHA-256 of its contents. source.nix works the same hash out when
Nix evaluates, from what is there then; so an entry says nothing that Nix cannot know, such as where a link leads (what it
leads to is an entry of its own).
"""

from __future__ import annotations

import re
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from flakegen.embed.disk import Disk, PathKind
from flakegen.embed.inputs import FolderInput, InputRole, PackageInputs, TargetKind
from flakegen.embed.paths import is_inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flakegen.embed.inputs import TargetInputs


class EntryKind(Enum):
    """What an embedded path is; a FOLDER stands for its listing, whose files are entries too."""

    FILE = "file"
    LINK = "link"
    ABSENT = "absent"
    FOLDER = "folder"


class Entry(NamedTuple):
    """One embedded path; ``digest`` is SHA-256 in hex of a file's contents, and empty for all else."""

    path: str
    kind: EntryKind
    digest: str = ""

    @property
    def line(self) -> str:
        """The entry as it is hashed."""
        return f"{self.kind.value} {self.digest or '-'} {self.path}"


class Embeds(Struct, frozen=True, kw_only=True):
    """What a compilation, or the run of a build script, reads beside code.

    Attributes:
        files: single files, absent ones as well.
        folders: of which all files count, those to come too.
        without: files and folders in these that do not.
        package_dir: the package's folder: in it and above it, what builds leave behind does not count.
    """

    files: frozenset[str] = frozenset()
    folders: frozenset[FolderInput] = frozenset()
    without: frozenset[str] = frozenset()
    package_dir: str = ""

    def and_also(
        self,
        files: Iterable[str] = (),
        folders: Iterable[FolderInput] = (),
        without: Iterable[str] = (),
    ) -> Embeds:
        """Return the same and more."""
        return Embeds(
            files=self.files | frozenset(files),
            folders=self.folders | frozenset(folders),
            without=self.without | frozenset(without),
            package_dir=self.package_dir,
        )


def target_embeds(inputs: PackageInputs, target: TargetInputs, *, testing: bool = False) -> Embeds:
    """Return what one target embeds; ``testing``: when it is compiled as a test."""
    found = Embeds(
        files=frozenset((*target.files, *target.optional_files)),
        folders=frozenset(target.folders),
        without=frozenset(left_out(inputs)),
        package_dir=inputs.package_dir,
    )
    return found.and_also(*_of_tests(target)) if testing else found


def _of_tests(target: TargetInputs) -> tuple[tuple[str, ...], tuple[FolderInput, ...]]:
    return target.test_files + target.test_optional_files, target.test_folders


def script_embeds(inputs: PackageInputs) -> Embeds:
    """Return what the run of the package's build script reads, but not a package that is watched as a whole."""
    script = inputs.build_script_inputs
    if script is None:
        return Embeds(package_dir=inputs.package_dir)
    compiled = (target for target in inputs.targets if target.target.kind is TargetKind.BUILD_SCRIPT)
    code = {module for target in compiled for module in target.modules}
    # What is left out in any case is not named, so that nothing hangs on whether somebody has built here.
    excluded = [path for path in script.excluded if not is_waste(*_split(path), inputs.package_dir)]
    return Embeds(
        files=frozenset((*script.files, *script.optional_files)) - code,
        folders=frozenset(() if script.whole_package else script.folders),
        without=frozenset((*excluded, *left_out(inputs))),
        package_dir=inputs.package_dir,
    )


def left_out(inputs: PackageInputs) -> Iterator[str]:
    """Yield what a user has ignored in folders that are taken; not folders of code, as what is compiled must be there."""
    if not inputs.ignored:
        return
    modules = [path for target in inputs.targets for path in (*target.modules, *target.test_modules)]
    script = inputs.build_script_inputs
    read = [folder for target in inputs.targets for folder in (*target.folders, *target.test_folders)]
    read += script.folders if script is not None else ()
    folders = {inputs.package_dir, *(folder.path for folder in read)}
    for path in inputs.ignored:
        is_held = any(is_inside(path, folder) for folder in folders)
        if is_held and not any(is_inside(module, path) for module in modules):
            yield path


def package_embeds(inputs: PackageInputs, role: InputRole = InputRole.PRODUCTION) -> Iterator[Embeds]:
    """Yield what the parts of a package embed; the TEST role is of what only tests read."""
    for target in inputs.targets:
        if target.target.kind.role is role:
            yield target_embeds(inputs, target)
        if role is InputRole.TEST:
            own = Embeds(package_dir=inputs.package_dir, without=frozenset(left_out(inputs)))
            yield own.and_also(*_of_tests(target))
    if role is InputRole.PRODUCTION:
        yield script_embeds(inputs)


def rebuild_hash(root: Path | Disk, inputs: PackageInputs, role: InputRole = InputRole.PRODUCTION) -> str:
    """Return the rebuild hash of what was found in one package: see `hash_of`."""
    disk = root if isinstance(root, Disk) else Disk(root)
    return hash_of(entries(disk, package_embeds(inputs, role)))


def hash_of(found: Iterable[Entry]) -> str:
    """Return SHA-256, in hex, of the entries' lines: each once, in the order of their bytes, its length before it."""
    lines = sorted({entry.line.encode("utf-8", "surrogateescape") for entry in found})
    return sha256(b"".join(b"%d %s\n" % (len(line), line) for line in lines)).hexdigest()


def entries(disk: Disk, parts: Iterable[Embeds]) -> tuple[Entry, ...]:
    """Return all that is embedded by any of these, as it is now: each once, sorted by path."""
    found: set[Entry] = set()
    for part in parts:
        found.update(_entry(disk, path) for path in part.files)
        for folder in part.folders:
            found.add(Entry(folder.path, EntryKind.FOLDER))
            found.update(_entry(disk, path) for path in listing(disk, folder, part.without, part.package_dir))
    return tuple(sorted(found, key=lambda entry: (entry.path, entry.kind.value)))


def _entry(disk: Disk, path: str) -> Entry:
    if disk.is_link(path):
        return Entry(path, EntryKind.LINK)
    digest = disk.digest_of(path)
    return Entry(path, EntryKind.ABSENT) if digest is None else Entry(path, EntryKind.FILE, digest)


def listing(
    disk: Disk, folder: FolderInput, excluded: Iterable[str] = (), package_dir: str | None = None
) -> list[str]:
    """The files (and links) that belong to a folder input, sorted; empty when it is absent.

    Args:
        disk: the root.
        folder: a link is no folder.
        excluded: files and folders in it that do not belong to it (see `ScriptInputs.excluded`).
        package_dir: a package's folder; if it lies in ``folder``, what builds leave behind there is left out.
    """
    look = disk.look(folder.path)
    if look.kind is not PathKind.FOLDER or look.real != folder.path:
        return []
    excluded = frozenset(excluded)
    wanted = None if folder.pattern is None else re.compile(folder.pattern, re.DOTALL)
    holds_package = package_dir is not None and is_inside(package_dir, folder.path)
    found: list[str] = []
    queue = [folder.path]
    while queue:
        here = queue.pop()
        for name, is_folder, _ in disk.entries(here):
            path = f"{here}/{name}" if here else name
            if path in excluded:
                continue
            if is_folder:
                if folder.recursive and not (holds_package and is_waste(here, name, package_dir or "")):
                    queue.append(path)
            elif wanted is None or wanted.fullmatch(name):
                found.append(path)
    return sorted(found)


def _split(path: str) -> tuple[str, str]:
    above, _, name = path.rpartition("/")
    return above, name


def is_waste(above: str, name: str, package_dir: str) -> bool:
    """Whether a folder in ``above`` is what builds leave behind in a package or around it, or version control's."""
    return name == ".git" or (name in {"target", "node_modules"} and is_inside(package_dir, above))

"""Gathers what the scan of one target finds, each input once, with the strongest role that it was seen in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.disk import Disk, Look, PathKind
from flakegen.embed.inputs import (
    Finding,
    FindingKind,
    FolderInput,
    InputRole,
    ScanTarget,
    TargetInputs,
    Use,
    UseKind,
)
from flakegen.embed.paths import MANIFEST_MARK, is_inside, join, parent
from flakegen.embed.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterable

# The pattern of a folder that must only be there: no file's name holds a slash.
NO_FILE = "/"
_MAX_LISTED = 200_000


class Place(NamedTuple):
    """Where something was found, and the rule by which it is read; a module is read by none."""

    file: str
    start: int
    role: InputRole
    rule: str = ""


class _Read(NamedTuple):
    """A use whose place has no line and column yet."""

    path: str
    kind: UseKind
    place: Place
    present: bool
    named: bool
    recursive: bool
    pattern: str | None


@dataclass(slots=True)
class _Sets:
    modules: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    folders: set[FolderInput] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Ignored:
    """Files and folders, root-relative, that do not count as read by a package; those that came up are ``seen``."""

    paths: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)


class Collector:
    """The inputs of one target while it is scanned."""

    def __init__(self, disk: Disk, target: ScanTarget, ignored: Ignored) -> None:
        self.ignored = ignored
        self.disk = disk
        self.target = target
        self.sets = {InputRole.PRODUCTION: _Sets(), InputRole.TEST: _Sets()}
        self.reads: dict[_Read, None] = {}
        self.findings: set[Finding] = set()
        self.sqlx_offline = False
        self.sqlx_offline_dir: str | None = None
        self._positions = Positions(disk)

    def add_module(self, path: str, place: Place) -> bool:
        """Note a module's file; whether it can be read. Only what a macro includes can be ignored."""
        look = self.disk.look(path)
        if place.rule and self.is_ignored(path, look):
            return False
        if look.kind is PathKind.FILE:
            name = look.real if look.links else path
            self.sets[place.role].modules.add(name)
            self._add_links(look, place)
            self.note(name, UseKind.FILE, place)
            return True
        if look.kind is PathKind.OUTSIDE:
            self.find_outside(path, place)
        return False

    def add_file(self, path: str, place: Place, *, named: bool = True) -> bool:
        """Note a single file, present or absent; whether it is present.

        ``named`` says whether the code names it, so that its absence is told; else it may be there or not.
        """
        look = self.disk.look(path)
        if self.is_ignored(path, look):
            return False
        self._add_links(look, place)
        sets = self.sets[place.role]
        match look.kind:
            case PathKind.FILE:
                sets.files.add(look.real)
                self.note(look.real, UseKind.FILE, place, named=named)
                return True
            case PathKind.ABSENT:
                self.add_absent_file(path, place, named=named)
            case PathKind.OUTSIDE:
                self.find_outside(path, place)
            case PathKind.FOLDER:
                self.find(place, FindingKind.ABSENT, f"`{path}` is a folder, a file was expected")
        return False

    def add_absent_file(self, path: str, place: Place, *, named: bool = True) -> None:
        """Note a file that is not there, which counts when it comes."""
        if self.is_ignored(path, self.disk.look(path)):
            return
        self.sets[place.role].optional.add(path)
        self.note(path, UseKind.FILE, place, present=False, named=named)
        if named:
            self.find(place, FindingKind.ABSENT, f"the file `{path}` is not there")

    def add_folder(self, folder: FolderInput, place: Place, *, named: bool = True) -> None:
        """Note a folder, present or absent, and the targets of the links in it; ``named`` as for `add_file`."""
        look = self.disk.look(folder.path)
        if self.is_ignored(folder.path, look):
            return
        self._add_links(look, place)
        match look.kind:
            case PathKind.FILE:
                self.sets[place.role].files.add(look.real)
                self.note(look.real, UseKind.FILE, place, named=named)
            case PathKind.OUTSIDE:
                self.find_outside(folder.path, place)
            case PathKind.ABSENT:
                self.sets[place.role].folders.add(folder)
                self.note_folder(folder, place, present=False, named=named)
                if named:
                    self.find(place, FindingKind.ABSENT, f"the folder `{folder.path}` is not there")
            case PathKind.FOLDER:
                real = FolderInput(path=look.real, recursive=folder.recursive, pattern=folder.pattern)
                self.note_folder(real, place, named=named)
                if real not in self.sets[place.role].folders:
                    self.sets[place.role].folders.add(real)
                    self._follow_links_in(real, place)

    def _follow_links_in(self, folder: FolderInput, place: Place) -> None:
        for link in links_in(self.disk, folder):
            look = self.disk.look(link)
            if self.is_ignored(link, look):
                continue
            if look.kind is PathKind.FILE:
                self._add_links(look, place)
                self.sets[place.role].files.add(look.real)
                self.note(look.real, UseKind.FILE, place)
            elif look.kind is PathKind.FOLDER and folder.recursive and not is_inside(folder.path, look.real):
                self.add_folder(FolderInput(path=look.real, pattern=folder.pattern), place)
            elif look.kind is PathKind.OUTSIDE:
                self.find_outside(link, place)

    def is_ignored(self, path: str, look: Look) -> bool:
        """Whether a path, or what it leads to, is not to count; that it came up is remembered."""
        for ignored in self.ignored.paths:
            if is_inside(path, ignored) or is_inside(look.real, ignored):
                self.ignored.seen.add(ignored)
                return True
        return False

    def _add_links(self, look: Look, place: Place) -> None:
        if look.links:
            self.sets[place.role].files.update(look.links)
            for link in look.links:
                self.note(link, UseKind.LINK, place)

    def note(
        self, path: str, kind: UseKind, place: Place, *, present: bool = True, named: bool = True
    ) -> None:
        """Remember where a path is read, if it is by a rule; it is put into no set."""
        if place.rule:
            self.reads[_Read(path, kind, place, present, named, recursive=False, pattern=None)] = None

    def note_folder(
        self, folder: FolderInput, place: Place, *, present: bool = True, named: bool = True
    ) -> None:
        """Remember where a folder is read, as `note`."""
        path, recursive, pattern = folder.path, folder.recursive, folder.pattern
        self.reads[_Read(path, UseKind.FOLDER, place, present, named, recursive, pattern)] = None

    def resolve(self, base: str, value: str, place: Place) -> str | None:
        """The root-relative path that a literal names; a finding and None when it leaves the root."""
        path = self._step_by_step(base, value, place) if ".." in value else join(base, value)
        if path is None:
            shown = value.replace("\0", "$CARGO_MANIFEST_DIR")
            self.find(place, FindingKind.OUTSIDE, f"`{shown}` leaves the root, so it is not read")
        return path

    def _step_by_step(self, base: str, value: str, place: Place) -> str | None:
        """As the system goes: `..` leaves the folder that a link leads to, and a folder on the way must be there."""
        if join(base, value) is None:
            return None
        here, rest = ("", value[1:]) if value.startswith(MANIFEST_MARK) else (base, value)
        named = False
        for part in rest.split("/"):
            if part == "..":
                look = self.disk.look(here)
                if look.kind is PathKind.FOLDER:
                    here = look.real
                    self._add_links(look, place)
                if named and look.kind is PathKind.FOLDER and not is_inside(place.file, here):
                    self.sets[place.role].folders.add(
                        FolderInput(path=here, recursive=False, pattern=NO_FILE)
                    )
                if not here:
                    return None
                here = parent(here)
            elif part not in ("", "."):
                named = True
                here = f"{here}/{part}" if here else part
        return here

    def find_outside(self, path: str, place: Place) -> None:
        """Report a link that leads out of the root."""
        self.find(place, FindingKind.OUTSIDE, f"`{path}` is a link that leaves the root, so it is not read")

    def find(self, place: Place, kind: FindingKind, message: str, hint: str = "") -> None:
        """Report something, with line and column."""
        line, column = self._positions.of(place.file, place.start)
        self.findings.add(
            Finding(file=place.file, line=line, column=column, message=message, hint=hint, kind=kind)
        )

    def uses(self) -> tuple[Use, ...]:
        """Everything that was read by a rule, sorted."""
        return tuple(sorted({self._use(read) for read in self.reads}, key=Use.sort_key))

    def _use(self, read: _Read) -> Use:
        path, kind, place, present, named, recursive, pattern = read
        line, column = self._positions.of(place.file, place.start)
        in_tests = self.target.kind.role is InputRole.TEST
        return Use(
            rule=place.rule,
            path=path,
            kind=kind,
            present=present,
            named=named,
            role=InputRole.TEST if in_tests else place.role,
            recursive=recursive,
            pattern=pattern,
            file=place.file,
            line=line,
            column=column,
        )

    def result(self) -> TargetInputs:
        """The inputs, sorted; what production reads is no test input too."""
        production, test = self.sets[InputRole.PRODUCTION], self.sets[InputRole.TEST]
        known = production.files | production.modules
        return TargetInputs(
            target=self.target,
            modules=_sorted(production.modules),
            test_modules=_sorted(test.modules - production.modules),
            files=_sorted(production.files - production.modules),
            test_files=_sorted(test.files - known - test.modules),
            folders=_sorted_folders(production.folders),
            test_folders=_sorted_folders(test.folders - production.folders),
            optional_files=_sorted(production.optional),
            test_optional_files=_sorted(test.optional - production.optional),
            uses=self.uses(),
            findings=tuple(sorted(self.findings)),
            sqlx_offline=self.sqlx_offline,
            sqlx_offline_dir=self.sqlx_offline_dir,
        )


def links_in(disk: Disk, folder: FolderInput) -> list[str]:
    """The symbolic links that a real folder holds."""
    found: list[str] = []
    queue = [folder.path]
    seen = 0
    while queue and seen < _MAX_LISTED:
        here = queue.pop()
        for name, is_folder, is_link in disk.entries(here):
            seen += 1
            path = f"{here}/{name}" if here else name
            if is_link:
                found.append(path)
            elif is_folder and folder.recursive:
                queue.append(path)
    return found


def _sorted(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(items))


def _sorted_folders(items: Iterable[FolderInput]) -> tuple[FolderInput, ...]:
    return tuple(sorted(items, key=FolderInput.sort_key))

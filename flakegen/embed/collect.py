"""Gathers what the scan of one target finds, each input once, with the strongest role that it was seen in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.disk import Disk, Look, PathKind
from flakegen.embed.inputs import Finding, FolderInput, InputRole, ScanTarget, TargetInputs
from flakegen.embed.paths import is_inside, join

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_LISTED = 200_000


class Place(NamedTuple):
    """Where something was found."""

    file: str
    start: int
    role: InputRole


@dataclass(slots=True)
class _Sets:
    modules: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    folders: set[FolderInput] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)


class Collector:
    """The inputs of one target while it is scanned."""

    def __init__(self, disk: Disk, target: ScanTarget) -> None:
        self.disk = disk
        self.target = target
        self.sets = {InputRole.PRODUCTION: _Sets(), InputRole.TEST: _Sets()}
        self.findings: set[Finding] = set()
        self.sqlx_offline_dir: str | None = None

    def add_module(self, path: str, place: Place) -> bool:
        """Note a module's file; whether it can be read."""
        look = self.disk.look(path)
        if look.kind is PathKind.FILE:
            name = look.real if look.links else path
            self.sets[place.role].modules.add(name)
            self._add_links(look, place)
            return True
        if look.kind is PathKind.OUTSIDE:
            self.find(place, f"`{path}` is a link that leaves the root, so it is not read")
        return False

    def add_file(self, path: str, place: Place) -> bool:
        """Note a single file, present or absent; whether it is present."""
        look = self.disk.look(path)
        self._add_links(look, place)
        sets = self.sets[place.role]
        match look.kind:
            case PathKind.FILE:
                sets.files.add(look.real)
                return True
            case PathKind.ABSENT:
                sets.optional.add(path)
            case PathKind.OUTSIDE:
                self.find(place, f"`{path}` is a link that leaves the root, so it is not read")
            case PathKind.FOLDER:
                self.find(place, f"`{path}` is a folder, a file was expected")
        return False

    def add_folder(self, folder: FolderInput, place: Place) -> None:
        """Note a folder, present or absent, and the targets of the links in it."""
        look = self.disk.look(folder.path)
        self._add_links(look, place)
        match look.kind:
            case PathKind.FILE:
                self.sets[place.role].files.add(look.real)
            case PathKind.OUTSIDE:
                self.find(place, f"`{folder.path}` is a link that leaves the root, so it is not read")
            case PathKind.ABSENT:
                self.sets[place.role].folders.add(folder)
            case PathKind.FOLDER:
                real = FolderInput(path=look.real, recursive=folder.recursive, pattern=folder.pattern)
                if real not in self.sets[place.role].folders:
                    self.sets[place.role].folders.add(real)
                    self._follow_links_in(real, place)

    def _follow_links_in(self, folder: FolderInput, place: Place) -> None:
        for link in links_in(self.disk, folder):
            look = self.disk.look(link)
            if look.kind is PathKind.FILE:
                self._add_links(look, place)
                self.sets[place.role].files.add(look.real)
            elif look.kind is PathKind.FOLDER and folder.recursive and not is_inside(folder.path, look.real):
                self.add_folder(FolderInput(path=look.real, pattern=folder.pattern), place)
            elif look.kind is PathKind.OUTSIDE:
                self.find(place, f"`{link}` is a link that leaves the root, so it is not read")

    def _add_links(self, look: Look, place: Place) -> None:
        if look.links:
            self.sets[place.role].files.update(look.links)

    def resolve(self, base: str, value: str, place: Place) -> str | None:
        """The root-relative path that a literal names; a finding and None when it leaves the root."""
        path = join(base, value)
        if path is None:
            shown = value.replace("\0", "$CARGO_MANIFEST_DIR")
            self.find(place, f"`{shown}` leaves the root, so it is not read")
        return path

    def find(self, place: Place, message: str, hint: str = "") -> None:
        """Report something, with line and column."""
        text = self.disk.text_of(place.file) or ""
        line_start = text.rfind("\n", 0, place.start) + 1
        self.findings.add(
            Finding(
                file=place.file,
                line=text.count("\n", 0, place.start) + 1,
                column=place.start - line_start + 1,
                message=message,
                hint=hint,
            )
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
            findings=tuple(sorted(self.findings)),
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

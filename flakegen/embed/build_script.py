"""What the run of a build script reads, told from its string literals.

Cargo's rule (Cargo book, "Change detection"): without any `rerun-if` line the whole package is watched. With one, the
existing paths that the script's literals name are taken: scripts pass them to `rerun-if-changed` and to code generators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.collect import Collector, Ignored, Place
from flakegen.embed.disk import PathKind
from flakegen.embed.inputs import FindingKind, FolderInput, InputRole, ScriptInputs, TargetInputs, UseKind
from flakegen.embed.lexer import string_value, strings_in, trees
from flakegen.embed.paths import is_inside, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flakegen.embed.disk import Disk, Look

_RULE = "build.rs"
_DECLARATION = re.compile(r"rerun-if-(?:changed|env-changed)")
_PREFIX = re.compile(r"\s*cargo::?rerun-if-changed=")
_PLACE_BEFORE = re.compile(r"(?:\{[\w:?#]*\})?/")
_OPEN_END = re.compile(r"[{*?\[]")
_BUILD_OUTPUT = "target"
_VERSION_CONTROL = ".git"


def script_inputs(disk: Disk, package_dir: str, script: TargetInputs, ignored: Ignored) -> ScriptInputs:
    """The inputs of the run, given what the script's compilation reads; ``ignored`` does not count."""
    literals = list(_literals(disk, script.modules))
    if not any(_DECLARATION.search(literal.value) for literal in literals):
        return _whole_package(disk, package_dir, script)
    reads = _Reads(frozenset(script.modules), Collector(disk, script.target, ignored))
    for literal in literals:
        _take(package_dir, literal, reads)
    folders = reads.folders
    outermost = [
        item for item in folders if not any(item != other and is_inside(item, other) for other in folders)
    ]
    around = [item for item in outermost if is_inside(package_dir, item)]
    return ScriptInputs(
        declared=True,
        files=tuple(sorted({*script.modules, *reads.files})),
        folders=tuple(FolderInput(path=path) for path in sorted(outermost)),
        optional_files=tuple(sorted(reads.absent)),
        excluded=tuple(
            sorted({path for item in around for path in _foreign_folders(disk, item, package_dir)})
        ),
        uses=reads.collector.uses(),
        findings=tuple(sorted(reads.collector.findings)),
    )


def _whole_package(disk: Disk, package_dir: str, script: TargetInputs) -> ScriptInputs:
    folder = FolderInput(path=package_dir)
    reads = Collector(disk, script.target, Ignored())
    main = join(package_dir, script.target.src_path) or ""
    reads.note_folder(folder, Place(main, 0, InputRole.PRODUCTION, _RULE))
    return ScriptInputs(
        declared=False,
        whole_package=True,
        files=script.modules,
        folders=(folder,),
        excluded=tuple(sorted(_foreign_folders(disk, package_dir, package_dir))),
        uses=reads.uses(),
    )


class _Literal(NamedTuple):
    value: str
    place: Place


@dataclass(slots=True)
class _Reads:
    """What the literals of a script name; its own ``modules`` are there anyway."""

    modules: frozenset[str]
    collector: Collector
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)

    def add_file(self, look: Look, place: Place) -> None:
        self.add_links(look, place)
        self.files.add(look.real)
        if look.real not in self.modules:
            self.collector.note(look.real, UseKind.FILE, place)

    def add_folder(self, look: Look, place: Place) -> None:
        self.add_links(look, place)
        self.folders.add(look.real)
        self.collector.note_folder(FolderInput(path=look.real), place)

    def add_links(self, look: Look, place: Place) -> None:
        self.files.update(look.links)
        for link in look.links:
            self.collector.note(link, UseKind.LINK, place)

    def add_absent(self, path: str, place: Place) -> None:
        self.absent.add(path)
        self.collector.note(path, UseKind.FILE, place, present=False)
        message = (
            f"`{path}` is not there, and cargo runs a script anew each time while what it declares is absent"
        )
        self.collector.find(place, FindingKind.ABSENT, message)


def _literals(disk: Disk, modules: Iterable[str]) -> Iterator[_Literal]:
    for module in modules:
        for token in strings_in(trees(disk.text_of(module) or "")):
            value = string_value(token.text)
            if value is not None:
                yield _Literal(value, Place(module, token.start, InputRole.PRODUCTION, _RULE))


def _take(package_dir: str, literal: _Literal, reads: _Reads) -> None:
    value, place = literal
    prefix = _PREFIX.match(value)
    declared = prefix is not None
    written = value[prefix.end() :].strip("\n") if prefix is not None else value
    name = "" if declared and written.startswith("/") else _known_part(written)
    if not name or len(name) > 4096 or "\0" in name:
        return
    path = join(package_dir, name)
    # What git says of a commit is no source: it changes with every commit, and a flake's copy has no `.git`.
    if path is None or _VERSION_CONTROL in path.split("/"):
        if declared and path is None and name == written:
            reads.collector.resolve(package_dir, name, place)
        return
    look = reads.collector.disk.look(path)
    if reads.collector.is_ignored(path, look):
        return
    if look.kind is PathKind.FILE:
        reads.add_file(look, place)
    elif look.kind is PathKind.FOLDER and _worth_taking(path, name, package_dir, declared=declared):
        reads.add_folder(look, place)
    elif look.kind is PathKind.ABSENT and declared and name == written:
        reads.add_absent(path, place)
    elif look.kind is PathKind.OUTSIDE and declared:
        reads.collector.find_outside(path, place)


def _known_part(name: str) -> str:
    """The path in `{}/path`, of `format!`, and in `/path`, of `concat!`; of `folder/{}.x` and `folder/*.x` the folder."""
    relative = name[match.end() :] if (match := _PLACE_BEFORE.match(name)) else name
    fixed = _OPEN_END.split(relative, maxsplit=1)
    return relative if len(fixed) == 1 else fixed[0].rpartition("/")[0]


def _worth_taking(path: str, name: str, package_dir: str, *, declared: bool) -> bool:
    """A bare `..` or `.` in a join is a step of a path, not an input; declared it means what it says."""
    if declared:
        return True
    return bool(path) and path != package_dir and not is_inside(package_dir, path) and name.strip("./") != ""


def _foreign_folders(disk: Disk, top: str, package_dir: str) -> Iterator[str]:
    """Folders below `top` that are other packages, build output or version control."""
    queue = [top]
    while queue:
        here = queue.pop()
        entries = disk.entries(here)
        is_package = any(name == "Cargo.toml" for name, _, _ in entries)
        if is_package and not is_inside(package_dir, here):
            yield here
            continue
        for name, is_folder, _ in entries:
            path = f"{here}/{name}" if here else name
            if not is_folder:
                continue
            if name == _VERSION_CONTROL or (name == _BUILD_OUTPUT and is_inside(package_dir, here)):
                yield path
            else:
                queue.append(path)

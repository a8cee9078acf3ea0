"""What a source holds, as source.nix has it: the same rules, asked of a path or of the disk.

Both must say the same of every path; tests hold them against each other with real Nix.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from stat import S_IXUSR
from types import MappingProxyType

from flakegen.embed.hashes import is_waste
from flakegen.plan.cargo_plan import FolderPlan, SourcePlan

_DOCUMENT = re.compile(
    r"(?:README|CHANGELOG|CHANGES|CONTRIBUTING|LICENSE|LICENCE|COPYING|AUTHORS|NOTICE).*|.*[.]md", re.DOTALL
)


class SourceRules:
    """One source's rules; paths are relative to the project's root."""

    def __init__(self, source: SourcePlan) -> None:
        """Prepare the rules for many questions."""
        self.source = source
        self.wanted = frozenset(source.files)
        self.unwanted = frozenset(source.without)
        wholes = (FolderPlan(path=path, recursive=True, match=None, package=path) for path in source.packages)
        self.folders = (*source.folders, *wholes)
        # A folder that is not taken may hold what is named.
        self.crossed = tuple(path for path in source.without if path in self.on_the_way)
        self.patterns = {f.match: re.compile(f.match) for f in source.folders if f.match is not None}

    @cached_property
    def on_the_way(self) -> frozenset[str]:
        """The folders that lead to what is named, and those that are named."""
        folders = (*self.source.rust, *(folder.path for folder in self.folders))
        paths = (*self.source.files, *(f"{folder}/x" for folder in folders if not _is_root(folder)))
        return frozenset(above for path in paths for above in folders_above(path))

    def takes_file(self, path: str) -> bool:
        """Tell whether a file (or link) at ``path`` is part of the source, now or once it is there."""
        if path in self.wanted:
            return True
        if self._is_left_out(path):
            return False
        if path.endswith(".rs") and any(_is_below(folder, path) for folder in self.source.rust):
            return True
        return any(self._holds(folder, path) for folder in self.source.folders) or (
            any(_is_below(folder, path) for folder in self.source.packages)
            and not _DOCUMENT.fullmatch(path.rpartition("/")[2])
        )

    def takes_folder(self, path: str) -> bool:
        """Tell whether a folder at ``path`` is: an empty one is part of it too."""
        if path in self.on_the_way:
            return True
        if self._is_unwanted(path):
            return False
        return any(_is_below(folder, path) for folder in self.source.rust) or any(
            folder.recursive and _is_below(folder.path, path) and not _is_waste(folder, path)
            for folder in self.folders
        )

    def embeds(self, path: str) -> bool:
        """Tell whether a file that the source takes counts for its rebuild hash."""
        return path in self.source.embedded or any(
            self._holds(folder, path) for folder in self.source.folders
        )

    def holds_from(self, folder: str) -> bool:
        """Tell whether something in a folder is part of the source, or can come to be."""
        inside = f"{folder}/"
        if folder in self.on_the_way or any(path.startswith(inside) for path in self.wanted):
            return True
        return all(self.takes_folder(each) for each in (*folders_above(folder), folder))

    def _is_unwanted(self, path: str) -> bool:
        return path in self.unwanted or any(_is_below(folder, path) for folder in self.crossed)

    def _is_left_out(self, path: str) -> bool:
        return self._is_unwanted(path) or any(not self.takes_folder(folder) for folder in folders_above(path))

    def _holds(self, folder: FolderPlan, path: str) -> bool:
        if not _is_below(folder.path, path):
            return False
        above, _, name = path.rpartition("/")
        if not folder.recursive and above != ("" if _is_root(folder.path) else folder.path):
            return False
        return folder.match is None or self.patterns[folder.match].fullmatch(name) is not None


def may_take(source: SourcePlan, path: str) -> bool:
    """Tell, with little effort, whether a source could take a file; only what it does not name or lie above is left out."""
    folders = (*source.rust, *(folder.path for folder in source.folders), *source.packages)
    return path in source.files or any(_is_below(folder, path) for folder in folders)


class SourceReader:
    """The project's files, each read once however many sources hold it."""

    def __init__(self, root: Path, contents: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Read below ``root``; ``contents`` of regular files there are taken for those that they have."""
        self.root = os.path.realpath(root)
        self._contents = contents
        self._entries: dict[str, list[tuple[str, bool]]] = {}
        self._digests: dict[str, str] = {}

    def digest(self, source: SourcePlan) -> str:
        """Return a digest of all that Nix puts in the store of a source: paths, kinds, contents and executable bits."""
        digest = blake2b(digest_size=16)
        for path, said in self.entries(source):
            digest.update(os.fsencode(f"{len(path)} {path} {said}\n"))
        return digest.hexdigest()

    def entries(self, source: SourcePlan) -> Iterator[tuple[str, str]]:
        """Yield what a source holds now: paths, and a text that stands for what is there."""
        for path, is_folder in self._walk(source):
            yield path, "folder" if is_folder else self.content(path)

    def embedded(self, source: SourcePlan) -> list[str]:
        """Return the paths that a source's rebuild hash is made of now, those that are absent as well."""
        if not source.embedded and not source.folders:
            return []
        rules = SourceRules(source)
        found = {path for path in self.files(source) if rules.embeds(path)}
        return sorted({*found, *source.embedded, *(f"{folder.path}/" for folder in source.folders)})

    def files(self, source: SourcePlan) -> list[str]:
        """Return the files and links that a source holds now."""
        return sorted(path for path, is_folder in self._walk(source) if not is_folder)

    def _walk(self, source: SourcePlan) -> Iterator[tuple[str, bool]]:
        rules = SourceRules(source)
        queue = [""]
        while queue:
            here = queue.pop()
            for path, is_folder in self._listing(here):
                if is_folder:
                    if rules.takes_folder(path):
                        yield path, True
                        queue.append(path)
                elif rules.takes_file(path):
                    yield path, False

    def content(self, path: str) -> str:
        """Return a text that stands for what is in a file, or where a link leads; `absent` where there is nothing."""
        known = self._digests.get(path)
        if known is None:
            known = self._digests[path] = self._read(path)
        return known

    def _read(self, path: str) -> str:
        place = f"{self.root}/{path}"
        try:
            if os.path.islink(place):  # noqa: PTH114
                return f"link {os.readlink(place)}"  # noqa: PTH115
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(handle, "rb", buffering=0) as file:  # noqa: PTH123  # an open descriptor, no path
                is_executable = bool(os.fstat(handle).st_mode & S_IXUSR)
                data = self._contents.get(path)
                data = file.readall() if data is None else data
                return f"file {is_executable} {blake2b(data, digest_size=16).hexdigest()}"
        except OSError:
            return "absent"

    def _listing(self, folder: str) -> list[tuple[str, bool]]:
        known = self._entries.get(folder)
        if known is None:
            known = self._entries[folder] = self._list(folder)
        return known

    def _list(self, folder: str) -> list[tuple[str, bool]]:
        try:
            with os.scandir(f"{self.root}/{folder}") as found:
                names = sorted((each.name, each.is_dir(follow_symlinks=False)) for each in found)
        except OSError:
            return []
        return [(f"{folder}/{name}" if folder else name, is_folder) for name, is_folder in names]


def folders_above(path: str) -> list[str]:
    """Return the folders on the way to a path, outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: index + 1]) for index in range(len(parts))]


def _is_root(folder: str) -> bool:
    return folder in {"", "."}


def _is_below(folder: str, path: str) -> bool:
    return _is_root(folder) or path.startswith(f"{folder}/")


def _is_waste(folder: FolderPlan, path: str) -> bool:
    above, _, name = path.rpartition("/")
    return folder.package is not None and is_waste(above, name, folder.package)

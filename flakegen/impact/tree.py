"""What derivations read of the project's files: as they are, or only where two states of one project tell it differently."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from flakegen.plan.build_graph import BuildGraph, OutputNode
from flakegen.plan.cargo_plan import SourcePlan
from flakegen.plan.derivation_inputs import TOOLCHAIN_INPUTS
from flakegen.plan.source_files import SourceReader, SourceRules, may_take


class Tree(Protocol):
    """Digests of files, for the derivations of one graph.

    Attributes:
        packages: of the revision of nixpkgs.
        toolchain: of that and what else chooses the Rust toolchain.
        builder: of the files that say how units are built.
    """

    packages: bytes
    toolchain: bytes
    builder: bytes

    def source(self, name: str) -> bytes:
        """Return the digest of a unit's source."""

    def sources(self, output: OutputNode) -> bytes:
        """Return the digest of what an output reads itself."""

    def files(self, paths: Collection[str]) -> bytes:
        """Return the digest of single files."""


class DiskTree:
    """Files as they are."""

    def __init__(
        self,
        graph: BuildGraph,
        root: Path,
        output: Path,
        runtime: Path,
        contents: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Read what stands in the output folder.

        Args:
            graph: what the files belong to.
            root: the project's folder.
            output: the folder that is written, relative to that.
            runtime: the folder of the files that build units, relative to the output folder.
            contents: of regular files, if they count as holding something else.
        """
        self._graph = graph
        self._reader = SourceReader(root, contents)
        self._sources: dict[str, bytes] = {}
        chosen = "" if graph.toolchain is None else _text(root / graph.toolchain)
        self.packages = _digest(_locked(root / output / "flake.lock"))
        self.toolchain = _digest((self.packages.hex(), chosen))
        self.builder = _folder_digest(root / output / runtime)

    def source(self, name: str) -> bytes:
        """Return the digest of a unit's source."""
        known = self._sources.get(name)
        if known is None:
            source = self._graph.sources[name]
            # Contents are in the first; of the rebuild hash, only what it is made of remains to be told.
            said = (self._reader.digest(source), *self._reader.embedded(source))
            known = self._sources[name] = _digest(said)
        return known

    def sources(self, output: OutputNode) -> bytes:
        """Return the digest of what an output reads itself."""
        return _digest(self._reader.digest(source) for source in output.sources)

    def files(self, paths: Collection[str]) -> bytes:
        """Return the digest of single files."""
        return _digest(self._reader.content(path) for path in paths)


class SameTree:
    """Files that are mostly the same in two states of a project, so that few need to be read."""

    def __init__(
        self, graph: BuildGraph, other: BuildGraph, disk: DiskTree, modified: tuple[str, ...] = ()
    ) -> None:
        """Compare what is read by two graphs.

        Args:
            graph: of one state.
            other: of the other.
            disk: the files of the first one.
            modified: those that hold something else in the other; none of them says what is built, or with what.
        """
        self._graph = graph
        self._other = other
        self._disk = disk
        self._modified = modified
        self._known: dict[str, bytes] = {}
        self.packages = self.toolchain = self.builder = b""

    def source(self, name: str) -> bytes:
        """Return a digest of a unit's source that is another one in the other state if the source is."""
        known = self._known.get(name)
        if known is None:
            source = self._graph.sources[name]
            is_same = source == self._other.sources.get(name)
            known = self._known[name] = self._modified_in((source,)) if is_same else self._disk.source(name)
        return known

    def sources(self, output: OutputNode) -> bytes:
        """Return such a digest of what an output reads itself."""
        other = self._other.outputs.get(output.name)
        is_same = other is not None and other.sources == output.sources
        return self._modified_in(output.sources) if is_same else self._disk.sources(output)

    def files(self, paths: Collection[str]) -> bytes:
        """Return such a digest of single files."""
        return _digest(paths) if set(paths).isdisjoint(self._modified) else self._disk.files(paths)

    def _modified_in(self, sources: Iterable[SourcePlan]) -> bytes:
        """Return the digest of all that is not the same about sources which take the same files."""
        taken = [path for path in self._modified for source in sources if _takes(source, path)]
        return self._disk.files(taken) if taken else b""


def _takes(source: SourcePlan, path: str) -> bool:
    return may_take(source, path) and SourceRules(source).takes_file(path)


def _locked(lock: Path) -> Iterator[str]:
    try:
        nodes = json.loads(lock.read_bytes())["nodes"]
        named = nodes["root"]["inputs"]
        for name in TOOLCHAIN_INPUTS:
            if isinstance(named.get(name), str):
                yield json.dumps(nodes[named[name]].get("locked"), sort_keys=True)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # none yet, or none that Nix would take
        return


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def _folder_digest(folder: Path) -> bytes:
    """Return a digest of the files in a folder, their first lines left out: those name the program that wrote them."""
    digest = blake2b(digest_size=16)
    for file in sorted(folder.glob("*.nix")) + sorted(folder.glob("*.sh")):
        _, _, text = file.read_bytes().partition(b"\n")
        digest.update(f"{file.name} {len(text)} ".encode("utf-8", "surrogateescape"))
        digest.update(text)
    return digest.digest()


def _digest(texts: Iterable[str]) -> bytes:
    digest = blake2b(digest_size=16)
    for text in texts:
        data = text.encode("utf-8", "surrogateescape")
        digest.update(f"{len(data)} ".encode())
        digest.update(data)
    return digest.digest()

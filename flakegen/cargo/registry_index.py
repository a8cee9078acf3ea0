"""Where a registry's archives are downloaded from: `config.json` of its index (Cargo book, "Registry Index").

The index is read where cargo keeps it, a file for a sparse index and a git repository for others; nothing is fetched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from flakegen.cargo.cargo_home import CargoHome, Crate
from flakegen.cargo.package import Source
from flakegen.cargo.source import registry_source, source_key

_MARKERS = ("{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}")
_DEFAULT_SUFFIX = "/{crate}/{version}/download"
_SHORT = 3  # names up to this length have folders of their own
_CACHE_HEADER = 5  # bytes before the first text of cargo's cached index entries


class RegistryFacts(Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """What is kept of a registry: the address of its archives, with markers, and whether it wants to know who asks."""

    download: str
    auth_required: bool = False


def index_path(name: str) -> str:
    """The folder of a crate's index entry, which is also the `{prefix}` of download addresses."""
    if len(name) < _SHORT:
        return str(len(name))
    return f"{_SHORT}/{name[0]}" if len(name) == _SHORT else f"{name[:2]}/{name[2:4]}"


def download_address(template: str, crate: Crate) -> str:
    """The address of a crate's archive."""
    if not any(marker in template for marker in _MARKERS):
        template += _DEFAULT_SUFFIX
    prefix = index_path(crate.name)
    values = (crate.name, crate.version, prefix, prefix.lower(), crate.checksum or "")
    for marker, value in zip(_MARKERS, values, strict=True):
        template = template.replace(marker, value)
    return template


def read_registry(home: CargoHome, source: Source, crates: Sequence[Crate]) -> RegistryFacts | None:
    """What the index of a registry says of it, if it is in cargo's home; ``crates`` are some that it has."""
    for folder in home.registries("index", source):
        text = _config_text(folder) if _is_index_of(folder, source, crates) else None
        if text is not None and (found := _parse(text)) is not None:
            return found
    return None


def _parse(text: bytes) -> RegistryFacts | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    download = found.get("dl") if isinstance(found, dict) else None
    if not isinstance(download, str) or not download:
        return None
    return RegistryFacts(download=download, auth_required=found.get("auth-required") is True)


def _is_index_of(folder: Path, source: Source, crates: Iterable[Crate]) -> bool:
    """Whether a folder is the index of this registry and not of another one of the same host."""
    if not source.url.startswith("sparse+"):
        for name in (".git/FETCH_HEAD", "FETCH_HEAD"):
            fetched = _read(folder / name)
            if fetched is not None:
                addresses = fetched.decode("utf-8", "replace").split()
                return any(source_key(registry_source(each)) == source_key(source) for each in addresses)
    return any(_knows(folder, crate) for crate in crates)


def _knows(folder: Path, crate: Crate) -> bool:
    checksum = index_entry(folder, crate.name, crate.version).get("cksum")
    return checksum is not None and checksum == crate.checksum


def index_entry(folder: Path, name: str, version: str) -> dict[str, object]:
    """What cargo has cached of a crate's entry in an index; empty if nothing, or in a form that is not known.

    Such a file is a few bytes of header, then texts that end in NUL: the index's version, and for each version of the crate
    its number and its entry (cargo's `sources/registry/index/cache.rs`).
    """
    lower = name.lower()
    cached = _read(folder / ".cache" / index_path(lower) / lower)
    if cached is None:
        return {}
    texts = cached[_CACHE_HEADER:].split(b"\0")[1:]
    for number, entry in zip(texts[::2], texts[1::2], strict=False):
        if number == version.encode():
            try:
                return msgspec.json.decode(entry, type=dict[str, object])
            except msgspec.DecodeError:
                return {}
    return {}


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _config_text(folder: Path) -> bytes | None:
    plain = _read(folder / "config.json")
    if plain is not None:
        return plain
    repository = folder / ".git" if (folder / ".git").is_dir() else folder
    return _git_text(repository) if (repository / "objects").is_dir() else None


def _git_text(repository: Path) -> bytes | None:
    import subprocess  # noqa: PLC0415 - only when a registry is met for the first time

    line = ["git", "cat-file", "blob", "refs/remotes/origin/HEAD:config.json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**kept, "GIT_DIR": str(repository), "LC_ALL": "C"}
    try:
        done = subprocess.run(line, env=environment, capture_output=True, check=False)  # noqa: S603 - a list
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None

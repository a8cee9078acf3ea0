"""Sources in lock files and manifests: parsing and equality (cargo's `SourceId`)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus

from flakegen.cargo.package import PackageId, Source, SourceKind

CRATES_IO_NAME = "crates.io"
CRATES_IO = f"https://github.com/rust-lang/{CRATES_IO_NAME}-index"
CRATES_IO_SPARSE = f"sparse+https://index.{CRATES_IO_NAME}/"

_URL_PATH_SAFE = "/!$&'()*+,;=:@~[]|^\\%"
_GIT_REFERENCES = ("branch", "tag", "rev")


def crates_io() -> Source:
    """The source of crates.io packages, which lock files always write the same way."""
    return _CRATES_IO


_CRATES_IO = Source(kind=SourceKind.REGISTRY, url=CRATES_IO)


@cache
def parse_source(text: str) -> Source | None:
    """A lock file's `source` text (`registry+URL`, `sparse+URL`, `git+URL?ref#sha`), or None if it is neither."""
    if text == f"registry+{CRATES_IO}":
        return _CRATES_IO
    kind, plus, url = text.partition("+")
    if not plus or not url:
        return None
    if kind == "registry":
        return Source(kind=SourceKind.REGISTRY, url=url)
    if kind == "sparse":
        return _CRATES_IO if text == CRATES_IO_SPARSE else Source(kind=SourceKind.REGISTRY, url=text)
    if kind == "git":
        address, _, rev = url.partition("#")
        return Source(kind=SourceKind.GIT, url=address, rev=rev or None)
    return None


def registry_source(index_url: str) -> Source:
    """The source of a registry given by its index address, `sparse+` belonging to the address."""
    if index_url in (CRATES_IO, CRATES_IO_SPARSE):
        return _CRATES_IO
    return Source(kind=SourceKind.REGISTRY, url=index_url)


def git_source(url: str, kind: str | None = None, value: str = "") -> Source:
    """A git source as a version 4 lock writes it: `?branch=|tag=|rev=` with a form-encoded value."""
    query = f"?{kind}={quote_plus(value, safe='*-._')}" if kind else ""
    return Source(kind=SourceKind.GIT, url=url + query)


def _canonical_address(url: str) -> str:
    """Cargo's `CanonicalUrl`: no query, no trailing slash or `.git`, github.com in lower case."""
    address = url.partition("?")[0].removesuffix("/")
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    if host.rpartition("@")[2].lower() == "github.com":
        scheme, host, path = "https", host.lower(), path.lower()
    return f"{scheme}{separator}{host}{slash}{path}".removesuffix(".git")


def git_reference(url: str, *, encoded: bool = True) -> tuple[str, str]:
    """The reference kind and value of a git source address; `("", "")` for the default branch.

    Lock files of version 3 and below wrote the value raw (``encoded=False``).
    """
    query = url.partition("?")[2]
    if not encoded:
        key, _, value = query.partition("=")
        return _reference(key, value)
    for key, value in parse_qsl(query, keep_blank_values=True):
        if reference := _reference(key, value):
            return reference
    return ("", "")


def _reference(key: str, value: str) -> tuple[str, str]:
    if key == "ref":  # very old locks
        return ("branch", value)
    return (key, value) if key in _GIT_REFERENCES else ("", "")


@cache
def source_key(source: Source) -> tuple[str, str, str, str]:
    """What two sources must share to be equal to cargo: kind, canonical address and git reference, not the commit."""
    if source.kind is SourceKind.GIT:
        return (source.kind.value, _canonical_address(source.url), *git_reference(source.url))
    if source.kind is SourceKind.REGISTRY:
        return (source.kind.value, _canonical_address(source.url), "", "")
    return (source.kind.value, source.url, "", "")


def patch_key(url: str) -> str:
    """How a `[patch.<key>]` address is compared with a dependency's source: the canonical address alone."""
    return _canonical_address(CRATES_IO if url == "crates-io" else url)


def encode_raw_reference(url: str) -> str:
    """Rewrite the raw `?branch=a/b` of an old lock as a version 4 lock would write it."""
    address, mark, query = url.partition("?")
    if not mark:
        return url
    key, value = git_reference(f"?{query}", encoded=False)
    return f"{address}?{key}={quote_plus(value, safe='*-._')}" if key else address


def source_address(package: PackageId, root: Path) -> str:
    """The address of a package's source without kind: `file:///…` for path packages, whose folders may be relative."""
    source = package.source
    if source.kind is not SourceKind.PATH:
        return source.url
    return "file://" + quote(os.path.normpath(root / source.url), safe=_URL_PATH_SAFE)

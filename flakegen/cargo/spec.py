"""Package id specifications: what `-p` and `[profile.<name>.package]` name packages with (Cargo book, "pkgid")."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from flakegen.cargo.package import PackageId, SourceKind
from flakegen.cargo.source import git_reference
from flakegen.cargo.version import parse_version

_NAME = re.compile(r"[^\s@:#/]+")
_VERSION = re.compile(r"(\d+)(?:\.(\d+)(?:\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?)?)?")
_KINDS = ("git", "registry", "path", "sparse")


class PackageSpec(Struct, frozen=True, kw_only=True):
    """`NAME[@VERSION]` or `[KIND+]URL[#[NAME@]VERSION|#NAME]`; the version may lack its last parts."""

    name: str
    version: str | None = None
    url: str | None = None
    kind: str | None = None

    def matches(self, package: PackageId, package_url: str) -> bool:
        """Whether it names this package; ``package_url`` is the address of the package's source without kind."""
        if self.name != package.name or (self.version and not _fits(self.version, package.version)):
            return False
        if self.url is not None and self.url.partition("?")[0] != package_url.partition("?")[0]:
            return False
        if self.url is not None and "?" in self.url and git_reference(self.url) != git_reference(package_url):
            return False
        return self.kind is None or self.kind == _kind_of(package)


def _kind_of(package: PackageId) -> str:
    if package.source.kind is SourceKind.REGISTRY and package.source.url.startswith("sparse+"):
        return "sparse"
    return package.source.kind.value


@cache
def _fits(partial: str, version: str) -> bool:
    """Whether a full version begins with a partial one; build metadata counts only where it is given."""
    match, found = _VERSION.fullmatch(partial), parse_version(version)
    if match is None or found is None:
        return False
    major, minor, patch, pre, build = match.groups()
    for given, number in ((major, found.major), (minor, found.minor), (patch, found.patch)):
        if given is not None and int(given) != number:
            return False
    if pre is not None or patch is not None:
        wanted = parse_version(f"{major}.{minor}.{patch}" + (f"-{pre}" if pre else ""))
        if wanted is None or wanted.pre != found.pre:
            return False
    elif found.is_prerelease:
        return False
    return build is None or version.endswith("+" + build)


def parse_spec(text: str) -> PackageSpec | None:
    """Parse a specification; None if it is none."""
    if "/" in text:
        return _parse_url(text)
    separator = "@" if "@" in text else ":"
    name, found, version = text.partition(separator)
    if not _NAME.fullmatch(name) or (found and not _VERSION.fullmatch(version)):
        return None
    return PackageSpec(name=name, version=version or None)


def _parse_url(text: str) -> PackageSpec | None:
    address, _, fragment = text.partition("#")
    kind, plus, rest = address.partition("+")
    kind_name = kind if plus and kind in _KINDS else None
    url = rest if kind_name else address
    if "://" not in url:
        url = "https://" + url
    last = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    name, at, version = fragment.partition("@") if "@" in fragment else fragment.partition(":")
    if not fragment:
        name = last
    elif not at and fragment[0].isdigit():
        name, version = last, fragment
    if version and not _VERSION.fullmatch(version):
        return None
    return PackageSpec(name=name, version=version or None, url=url, kind=kind_name) if name else None

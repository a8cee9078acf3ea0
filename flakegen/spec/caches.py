"""`[caches.<name>]`: binary caches, what their keys are, and who may write to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from flakegen.spec.schema import EMPTY, Table, key
from flakegen.spec.values import AttrName, CacheName, CacheUrl, JobName, Namespace, PublicKey, Ref

CACHIX_HOST = "cachix.org"


class CacheKind(Enum):
    """What serves a cache, and so what writes to it."""

    CACHIX = "cachix"
    S3 = "s3"
    HTTP = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache(Table):
    """A binary cache: one CI writes to it, any number read from it."""

    name: CacheName | None = key(
        "What the cache is called where it is.", default=None, shown_default="the entry's name"
    )
    url: CacheUrl | None = key(
        "Where the cache is: `https://…` or `s3://bucket?region=…`.",
        default=None,
        shown_default="the cache of that name at cachix.org",
        example='"s3://nix-cache?region=eu-central-1"',
    )
    public_key: PublicKey = key(
        "The key that what is in it is signed with.", example='"name-1:<44 characters of base64>"'
    )
    written_by: JobName = key(
        "The one CI that pushes what it builds: the name of a `[ci.<name>]`.", example='"nix-cache"'
    )
    read_by: tuple[JobName, ...] = key("The CIs that take from it, and never push.", default=())
    pins: Mapping[CacheName, Ref] = key(
        "Packages that the cache keeps for good once they are pushed, by the pin's name; for caches at cachix.org.",
        default=EMPTY,
        accepts=frozenset({Namespace.PACKAGES}),
        example='{ deps = "@{packages.lana-deps}" }',
    )

    def cache_name(self, entry: AttrName) -> str:
        """Return the name that the cache has where it is."""
        return entry if self.name is None else self.name

    def address(self, entry: AttrName) -> str:
        """Return where Nix finds it."""
        return address_of(self.cache_name(entry), self.url)

    @property
    def kind(self) -> CacheKind:
        """What serves it."""
        return kind_of(self.url)


def address_of(name: str, url: str | None) -> str:
    """Return where a cache is that is called ``name``, unless it is told to be at ``url``."""
    return f"https://{name}.{CACHIX_HOST}" if url is None else url


def kind_of(url: str | None) -> CacheKind:
    """Return what serves the cache at ``url``."""
    if url is None:
        return CacheKind.CACHIX
    scheme, _, rest = url.partition("://")
    if scheme == "s3":
        return CacheKind.S3
    host = rest.partition("/")[0]
    return CacheKind.CACHIX if host.endswith(f".{CACHIX_HOST}") else CacheKind.HTTP

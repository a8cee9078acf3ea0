"""What goes before the work itself, whatever the system: the caches that are used, and what stamped packages are told."""

from __future__ import annotations

from collections.abc import Iterator

from flakegen.plan.ci import CachePlan, CiPlan, StepPlan
from flakegen.plan.ci_shell import words
from flakegen.spec.caches import CacheKind

_DESCRIBE = "git describe --tags --always"


def cachix_caches(ci: CiPlan) -> tuple[CachePlan, ...]:
    """Return the caches that Cachix's own client looks after."""
    return tuple(cache for cache in (*ci.writes, *ci.reads) if cache.kind is CacheKind.CACHIX)


def other_caches(ci: CiPlan) -> tuple[CachePlan, ...]:
    """Return the caches that Nix is told of in its settings."""
    return tuple(cache for cache in (*ci.writes, *ci.reads) if cache.kind is not CacheKind.CACHIX)


def nix_settings(ci: CiPlan) -> tuple[str, ...]:
    """Return lines of nix.conf.

    They are not taken from the flake (`accept-flake-config`), where a pull request could set anything.
    """
    caches = other_caches(ci)
    if not caches:
        return ()
    return (
        f"extra-substituters = {' '.join(cache.address for cache in caches)}",
        f"extra-trusted-public-keys = {' '.join(cache.public_key for cache in caches)}",
    )


def start_lines(ci: CiPlan, step: StepPlan, version: str | None = None) -> Iterator[str]:
    """Yield shell that goes before a step's own; ``version`` is shell that tells the version, for jobs that are about one."""
    if any(cache.kind is not CacheKind.CACHIX for cache in ci.writes) and "NIX_SIGNING_KEY_FILE" in "".join(
        step.lines
    ):
        yield "NIX_SIGNING_KEY_FILE=$(mktemp)"
        yield 'printf %s "$NIX_SIGNING_KEY" > "$NIX_SIGNING_KEY_FILE"'
    if step.is_stamped or version is not None:
        yield f"VERSION=$({version or _DESCRIBE})"
        yield "COMMITHASH=$(git rev-parse --short HEAD)"
        yield "BUILDTIME=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
        yield "export VERSION COMMITHASH BUILDTIME"


def use_lines(ci: CiPlan) -> Iterator[str]:
    """Yield shell that has Nix use the caches of Cachix."""
    yield from (words(("cachix", "use", cache.name)) for cache in cachix_caches(ci))

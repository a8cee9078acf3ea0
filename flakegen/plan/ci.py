"""What CI systems do, lowered: jobs of blocks of steps, each with the shell that it runs. No YAML yet."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from flakegen.spec.caches import CacheKind
from flakegen.spec.ci import Bump, CiSystem, Trigger


class CachePlan(Struct, frozen=True, kw_only=True):
    """A binary cache; ``pins`` are names by the installable that is kept for good."""

    name: str
    kind: CacheKind
    address: str
    public_key: str
    writer: str
    readers: tuple[str, ...]
    pins: Mapping[str, str]


class StepPlan(Struct, frozen=True, kw_only=True):
    """One thing that is done.

    Attributes:
        name: unique in its job.
        lines: commands of a POSIX shell that stands in the repository, each complete and quoted.
        is_stamped: whether they read VERSION, COMMITHASH and BUILDTIME.
        secrets: names of those among the CI's secrets that they are told, no others: code of the project runs in them.
    """

    name: str
    lines: tuple[str, ...]
    is_stamped: bool = False
    secrets: tuple[str, ...] = ()


class BlockPlan(Struct, frozen=True, kw_only=True):
    """Steps and blocks that are done side by side, or one after the other."""

    items: tuple[StepPlan | BlockPlan, ...]
    is_parallel: bool


class JobPlan(Struct, frozen=True, kw_only=True):
    """A job; ``body`` is all that it does in order.

    ``layers`` are the shards of each layer, as installables, where machines of their own build them before the body is done.
    """

    name: str
    triggers: tuple[Trigger, ...]
    after: tuple[str, ...]
    body: BlockPlan
    layers: tuple[tuple[str, ...], ...]
    env: Mapping[str, str]
    status: str
    group: str
    max_in_flight: int | None
    timeout_minutes: int | None
    version: Bump | None
    is_tagged: bool
    release: StepPlan | None  # puts programs into the folder $RELEASE
    needs_history: bool


class CiPlan(Struct, frozen=True, kw_only=True):
    """All jobs of one system, which become one file."""

    name: str
    path: str | None  # where it is written, relative to the project root; None: in the output folder
    system: CiSystem
    jobs: tuple[JobPlan, ...]
    branch: str
    repository: str | None
    secrets: Mapping[str, str]
    cache_secrets: tuple[str, ...]  # names of those with which caches are read and written
    writes: tuple[CachePlan, ...]
    reads: tuple[CachePlan, ...]
    image: str
    private_key: str | None
    access_token: str | None
    webhook_token: str | None
    next_version: str | None  # the installable that prints it
    version_branch: str
    tag_prefix: str
    runs_on: str


class CiPlans(Struct, frozen=True, kw_only=True):
    """All caches and CIs of a project; ``programs`` are apps whose needs the flake offers as one derivation each."""

    caches: tuple[CachePlan, ...] = ()
    files: tuple[CiPlan, ...] = ()
    programs: tuple[str, ...] = ()

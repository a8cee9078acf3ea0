"""`[ci.<name>]`: jobs of stages, whichever system runs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from flakegen.spec.schema import EMPTY, Table, key
from flakegen.spec.values import (
    Amount,
    Branch,
    EnvName,
    ImagePlace,
    JobName,
    Namespace,
    Ref,
    Repository,
    RunnerName,
    SecretName,
    Suffix,
    System,
    Text,
)

BUILT = frozenset(
    {Namespace.PACKAGES, Namespace.IMAGES, Namespace.CHECKS, Namespace.APPS, Namespace.DEV_SHELLS}
)
RUN = frozenset({Namespace.PACKAGES, Namespace.APPS})
PACKAGE = frozenset({Namespace.PACKAGES})
IMAGE = frozenset({Namespace.PACKAGES, Namespace.IMAGES})


class CiSystem(Enum):
    """What runs the jobs."""

    CONCOURSE = "concourse"
    GITHUB = "github"


class Trigger(Enum):
    """What starts a job."""

    PULL_REQUEST = "pull-request"
    PUSH = "push"
    MANUAL = "manual"


class Bump(Enum):
    """Which version a job is about: the next release candidate, the next release, or that of the jobs before."""

    RC = "rc"
    FINAL = "final"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Table):
    """What is done together; what is pushed is pushed as soon as it is built."""

    after: tuple[JobName, ...] | None = key(
        "The stages of this job that come before it.", default=None, shown_default="the one written before it"
    )
    run: tuple[Ref, ...] = key(
        "Apps, and packages' main programs, that are run.",
        default=(),
        accepts=RUN,
        example='["@{apps.nextest}"]',
    )
    args: tuple[Text, ...] = key("What those of `run` are told.", default=())
    layers: bool = key(
        "Whether the layers of the Cargo workspace are built, one after the other, their shards side by side.",
        default=False,
    )
    build: tuple[Ref, ...] = key(
        "Packages, checks, dev shells, and what apps need: all that is built.",
        default=(),
        accepts=BUILT,
        example='["@{packages.lana-deps}", "@{apps.nextest}"]',
    )
    flake_check: bool = key("Whether `nix flake check` is run.", default=False)
    drift: Ref | None = key(
        "The package that provides flakegen: it checks that what is committed is what the spec compiles to.",
        default=None,
        accepts=PACKAGE,
    )
    wait_for: tuple[Ref, ...] = key(
        "What must be in the caches that are read before the job goes on (see `wait-with`).",
        default=(),
        accepts=BUILT,
    )
    push_images: Mapping[ImagePlace, Ref] = key(
        "Images, and packages that `docker load` takes, by where they are pushed to; the version is the tag.",
        default=EMPTY,
        accepts=IMAGE,
        example='{ "gcr.io/galoyorg/lana-bank" = "@{images.docker-image}" }',
    )
    in_parallel: bool = key("Whether it is all done at the same time, where the CI can.", default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Table):
    """What is done after one event, on one machine unless the CI spreads a stage."""

    on: Trigger | tuple[Trigger, ...] = key(
        "What starts it: several for GitHub, one for Concourse.", may_be_empty=False, example='"pull-request"'
    )
    after: tuple[JobName, ...] = key("Jobs of this CI that must have passed for the same commit.", default=())
    stages: Mapping[JobName, Stage] = key(
        "What it does, in this order unless stages say otherwise.", may_be_empty=False
    )
    env: Mapping[EnvName, Text] = key("Environment of all that it runs.", default=EMPTY)
    push: bool | None = key(
        "Whether what it builds goes to the caches that its CI writes.",
        default=None,
        shown_default="`true` where the CI writes one",
    )
    status: str | None = key(
        "What a pull request shows its result as (Concourse).", default=None, shown_default="the job's name"
    )
    group: JobName | None = key(
        "The group that it is shown in (Concourse).", default=None, shown_default="that of its trigger"
    )
    max_in_flight: Amount | None = key("How many of it may run at the same time (Concourse).", default=None)
    version: Bump | None = key(
        "Which version it is about, which all stages are told as `VERSION`: the next release candidate or release (see "
        "`version-with`), or the same one as in the jobs that it comes after (Concourse).",
        default=None,
    )
    tag: bool = key(
        "Whether the commit is tagged with the version once all has passed (Concourse).", default=False
    )
    publish: tuple[Ref, ...] | None = key(
        "Makes a release of the version on GitHub with what changed since the last one, and with the programs of these "
        "packages (Concourse).",
        default=None,
        accepts=PACKAGE,
    )
    timeout_minutes: Amount | None = key("When it is given up (GitHub).", default=None)

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """All that starts it."""
        return self.on if isinstance(self.on, tuple) else (self.on,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ci(Table):
    """Jobs for one CI system, in a file of their own."""

    system: CiSystem = key("What runs the jobs.", example='"concourse"')
    jobs: Mapping[JobName, Job] = key("The jobs, by name.", may_be_empty=False)
    path: str | None = key(
        "The file to write, relative to the spec's folder, for systems that look in one place only.",
        default=None,
        shown_default="`ci/<name>.yml` in the output folder",
        example='"../.github/workflows/checks.yml"',
    )
    platform: System = key("The system that they build for.", default=System.X86_64_LINUX)
    branch: Branch = key("The branch that is looked after.", default="main")
    repository: Repository | None = key(
        "Owner and name on GitHub (Concourse needs it).", default=None, example='"GaloyMoney/lana-bank"'
    )
    secrets: Mapping[EnvName, SecretName] = key(
        "Environment variables that the CI's own store of secrets has, by what they are called there. Programs that are run "
        "are told all of them, pushed images only `REGISTRY_…`, and what only builds those of the caches.",
        default=EMPTY,
        example='{ CACHIX_AUTH_TOKEN = "cachix.token" }',
    )
    wait_with: Ref | None = key(
        "The package that waits for what `wait-for` names.",
        default=None,
        accepts=PACKAGE,
        example='"@{packages.wait-cachix-paths}"',
    )
    image: ImagePlace = key(
        "The image that tasks run in (Concourse): with Nix, its flakes enabled, and cachix.",
        default="ghcr.io/nix-community/docker-nixpkgs/cachix-flakes:latest-x86_64-linux",
    )
    private_key: SecretName | None = key(
        "The secret that the repository is read and tagged with (Concourse).", default=None
    )
    access_token: SecretName | None = key(
        "The secret that pull requests are read, and told their status, with (Concourse).", default=None
    )
    webhook_token: SecretName | None = key(
        "The secret with which GitHub tells of changes at once (Concourse).", default=None
    )
    version_with: Ref | None = key(
        "The package that prints the next version, and with `--rc` the next release candidate's (Concourse).",
        default=None,
        accepts=PACKAGE,
        example='"@{packages.next-version}"',
    )
    version_branch: Branch = key(
        "The branch that the last version is kept in (Concourse).", default="version"
    )
    tag_prefix: Suffix | None = key(
        "What tags have before the version (Concourse).", default=None, example='"v"'
    )
    runs_on: RunnerName = key("The machine that jobs run on (GitHub).", default="ubuntu-latest")


ONLY: Mapping[CiSystem, tuple[frozenset[str], frozenset[str]]] = {
    CiSystem.CONCOURSE: (
        frozenset(
            {
                "image",
                "private-key",
                "access-token",
                "webhook-token",
                "version-with",
                "version-branch",
                "tag-prefix",
            }
        ),
        frozenset({"status", "group", "max-in-flight", "version", "tag", "publish"}),
    ),
    CiSystem.GITHUB: (frozenset({"runs-on"}), frozenset({"timeout-minutes"})),
}
"""The keys of a CI and of its jobs that only one system can do something with."""

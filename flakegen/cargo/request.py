"""What is asked of cargo: packages, targets, features, profile and platforms, as its command line takes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flakegen.cargo.platforms import CfgSetKind


class Intent(Enum):
    """The subcommand."""

    BUILD = "build"
    TEST = "test"
    BENCH = "bench"
    CHECK = "check"
    DOC = "doc"
    DOCTEST = "doctest"  # `cargo test --doc`


class Every(Enum):
    """`--bins`, `--examples`, `--tests`, `--benches`: all targets of that kind."""

    EVERY = "every"


TargetRule = tuple[str, ...] | Every
"""Names given on the command line (none: the kind is not asked for), or all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSelection:
    """Cargo's target flags; without any of them a subcommand has its own default set."""

    lib: bool = False
    bins: TargetRule = ()
    examples: TargetRule = ()
    tests: TargetRule = ()
    benches: TargetRule = ()
    all_targets: bool = False

    @property
    def is_default(self) -> bool:
        """Whether no target flag was given."""
        return not (self.lib or self.all_targets or self.bins or self.wants_dev_targets)

    @property
    def wants_dev_targets(self) -> bool:
        """Whether tests, examples or benches are asked for, which brings dev-dependencies in."""
        return bool(self.all_targets or self.examples or self.tests or self.benches)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """One invocation.

    ``packages`` are package id specifications (globs match members only); with none of ``packages`` and ``workspace``
    the default members are meant. ``profile`` None means the subcommand's own. ``targets`` are triples, empty without
    `--target`.
    """

    host: str
    packages: tuple[str, ...] = ()
    workspace: bool = False
    exclude: tuple[str, ...] = ()
    selection: TargetSelection = TargetSelection()
    features: tuple[str, ...] = ()
    all_features: bool = False
    no_default_features: bool = False
    profile: str | None = None
    release: bool = False
    targets: tuple[str, ...] = ()
    intent: Intent = Intent.BUILD
    no_deps: bool = False  # of `cargo doc`: dependencies are not documented
    cfg_set: CfgSetKind = CfgSetKind.STABLE

    @property
    def profile_name(self) -> str:
        """The requested profile, by the subcommand's default where none is given."""
        if self.profile is not None:
            return self.profile
        match self.intent:
            case Intent.BENCH:
                return "bench"
            case Intent.TEST | Intent.DOCTEST:
                return "release" if self.release else "test"
            case Intent.BUILD | Intent.CHECK | Intent.DOC:
                return "release" if self.release else "dev"

    @property
    def has_dev_units(self) -> bool:
        """Cargo's `HasDevUnits`: global for the invocation."""
        if self.intent in (Intent.TEST, Intent.BENCH, Intent.DOCTEST):
            return True
        return self.selection.wants_dev_targets

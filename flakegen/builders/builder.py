"""What each kind offers beyond its table: how it is lowered, and what it asks of cargo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flakegen.nix.ast import Expr
from flakegen.plan.requests import CargoRequest
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind
from flakegen.spec.model import Spec
from flakegen.spec.values import Reference


class Programs(Protocol):
    """What is known of packages while images are looked at."""

    @property
    def of_members(self) -> Mapping[str, tuple[str, ...]]:
        """The programs of each member of the Cargo workspace."""

    def of(self, reference: Reference) -> frozenset[str] | None:
        """Return the programs of a package, None where only building it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """One kind of package, check, app or dev shell.

    ``lower`` turns an entry (its name in the spec, its table) into the flake output's value; see `plan.scope` for the
    names that the value may use. ``lower_each`` is for entries that may become several outputs (their tables say so with
    `has_one_output`): their values by name. ``request`` is for kinds made of cargo units; ``helpers`` names the fixed
    files of outputs/flake/runtime that the values of all entries use, ``files`` those of one entry.
    files of outputs/flake/runtime that the value uses. ``checks`` gives the values of the checks that an entry brings along
    (its table names them), and ``programs`` what a package has in its `bin`, where that can be told without building it.
    """

    kind: Kind
    lower: Callable[[str, Any, Scope], Expr]
    lower_each: Callable[[str, Any, Scope], Mapping[str, Expr]] | None = None
    request: Callable[[str, Any, Spec], CargoRequest | None] | None = None
    helpers: tuple[str, ...] = ()
    files: Callable[[Any], tuple[str, ...]] | None = None
    checks: Callable[[str, Any, Scope], Mapping[str, Expr]] | None = None
    programs: Callable[[Any, Programs], frozenset[str] | None] | None = None

"""What rules of feature resolution speak of."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from flakegen.cargo.feature_map import DependencyFeature

_NO_VALUE = DependencyFeature("", "", weak=False)


class Fact(Enum):
    """Kinds of facts about a package in a role."""

    BUILT = 0
    FEATURE = 1  # a feature is on
    ASKED = 2  # an optional dependency is asked for
    ACTIVE = 3  # and exists
    VALUE = 4  # `dependency/feature` is asked for
    # The first resolver's; the role is whether the package is meant as selected.
    RESOLVED = 5
    RESOLVED_FEATURE = 6
    NAMED = 7
    RESOLVED_VALUE = 8
    EXISTS = 9

    __hash__ = object.__hash__


class Key(NamedTuple):
    """A fact; ``flag`` is whether a host dependency is meant, for the first resolver whether the package is selected."""

    fact: Fact
    package: int
    flag: bool
    name: str = ""  # the feature or dependency
    value: DependencyFeature = _NO_VALUE  # of those that are about one

"""Versions and requirements by the rules of the `semver` crate, which differ from every Python library's.

Caret is the default, comparators may be partial, and a pre-release only matches where a comparator names a pre-release
of the same major.minor.patch (Cargo book, "Specifying Dependencies").
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import NamedTuple

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENT = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_IDENT}))?(?:\+({_IDENT}))?")
_COMPARATOR = re.compile(
    rf"\s*(\^|~|=|>=|<=|>|<)?\s*({_NUMBER}|[*xX])(?:\.({_NUMBER}|[*xX])(?:\.({_NUMBER}|[*xX])(?:-({_IDENT}))?(?:\+{_IDENT})?)?)?\s*"
)
_WILDCARDS = ("*", "x", "X")

PreKey = tuple[tuple[int, int, str], ...]


class Version(NamedTuple):
    """A version that sorts as semver says; ``pre`` sorts a release after all of its pre-releases."""

    major: int
    minor: int
    patch: int
    pre: PreKey  # ((2, 0, ""),) for a release
    build: PreKey

    @property
    def is_prerelease(self) -> bool:
        """Whether a `-suffix` was given."""
        return self.pre != _RELEASE


_RELEASE: PreKey = ((2, 0, ""),)


def _identifiers(text: str) -> PreKey:
    """Sort keys of dot-separated identifiers: numbers before words, fewer before more."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in text.split("."))


@cache
def parse_version(text: str) -> Version | None:
    """`MAJOR.MINOR.PATCH[-PRE][+BUILD]`, or None if it is anything else."""
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    major, minor, patch, pre, build = match.groups()
    return Version(
        int(major),
        int(minor),
        int(patch),
        _identifiers(pre) if pre else _RELEASE,
        _identifiers(build) if build else (),
    )


class Op(Enum):
    """The operators of one comparator."""

    CARET = "^"
    TILDE = "~"
    EXACT = "="
    GREATER = ">"
    GREATER_EQ = ">="
    LESS = "<"
    LESS_EQ = "<="
    WILDCARD = "*"


class Comparator(NamedTuple):
    """One `OP VERSION` with a version that may lack its last parts."""

    op: Op
    major: int
    minor: int | None
    patch: int | None
    pre: PreKey


Requirement = tuple[Comparator, ...]


def _comparator(match: re.Match[str]) -> Comparator | None:
    """A comparator from its match; None for a lone `*`, which restricts nothing."""
    op, major, minor, patch, pre = match.groups()
    if major in _WILDCARDS:
        return None
    wildcard = minor in _WILDCARDS or patch in _WILDCARDS
    kind = Op.WILDCARD if wildcard and op is None else Op(op or "^")
    low_minor = None if minor is None or minor in _WILDCARDS else int(minor)
    low_patch = None if patch is None or patch in _WILDCARDS or low_minor is None else int(patch)
    return Comparator(kind, int(major), low_minor, low_patch, _identifiers(pre) if pre else _RELEASE)


@cache
def parse_requirement(text: str) -> Requirement | None:
    """`COMPARATOR (',' COMPARATOR)*`, or None if it is anything else."""
    comparators: list[Comparator] = []
    for part in text.split(","):
        match = _COMPARATOR.fullmatch(part)
        if match is None:
            return None
        comparator = _comparator(match)
        if comparator is not None:
            comparators.append(comparator)
        elif match[1] is not None or match[3] is not None or "," in text:
            return None
        if match[3] in _WILDCARDS and match[4] not in (None, *_WILDCARDS):
            return None
    return tuple(comparators)


def _is_exact(c: Comparator, v: Version) -> bool:
    if v.major != c.major or (c.minor is not None and v.minor != c.minor):
        return False
    return (c.patch is None or v.patch == c.patch) and (c.patch is None or v.pre == c.pre)


def _is_greater(c: Comparator, v: Version) -> bool:
    if v.major != c.major:
        return v.major > c.major
    if c.minor is None or v.minor != c.minor:
        return c.minor is not None and v.minor > c.minor
    if c.patch is None or v.patch != c.patch:
        return c.patch is not None and v.patch > c.patch
    return v.pre > c.pre


def _is_less(c: Comparator, v: Version) -> bool:
    if v.major != c.major:
        return v.major < c.major
    if c.minor is None or v.minor != c.minor:
        return c.minor is not None and v.minor < c.minor
    if c.patch is None or v.patch != c.patch:
        return c.patch is not None and v.patch < c.patch
    return v.pre < c.pre


def _is_tilde(c: Comparator, v: Version) -> bool:
    if v.major != c.major or (c.minor is not None and v.minor != c.minor):
        return False
    if c.patch is not None and v.patch != c.patch:
        return v.patch > c.patch
    return c.patch is None or v.pre >= c.pre


def _is_caret(c: Comparator, v: Version) -> bool:
    if v.major != c.major:
        return False
    if c.minor is None:
        return True
    if c.patch is None:
        return v.minor >= c.minor if c.major > 0 else v.minor == c.minor
    if c.major > 0 and v.minor != c.minor:
        return v.minor > c.minor
    if c.major == 0 and v.minor != c.minor:
        return False
    if v.patch != c.patch:
        return v.patch > c.patch and (c.major > 0 or c.minor > 0)
    return v.pre >= c.pre


def _matches_comparator(c: Comparator, v: Version) -> bool:
    match c.op:
        case Op.EXACT | Op.WILDCARD:
            return _is_exact(c, v)
        case Op.GREATER:
            return _is_greater(c, v)
        case Op.GREATER_EQ:
            return _is_exact(c, v) or _is_greater(c, v)
        case Op.LESS:
            return _is_less(c, v)
        case Op.LESS_EQ:
            return _is_exact(c, v) or _is_less(c, v)
        case Op.TILDE:
            return _is_tilde(c, v)
        case Op.CARET:
            return _is_caret(c, v)


def _names_prerelease(c: Comparator, v: Version) -> bool:
    return c.pre != _RELEASE and (c.major, c.minor, c.patch) == v[:3]


@cache
def requirement_matches(requirement: str, version: str) -> bool:
    """Whether a version text fits a requirement text; the empty requirement (git, path) fits everything.

    Malformed texts never match: manifests are checked when they are read.
    """
    if not requirement:
        return True
    parsed, found = parse_requirement(requirement), parse_version(version)
    if parsed is None or found is None or not all(_matches_comparator(c, found) for c in parsed):
        return False
    return not found.is_prerelease or any(_names_prerelease(c, found) for c in parsed)

"""Version requirements, against the table in the semver crate's documentation and cargo's book."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakegen.cargo.version import parse_requirement, parse_version, requirement_matches

FITS = {
    "1.2.3": ["1.2.3", "1.2.4", "1.9.0"],
    "^1.2": ["1.2.0", "1.3.0"],
    "1": ["1.0.0", "1.99.0"],
    "0.2.3": ["0.2.3", "0.2.9"],
    "0.0.3": ["0.0.3"],
    "0.0": ["0.0.0", "0.0.9"],
    "0": ["0.0.1", "0.9.0"],
    "~1.2.3": ["1.2.3", "1.2.9"],
    "~1.2": ["1.2.0", "1.2.9"],
    "~1": ["1.0.0", "1.9.9"],
    "=1.2.3": ["1.2.3", "1.2.3+build"],
    "=1.2": ["1.2.0", "1.2.9"],
    "1.*": ["1.0.0", "1.9.0"],
    "1.2.*": ["1.2.0"],
    "*": ["0.0.1", "9.9.9"],
    ">=1.2, <1.5": ["1.2.0", "1.4.9"],
    ">1": ["2.0.0"],
    ">1.2": ["1.3.0", "2.0.0"],
    "<=1.2": ["1.2.9", "0.1.0"],
    "<2": ["1.9.9"],
    "1.0.0-alpha.2": ["1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-beta", "1.0.0", "1.5.0"],
    "": ["1.0.0", "1.0.0-alpha"],
}
MISSES = {
    "1.2.3": ["1.2.2", "2.0.0", "1.3.0-alpha", "1.2.3-alpha"],
    "0.2.3": ["0.2.2", "0.3.0", "1.2.3"],
    "0.0.3": ["0.0.2", "0.0.4"],
    "0.0": ["0.1.0"],
    "0": ["1.0.0"],
    "~1.2.3": ["1.3.0", "1.2.2"],
    "~1": ["2.0.0"],
    "=1.2.3": ["1.2.4", "1.2.3-a"],
    "=1.2": ["1.3.0"],
    "1.2.*": ["1.3.0"],
    "*": ["1.0.0-alpha"],
    ">=1.2, <1.5": ["1.5.0", "1.5.0-alpha"],
    ">1": ["1.9.9", "1.0.0"],
    ">1.2": ["1.2.9"],
    "<=1.2": ["1.3.0"],
    "1.0.0-alpha.2": ["1.0.0-alpha.1", "1.0.1-alpha.3", "2.0.0"],
    ">=1.0.0-a": ["1.1.0-b"],
}


@pytest.mark.parametrize(
    ("requirement", "version"), [(r, v) for r, versions in FITS.items() for v in versions]
)
def test_fits(requirement, version):
    assert requirement_matches(requirement, version)


@pytest.mark.parametrize(
    ("requirement", "version"), [(r, v) for r, versions in MISSES.items() for v in versions]
)
def test_does_not_fit(requirement, version):
    assert not requirement_matches(requirement, version)


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "x.1", "*.*", "1.*.2", ">", "1..2", "^^1", "1,", "a", "1.2.3 2", ">*", "01", "1, *"]
)
def test_malformed_requirements(text):
    assert parse_requirement(text) is None


@pytest.mark.parametrize("text", ["1", "1.2", "1.2.x", "01.2.3", "1.2.3-", "v1.2.3", "1.2.3+", "\u0661.2.3"])
def test_malformed_versions(text):
    assert parse_version(text) is None


def test_the_order_of_the_semver_specification():
    texts = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    ]
    versions = [parse_version(text) for text in texts]
    assert versions == sorted(versions)
    assert len(set(versions)) == len(versions)


_numbers = st.integers(min_value=0, max_value=3)
_versions = st.builds("{}.{}.{}".format, _numbers, _numbers, _numbers)


@given(_versions, _versions)
def test_caret_is_a_half_open_interval(low, version):
    major, minor, patch = (int(part) for part in low.split("."))
    high = (major + 1, 0, 0) if major else (0, minor + 1, 0) if minor else (0, 0, patch + 1)
    inside = (major, minor, patch) <= tuple(int(part) for part in version.split(".")) < high
    assert requirement_matches(f"^{low}", version) is inside


@given(_versions, _versions)
def test_exactly_one_of_less_equal_greater(left, right):
    assert [requirement_matches(f"{op}{left}", right) for op in ("<", "=", ">")].count(True) == 1

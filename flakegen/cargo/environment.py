"""The variables cargo tells a package about itself (Cargo book, "Environment Variables")."""

from __future__ import annotations

from flakegen.cargo.package import Package
from flakegen.cargo.profile import Profile

_TEXTS = (
    "authors",
    "description",
    "homepage",
    "repository",
    "license",
    "license_file",
    "rust_version",
    "readme",
)


def package_texts(package: Package) -> dict[str, str]:
    """Return the `CARGO_PKG_*` texts that are not empty; name and version stand in the package's id."""
    metadata = package.metadata
    return {f"CARGO_PKG_{text.upper()}": metadata[text] for text in _TEXTS if metadata.get(text)}


def script_environment(profile: Profile) -> dict[str, str]:
    """Return what a build script is told of the profile of the unit it runs for."""
    environment = {
        "DEBUG": "false" if profile.debuginfo == 0 else "true",
        "OPT_LEVEL": profile.opt_level,
        "PROFILE": "release" if profile.is_release else "debug",
    }
    if profile.debug_assertions:
        environment["CARGO_CFG_DEBUG_ASSERTIONS"] = ""
    return environment

"""Variables that macros may find a path with: cargo's own for a package, `[env]` of its configuration, the spec's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flakegen.cargo.environment import package_texts
from flakegen.cargo.package import Package
from flakegen.cargo.workspace import Workspace
from flakegen.embed.paths import MANIFEST_MARK
from flakegen.plan.configuration import configured_values


def given_variables(workspace: Workspace, project_root: Path, spec: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of every unit; a path in the project starts with the mark that the scanner knows it by.

    The spec's count more than the configuration's, unless those are forced.
    """
    configured = {
        name: f"{MANIFEST_MARK}{value.removeprefix('@source@')}" if value.startswith("@source@/") else value
        for name, value in configured_values(workspace, project_root).items()
    }
    forced = {entry.name for entry in workspace.config.env if entry.force}
    return configured | {name: value for name, value in spec.items() if name not in forced}


def package_variables(package: Package, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of one package's units, of which cargo's own count most."""
    version, _, prerelease = package.id.version.partition("+")[0].partition("-")
    parts = (*version.split("."), "", "", "")
    return {
        **given,
        **package_texts(package),
        "CARGO_PKG_NAME": package.id.name,
        "CARGO_PKG_VERSION": package.id.version,
        "CARGO_PKG_VERSION_MAJOR": parts[0],
        "CARGO_PKG_VERSION_MINOR": parts[1],
        "CARGO_PKG_VERSION_PATCH": parts[2],
        "CARGO_PKG_VERSION_PRE": prerelease,
    }

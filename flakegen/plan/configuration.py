"""What tools find by looking around: variables of cargo's configuration, and the settings of clippy and rustfmt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import dirname, normpath

from flakegen.cargo.config import EnvEntry
from flakegen.cargo.workspace import Workspace
from flakegen.embed.disk import Disk
from flakegen.plan.cargo_plan import EnvironmentPlan, EnvironmentsPlan

_CLIPPY = (".clippy.toml", "clippy.toml")
_RUSTFMT = ("rustfmt.toml", ".rustfmt.toml")


def environments(workspace: Workspace, project_root: Path) -> EnvironmentsPlan:
    """Return `[env]` for units. What is a path in the workspace means nothing to crates from elsewhere."""
    entries = workspace.config.env
    return EnvironmentsPlan(
        own=_environment(entries, project_root),
        fetched=_environment([entry for entry in entries if entry.relative_to is None], project_root),
    )


def files_of_environment(disk: Disk, workspace: Workspace, project_root: Path) -> tuple[str, ...]:
    """Return the files that `[env]` names."""
    values = (_value(entry, project_root) for entry in workspace.config.env if entry.relative_to is not None)
    paths = (normpath(value.removeprefix("@source@/")) for value in values)
    return tuple(path for path in paths if disk.is_file(path))


def configured_values(workspace: Workspace, project_root: Path) -> dict[str, str]:
    """Return `[env]` for crates of the workspace; `@source@` stands for the project's root."""
    return {entry.name: _value(entry, project_root) for entry in workspace.config.env}


def _environment(entries: tuple[EnvEntry, ...] | list[EnvEntry], project_root: Path) -> EnvironmentPlan:
    values = {entry.name: _value(entry, project_root) for entry in entries}
    forced = {entry.name for entry in entries if entry.force}
    return EnvironmentPlan(
        plain={name: value for name, value in values.items() if name not in forced},
        forced={name: value for name, value in values.items() if name in forced},
    )


def _value(entry: EnvEntry, project_root: Path) -> str:
    """Return a variable's value; what counts from a folder counts from that folder in the unit's source."""
    if entry.relative_to is None:
        return entry.value
    folder = Path(entry.relative_to)
    if entry.value.startswith("/") or not folder.is_relative_to(project_root):
        return entry.value
    parts = folder.relative_to(project_root).parts
    return "/".join(("@source@", *parts, entry.value))


def clippy_settings(disk: Disk, directory: str) -> tuple[str, ...]:
    """Return the clippy.toml that counts for a package: the nearest, looking upwards."""
    for folder in _upwards(directory):
        found = tuple(path for name in _CLIPPY if disk.is_file(path := f"{folder}{name}"))
        if found:
            return found
    return ()


def rustfmt_settings(disk: Disk, paths: Iterable[str]) -> tuple[str, ...]:
    """Return every rustfmt.toml that may count for files: those beside and above them."""
    folders = {folder for path in paths for folder in _upwards(dirname(normpath(path)))}
    found = (path for folder in folders for name in _RUSTFMT if disk.is_file(path := f"{folder}{name}"))
    return tuple(sorted(found))


def _upwards(directory: str) -> Iterator[str]:
    """Yield a folder and those above it, each with a slash behind it, down to the project's root, which is empty."""
    while directory not in {"", "."}:
        yield f"{directory}/"
        directory = dirname(directory)
    yield ""

"""The spec that a Cargo workspace has when nobody wrote one: its binaries, the checks of its members, a shell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flakegen.cargo.known_features import feature_closure
from flakegen.cargo.package import Package, TargetKind
from flakegen.cargo.workspace import Workspace
from flakegen.plan.project import TOOLCHAIN_FILES

_CHECKS = ("test", "clippy", "doc")
_DEFAULT = "default"


def spec_of_workspace(workspace: Workspace, *, root: str, output: str | None) -> dict[str, Any]:
    """Return the document of a spec beside the workspace's Cargo.toml.

    Args:
        workspace: loaded by its root manifest.
        root: the project's root, relative to the workspace.
        output: the folder to write, relative to the workspace; None for the default.
    """
    project = {"name": _name(workspace), "description": _description(workspace), "root": root}
    document: dict[str, Any] = {"project": project}
    if output is not None:
        project["output"] = output
    if any((workspace.root / name).is_file() for name in TOOLCHAIN_FILES):
        document["toolchain"] = {"source": "rust-overlay"}
    document["cargo"] = {"workspace": "."}
    packages = _packages(workspace)
    if packages:
        document["packages"] = packages
    document["checks"] = {
        **{name: {"cargo": name, "per-member": True} for name in _CHECKS},
        "fmt": {"cargo": "fmt"},
    }
    document["devShells"] = {"default": {}}
    return document


def _packages(workspace: Workspace) -> dict[str, Any]:
    """Return a package for every member with binaries, and what is meant when none is named."""
    names = [
        workspace.packages[index].id.name for index in workspace.members if _has_binaries(workspace, index)
    ]
    packages: dict[str, Any] = {name: {"crate": name} for name in sorted(names)}
    if _DEFAULT in packages or not packages:
        return packages
    default = _default(workspace, packages)
    if default is not None:
        return {_DEFAULT: _reference(default), **packages}
    return {_DEFAULT: {"join": [_reference(name) for name in packages]}, **packages}


def _reference(name: str) -> str:
    return f"@{{packages.{name}}}"


def _default(workspace: Workspace, names: Iterable[str]) -> str | None:
    """Return the root package, or the only one that there is, among the workspace's default members if need be."""
    found = set(names)
    if workspace.current is not None and (root := workspace.packages[workspace.current].id.name) in found:
        return root
    chosen = found & {workspace.packages[index].id.name for index in workspace.default_members}
    for candidates in (found, chosen):
        if len(candidates) == 1:
            return candidates.pop()
    return None


def _has_binaries(workspace: Workspace, index: int) -> bool:
    """Whether `cargo build -p` makes a program: all may need features that are off (Cargo book, `required-features`)."""
    on = feature_closure(workspace, index, "default").features
    return any(
        target.kind is TargetKind.BIN and on.issuperset(target.required_features)
        for target in workspace.packages[index].targets
    )


def _root_package(workspace: Workspace) -> Package | None:
    return None if workspace.current is None else workspace.packages[workspace.current]


def _name(workspace: Workspace) -> str:
    """Return a name that does not hang on where the workspace lies."""
    root = _root_package(workspace)
    if root is not None:
        return root.id.name
    return workspace.packages[workspace.members[0]].id.name if len(workspace.members) == 1 else "workspace"


def _description(workspace: Workspace) -> str:
    root = _root_package(workspace)
    metadata: Mapping[str, str] = {} if root is None else root.metadata
    text = metadata.get("description", "")
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split()) or f"{_name(workspace)}, built one cargo unit at a time"

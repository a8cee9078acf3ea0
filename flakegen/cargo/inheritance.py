"""Workspace inheritance: `key.workspace = true` in packages, dependencies and lints (Cargo book, "Workspaces")."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from flakegen.cargo.errors import Problem
from flakegen.cargo.toml_file import Table, problem_at

INHERITABLE = frozenset(
    {
        "authors",
        "categories",
        "description",
        "documentation",
        "edition",
        "exclude",
        "homepage",
        "include",
        "keywords",
        "license",
        "license-file",
        "publish",
        "readme",
        "repository",
        "rust-version",
        "version",
    }
)
_REBASED = frozenset({"license-file", "readme"})


class WorkspaceDefaults(Struct, frozen=True, kw_only=True):
    """What a workspace root offers to its members; ``directory`` is the root folder (absolute)."""

    directory: str
    package: Table
    dependencies: Table
    lints: Table


def defaults_of(workspace: Table, directory: str) -> WorkspaceDefaults:
    """The inheritable tables of a `[workspace]`."""
    return WorkspaceDefaults(
        directory=directory,
        package=table_of(workspace, "package"),
        dependencies=table_of(workspace, "dependencies"),
        lints=table_of(workspace, "lints"),
    )


def table_of(table: Table, key: str) -> Table:
    """A subtable; empty if it is absent or no table."""
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def is_inherited(value: Any) -> bool:
    """Whether a value is `{workspace = true}` (possibly with more keys beside it)."""
    return isinstance(value, dict) and value.get("workspace") is True


class Inheritance:
    """Applies the defaults of one workspace to one manifest, collecting problems."""

    def __init__(
        self, path: Path, directory: str, defaults: WorkspaceDefaults | None, problems: list[Problem]
    ) -> None:
        self._path = path
        self._directory = directory
        self._defaults = defaults
        self._problems = problems

    def _complain(self, keys: Sequence[str], message: str, hint: str | None = None) -> None:
        self._problems.append(problem_at(self._path, keys, "manifest-inheritance", message, hint))

    def package(self, package: Table) -> Table:
        """`[package]` with inherited values in place."""
        if not any(isinstance(value, dict) for value in package.values()):
            return package
        result: Table = {}
        for key, value in package.items():
            if key == "metadata" or not is_inherited(value):
                result[key] = value
            elif (inherited := self._package_value(key)) is not None:
                result[key] = inherited
        return result

    def _package_value(self, key: str) -> Any:
        value = self._defaults.package.get(key) if self._defaults and key in INHERITABLE else None
        if value is None:
            where = (
                "the workspace root does not have it in [workspace.package]"
                if self._defaults
                else "no workspace"
            )
            self._complain(("package", key), f"`{key}` is inherited, but {where}")
        elif self._defaults and key in _REBASED and isinstance(value, str):
            return self._rebased(value, self._defaults)
        return value

    def _rebased(self, path: str, defaults: WorkspaceDefaults) -> str:
        """A path of the root manifest as seen from this package's folder."""
        return os.path.relpath(f"{defaults.directory}/{path}", self._directory)

    def lints(self, table: Table) -> Table:
        """`[lints]`, or the workspace's."""
        lints = table_of(table, "lints")
        if "workspace" not in lints:
            return lints
        if len(lints) > 1:
            self._complain(
                ("lints",), "inherited lints cannot be changed here", "remove the other keys of [lints]"
            )
        if lints["workspace"] is True and self._defaults is None:
            self._complain(("lints", "workspace"), "lints are inherited, but there is no workspace")
        return self._defaults.lints if self._defaults and lints["workspace"] is True else {}

    def dependency(self, keys: Sequence[str], name: str, own: Table) -> Table | None:
        """A dependency table with the root's entry under it; None if it cannot be inherited.

        Features are the root's and then the member's. The root's `default-features = false` is undone by the member's
        `true`; a member's `false` is ignored when the root has defaults on (an error from edition 2024, cargo says).
        """
        base = self._defaults.dependencies.get(name) if self._defaults else None
        if base is None:
            hint = "add it to [workspace.dependencies]" if self._defaults else None
            self._complain(
                keys, f"dependency `{name}` is inherited, but the workspace root does not have it", hint
            )
            return None
        merged: Table = {"version": base} if isinstance(base, str) else dict(base)
        if merged.pop("optional", None):
            self._complain(
                keys, f"`{name}` is optional in [workspace.dependencies]", "make it optional in the member"
            )
        if isinstance(path := merged.get("path"), str):
            merged["path"] = _joined(self._defaults, path)
        features = [*_list(merged.get("features")), *_list(own.get("features"))]
        if features:
            merged["features"] = features
        if "optional" in own:
            merged["optional"] = own["optional"]
        if _default_features(merged) is False and _default_features(own) is not True:
            merged["default-features"] = False
        else:
            merged.pop("default-features", None)
            merged.pop("default_features", None)
        return merged


def _joined(defaults: WorkspaceDefaults | None, path: str) -> str:
    """A path of the root manifest, absolute."""
    return os.path.join(defaults.directory, path) if defaults else path  # noqa: PTH118 - strings are hot here


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _default_features(table: Table) -> Any:
    """The switch under its name or its old underscored name."""
    value = table.get("default-features")
    return table.get("default_features") if value is None else value

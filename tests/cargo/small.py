"""Small workspaces from a mapping of files, with a lock made of names, so that no cargo is needed."""

from __future__ import annotations

from pathlib import Path

from flakegen.cargo.config import ConfigRoots
from flakegen.cargo.facts import Facts
from flakegen.cargo.request import BuildRequest
from flakegen.cargo.unit import UnitGraph
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cargo.workspace import Workspace, load_workspace

HOST = "x86_64-unknown-linux-gnu"


def package(name: str, more: str = "", edition: str = "2021") -> str:
    """A manifest."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "{edition}"\n{more}'


def lock(*entries: str) -> str:
    """A lock of path packages; an entry is `name` or `name: dependency dependency`."""
    lines = ["version = 4"]
    for entry in entries:
        name, _, dependencies = entry.partition(":")
        listed = ", ".join(f'"{dependency}"' for dependency in dependencies.split())
        lines += ["[[package]]", f'name = "{name}"', 'version = "0.1.0"', f"dependencies = [{listed}]"]
    return "\n".join(lines) + "\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files; every package gets a library unless it has sources."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for path, text in files.items():
        if path.endswith("Cargo.toml") and "[package]" in text:
            home = (folder / path).parent
            if not (home / "src").exists():
                (home / "src").mkdir()
                (home / "src" / "lib.rs").write_text("", encoding="utf-8")
    return folder


def load(folder: Path, manifest: str = "Cargo.toml", facts: Facts | None = None) -> Workspace:
    """Load without a home and without variables."""
    return load_workspace(
        folder / manifest, facts=facts or Facts(), config_roots=ConfigRoots(start=folder, boundary=folder)
    )


def graph(workspace: Workspace, /, **request) -> UnitGraph:
    """The units of a request for the usual host."""
    return build_unit_graph(workspace, BuildRequest(host=HOST, **request))


def member_names(workspace: Workspace) -> list[str]:
    return [member.id.name for member in workspace.member_packages()]

"""A Cargo workspace without a spec, on its way through: `flakegen cargo`."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TypeVar

from flakegen.builders.registry import KINDS
from flakegen.cargo.errors import CargoError
from flakegen.cargo.workspace import Workspace
from flakegen.cargo.workspace_files import ManifestLoader
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.embed.cache import ScanCache
from flakegen.pipeline.cargo_inputs import CargoInputs
from flakegen.pipeline.project import Project
from flakegen.plan.problems import of_cargo
from flakegen.plan.whole_workspace import spec_of_workspace
from flakegen.spec.load import load_spec
from flakegen.spec.model import Spec

Result = TypeVar("Result")

_RUNTIME = PurePosixPath("nix/cargo")  # at a workspace's top, `cargo` may be a package's folder


def workspace_folder(start: str) -> str:
    """Return the root folder of the workspace that a folder belongs to, as cargo finds it (Cargo book, "Workspaces").

    Raises:
        DiagnosticError: there is no manifest, or one on the way up is wrong.
    """
    folder = os.path.abspath(start)  # noqa: PTH100 - links must stay as cargo sees them
    above = folder
    if not os.path.isdir(folder):  # noqa: PTH112
        raise _nowhere(f"{start} is no folder")
    while not os.path.isfile(f"{above}/Cargo.toml"):  # noqa: PTH113
        parent = os.path.dirname(above)  # noqa: PTH120
        if parent == above:
            raise _nowhere(f"there is no Cargo.toml in {start}, nor in a folder above it")
        above = parent
    try:
        root = ManifestLoader().find_root(f"{above}/Cargo.toml")
    except CargoError as error:
        raise DiagnosticError(of_cargo(error)) from None
    return os.path.dirname(root) if root else above  # noqa: PTH120


def _nowhere(message: str) -> DiagnosticError:
    hint = "name the folder of a Cargo workspace"
    return DiagnosticError([Diagnostic(code=Code.MISSING_FILE, message=message, span=None, hint=hint)])


class WorkspaceProject(Project):
    """The project that a workspace makes of itself.

    What is wrong is never told in places of the spec, which nobody has written.
    """

    def __init__(self, folder: str, output: str | None, scans: ScanCache | None = None) -> None:
        """Remember the workspace's root folder, and the folder to write, relative to it; None for the root itself."""
        super().__init__(f"{folder}/flakegen.toml", scans)
        self.top = Path(folder)
        self.output = output

    @cached_property
    def spec(self) -> Spec:
        """The spec that the workspace makes."""
        spec = load_spec(self.spec_text, self.path, kinds=KINDS)
        layout = replace(spec.layout, spec=spec.layout.folder / "Cargo.toml", command=self._command)
        if self.output is None:
            layout = replace(layout, output=layout.folder, runtime=_RUNTIME)
        return replace(spec, layout=layout)

    @cached_property
    def spec_text(self) -> str:
        """The spec as a user could go on with it."""
        import rtoml  # noqa: PLC0415

        workspace = self.workspace
        root = os.path.relpath(self._root, self.top)
        document = spec_of_workspace(workspace, root=root, output=self.output)
        return rtoml.dumps(document, pretty=True).rstrip() + "\n"

    @property
    def facts_path(self) -> Path:
        """Where the facts about fetched crates are kept: beside the manifest."""
        return self.top / "Cargo.crates.json"

    @cached_property
    def cargo_inputs(self) -> CargoInputs:
        """Where cargo's files are. What a spec would say of registries is not known: it is made of what is read here."""
        return CargoInputs(folder=self.top, boundary=self.top, facts=self.facts_path)

    @cached_property
    def workspace(self) -> Workspace:
        """The Cargo workspace."""
        return self.cargo_inputs.workspace()

    @property
    def _root(self) -> str:
        return common_root(self.top, self.workspace)

    @property
    def _command(self) -> str:
        words = ["flakegen", "cargo"]
        folder = os.path.relpath(self.top, self._root)
        words += [] if folder == "." else [folder]
        words += [] if self.output is None else ["--output", self.output]
        return shlex.join(words)


def common_root(top: Path, workspace: Workspace) -> str:
    """Return the folder that holds all packages of a workspace: what a flake can see must lie in one."""
    return os.path.commonpath([top, *(path.parent for path in workspace.manifests)])


def without_places(error: DiagnosticError, project: WorkspaceProject) -> DiagnosticError:
    """Take the places in the spec that nobody wrote out of diagnostics."""
    return DiagnosticError(
        replace(each, span=None) if each.span is not None and each.span.file == project.path else each
        for each in error.diagnostics
    )

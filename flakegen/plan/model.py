"""The BuildPlan: all that the outputs read. Values only; no text of any output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from flakegen.nix.ast import Expr
from flakegen.plan.cargo_plan import CargoPlan, SourcePlan
from flakegen.plan.ci import CiPlans

if TYPE_CHECKING:
    from flakegen.plan.package_set import PackageSetPlan


class Output(Struct, frozen=True, kw_only=True):
    """One flake output of every system in ``systems``; ``value`` may use ``pkgs``, ``cargo``, ``packages`` and the inputs."""

    section: str
    name: str
    systems: tuple[str, ...]
    value: Expr


class DockerfilesPlan(Struct, frozen=True, kw_only=True):
    """An image as Docker makes it, from one program; all values are plain text."""

    folder: str  # in the output folder
    image: str  # with its registry
    program: str
    version: str
    account: str  # numbers of user and group
    work_dir: str
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    env: Mapping[str, str]
    labels: Mapping[str, str]
    ports: tuple[str, ...]
    base: str
    download: str  # with the marker `{version}`
    check_with: str


class ToolchainPlan(Struct, frozen=True, kw_only=True):
    """Where rustc and cargo come from: nixpkgs' own, or rust-overlay's at a channel or by a rust-toolchain.toml."""

    overlay: bool
    channel: str | None
    file: str | None  # rust-toolchain.toml, relative to the project root
    components: tuple[str, ...]
    targets: tuple[str, ...]


class TaskPlan(Struct, frozen=True, kw_only=True):
    """One task, as make is told of it.

    Attributes:
        name: the target, and the flake's app.
        description: one line, or empty.
        needs: the tasks that make runs before it; none where the app sees to that.
        directory: the folder in which it runs, seen from the project's root.
        text: the bash that make runs: the script itself, or a call of the app where only Nix knows what its references mean.
    """

    name: str
    description: str
    needs: tuple[str, ...]
    directory: str
    text: str


class BuildPlan(Struct, frozen=True, kw_only=True):
    """One project, lowered."""

    name: str
    description: str
    spec: str  # path of the spec, relative to the project root
    command: str  # what a user runs to make all this again
    output: str  # the folder that is written, relative to the project root
    runtime: str  # the folder of the files that build cargo units, in the output folder
    to_root: str  # from the output folder to the project root, as `../..`
    systems: tuple[str, ...]
    inputs: Mapping[str, Mapping[str, object]]
    cargo: CargoPlan | None
    package_set: PackageSetPlan | None  # instead of ``cargo``
    overlays: Mapping[str, Expr]
    formatter: Expr | None
    toolchain: ToolchainPlan
    crate_overrides: Mapping[str, Expr]
    cargo_env: Mapping[str, Expr]
    outputs: tuple[Output, ...]
    tasks: tuple[TaskPlan, ...]
    dockerfiles: tuple[DockerfilesPlan, ...]
    helpers: tuple[str, ...]  # fixed files that outputs' values use
    compiled_from: SourcePlan
    ci: CiPlans = CiPlans()

"""The section of tasks: commands that people and CI run, with make and as apps of the flake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flakegen.spec.schema import EMPTY, OnDisk, Table, key
from flakegen.spec.values import EnvName, PackageRef, SpecPath, TaskName, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Table):
    """A command of the project."""

    SHORTHAND: ClassVar[str | None] = "script"

    script: Template = key(
        "The bash script; `$` is the shell's. With make it runs with what is on PATH, and as an app also with `packages`.",
        may_be_empty=False,
        example="'cargo check --workspace'",
    )
    description: str | None = key("What it does, in one line; `make help` shows it.", default=None)
    needs: tuple[TaskName, ...] = key(
        "Tasks that are run before it, each once.", default=(), example='["start-deps"]'
    )
    packages: tuple[PackageRef, ...] = key("What is on its PATH as an app.", default=())
    env: Mapping[EnvName, Template] = key("Its environment.", default=EMPTY)
    directory: SpecPath | None = key(
        "The folder in which it runs, from wherever in the project it is started.",
        default=None,
        shown_default="`cargo.workspace`, else the project's root",
        on_disk=OnDisk.FOLDER,
    )

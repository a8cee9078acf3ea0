"""What the configuration asks for and the flake does otherwise: nothing is wrong, but nobody should have to find it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath

from flakegen.cargo.build_context import platform_of
from flakegen.cargo.cfg import CfgSet
from flakegen.cargo.config import CargoConfig
from flakegen.cargo.errors import CargoError, Problem
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.platforms import CfgSetKind
from flakegen.cargo.toml_file import problem_at, read_toml
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.diagnostic import Diagnostic, Severity
from flakegen.plan.cargo_plan import Platform
from flakegen.plan.problems import of_cargo

_COMPILERS = ("cc", "gcc")
"""What a linker may be called that is the platform's compiler driver, which links in any case."""


def unused_linkers(workspace: Workspace, platforms: Iterable[Platform]) -> Iterator[Diagnostic]:
    """Yield a warning for each platform whose linker the configuration chooses: nixpkgs' compiler driver links all.

    Raises:
        ConfigError: two tables choose one for the same platform, which cargo refuses.
    """
    for triple in sorted({triple for each in platforms for triple in (each.host, each.target) if triple}):
        cfgs = platform_of(workspace, triple, CfgSetKind.STABLE, gets_rustflags=True).cfgs
        linker = workspace.config.linker(triple, cfgs)
        if linker is not None and PurePath(linker).name.rpartition("-")[2] not in _COMPILERS:
            problem = _problem(workspace.config, triple, linker, cfgs)
            yield from (replace(each, severity=Severity.WARNING) for each in of_cargo(CargoError(problem)))


def _problem(config: CargoConfig, triple: str, linker: str, cfgs: CfgSet) -> Problem:
    message = f"`{linker}` does not link for {triple}: the C compiler of nixpkgs does, whatever the configuration says"
    hint = "if another linker is needed, name it in rustflags (-C link-arg=-fuse-ld=…), and its package in `[cargo.crates]`"
    for file in config.files:
        tables = table_of(read_toml(file), "target")
        for key in sorted(tables, key=lambda key: key != triple):
            if table_of(tables, key).get("linker") == linker and config.selects(key, triple, cfgs):
                return problem_at(file, ("target", key, "linker"), "config-linker", message, hint)
    return Problem(code="config-linker", message=message, hint=hint)

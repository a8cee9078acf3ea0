"""Cargo's own JSON of a unit graph (version 1), so that anyone can compare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flakegen.cargo.package import Package, PackageId, Target, TargetKind
from flakegen.cargo.profile import Profile
from flakegen.cargo.roots import is_doctestable
from flakegen.cargo.source import source_address
from flakegen.cargo.unit import Mode, Unit, UnitGraph

VERSION = 1


def package_id_text(package: PackageId, root: Path) -> str:
    """The package id specification that cargo prints (Cargo book, "Package ID Specifications")."""
    source = package.source
    address = source_address(package, root)
    last = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    kind = "" if address.startswith("sparse+") else f"{source.kind.value}+"
    name = "" if last == package.name else f"{package.name}@"
    return f"{kind}{address}#{name}{package.version}"


def _kinds(target: Target) -> list[str]:
    return list(target.crate_types) if target.kind is TargetKind.LIB else [target.kind.value]


def _target(target: Target, folder: str) -> dict[str, Any]:
    table: dict[str, Any] = {
        "kind": _kinds(target),
        "crate_types": list(target.crate_types),
        "name": target.name,
        "src_path": f"{folder}/{target.src_path}",
        "edition": target.edition,
    }
    if target.required_features and target.kind is not TargetKind.LIB:
        table["required-features"] = list(target.required_features)
    table["doc"] = target.doc
    table["doctest"] = target.doctest and is_doctestable(target)
    table["test"] = target.test
    return table


def _profile(profile: Profile) -> dict[str, Any]:
    hint = profile.hint_mostly_unused
    strip: Any = "None" if profile.strip is None else {"Named": profile.strip}
    return {
        "name": profile.name,
        "opt_level": profile.opt_level,
        "lto": profile.lto,
        "codegen_backend": None,
        "codegen_units": profile.codegen_units,
        "debuginfo": profile.debuginfo,
        "split_debuginfo": profile.split_debuginfo,
        "debug_assertions": profile.debug_assertions,
        "overflow_checks": profile.overflow_checks,
        "rpath": profile.rpath,
        "incremental": profile.incremental,
        "panic": profile.panic,
        "strip": {"deferred" if profile.strip_deferred else "resolved": strip},
        **({} if hint is None else {"hint_mostly_unused": hint}),
    }


def _unit(unit: Unit, root: Path, locate: Callable[[Package], str]) -> dict[str, Any]:
    return {
        "pkg_id": package_id_text(unit.package.id, root),
        "target": _target(unit.target, locate(unit.package)),
        "profile": _profile(unit.profile),
        "platform": unit.platform,
        "mode": "check" if unit.mode is Mode.CHECK_TEST else unit.mode.value,
        "features": list(unit.features),
        "dependencies": [
            {"index": d.index, "extern_crate_name": d.extern_crate_name, "public": False, "noprelude": False}
            for d in unit.dependencies
        ],
    }


def unit_graph_json(graph: UnitGraph, root: Path, locate: Callable[[Package], str]) -> dict[str, Any]:
    """The graph as cargo prints it; ``locate`` gives the absolute folder of a package's sources."""
    units = [_unit(unit, root, locate) for unit in graph.units]
    return {"version": VERSION, "units": units, "roots": list(graph.roots)}

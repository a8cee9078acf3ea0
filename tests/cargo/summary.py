"""A unit graph as readable lines, for golden files: stable, without machine paths."""

from __future__ import annotations

from flakegen.cargo.lto import lto_values
from flakegen.cargo.unit import Unit, UnitGraph


def summary(graph: UnitGraph) -> str:
    """One line per unit, sorted, edges by the numbers of the lines; roots are marked with a star."""
    lto = lto_values(graph)
    keys: list[tuple] = []
    for index, unit in enumerate(graph.units):
        edges = tuple(sorted((d.extern_crate_name, keys[d.index]) for d in unit.dependencies))
        keys.append((_own(unit), lto[index].kind.value, index in graph.roots, edges))
    order = sorted(range(len(keys)), key=lambda i: keys[i])
    number = {index: place for place, index in enumerate(order, 1)}
    return "\n".join(_line(graph, index, number, lto[index].kind.value) for index in order)


def _own(unit: Unit) -> str:
    profile, target = unit.profile, unit.target
    strip = "deferred" if profile.strip_deferred else str(profile.strip)
    settings = f"O{profile.opt_level} g{profile.debuginfo} strip={strip} {profile.panic}"
    extras = [f"cgu={profile.codegen_units}"] if profile.codegen_units else []
    extras += [f"split={profile.split_debuginfo}"] if profile.split_debuginfo else []
    switches = ("debug_assertions", "overflow_checks", "incremental")
    on = "".join(name[0] if getattr(profile, name) else "-" for name in switches)
    kind = "+".join(target.crate_types) if target.kind.value == "lib" else target.kind.value
    features = ",".join(unit.features)
    name = f"{unit.package.id.name} {unit.package.id.version} {kind} {target.name}"
    where = unit.platform or "host"
    return f"{name} {unit.mode.value} {where} [{features}] {settings} {on} {' '.join(extras)}".rstrip()


def _line(graph: UnitGraph, index: int, number: dict[int, int], lto: str) -> str:
    unit = graph.units[index]
    edges = ", ".join(
        f"{name}={place}"
        for name, place in sorted({(d.extern_crate_name, number[d.index]) for d in unit.dependencies})
    )
    root = "*" if index in graph.roots else " "
    return f"{number[index]:>3}{root} {_own(unit)} {lto} -> {edges}".rstrip(" ->")

"""flake.nix: inputs, and for each system the outputs of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from flakegen.nix import build as nix
from flakegen.nix.ast import BinaryOperator, Binding, Dynamic, Expr, File, Select
from flakegen.nix.names import mentions
from flakegen.nix.printer import print_file
from flakegen.outputs.fixed import fixed_files
from flakegen.outputs.flake.caches import cache_settings
from flakegen.outputs.flake.cargo import cargo_bindings, foreign_names, toolchain_bindings
from flakegen.outputs.flake.ci import programs_of
from flakegen.outputs.flake.package_set import package_set_bindings
from flakegen.outputs.header import header
from flakegen.outputs.source_table import source_table
from flakegen.plan.model import BuildPlan, Output

_SECTIONS = ("packages", "devShells", "checks", "apps")


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield flake.nix, and the helpers that its outputs use."""
    yield "flake.nix", print_file(File(header(plan), _flake(plan)))
    helpers = set(plan.helpers)
    if plan.cargo is not None or plan.package_set is not None:
        helpers.discard("source.nix")
        for name, text in fixed_files(Path(__file__).with_name("runtime"), ("source.nix",), plan):
            yield f"{plan.runtime}/{name}", text
    if "compiled-from.nix" in helpers:
        helpers.remove("compiled-from.nix")
        yield "compiled-from.nix", print_file(File(header(plan), nix.attrs(source_table(plan.compiled_from))))
    yield from fixed_files(Path(__file__).with_name("runtime"), sorted(helpers), plan)


def _flake(plan: BuildPlan) -> Expr:
    return nix.attrs(
        [
            nix.binding("description", plan.description),
            *cache_settings(plan),
            nix.binding("inputs", nix.attrs(_inputs(plan.inputs)), blank_before=True),
            nix.binding("outputs", nix.function("inputs", _outputs(plan)), blank_before=True),
        ]
    )


def _inputs(inputs: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    return {name: dict(inputs[name]) for name in sorted(inputs)}


def _outputs(plan: BuildPlan) -> Expr:
    sections = [section for section in _SECTIONS if any(o.section == section for o in plan.outputs)]
    names = list(sections)
    if plan.cargo is not None or plan.ci.programs:
        names.append("legacyPackages")
    if plan.formatter is not None:
        names.append("formatter")
    entries: dict[str, object] = {
        name: nix.call(
            "lib.mapAttrs",
            nix.function("_", nix.function("outputs", nix.select("outputs", name))),
            nix.identifier("perSystem"),
        )
        for name in names
    }
    if plan.overlays:
        entries["overlays"] = dict(plan.overlays)
    jobs = _jobs(names)
    if jobs:
        entries["hydraJobs"] = jobs
    return nix.let(
        {
            "lib": nix.select("inputs.nixpkgs.lib"),
            "perSystem": nix.call(
                "lib.genAttrs", list(plan.systems), nix.function("system", _per_system(plan, sections, names))
            ),
        },
        nix.attrs(entries),
    )


def _jobs(names: list[str]) -> dict[str, object]:
    """Return what a build farm builds: all packages and checks, and the layers that they are made of."""
    jobs: dict[str, object] = {
        name: nix.select("inputs.self", name) for name in ("packages", "checks") if name in names
    }
    if "legacyPackages" in names:
        layers = nix.function("_", nix.function("parts", nix.select("parts.layers")))
        jobs["layers"] = nix.call("lib.mapAttrs", layers, nix.select("inputs.self.legacyPackages"))
    return jobs


def _per_system(plan: BuildPlan, sections: list[str], names: list[str]) -> Expr:
    bindings: list[Binding] = [nix.binding("pkgs", _pkgs(plan))]
    values = [nix.binding(section, _section(plan, section), blank_before=True) for section in sections]
    bindings += toolchain_bindings(plan)
    bindings += cargo_bindings(plan)
    bindings += package_set_bindings(plan)
    result: dict[str, object] = {name: nix.identifier(name) for name in sections}
    if "legacyPackages" in names:
        result["legacyPackages"] = _parts(plan)
    if plan.formatter is not None:
        result["formatter"] = plan.formatter
    body = nix.attrs(result)
    return nix.let(_used([*bindings, *values], body), body)


def _parts(plan: BuildPlan) -> dict[str, object]:
    """Return what packages are made of, for whoever builds a part: layers, single units, and those for other machines.

    Beside them is what CI systems build of apps, which by themselves are nothing that can be built.
    """
    parts: dict[str, object] = {}
    if plan.ci.programs:
        parts["programs"] = programs_of(plan)
    if plan.cargo is None:
        return parts
    parts |= {name: nix.select("cargo", name) for name in ("layers", "units")}
    foreign = foreign_names(plan)
    if foreign:
        parts["unitsFor"] = {name: nix.select("cargoFor", name, "units") for name in foreign}
    return parts


def _used(bindings: list[Binding], body: Expr) -> list[Binding]:
    """Leave out what nothing mentions, last to first."""
    kept: list[Binding] = []
    for binding in reversed(bindings):
        name = binding.path[0]
        if isinstance(name, str) and mentions((body, *(each.value for each in kept)), name):
            kept.append(binding)
    return kept[::-1]


def _pkgs(plan: BuildPlan) -> Expr:
    overlays = [nix.select("inputs.rust-overlay.overlays.default")] if plan.toolchain.overlay else []
    if plan.package_set is not None:
        overlays.append(nix.select("inputs.cargo2nix.overlays.cargo2nix"))
    if overlays:
        arguments = {"system": nix.identifier("system"), "overlays": overlays}
        return nix.call("import", nix.select("inputs.nixpkgs"), arguments)
    return Select(nix.select("inputs.nixpkgs.legacyPackages"), (Dynamic(nix.identifier("system")),))


def _section(plan: BuildPlan, section: str) -> Expr:
    """Return the outputs that all systems have, and after them those of some systems."""
    outputs = [output for output in plan.outputs if output.section == section]
    groups: dict[tuple[str, ...], list[Output]] = {}
    for output in outputs:
        groups.setdefault(output.systems, []).append(output)
    everywhere = groups.pop(plan.systems, [])
    parts: list[Expr] = [_entries(everywhere)] if everywhere or not groups else []
    for systems, some in sorted(groups.items()):
        parts.append(nix.call("lib.optionalAttrs", _is_one_of(systems), _entries(some)))
    return nix.update(*parts)


def _is_one_of(systems: tuple[str, ...]) -> Expr:
    system = nix.identifier("system")
    if len(systems) == 1:
        return nix.operation(BinaryOperator.EQUAL, system, nix.string(systems[0]))
    return nix.call("lib.elem", system, list(systems))


def _entries(outputs: list[Output]) -> Expr:
    return nix.attrs(
        {output.name: output.value for output in sorted(outputs, key=lambda output: output.name)}
    )

"""All entries of a spec as flake outputs."""

from __future__ import annotations

from flakegen.builders.registry import builder_of
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.model import Output
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Section
from flakegen.spec.tables import AppTable, KindTable, PackageTable


def lower_entries(scope: Scope) -> tuple[tuple[Output, ...], tuple[str, ...]]:
    """Return the outputs of a spec, in its order, and the fixed files that their values use."""
    spec = scope.spec
    outputs: list[Output] = []
    helpers: set[str] = set()
    for section, entries in (
        (Section.PACKAGES, spec.packages),
        (Section.DEV_SHELLS, spec.dev_shells),
        (Section.CHECKS, spec.checks),
        (Section.APPS, spec.apps),
    ):
        for name, entry in entries.items():
            builder = builder_of(entry)
            helpers.update(builder.helpers)
            systems = spec.project.systems if entry.systems is None else entry.systems
            outputs.append(
                Output(
                    section=section.value,
                    name=entry.output_name(name),
                    systems=tuple(sorted(system.value for system in systems)),
                    value=_finished(entry, builder.lower(name, entry, scope), scope),
                )
            )
    return tuple(outputs), tuple(sorted(helpers))


def _finished(entry: KindTable, value: Expr, scope: Scope) -> Expr:
    """Add what all entries of a section may ask for."""
    match entry:
        case AppTable(description=description):
            app: dict[str, object] = {"type": "app", "program": value}
            if description is not None:
                app["meta"] = {"description": description}
            return nix.attrs(app)
        case PackageTable(override=override) if override:
            return nix.call(
                nix.select(value, "overrideAttrs"), nix.function("_", nix.attrs(scope.table(override)))
            )
    return value

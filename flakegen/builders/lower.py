"""All entries of a spec as flake outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flakegen.builders.image_paths import check_image_paths
from flakegen.builders.registry import builder_of
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Related
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.model import Output
from flakegen.plan.scope import Scope
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.kinds import Section
from flakegen.spec.tables import AppTable, KindTable, PackageTable
from flakegen.spec.values import AttrName


def lower_entries(scope: Scope) -> tuple[tuple[Output, ...], tuple[str, ...]]:
    """Return the outputs of a spec, in its order, and the fixed files that their values use.

    Outputs whose names depend on the workspace, and are taken, are collected as problems of the scope.
    """
    spec = scope.spec
    sections: tuple[tuple[Section, Mapping[AttrName, KindTable]], ...] = (
        (Section.PACKAGES, spec.packages),
        (Section.DEV_SHELLS, spec.dev_shells),
        (Section.CHECKS, spec.checks),
        (Section.APPS, spec.apps),
        (Section.IMAGES, spec.images),
    )
    outputs: list[Output] = []
    helpers: set[str] = set()
    owners = dict(owner for section, entries in sections for owner in _owners(section, entries))
    for section, entries in sections:
        for name, entry in entries.items():
            helpers.update(_files(entry))
            for place, value in _values(section, name, entry, scope).items():
                _claim(scope, place, entry.where, owners)
                systems = sorted(system.value for system in entry.systems_in(spec.project.systems))
                outputs.append(Output(section=place[0], name=place[1], systems=tuple(systems), value=value))
    check_image_paths(scope)
    return tuple(outputs), tuple(sorted(helpers))


def _files(entry: KindTable) -> tuple[str, ...]:
    builder = builder_of(entry)
    return builder.helpers if builder.files is None else (*builder.helpers, *builder.files(entry))


def _owners(
    section: Section, entries: Mapping[AttrName, KindTable]
) -> Iterator[tuple[tuple[str, str], KeyPath]]:
    """Yield the outputs whose names do not hang on the workspace, and the entries that they belong to."""
    for name, entry in entries.items():
        if entry.has_one_output:
            yield (section.outputs, entry.output_name(name)), entry.where
        for check in entry.checks(name):
            yield (Section.CHECKS.outputs, check), entry.where


def _values(
    section: Section, name: AttrName, entry: KindTable, scope: Scope
) -> Mapping[tuple[str, str], Expr]:
    """Return the outputs that an entry becomes, by section of the flake and name."""
    further = builder_of(entry).checks
    return {
        **{
            (section.outputs, output): _finished(entry, value, scope)
            for output, value in _own_values(name, entry, scope).items()
        },
        **{
            (Section.CHECKS.outputs, check): value
            for check, value in (further(name, entry, scope) if further is not None else {}).items()
        },
    }


def _own_values(name: AttrName, entry: KindTable, scope: Scope) -> Mapping[str, Expr]:
    builder = builder_of(entry)
    if entry.has_one_output or builder.lower_each is None:
        return {entry.output_name(name): builder.lower(name, entry, scope)}
    return builder.lower_each(name, entry, scope)


def _claim(
    scope: Scope, place: tuple[str, str], where: KeyPath, owners: dict[tuple[str, str], KeyPath]
) -> None:
    owner = owners.setdefault(place, where)
    if owner == where:
        return
    spec = scope.spec
    related = Related(message=f"{show(owner)} becomes it too", span=spec.source.span_of(owner, Part.KEY))
    message = f"{show(where)} becomes the output {'.'.join(place)}, which is taken"
    hint = "give one of them another name"
    scope.problems.add(
        spec.source.diagnose(
            where, Code.DUPLICATE_OUTPUT, message, part=Part.KEY, hint=hint, related=(related,)
        )
    )


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

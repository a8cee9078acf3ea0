"""A PackageSetPlan as the table that runtime/package-set.nix reads, defaults left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from posixpath import relpath
from typing import TypeAlias

from flakegen.cargo.conditional.condition import ALWAYS, NEVER, Condition
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.nix.names import mentions
from flakegen.outputs.cargo2nix.conditions import Place, expression
from flakegen.outputs.cargo2nix.platforms import platforms
from flakegen.outputs.fetch_table import fetch_table
from flakegen.outputs.source_table import source_table
from flakegen.plan.cargo_plan import FetchPlan
from flakegen.plan.package_set import (
    CARGO2NIX_VERSION,
    LibraryPlan,
    LocalSource,
    PackagePlan,
    PackageSetPlan,
    ProfileSettings,
    SidePlan,
)

_WriteSide: TypeAlias = Callable[[SidePlan, Place], "Expr | None"]


def table(plan: PackageSetPlan, to_root: str) -> dict[str, object]:
    """Return the whole table; keys are sorted where their order has no meaning."""
    entries: dict[str, object] = {
        "cargo2nixVersion": CARGO2NIX_VERSION,
        "root": nix.path(to_root),
        "workspace": plan.root or ".",
        "command": plan.command,
        "guard": dict(plan.guard),
        "rootFeatures": [f"{name}/default" for name in sorted(plan.members)],
        "members": dict(sorted(plan.members.items())),
        "profiles": {
            name: {"release": profile.is_release, **_settings(profile.settings)}
            for name, profile in plan.profiles.items()
        },
        "config": dict(plan.config),
        "frame": list(plan.frame),
        "platforms": platforms(plan),
    }
    if any(package.registry == plan.registry for package in plan.packages.values()):
        entries["registry"] = plan.registry
    writer = _Writer(plan)
    entries["crates"] = {key: writer.package(plan.packages[key]) for key in sorted(plan.packages)}
    return entries


def _settings(settings: ProfileSettings) -> dict[str, object]:
    return {"own": dict(settings.own), "host": dict(settings.host)}


class _Writer:
    """Writes packages of one plan."""

    def __init__(self, plan: PackageSetPlan) -> None:
        self._plan = plan

    def package(self, package: PackagePlan) -> dict[str, object]:
        """Return one package's entry."""
        entry: dict[str, object] = {"name": package.name, "version": package.version}
        if package.registry != self._plan.registry:
            entry["registry"] = package.registry
        entry |= self._source(package.source)
        if package.proc_macro:
            entry["macro"] = True
        if package.selected is not None and package.selected != ALWAYS:
            entry["selected"] = _of_side(self._condition(package.selected, Place.EITHER))
        written = {
            "features": self._by_role(package, self._features),
            "dependencies": self._by_role(package, lambda side, p: self._libraries(side.dependencies, p)),
            "devDependencies": self._by_role(
                package, lambda side, p: self._libraries(side.dev_dependencies, p)
            ),
            "buildDependencies": self._by_role(package, self._build_libraries),
        }
        entry |= {name: _of_side(value) for name, value in written.items() if value is not None}
        if package.profiles:
            entry["profiles"] = {name: _settings(package.profiles[name]) for name in sorted(package.profiles)}
        return entry

    def _source(self, source: FetchPlan | LocalSource) -> dict[str, object]:
        match source:
            case FetchPlan():
                return fetch_table(source)
            case LocalSource(directory=directory, build=build, tests=tests):
                entry: dict[str, object] = {"source": source_table(build), "tests": source_table(tests)}
                if directory != self._plan.root:
                    entry["directory"] = directory
                    entry["folder"] = relpath(directory or ".", self._plan.root or ".")
                return entry

    def _by_role(self, package: PackagePlan, write: _WriteSide) -> Expr | None:
        """Return what both roles share, or let the side choose."""
        of_target = None if package.target is None else write(package.target, Place.TARGET)
        of_host = None if package.host is None else write(package.host, Place.HOST)
        if package.target is None or package.host is None or of_target == of_host:
            return of_host if package.target is None else of_target
        nothing = nix.items([]) if write == self._features else nix.attrs({})
        return nix.if_(nix.select("side.host"), of_host or nothing, of_target or nothing)

    def _condition(self, condition: Condition, place: Place) -> Expr:
        if condition == NEVER:
            return nix.FALSE
        return expression(condition, place, self._plan.member_names)

    def _features(self, side: SidePlan, place: Place) -> Expr | None:
        groups: dict[Condition, list[str]] = {}
        for name, condition in side.features:
            groups.setdefault(condition, []).append(name)
        certain = groups.pop(ALWAYS, [])
        parts: list[Expr] = [nix.items(certain)] if certain else []
        parts += [
            nix.call("lib.optionals", self._condition(condition, place), groups[condition])
            for condition in sorted(groups, key=lambda c: groups[c])
        ]
        return nix.concat(*parts) if parts else None

    def _libraries(
        self, libraries: Iterable[LibraryPlan], place: Place, *, tools: frozenset[str] = frozenset()
    ) -> Expr | None:
        groups: dict[Condition, dict[str, Expr]] = {}
        for library in libraries:
            is_tool = self._plan.packages[library.package].proc_macro or (
                library.host and (place is Place.TARGET or library.package in tools)
            )
            chosen = nix.select("side", "tools" if is_tool else "crates", library.package)
            groups.setdefault(library.condition, {})[library.name] = chosen
        certain = groups.pop(ALWAYS, {})
        parts: list[Expr] = [nix.attrs(certain)] if certain else []
        parts += [
            nix.call("lib.optionalAttrs", self._condition(condition, place), groups[condition])
            for condition in sorted(groups, key=lambda c: sorted(groups[c]))
        ]
        return nix.update(*parts) if parts else None

    def _build_libraries(self, side: SidePlan, _place: Place) -> Expr | None:
        """Build scripts see the machine that builds in both roles."""
        tools = frozenset(library.package for library in side.build_dependencies)
        return self._libraries(side.build_dependencies, Place.EITHER, tools=tools)


def _of_side(value: Expr) -> Expr:
    return nix.function("side", value) if mentions((value,), "side") else value

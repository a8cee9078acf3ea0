"""Unit graphs seen as graphs of packages, and the conditional graph with its conditions decided: two sides of one law."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flakegen.cargo.conditional.condition import Atom, AtomKind, Condition
from flakegen.cargo.conditional.features import value_text
from flakegen.cargo.conditional.graph import ConditionalPackage, Side
from flakegen.cargo.features import Seed
from flakegen.cargo.package import TargetKind
from flakegen.cargo.platforms import Platform
from flakegen.cargo.unit import Mode, Unit, UnitGraph
from flakegen.cargo.workspace import Workspace

Role = tuple[str, str, str, bool]
"""A package's name, version and source, and whether it is built for the machine that builds."""


class Needs(dict[str, set]):
    """What one package has in one role: features, and libraries by extern name."""

    def __init__(self) -> None:
        super().__init__(features=set(), dependencies=set(), scripts=set(), tests=set())


Projection = dict[Role, Needs]


def role_of(package, host) -> Role:
    """The identity of a package in a role."""
    source = package.id.source
    return package.id.name, package.id.version, f"{source.url}#{source.rev}", host


def project(graph: UnitGraph) -> Projection:
    """The packages of a unit graph made with `--target`, so that its units tell host and target apart."""
    found: Projection = {}
    for unit in graph.units:
        if unit.mode is Mode.RUN_CUSTOM_BUILD:
            for script in _script_of(graph, unit):
                needs = found.setdefault(role_of(unit.package, unit.platform is None), Needs())
                needs["scripts"] |= _libraries(graph, script)
                needs["features"] |= set(script.features)
        elif unit.target.kind is not TargetKind.CUSTOM_BUILD and not _is_program_of_macro(unit):
            needs = found.setdefault(role_of(unit.package, unit.platform is None), Needs())
            is_test = unit.mode in (Mode.TEST, Mode.DOCTEST) or unit.target.kind in (
                TargetKind.TEST,
                TargetKind.EXAMPLE,
                TargetKind.BENCH,
            )
            needs["tests" if is_test else "dependencies"] |= _libraries(graph, unit)
            needs["features"] |= set(unit.features)
    return found


def _is_program_of_macro(unit: Unit) -> bool:
    """Programs and tests of a proc-macro's package, which a builder of whole packages builds in the macro's role."""
    is_macro = any(target.proc_macro for target in unit.package.targets)
    return is_macro and unit.target.kind is not TargetKind.LIB


def _script_of(graph: UnitGraph, run: Unit) -> Iterator[Unit]:
    for dependency in run.dependencies:
        unit = graph.units[dependency.index]
        if unit.package is run.package and unit.mode is Mode.BUILD:
            yield unit


def _libraries(graph: UnitGraph, unit: Unit) -> set[tuple[str, Role]]:
    found = set()
    for dependency in unit.dependencies:
        other = graph.units[dependency.index]
        if other.target.kind is TargetKind.LIB and other.package is not unit.package:
            found.add((dependency.extern_crate_name, role_of(other.package, other.platform is None)))
    return found


class Decided:
    """A conditional graph for one selection and one pair of platforms."""

    def __init__(
        self,
        workspace: Workspace,
        graph: tuple[ConditionalPackage, ...],
        seeds: tuple[Seed, ...],
        platforms: tuple[Platform, Platform],
        *,
        dev: bool,
    ) -> None:
        self.workspace = workspace
        self.by_index = {package.package: package for package in graph}
        self.seeds = {seed.package: {value_text(value) for value in seed.values} for seed in seeds}
        self.target, self.host = platforms
        self.dev = dev

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds."""
        return any(all(map(self._atom, product)) for product in condition)

    def _atom(self, atom: Atom) -> bool:
        match atom.kind:
            case AtomKind.MEMBER:
                return atom.package in self.seeds
            case AtomKind.FEATURE:
                return atom.text in self.seeds.get(atom.package, ())
            case AtomKind.TARGET:
                return self.target.selects(atom.text)
            case AtomKind.HOST:
                return self.host.selects(atom.text)
            case AtomKind.DEV:
                return self.dev

    def project(self, roots: list[int]) -> Projection:
        """All that roots lead to."""
        found: Projection = {}
        waiting = [(index, self.by_index[index].target is None, True) for index in roots]
        while waiting:
            index, host, is_root = waiting.pop()
            key = role_of(self.workspace.packages[index], host)
            if key in found and not is_root:
                continue
            package = self.by_index[index]
            side = package.host if host else package.target
            assert side is not None, key
            found[key], more = self._needs(index, side, with_dev=is_root and self.dev)
            waiting += [(other, to_host, False) for other, to_host in more]
        return found

    def _needs(self, index: int, side: Side, *, with_dev: bool) -> tuple[Needs, list[tuple[int, bool]]]:
        needs, more = Needs(), []
        needs["features"] = {name for name, condition in side.features if self.holds(condition)}
        tables = [
            ("dependencies", side.dependencies),
            ("scripts", side.build_dependencies),
            ("tests", side.dev_dependencies if with_dev else ()),
        ]
        for table, dependencies in tables:
            for dependency in dependencies:
                if self.holds(dependency.condition) and dependency.package != index:
                    other = self.workspace.packages[dependency.package]
                    needs[table].add((dependency.name, role_of(other, dependency.host)))
                    more.append((dependency.package, dependency.host))
        return needs, more


def differences(
    decided: Projection, built: Projection, is_excused: Callable[[Role], bool] = lambda _: False
) -> list[str]:
    """What differs, in words; a test of a package sees its dependencies too, so these are not told twice."""
    found = []
    for role in sorted(decided.keys() | built.keys()):
        if is_excused(role):
            continue
        if role not in decided or role not in built:
            found.append(f"only {'decided' if role in decided else 'built'}: {role}")
            continue
        ours, theirs = decided[role], built[role]
        found += [
            f"{role} {what}: {sorted(ours[what])} but {sorted(theirs[what])}"
            for what in ("features", "scripts")
            if ours[what] != theirs[what]
        ]
        whole = ours["dependencies"] | ours["tests"]
        seen = theirs["dependencies"] | theirs["tests"]
        if whole != seen or theirs["tests"] - whole or (theirs["dependencies"] - ours["dependencies"]):
            found.append(f"{role}: {sorted(whole)} but {sorted(seen)}")
    return found

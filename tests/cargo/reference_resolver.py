"""A second opinion on features and edges: cargo's rules as the Cargo book puts them, applied over and over.

Written for being read against the book ("Features", "Feature resolver", "Workspaces"), not for speed: features are a set
of statements to which all rules are applied until none adds anything. Shares no code with what it is compared with.
"""

# ruff: noqa: FBT001 - "as a host dependency" is half of what a package is known by here

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reference_model import HOST, TABLES, Crate, Declared, Model, Question

Unit = tuple[int, str, str, str, str | None, tuple[str, ...]]
"""Package, kind of target, its name, mode, platform (None: a host unit), features."""


class RefusedError(Exception):
    """Cargo would not answer."""


class AmbiguousError(Exception):
    """Two visits of one unit disagree about its edges; cargo keeps those of the first, which is no rule of the book."""


def feature_map(crate: Crate) -> dict[str, list[str]]:
    """The features, with one for each optional dependency that no `dep:` names."""
    found = {name: list(values) for name, values in crate.features.items()}
    named = {value for values in found.values() for value in values if value.startswith("dep:")}
    for declared in crate.dependencies:
        if declared.optional and f"dep:{declared.name}" not in named:
            found.setdefault(declared.name, [f"dep:{declared.name}"])
    return found


def wants_dev(question: Question) -> bool:
    """Whether any tests, examples or benches can be part of it."""
    dev_flags = {"--tests", "--examples", "--benches", "--all-targets"}
    return question.intent == "test" or bool(dev_flags & set(question.flags))


@dataclass
class Features:
    """What is known of the features: statements only ever get more."""

    model: Model
    question: Question
    seeds: dict[int, list[str]]
    on: set[tuple[int, bool, str]] = field(default_factory=set)  # (package, for the host?, feature)
    active: set[tuple[int, bool, str]] = field(default_factory=set)  # (…, optional dependency)
    there: set[tuple[int, bool]] = field(default_factory=set)
    grew: bool = True

    @property
    def new_resolver(self) -> bool:
        return self.model.resolver != "1"

    def add(self, statements: set, statement: tuple) -> None:
        if statement not in statements:
            statements.add(statement)
            self.grew = True

    def edges(self, package: int, host: bool) -> Iterator[tuple[Declared, bool]]:
        """The dependencies that count for features, each with whether it counts as one for the host."""
        for declared in self.model.crates[package].dependencies:
            if declared.kind == "dev" and package not in self.seeds:
                continue
            if self.new_resolver:
                if declared.kind == "dev" and not wants_dev(self.question):
                    continue
                where = [HOST] if host or declared.kind == "build" else self.question.targets or [HOST]
                if not set(where) & set(TABLES[declared.platform]):
                    continue
            macro = self.model.crates[declared.package].library == "proc-macro"
            yield declared, self.new_resolver and (host or declared.kind == "build" or macro)

    def apply(self, package: int, host: bool, value: str) -> None:
        """One entry of a feature's list, or of the command line."""
        known = feature_map(self.model.crates[package])
        if value.startswith("dep:"):
            self.add(self.active, (package, host, value[4:]))
        elif "/" in value:
            name, feature = value.split("/")
            for declared, to_host in self.edges(package, host):
                if declared.name != name.removesuffix("?"):
                    continue
                if declared.optional and not name.endswith("?"):
                    self.add(self.active, (package, host, declared.name))
                    if declared.name in known:
                        self.add(self.on, (package, host, declared.name))
                if not declared.optional or (package, host, declared.name) in self.active:
                    self.add(self.on, (declared.package, to_host, feature))
        elif value in known:
            self.add(self.on, (package, host, value))
        else:
            raise RefusedError(value)

    def solve(self) -> None:
        while self.grew:
            self.grew = False
            for package, values in self.seeds.items():
                macro = self.new_resolver and self.model.crates[package].library == "proc-macro"
                for host in (False, True) if macro else (False,):
                    self.add(self.there, (package, host))
                    for value in values:
                        self.apply(package, host, value)
            for package, host in list(self.there):
                for declared, to_host in self.edges(package, host):
                    if not declared.optional or (package, host, declared.name) in self.active:
                        self.follow(declared, to_host)
            for package, host, feature in list(self.on):
                known = feature_map(self.model.crates[package])
                if feature not in known:
                    raise RefusedError(feature)
                for value in known[feature]:
                    self.apply(package, host, value)

    def follow(self, declared: Declared, host: bool) -> None:
        self.add(self.there, (declared.package, host))
        for feature in declared.features:
            self.add(self.on, (declared.package, host, feature))
        if declared.default and "default" in feature_map(self.model.crates[declared.package]):
            self.add(self.on, (declared.package, host, "default"))

    def of(self, package: int, host: bool) -> tuple[str, ...]:
        role = host and self.new_resolver
        return tuple(sorted(f for p, h, f in self.on if (p, h) == (package, role)))

    def has(self, package: int, host: bool, declared: Declared) -> bool:
        return not declared.optional or (package, host and self.new_resolver, declared.name) in self.active


def selected(model: Model, question: Question) -> list[int]:
    """The packages that are built."""
    if question.workspace:
        return model.members()
    if question.packages:
        return sorted(set(question.packages))
    return [0] if model.rooted else model.members()


def seeds(model: Model, question: Question) -> dict[int, list[str]]:
    """The members whose features are asked for, with what is asked."""
    wanted = [index for index in selected(model, question) if model.crates[index].member]
    if model.resolver == "1" and model.rooted:
        return _old_seeds(model, question, wanted)
    if not wanted:
        if question.features or question.all_features or question.no_default:
            raise RefusedError("features of a package that is no member")
        return {index: _asked(model, index, [], question, plain=True) for index in model.members()}
    found: dict[int, list[str]] = {index: [] for index in wanted}
    for value in question.features:
        takers = [(index, taken) for index in wanted if (taken := _taken(model, index, value))]
        if not takers:
            raise RefusedError(value)
        for index, taken in takers:
            found[index].append(taken)
    return {index: _asked(model, index, values, question) for index, values in found.items()}


def _taken(model: Model, index: int, value: str) -> str | None:
    """The part of a `--features` value that concerns a member, as a value of its own."""
    crate = model.crates[index]
    names = {declared.name for declared in crate.dependencies}
    optional = {declared.name for declared in crate.dependencies if declared.optional}
    if "/" not in value:
        return value if value in feature_map(crate) or value in optional else None
    name, feature = value.replace("?/", "/").split("/")
    if name in names:
        return value
    return feature if name == crate.name and feature in {*feature_map(crate), *optional} else None


def _asked(
    model: Model, index: int, values: list[str], question: Question, *, plain: bool = False
) -> list[str]:
    known = feature_map(model.crates[index])
    default = ["default"] if "default" in known and (plain or not question.no_default) else []
    return [*values, *default, *(known if question.all_features and not plain else ())]


def _old_seeds(model: Model, question: Question, wanted: list[int]) -> dict[int, list[str]]:
    """Before resolver 2, `--features` are those of the package that one stands in, whatever is built."""
    others = {model.crates[index].name: index for index in wanted if index != 0}
    found: dict[int, list[str]] = {0: [], **{index: [] for index in wanted}}
    own = {declared.name for declared in model.crates[0].dependencies}
    for value in question.features:
        name, slash, feature = value.replace("?/", "/").partition("/")
        if slash and name in others:
            found[others[name]].append(feature)
        elif slash and name not in own:
            raise RefusedError(value)
        else:
            found[0].append(value)
    asked = {0: _asked(model, 0, found[0], question)}
    for index in others.values():
        everything = [*feature_map(model.crates[index])] if question.all_features else []
        asked[index] = [*_asked(model, index, found[index], question, plain=True), *everything]
    return asked


@dataclass
class Graph:
    """Units with their edges, from the roots down."""

    model: Model
    question: Question
    features: Features
    edges: dict[Unit, frozenset[tuple[str, Unit]]] = field(default_factory=dict)
    linked: dict[Unit, set[Unit]] = field(default_factory=dict)

    def unit(self, package: int, kind: str, name: str, mode: str, platform: str | None, host: bool) -> Unit:
        return (package, kind, name, mode, platform, self.features.of(package, host))

    def visit(self, unit: Unit, host: bool) -> None:
        pending = [(unit, host)]
        seen = set()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            found = list(self.edges_of(*current))
            edges = frozenset((name, child) for name, child, _ in found)
            if self.edges.setdefault(current[0], edges) != edges:
                raise AmbiguousError
            pending += [(child, child_host) for _, child, child_host in found]

    def edges_of(self, unit: Unit, host: bool) -> Iterator[tuple[str, Unit, bool]]:
        package, kind, _, mode, platform, _ = unit
        crate = self.model.crates[package]
        if mode == "run-custom-build":
            name = "build_script_build"
            yield name, self.unit(package, "custom-build", "build-script-build", "build", None, host), host
            return
        for declared in self.wanted(unit, host):
            other = self.model.crates[declared.package]
            if other.library:
                name = (crate.name if other is crate else declared.name).replace("-", "_")
                yield self.library(declared.package, name, unit, host)
        if kind == "custom-build":
            return
        if crate.script:
            run = self.unit(package, "custom-build", "build-script-build", "run-custom-build", platform, host)
            yield "build_script_build", run, host
        if (kind != "lib" or mode == "doctest") and crate.library in ("lib", "proc-macro"):
            yield self.library(package, crate.name.replace("-", "_"), unit, host)
        if kind in ("test", "bench") and mode == "test":
            for other_kind, name, required in crate.targets:
                if other_kind == "bin" and set(required) <= set(self.features.of(package, host=False)):
                    bin_unit = self.unit(package, "bin", name, "build", platform, host=False)
                    yield name.replace("-", "_"), bin_unit, False

    def wanted(self, unit: Unit, host: bool) -> Iterator[Declared]:
        """The declared dependencies that a unit has."""
        package, kind, _, mode, platform, _ = unit
        for declared in self.model.crates[package].dependencies:
            if (declared.kind == "build") is not (kind == "custom-build"):
                continue
            if declared.kind == "dev" and not self.sees_dev(package, kind, mode):
                continue
            if (platform or HOST) in TABLES[declared.platform] and self.features.has(package, host, declared):
                yield declared

    def sees_dev(self, package: int, kind: str, mode: str) -> bool:
        return self.model.crates[package].member and (
            kind in ("test", "example") or mode in ("test", "doctest")
        )

    def library(self, package: int, name: str, user: Unit, host: bool) -> tuple[str, Unit, bool]:
        crate = self.model.crates[package]
        macro = crate.library == "proc-macro"
        host = host or user[1] == "custom-build" or macro
        unit = self.unit(
            package, "lib", crate.name.replace("-", "_"), "build", None if macro else user[4], host
        )
        return name, unit, host

    def link(self) -> dict[Unit, frozenset[tuple[str, Unit]]]:
        """Runs of scripts see the runs of their package's direct `links` dependencies."""
        result = {unit: set(edges) for unit, edges in self.edges.items()}
        for unit, edges in self.edges.items():
            runs = [child for _, child in edges if child[3] == "run-custom-build" and child[0] == unit[0]]
            for _, other in edges:
                crate = self.model.crates[other[0]]
                is_library = other[1] == "lib" and crate.library in ("lib", "proc-macro")
                if other[0] == unit[0] or not is_library or not crate.links or self.only_dev(unit, other[0]):
                    continue
                for _, run in self.edges[other]:
                    if run[3] == "run-custom-build":
                        for own in runs:
                            result[own].add(("build_script_build", run))
        return {unit: frozenset(edges) for unit, edges in result.items()}

    def only_dev(self, unit: Unit, other: int) -> bool:
        """Whether no normal dependency leads from a unit to a package, on the unit's platform."""
        platform = unit[4] or HOST
        kinds = {
            d.kind
            for d in self.model.crates[unit[0]].dependencies
            if d.package == other
            and platform in TABLES[d.platform]
            and any(self.features.has(unit[0], host, d) for host in (False, True))
        }
        return "normal" not in kinds


def targets_of(crate: Crate) -> list[tuple[str, str, tuple[str, ...]]]:
    own = [("lib", crate.name.replace("-", "_"), ())] if crate.library else []
    return [*own, *crate.targets]


def proposals(crate: Crate, question: Question) -> list[tuple[str, str, str]]:
    """(kind, name, mode) of the targets that the flags ask for."""
    tested, benched = {"lib", "bin", "test"}, {"lib", "bin", "bench"}
    found = []
    for kind, name, _ in targets_of(crate):
        modes = set()
        if question.intent == "test":
            if not question.flags:
                modes |= {"test"} if kind in tested else {"build"} if kind == "example" else set()
                modes |= {"doctest"} if kind == "lib" and crate.library != "cdylib" else set()
            modes |= {"test"} if _is_flagged(kind, question.flags, tested, benched) else set()
        else:
            if not question.flags and kind in ("lib", "bin"):
                modes.add("build")
            every = "--all-targets" in question.flags
            if (f"--{kind}s" in question.flags or f"--{kind}" in question.flags or every) and kind in (
                "lib",
                "bin",
                "example",
            ):
                modes.add("build")
            if ("--tests" in question.flags or every) and kind in tested:
                modes.add("test")
            if ("--benches" in question.flags or every) and kind in benched:
                modes.add("test")
        found += [(kind, name, mode) for mode in sorted(modes)]
    return found


def _is_flagged(kind: str, flags: list[str], tested: set[str], benched: set[str]) -> bool:
    own = {"lib": "--lib", "bin": "--bins", "example": "--examples"}.get(kind)
    every = "--all-targets" in flags
    return (
        own in flags
        or (every and own is not None)
        or (("--tests" in flags or every) and kind in tested)
        or (("--benches" in flags or every) and kind in benched)
    )


def reference(model: Model, question: Question) -> dict[Unit, frozenset[tuple[str, Unit]]]:
    """All units of an invocation with their edges.

    Raises:
        RefusedError: cargo would refuse.
        AmbiguousError: the answer hangs on the order of cargo's visits.
    """
    features = Features(model, question, seeds(model, question))
    features.solve()
    graph = Graph(model, question, features)
    chosen = selected(model, question)
    is_lib = "--lib" in question.flags and "--all-targets" not in question.flags
    if is_lib and not any(model.crates[index].library for index in chosen):
        raise RefusedError("no library")
    for index in chosen:
        crate = model.crates[index]
        required = {(kind, name): set(needs) for kind, name, needs in targets_of(crate)}
        for kind, name, mode in proposals(crate, question):
            if not required[kind, name] <= set(features.of(index, host=False)):
                continue
            macro = kind == "lib" and crate.library == "proc-macro"
            for platform in [None] if macro else question.targets or [HOST]:
                graph.visit(graph.unit(index, kind, name, mode, platform, macro), macro)
    return graph.link()

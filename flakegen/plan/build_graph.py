"""The whole build of one system as a graph: cargo units, what they need, and the flake's outputs above them.

It is what is asked when the question is not how to build but what hangs together: what an edit rebuilds, which layers
there are, a picture. A unit that is built on several platforms of the system (natively, and for another machine) is one
node for each. Values only, so that it can be kept from one run to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from flakegen.graph.order import needed_first
from flakegen.plan.cargo import join
from flakegen.plan.cargo_plan import CargoPlan, CratePlan, FolderPlan, SourcePlan, UnitPlan
from flakegen.plan.edges import edge_keys
from flakegen.plan.model import BuildPlan
from flakegen.plan.output_uses import CargoCall, Uses, uses_of
from flakegen.plan.requests import cross_platform_name
from flakegen.spec.values import System

COMPILED_FROM = "./compiled-from.nix"
_OPTIMISED = re.compile(r"opt-level=[^0]")
_HELPER = "./"  # how paths in the output folder itself begin


class UnitNode(Struct, frozen=True, kw_only=True, array_like=True):
    """One unit on one platform.

    Attributes:
        id: its key in Cargo.nix, with the platform in front where that is not the system itself.
        platform: the platform's name.
        key: in `CargoPlan.units`.
        crate: the package's key in `CargoPlan.crates`.
        name: the package's name.
        version: its version.
        directory: the package's folder, relative to the project; None if it is fetched.
        kind: the target's kind as in cargo's JSON (`lib`, `bin`, `custom-build`, …).
        target: `lib`, `build-script`, `bin lana-cli`, ….
        mode: `build`, `test`, `check`, `doc`, `run` (of a build script), ….
        profile: the profile's name in Cargo.nix.
        is_optimised: whether it optimises.
        features: those that are on.
        layer: the caching layer.
        shard: its part of the layer.
        seconds: how long it takes, by measure or estimate.
        source: its name in `BuildGraph.sources`; None if it is fetched.
        needs: ids of the units that it is made from.
        outputs: names of outputs of the flake that its environment or its crate's override names.
    """

    id: str
    platform: str
    key: str
    crate: str
    name: str
    version: str
    directory: str | None
    kind: str
    target: str
    mode: str
    profile: str
    is_optimised: bool
    features: tuple[str, ...]
    layer: int
    shard: int
    seconds: float
    source: str | None
    needs: tuple[str, ...]
    outputs: tuple[str, ...]


class OutputNode(Struct, frozen=True, kw_only=True, array_like=True):
    """One output of the flake.

    Attributes:
        name: as `packages.lana-cli`.
        units: ids of the units that it is made from directly.
        outputs: names of other outputs that it is made from.
        sources: files of the project that it reads itself.
        nix_files: Nix files of the project that it is made by, which may read others.
        toolchain: it is made with the Rust toolchain.
        whole_project: it reads the project as it is, every file of it.
        is_open: what else it reads cannot be told.
    """

    name: str
    units: tuple[str, ...]
    outputs: tuple[str, ...]
    sources: tuple[SourcePlan, ...]
    nix_files: tuple[str, ...]
    toolchain: bool
    whole_project: bool
    is_open: bool


class BuildGraph(Struct, frozen=True, kw_only=True):
    """All units and outputs of one system.

    Attributes:
        system: its name.
        units: by id; each comes after those that it needs.
        outputs: by name.
        sources: of units, by the name that they have there.
        guard: files that the graph itself is made from: the spec, manifests, the lock, configuration.
        lock: flake.lock, which everything is built with.
        toolchain: the file that names the Rust toolchain, if one does.
    """

    system: str
    units: Mapping[str, UnitNode]
    outputs: Mapping[str, OutputNode]
    sources: Mapping[str, SourcePlan]
    guard: tuple[str, ...]
    lock: str
    toolchain: str | None


def build_graph(plan: BuildPlan, system: str) -> BuildGraph:
    """Return the graph of one system of a plan."""
    cargo = plan.cargo
    platforms = () if cargo is None else [p.name for p in cargo.platforms if p.system == system]
    units: dict[str, UnitNode] = {}
    for platform in sorted(platforms):
        if cargo is not None:
            _add_units(cargo, platform, system, units, _named_outputs(plan))
    outputs = _Outputs(plan, system, units)
    return BuildGraph(
        system=system,
        units=units,
        outputs={node.name: node for node in outputs.nodes()},
        sources={} if cargo is None else cargo.sources,
        guard=tuple(sorted({plan.spec, *(() if cargo is None else cargo.guard)})),
        lock=join(plan.output, "flake.lock"),
        toolchain=plan.toolchain.file if plan.toolchain.overlay else None,
    )


def first_own_layer(graph: BuildGraph) -> int | None:
    """Return the lowest layer with own code: those below change with the lock alone. None if all is fetched."""
    return min((unit.layer for unit in graph.units.values() if unit.directory is not None), default=None)


def unit_id(key: str, platform: str, system: str) -> str:
    """Return the name of a unit in the graph."""
    return key if platform == system else f"{platform}:{key}"


def _named_outputs(plan: BuildPlan) -> Callable[[CratePlan], tuple[str, ...]]:
    """Return what tells the outputs that units of a crate are told of: by the environment of own units, and overrides."""
    everywhere = {name for value in plan.cargo_env.values() for name in uses_of(value).outputs}
    overridden = {crate: uses_of(value).outputs for crate, value in plan.crate_overrides.items()}

    def of(crate: CratePlan) -> tuple[str, ...]:
        own = everywhere if crate.directory is not None else set()
        return tuple(sorted(own.union(overridden.get(crate.name, ()))))

    return of


def _add_units(
    cargo: CargoPlan,
    platform: str,
    system: str,
    units: dict[str, UnitNode],
    named: Callable[[CratePlan], tuple[str, ...]],
) -> None:
    roots = sorted({key for build in cargo.builds.values() for key in build.get(platform, ())})
    for key in needed_first(roots, lambda key: keys_needed(cargo.units[key], platform)):
        unit = cargo.units[key]
        crate = cargo.crates[unit.crate]
        name = unit_id(key, platform, system)
        needs = {unit_id(other, platform, system) for other in keys_needed(unit, platform)}
        units[name] = UnitNode(
            id=name,
            platform=platform,
            key=key,
            crate=unit.crate,
            name=crate.name,
            version=crate.version,
            directory=crate.directory,
            kind=crate.targets[unit.target].kind,
            target=unit.target,
            mode=unit.mode,
            profile=unit.profile,
            is_optimised=_OPTIMISED.search(" ".join(cargo.profiles.get(unit.profile, ()))) is not None,
            features=unit.features,
            layer=unit.layer,
            shard=unit.shard,
            seconds=unit.seconds,
            source=unit.source,
            needs=tuple(sorted(needs)),
            outputs=named(crate),
        )


def keys_needed(unit: UnitPlan, platform: str) -> list[str]:
    """Return the keys of the units that a unit needs on a platform, sorted."""
    only = unit.only.get(platform)
    return sorted({*edge_keys(unit.edges), *(() if only is None else edge_keys(only))})


class _Outputs:
    """The outputs of one system, while they are looked at."""

    def __init__(self, plan: BuildPlan, system: str, units: Mapping[str, UnitNode]) -> None:
        self.plan = plan
        self.system = system
        self.units = units
        self.builds = {} if plan.cargo is None else plan.cargo.builds

    def nodes(self) -> Iterator[OutputNode]:
        """Yield the outputs of the spec and the caching layers."""
        for output in self.plan.outputs:
            if self.system in output.systems:
                yield self._node(f"{output.section}.{output.name}", uses_of(output.value))
        layers: dict[int, list[str]] = {}
        for unit in self.units.values():
            layers.setdefault(unit.layer, []).append(unit.id)
        for layer, units in sorted(layers.items()):
            yield _of_units(f"legacyPackages.layers.{layer}", units)

    def _node(self, name: str, uses: Uses) -> OutputNode:
        cargo = self.plan.cargo
        formatted = cargo is not None and any(call.function == "formatted" for call in uses.calls)
        sources = [cargo.rustfmt.source] if cargo is not None and formatted else []
        compares = COMPILED_FROM in uses.paths
        if compares:
            sources.append(self.plan.compiled_from)
        others = [
            path for path in uses.paths if not path.startswith(_HELPER) and not (compares and _is_up(path))
        ]
        files = [self._relative(path) for path in others if not _is_up(path)]
        plain = tuple(sorted(path for path in files if not path.endswith(".nix")))
        if plain:
            sources.append(_all_of(plain))
        return OutputNode(
            name=name,
            units=tuple(sorted({each for call in uses.calls for each in self._units_of(call)})),
            outputs=uses.outputs,
            sources=tuple(sources),
            nix_files=tuple(sorted(set(files) - set(plain))),
            toolchain=uses.toolchain or bool(uses.calls),
            whole_project=uses.whole_project or any(_is_up(path) for path in others),
            is_open=uses.is_open or len(plain) < len(files),
        )

    def _relative(self, path: str) -> str:
        return path.removeprefix(f"{self.plan.to_root}/")

    def _units_of(self, call: CargoCall) -> Iterator[str]:
        """Yield the roots of what a call makes (see default.nix)."""
        platform = (
            self.system if call.foreign is None else cross_platform_name(System(self.system), call.foreign)
        )
        match call.function, call.arguments:
            case ("package", (str(build),)) | ("tests" | "succeeds" | "documentation", (_, str(build), *_)):
                yield from self._roots(build, platform)
            case ("testsOf" | "succeedsOf" | "documentationOf", (str(member), _, str(build), *_)):
                yield from (each for each in self._roots(build, platform) if self.units[each].name == member)
            case "dependencies", (_, builds):
                wanted = self.builds if builds is None else builds
                yield from self._third_party(wanted)
            case "formatted", _:
                return
            case _:
                yield from (each.id for each in self.units.values() if each.platform == platform)

    def _roots(self, build: str, platform: str) -> Iterator[str]:
        for key in self.builds.get(build, {}).get(platform, ()):
            yield unit_id(key, platform, self.system)

    def _third_party(self, builds: Iterable[str]) -> Iterator[str]:
        """Yield what is fetched for builds, on whatever platforms of the system they are built."""
        platforms = sorted({unit.platform for unit in self.units.values()})
        roots = {root for build in builds for each in platforms for root in self._roots(build, each)}
        for each in needed_first(sorted(roots), lambda name: self.units[name].needs):
            if self.units[each].directory is None:
                yield each


def _of_units(name: str, units: Iterable[str]) -> OutputNode:
    return OutputNode(
        name=name,
        units=tuple(sorted(units)),
        outputs=(),
        sources=(),
        nix_files=(),
        toolchain=True,
        whole_project=False,
        is_open=False,
    )


def _all_of(paths: tuple[str, ...]) -> SourcePlan:
    """Return files, and all that is in folders; which of both a path is, the disk says."""
    folders = tuple(FolderPlan(path=path, recursive=True, match=None) for path in paths)
    return SourcePlan(files=paths, rust=(), folders=folders, without=())


def _is_up(path: str) -> bool:
    return path.strip("./") == ""

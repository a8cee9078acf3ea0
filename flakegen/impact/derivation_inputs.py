"""What each derivation is told: all that its identity is made of, apart from the derivations that it needs.

This mirrors units.nix attribute by attribute, so that a change can be explained (`features`, `source`, …) without Nix. If
a unit's derivation gets another input there, it needs another line here; tests compare with the real derivations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from flakegen.plan.build_graph import UnitNode
from flakegen.plan.cargo_plan import CargoPlan, CratePlan, Platform, UnitEdges, UnitPlan
from flakegen.plan.model import BuildPlan
from flakegen.plan.source_files import SourceReader

# The inputs of a flake that cargo units are built with.
_TOOLCHAIN_INPUTS = ("nixpkgs", "rust-overlay")


class World:
    """What all units of a project have in common: the toolchain, packages of nixpkgs, and how units are built."""

    def __init__(self, plan: BuildPlan, root: Path, output: Path, runtime: Path) -> None:
        """Read what stands in the output folder.

        Args:
            plan: the project.
            root: its folder.
            output: the folder that is written, relative to that.
            runtime: the folder of the files that build units, relative to the output folder.
        """
        self.packages = _digest(json.dumps([*_locked(root / output / "flake.lock"), *_inputs(plan)]))
        self.toolchain = _digest(json.dumps([self.packages, *_chosen(plan, root)]))
        self.builder = _folder_digest(root / output / runtime)
        self.overrides = {name: repr(value) for name, value in plan.crate_overrides.items()}
        self.env = repr(sorted((name, repr(value)) for name, value in plan.cargo_env.items()))


def _locked(lock: Path) -> Iterator[str]:
    try:
        nodes = json.loads(lock.read_bytes())["nodes"]
        named = nodes["root"]["inputs"]
        for name in _TOOLCHAIN_INPUTS:
            if isinstance(named.get(name), str):
                yield json.dumps(nodes[named[name]].get("locked"), sort_keys=True)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # none yet, or none that Nix would take
        return


def _inputs(plan: BuildPlan) -> Iterator[str]:
    yield json.dumps([plan.inputs.get(name) for name in _TOOLCHAIN_INPUTS], sort_keys=True)


def _chosen(plan: BuildPlan, root: Path) -> Iterator[str]:
    if plan.toolchain.overlay:
        yield repr(plan.toolchain)
        if plan.toolchain.file is not None:
            yield (root / plan.toolchain.file).read_text(encoding="utf-8", errors="surrogateescape")


def _folder_digest(folder: Path) -> str:
    """Return a digest of the files in a folder, their first lines left out: those name the program that wrote them."""
    digest = blake2b(digest_size=16)
    for file in sorted(folder.glob("*.nix")) + sorted(folder.glob("*.sh")):
        _, _, text = file.read_bytes().partition(b"\n")
        digest.update(f"{file.name} {len(text)} ".encode("utf-8", "surrogateescape"))
        digest.update(text)
    return digest.hexdigest()


class Teller:
    """Says of each unit of a graph what its derivation is told."""

    def __init__(self, cargo: CargoPlan, world: World, reader: SourceReader) -> None:
        """Prepare for all units; ``reader`` reads their sources."""
        self.cargo = cargo
        self.world = world
        self.reader = reader
        self.platforms = {platform.name: platform for platform in cargo.platforms}
        self._sources: dict[str, str] = {}

    def tell(self, node: UnitNode) -> dict[str, str]:
        """Return what the unit's own derivation is told, by a name for people."""
        unit = self.cargo.units[node.key]
        crate = self.cargo.crates[unit.crate]
        platform = self.platforms[node.platform]
        if self._edge(unit, platform, "replaced"):
            return self._replaced(unit, crate, platform)
        said = {**self._common(unit, crate, platform), **self._origin(unit, crate)}
        if unit.mode == "run":
            said |= self._run(unit, crate)
        else:
            said |= self._compile(unit, crate)
        if crate.name in self.world.overrides:
            said["crate override"] = f"{self.world.overrides[crate.name]} {sorted(crate.targets)}"
        return said

    def _common(self, unit: UnitPlan, crate: CratePlan, platform: Platform) -> dict[str, str]:
        triple = (platform.target or platform.host) if unit.cross else platform.host
        environment = self.cargo.environments
        configured = environment.fetched if crate.directory is None else environment.own
        return {
            "toolchain": self.world.toolchain,
            "builder": self.world.builder,
            "version": f"{crate.name} {crate.version}",
            "platform": f"{platform.host} {triple} {unit.cross}",
            "features": " ".join(unit.features),
            "flags": repr(unit.flags),
            "package": repr(sorted(crate.texts.items())),
            "configuration": repr((sorted(configured.plain.items()), sorted(configured.forced.items()))),
            "content addressing": str(self.cargo.content_addressed),
        }

    def _origin(self, unit: UnitPlan, crate: CratePlan) -> dict[str, str]:
        if crate.directory is None:
            # Unpacked under the crate's key, from where it is fetched.
            return {"version": f"{unit.crate} {crate.version} {crate.fetch!r}", "place": ""}
        return {
            "source": "" if unit.source is None else self._source(unit.source),
            "environment": f"{self.world.env} {sorted(unit.env.items())}",
            "place": repr(
                (self.cargo.name, crate.directory, self.cargo.root, self.cargo.command, crate.is_member)
            ),
        }

    def _source(self, name: str) -> str:
        known = self._sources.get(name)
        if known is None:
            source = self.cargo.sources[name]
            # Contents are in the first; of the rebuild hash, only what it is made of remains to be told.
            said = (self.reader.digest(source), *self.reader.embedded(source))
            known = self._sources[name] = _digest(repr(said))
        return known

    def _compile(self, unit: UnitPlan, crate: CratePlan) -> dict[str, str]:
        return {
            "target": f"{unit.crate} {crate.targets[unit.target]!r} {unit.mode} {unit.clippy} {crate.has_lib}",
            "profile": repr(self.cargo.profiles[unit.profile]),
            "lints": repr(crate.lints),
            "declared features": crate.check_cfg,
        }

    def _run(self, unit: UnitPlan, crate: CratePlan) -> dict[str, str]:
        return {
            "target": f"run {crate.targets[unit.target].name}",
            "links": crate.links or "",
            "profile": repr(sorted(self.cargo.scripts[unit.profile].items())),
        }

    def _replaced(self, unit: UnitPlan, crate: CratePlan, platform: Platform) -> dict[str, str]:
        said: Mapping[str, object] = self.cargo.replaced[self._edge(unit, platform, "replaced") or ""]
        return {
            "toolchain": self.world.toolchain,
            "builder": self.world.builder,
            "version": f"{crate.name} {crate.version}",
            "links": crate.links or "",
            "configuration": repr(sorted((kind, lines) for kind, lines in said.items())),
        }

    def _edge(self, unit: UnitPlan, platform: Platform, name: str) -> str | None:
        edges: UnitEdges | None = unit.only.get(platform.name)
        found: str | None = getattr(unit.edges, name) or (getattr(edges, name) if edges is not None else None)
        return found

    def needs(self, node: UnitNode) -> Iterator[tuple[str, str]]:
        """Yield what the unit needs, by the name that its derivation has for it, as keys of the table."""
        unit = self.cargo.units[node.key]
        only = unit.only.get(node.platform)
        for edges in (unit.edges, *(() if only is None else (only,))):
            yield from edges.externs.items()
            yield from ((f"bin {name}", key) for name, key in edges.bins.items())
            yield from (("links", key) for key in edges.links)
            if edges.script is not None:
                yield "script", edges.script
            if edges.build is not None:
                yield "build", edges.build


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

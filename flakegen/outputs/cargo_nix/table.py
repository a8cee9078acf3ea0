"""A CargoPlan as the attribute set that Cargo.nix holds, defaults left out (see runtime/units.nix for who reads what)."""

from __future__ import annotations

from typing import TypeAlias

from flakegen.outputs.fetch_table import fetch_table
from flakegen.outputs.source_table import source_table
from flakegen.plan.cargo_plan import CargoPlan, CratePlan, EnvironmentPlan, TargetPlan, UnitEdges, UnitPlan

Value: TypeAlias = object
"""Text, number, boolean, None, or a list or mapping of these."""


def table(plan: CargoPlan) -> dict[str, Value]:
    """Return the whole table as plain values; keys are sorted where their order has no meaning.

    Of the long sections, iterators over names and values.
    """
    return {
        "name": plan.name,
        "workspace": plan.root,
        "command": plan.command,
        "layers": _shards_of_layers(plan),
        "guard": dict(sorted(plan.guard.items())),
        "platforms": {
            platform.name: {"host": platform.host, "target": platform.target} for platform in plan.platforms
        },
        "profiles": {name: list(flags) for name, flags in sorted(plan.profiles.items())},
        "scripts": {name: dict(values) for name, values in sorted(plan.scripts.items())},
        **_present(
            replaced={
                name: {kind: list(lines) for kind, lines in said.items()}
                for name, said in sorted(plan.replaced.items())
            }
        ),
        "environment": {
            "all": _environment(plan.environments.fetched),
            "own": _environment(plan.environments.own),
        },
        "builds": {
            build: {platform: list(keys) for platform, keys in sorted(roots.items())}
            for build, roots in sorted(plan.builds.items())
        },
        "crates": ((key, _crate(crate)) for key, crate in sorted(plan.crates.items())),
        "sources": {key: source_table(source) for key, source in sorted(plan.sources.items())},
        "rustfmt": {
            "targets": {edition: "\n".join(paths) for edition, paths in sorted(plan.rustfmt.targets.items())},
            "source": source_table(plan.rustfmt.source),
        },
        "units": ((key, _unit(unit)) for key, unit in sorted(plan.units.items())),
    }


def _shards_of_layers(plan: CargoPlan) -> list[int]:
    """Return how many shards each layer has; layer 0 may have none."""
    shards: dict[int, int] = {}
    for unit in plan.units.values():
        shards[unit.layer] = max(shards.get(unit.layer, 0), unit.shard + 1)
    return [shards.get(layer, 0) for layer in range(max(shards, default=-1) + 1)]


def _environment(environment: EnvironmentPlan) -> dict[str, Value]:
    return _present(
        configEnv=dict(sorted(environment.plain.items())), forcedEnv=dict(sorted(environment.forced.items()))
    )


def _present(**values: Value) -> dict[str, Value]:
    """Keep what says something: no null, false, or empty value."""
    return {name: value for name, value in values.items() if value}


def _crate(crate: CratePlan) -> dict[str, Value]:
    return {
        "name": crate.name,
        "version": crate.version,
        **({"directory": crate.directory} if crate.directory is not None else {}),
        **(fetch_table(crate.fetch) if crate.fetch is not None else {}),
        **({} if crate.is_member or crate.directory is None else {"member": False}),
        **_present(
            links=crate.links,
            env=dict(sorted(crate.texts.items())),
        ),
        **({"lints": list(crate.lints)} if crate.lints is not None else {}),
        **({} if crate.has_lib else {"hasLib": False}),
        **_present(rebuildHash=crate.rebuild_hash),
        "checkCfg": crate.check_cfg,
        "targets": {key: _target(target) for key, target in crate.targets.items()},
    }


def _target(target: TargetPlan) -> dict[str, Value]:
    return {
        "kind": target.kind,
        "name": target.name,
        "crate": target.crate,
        "path": target.path,
        "edition": target.edition,
        "types": list(target.types),
        **_present(procMacro=target.proc_macro, linkScopes=list(target.link_scopes)),
        **({} if target.harness else {"testFlags": ["--cfg", "test"]}),
    }


def _unit(unit: UnitPlan) -> dict[str, Value]:
    # As with `_present`, but there are hundreds of thousands of these.
    found: dict[str, Value] = {"crate": unit.crate, "target": unit.target, "profile": unit.profile}
    if unit.mode != "build":
        found["mode"] = unit.mode
    if unit.cross:
        found["cross"] = True
    if unit.clippy:
        found["clippy"] = True
    if unit.features:
        found["features"] = list(unit.features)
    if unit.flags:
        found["flags"] = list(unit.flags)
    if unit.source:
        found["source"] = unit.source
    if unit.env:
        found["env"] = dict(sorted(unit.env.items()))
    found |= _edges(unit.edges)
    if unit.only:
        found["only"] = {platform: _edges(edges) for platform, edges in sorted(unit.only.items())}
    if unit.layer:
        found["layer"] = unit.layer
    if unit.shard:
        found["shard"] = unit.shard
    return found


def _edges(edges: UnitEdges) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if edges.script:
        found["script"] = edges.script
    if edges.build:
        found["build"] = edges.build
    if edges.replaced:
        found["replaced"] = edges.replaced
    if edges.externs:
        found["externs"] = dict(sorted(edges.externs.items()))
    if edges.bins:
        found["bins"] = dict(sorted(edges.bins.items()))
    if edges.links:
        found["links"] = list(edges.links)
    return found

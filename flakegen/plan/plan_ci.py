"""From the spec's caches and CIs to what is done for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from flakegen.plan.ci import BlockPlan, CachePlan, CiPlan, CiPlans, JobPlan
from flakegen.plan.ci_steps import Maker, secrets_of_caches
from flakegen.plan.model import BuildPlan
from flakegen.spec.caches import Cache
from flakegen.spec.ci import Ci, CiSystem, Stage, Trigger
from flakegen.spec.model import Spec
from flakegen.spec.values import AttrName, JobName, Namespace

_GROUPS = {Trigger.PULL_REQUEST: "pull-requests", Trigger.PUSH: "pushes", Trigger.MANUAL: "by-hand"}


Layers: TypeAlias = tuple[tuple[str, ...], ...]
"""Attribute paths of the flake: the shards of each layer."""


def plan_ci(spec: Spec, layers: Callable[[str], Layers]) -> CiPlans:
    """Return what all CIs of a spec do.

    Args:
        spec: the spec.
        layers: tells the layers of a system in the order of building; asked only where a CI builds them.
    """
    if not spec.ci and not spec.caches:
        return CiPlans()
    return CiPlans(
        caches=tuple(_cache(name, spec.caches[name]) for name in sorted(spec.caches)),
        files=tuple(_ci(name, spec, layers) for name in sorted(spec.ci)),
        programs=_programs(spec),
    )


def _cache(name: AttrName, cache: Cache, pins: Mapping[str, str] | None = None) -> CachePlan:
    return CachePlan(
        name=cache.cache_name(name),
        kind=cache.kind,
        address=cache.address(name),
        public_key=cache.public_key,
        writer=cache.written_by,
        readers=tuple(sorted(cache.read_by)),
        pins=pins or {},
    )


def _ci(name: JobName, spec: Spec, layers: Callable[[str], Layers]) -> CiPlan:
    ci = spec.ci[name]
    namer = Maker(spec=spec, ci=ci)
    caches = {
        each: _cache(
            each, cache, {namer.installable(pin): label for label, pin in sorted(cache.pins.items())}
        )
        for each, cache in sorted(spec.caches.items())
    }
    writes = tuple(each for each in caches.values() if each.writer == name)
    reads = tuple(each for each in caches.values() if name in each.readers)
    return CiPlan(
        name=name,
        path=None if ci.path is None else str(spec.layout.relative(ci.path)),
        system=ci.system,
        jobs=tuple(_job(job, spec, ci, (writes, reads), layers) for job in ci.jobs),
        branch=ci.branch,
        repository=ci.repository,
        secrets=dict(sorted(ci.secrets.items())),
        cache_secrets=secrets_of_caches(ci),
        writes=writes,
        reads=reads,
        image=ci.image,
        private_key=ci.private_key,
        access_token=ci.access_token,
        webhook_token=ci.webhook_token,
        next_version=None if ci.version_with is None else namer.program(ci.version_with),
        version_branch=ci.version_branch,
        tag_prefix=ci.tag_prefix or "",
        runs_on=ci.runs_on,
    )


def layer_attributes(plan: BuildPlan, system: str) -> Layers:
    """Return the attribute paths of the shards of each layer, in the order in which layers are built."""
    from flakegen.plan.ci_layers import ci_layers  # noqa: PLC0415  # only building by layers needs it

    return tuple(tuple(shard.attribute for shard in layer.shards) for layer in ci_layers(plan, system))


def _job(
    name: JobName,
    spec: Spec,
    ci: Ci,
    caches: tuple[tuple[CachePlan, ...], tuple[CachePlan, ...]],
    layers: Callable[[str], Layers],
) -> JobPlan:
    job, (writes, reads) = ci.jobs[name], caches
    has_layers = any(stage.layers for stage in job.stages.values())
    maker = Maker(
        spec=spec,
        ci=ci,
        pushes=() if job.push is False else writes,
        reads=reads,
        layers=layers(ci.platform.value) if has_layers else (),
    )
    body = BlockPlan(items=tuple(_stages(job.stages, maker)), is_parallel=False)
    release = None if job.publish is None else maker.release(job.publish)
    trigger = job.triggers[0]
    return JobPlan(
        name=name,
        triggers=tuple(sorted(job.triggers, key=lambda each: each.value)),
        after=job.after,
        body=body,
        layers=maker.shards() if ci.system is CiSystem.GITHUB else (),
        env=dict(sorted(job.env.items())),
        status=job.status or name,
        group=job.group or _GROUPS[trigger],
        max_in_flight=job.max_in_flight,
        timeout_minutes=job.timeout_minutes,
        version=job.version,
        is_tagged=job.tag,
        release=release,
        needs_history=job.version is not None or release is not None,
    )


def _stages(stages: Mapping[JobName, Stage], maker: Maker) -> Iterable[BlockPlan]:
    """Yield the stages in an order that holds what they come after; those that nothing orders go side by side."""
    made = {name: maker.stage(stage) for name, stage in stages.items()}
    for generation in generations(stages):
        blocks = tuple(made[name] for name in generation if made[name].items)
        if blocks:
            yield blocks[0] if len(blocks) == 1 else BlockPlan(items=blocks, is_parallel=True)


def generations(stages: Mapping[JobName, Stage]) -> list[list[JobName]]:
    """Return the stages that can be done at once, generation by generation; each in the order of the file."""
    needs: dict[JobName, set[JobName]] = {}
    before: JobName | None = None
    for name, stage in stages.items():
        implied = () if before is None else (before,)
        needs[name] = set(implied if stage.after is None else stage.after)
        before = name
    found: list[list[JobName]] = []
    done: set[JobName] = set()
    while len(done) < len(needs):
        ready = [name for name in needs if name not in done and needs[name] <= done]
        assert ready, "circles were reported with the spec"  # noqa: S101 - an invariant of the decoder
        found.append(ready)
        done.update(ready)
    return found


def _programs(spec: Spec) -> tuple[str, ...]:
    """Return the apps that are built and not run."""
    stages = (stage for ci in spec.ci.values() for job in ci.jobs.values() for stage in job.stages.values())
    references = (each for stage in stages for each in (*stage.build, *stage.wait_for))
    return tuple(sorted({each.name[0] for each in references if each.namespace is Namespace.APPS}))

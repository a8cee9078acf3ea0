"""A workflow of GitHub Actions (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flakegen.outputs.ci.prelude import cachix_caches, nix_settings, start_lines
from flakegen.plan.ci import BlockPlan, CiPlan, JobPlan, StepPlan
from flakegen.spec.ci import Trigger

_TEMPLATE = Path(__file__).with_name("github.yml.jinja")
_EVENTS = {
    Trigger.PULL_REQUEST: "pull_request",
    Trigger.PUSH: "push",
    Trigger.MANUAL: "workflow_dispatch",
}
_TOKEN = "CACHIX_AUTH_TOKEN"  # noqa: S105  # the variable's name


def workflow(ci: CiPlan, header: tuple[str, ...]) -> str:
    """Return the workflow's text."""
    from flakegen.outputs.ci.yaml import render  # noqa: PLC0415  # only for projects with CI

    triggers = {trigger for job in ci.jobs for trigger in job.triggers}
    return render(
        _TEMPLATE,
        {
            "header": header,
            "ci": ci,
            "events": [_EVENTS[trigger] for trigger in Trigger if trigger in triggers],
            "settings": nix_settings(ci),
            "cachix": _cachix(ci),
            "jobs": [entry for job in ci.jobs for entry in _jobs(job, ci, triggers)],
        },
    )


def _cachix(ci: CiPlan) -> dict[str, Any] | None:
    """Return what Cachix's action is told: it pushes to one cache at most, and takes from all."""
    caches = cachix_caches(ci)
    if not caches:
        return None
    return {
        "name": caches[0].name,
        "others": ",".join(cache.name for cache in caches[1:]),
        "token": _secret(ci.secrets[_TOKEN]) if _TOKEN in ci.secrets else None,
        "reads": not any(cache in ci.writes for cache in caches),
    }


def _secret(name: str) -> str:
    return f"${{{{ secrets.{name} }}}}"


def _literal(text: str) -> str:
    """Return ``text`` so that GitHub finds no expression in it."""
    return text.replace("${{", "${{ '${{' }}")


def _jobs(job: JobPlan, ci: CiPlan, triggers: set[Trigger]) -> Iterator[dict[str, Any]]:
    """Yield the jobs that a job becomes: one for each layer, whose shards are machines, and one for the rest if there is any."""
    env = {name: _literal(value) for name, value in job.env.items()}
    common = {"if": _condition(job, triggers), "env": env, "timeout": job.timeout_minutes}
    before = after = [name for each in ci.jobs if each.name in job.after for name in _ends(each)]
    for name, shards in zip(_layer_names(job), job.layers, strict=True):
        yield {
            **common,
            "name": name,
            "needs": before,
            "shards": shards,
            "steps": [_step(_shard(ci), ci)],
            "history": False,
        }
        before = [name] if ci.writes else after
    steps = list(_steps(job.body))
    if steps:
        yield {
            **common,
            "name": job.name,
            "needs": [*after, *_layer_names(job)],
            "shards": (),
            "steps": [_step(step, ci) for step in steps],
            "history": any(step.is_stamped for step in steps),
        }


def _layer_names(job: JobPlan) -> list[str]:
    """Return what the jobs of a job's layers are called: no job of a spec has a capital letter."""
    return [f"{job.name}-Layer-{number}" for number in range(len(job.layers))]


def _ends(job: JobPlan) -> list[str]:
    """Return the jobs that must have passed for a job to have passed."""
    return [job.name] if any(True for _ in _steps(job.body)) else _layer_names(job)


def _shard(ci: CiPlan) -> StepPlan:
    lines = ('nix build --no-link --print-build-logs "$SHARD"',)
    return StepPlan(name="shard", lines=lines, secrets=ci.cache_secrets)


def _step(step: StepPlan, ci: CiPlan) -> dict[str, Any]:
    """Return a step as the template has it; Cachix's token is only for its action."""
    secrets = {name: _secret(ci.secrets[name]) for name in step.secrets if name != _TOKEN}
    return {"name": step.name, "env": secrets, "lines": (*start_lines(ci, step), *step.lines)}


def _condition(job: JobPlan, triggers: set[Trigger]) -> str | None:
    if set(job.triggers) == triggers:
        return None
    return " || ".join(f"github.event_name == '{_EVENTS[trigger]}'" for trigger in job.triggers)


def _steps(block: BlockPlan) -> Iterator[StepPlan]:
    """Yield the steps one after the other: on one machine of GitHub's, none go side by side."""
    for item in block.items:
        if isinstance(item, StepPlan):
            yield item
        else:
            yield from _steps(item)

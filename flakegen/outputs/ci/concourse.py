"""A Concourse pipeline (https://concourse-ci.org/docs/pipelines/), with every task written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from flakegen.outputs.ci.prelude import nix_settings, start_lines, use_lines
from flakegen.plan.ci import BlockPlan, CiPlan, JobPlan, StepPlan
from flakegen.plan.ci_shell import words
from flakegen.spec.ci import Bump, Trigger

_TEMPLATE = Path(__file__).with_name("concourse.yml.jinja")
# What the jobs of a pipeline call what they read and write.
_REPOSITORY, _PULLS, _VERSION, _RELEASE = "repo", "prs", "version", "release"


def pipeline(ci: CiPlan, header: tuple[str, ...]) -> str:
    """Return the pipeline's text."""
    from flakegen.outputs.ci.yaml import render  # noqa: PLC0415  # only for projects with CI

    repository = ci.repository or ""
    image, _, tag = ci.image.rpartition(":") if ":" in ci.image.rpartition("/")[2] else (ci.image, "", "")
    return render(
        _TEMPLATE,
        {
            "header": header,
            "ci": ci,
            "owner": repository.partition("/")[0],
            "project": repository.partition("/")[2],
            "uri": (
                f"git@github.com:{repository}.git"
                if ci.private_key
                else f"https://github.com/{repository}.git"
            ),
            "image": {"repository": image, "tag": tag},
            "has_pulls": any(_is_of_pulls(job) for job in ci.jobs),
            "has_commits": any(not _is_of_pulls(job) or job.is_tagged for job in ci.jobs),
            "has_versions": any(job.version for job in ci.jobs),
            "has_releases": any(job.release for job in ci.jobs),
            "groups": _groups(ci),
            "jobs": [_job(job, ci) for job in ci.jobs],
        },
    )


def _is_of_pulls(job: JobPlan) -> bool:
    return Trigger.PULL_REQUEST in job.triggers


def _groups(ci: CiPlan) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for job in ci.jobs:
        groups.setdefault(job.group, []).append(job.name)
    return groups


def _job(job: JobPlan, ci: CiPlan) -> dict[str, Any]:
    """Return a job as the template has it: pull requests are told how it went, all others only fetch the commit."""
    is_of_pulls = _is_of_pulls(job)
    is_next = job.version is not None and job.version is not Bump.SAME
    work = _Work(job=job, ci=ci)
    return {
        "name": job.name,
        "max_in_flight": job.max_in_flight,
        "status": job.status if is_of_pulls else None,
        "resource": _PULLS if is_of_pulls else None,
        "trigger": job.triggers[0] is not Trigger.MANUAL,
        "passed": job.after,
        "same_version": job.version is Bump.SAME,
        "version": (
            work.task(_next_version(job.version, ci), output=_VERSION) if job.version and is_next else None
        ),
        "plan": [work.block(item) for item in job.body.items],
        "release": None if job.release is None else work.task(_release(job.release, ci), output=_RELEASE),
        "is_tagged": job.is_tagged,
    }


def _params(step: StepPlan, job: JobPlan, ci: CiPlan) -> dict[str, str]:
    settings = "".join(f"{line}\n" for line in nix_settings(ci))
    secrets = {name: f"(({ci.secrets[name]}))" for name in step.secrets}
    return {**({"NIX_CONFIG": settings} if settings else {}), **secrets, **job.env}


class _Work(NamedTuple):
    """Turns the steps of one job into tasks."""

    job: JobPlan
    ci: CiPlan

    def block(self, item: StepPlan | BlockPlan) -> dict[str, Any]:
        """Return a step, or several that go together; what holds one alone is that one."""
        if isinstance(item, StepPlan):
            return self.task(item)
        if len(item.items) == 1:
            return self.block(item.items[0])
        kind = "in_parallel" if item.is_parallel else "do"
        return {"kind": kind, "items": [self.block(each) for each in item.items]}

    def task(self, step: StepPlan, output: str | None = None) -> dict[str, Any]:
        """Return a task that stands in the repository."""
        has_version = self.job.version is not None and output != _VERSION
        version = f"cat ../{_VERSION}/{_VERSION}" if has_version else None
        start = (*use_lines(self.ci), *start_lines(self.ci, step, version))
        return {
            "kind": "task",
            "name": step.name,
            "inputs": [_REPOSITORY, *([_VERSION] if has_version else [])],
            "output": output,
            "params": _params(step, self.job, self.ci),
            "lines": (f"cd {_REPOSITORY}", *start, *step.lines),
        }


def _next_version(bump: Bump, ci: CiPlan) -> StepPlan:
    """Return the step that writes the version that a job is about."""
    prefix = ci.tag_prefix
    options = (*(("--rc",) if bump is Bump.RC else ()), *(("--prefix", prefix) if prefix else ()))
    program = words(("nix", "run", ci.next_version or "", *(("--", *options) if options else ())))
    lines = (f"version=$({program})", f'printf %s "$version" > ../{_VERSION}/{_VERSION}')
    return StepPlan(name="next-version", lines=lines, secrets=ci.cache_secrets)


def _release(step: StepPlan, ci: CiPlan) -> StepPlan:
    """Return the step with what changed since the release before, and with the programs."""
    match = words(("--match", f"{ci.tag_prefix}[0-9]*", "--exclude", "*-rc.*"))
    return StepPlan(
        name=step.name,
        lines=(
            "RELEASE=$PWD/../release/files",
            'mkdir -p "$RELEASE"',
            f"before=$(git describe --tags --abbrev=0 {match} HEAD^ 2>/dev/null || true)",
            'git log --no-merges --format="- %s (%h)" "${before:+$before..}HEAD" > ../release/notes.md',
            *step.lines,
        ),
        is_stamped=True,
        secrets=step.secrets,
    )

"""The rules that `fly validate-pipeline --strict` holds a pipeline against, written from Concourse's documentation.

https://concourse-ci.org/docs/pipelines/, /docs/jobs/, /docs/steps/, /docs/tasks/: the keys of every table, names, what must be
there, what must be used, and what `passed` may name.
"""

import re
from typing import Any

IDENTIFIER = re.compile(r"[a-z][a-z0-9_.-]*")
HOOKS = {"on_success", "on_failure", "on_error", "on_abort", "ensure"}
ANY_STEP = HOOKS | {"attempts", "timeout", "tags", "across"}
STEPS = {
    "get": {"get", "resource", "passed", "params", "trigger", "version"},
    "put": {"put", "resource", "inputs", "params", "get_params", "no_get"},
    "task": {
        "task",
        "config",
        "file",
        "image",
        "privileged",
        "vars",
        "params",
        "input_mapping",
        "output_mapping",
    },
    "do": {"do"},
    "in_parallel": {"in_parallel"},
}
CORE_TYPES = {"git", "registry-image", "github-release", "time", "s3", "semver"}


def problems(pipeline: dict[str, Any]) -> list[str]:
    found = []
    found += _keys("pipeline", pipeline, {"jobs"}, {"resource_types", "resources", "groups"})
    types, resources = pipeline.get("resource_types", []), pipeline.get("resources", [])
    for each in types:
        found += _keys("type", each, {"name", "type", "source"}, {"privileged", "check_every"})
    for each in resources:
        found += _keys(
            "resource", each, {"name", "type", "source"}, {"icon", "webhook_token", "check_every", "version"}
        )
        known = CORE_TYPES | {kind["name"] for kind in types}
        found += [f"type {each['type']}"] if each["type"] not in known else []
    for what in ("resource_types", "resources", "jobs", "groups"):
        names = [each["name"] for each in pipeline.get(what, [])]
        found += [f"{what}: {name} twice" for name in names if names.count(name) > 1]
        found += [f"{what}: bad name {name}" for name in names if not IDENTIFIER.fullmatch(str(name))]
    used: set[str] = set()
    for job in pipeline["jobs"]:
        found += _job(job, pipeline, {each["name"] for each in resources}, used)
    found += [f"{each['name']} is not used" for each in resources if each["name"] not in used]
    found += [
        f"{each['name']} is not used" for each in types if each["name"] not in {r["type"] for r in resources}
    ]
    return found + _groups(pipeline)


def _keys(what: str, table: dict[str, Any], needed: set[str], other: set[str]) -> list[str]:
    return [f"{what}: no {key}" for key in sorted(needed - table.keys())] + [
        f"{what}: unknown {key}" for key in sorted(table.keys() - needed - other)
    ]


def _groups(pipeline: dict[str, Any]) -> list[str]:
    if "groups" not in pipeline:
        return []
    jobs = {job["name"] for job in pipeline["jobs"]}
    grouped = [name for group in pipeline["groups"] for name in group["jobs"]]
    return [f"{name} in no group" for name in sorted(jobs - set(grouped))] + [
        f"group of no job {name}" for name in grouped if name not in jobs
    ]


def _job(job: dict[str, Any], pipeline: dict[str, Any], resources: set[str], used: set[str]) -> list[str]:
    found = _keys("job", job, {"name", "plan"}, {"max_in_flight", "serial", "public"} | HOOKS)
    if not job["plan"]:
        found.append("empty plan")
    there: set[str] = set()  # artifacts
    steps = [*job["plan"], *(job[hook] for hook in sorted(HOOKS & job.keys()))]
    for step in steps:
        found += _step(step, pipeline, resources, used, there)
    return [f"{job['name']}: {each}" for each in found]


def _step(
    step: dict[str, Any], pipeline: dict[str, Any], resources: set[str], used: set[str], there: set[str]
) -> list[str]:
    kinds = [kind for kind in STEPS if kind in step]
    if len(kinds) != 1:
        return [f"a step of {len(kinds)} kinds"]
    kind = kinds[0]
    found = [f"{kind}: unknown {key}" for key in sorted(step.keys() - STEPS[kind] - ANY_STEP)]
    if kind in {"get", "put"}:
        resource = step.get("resource", step[kind])
        used.add(resource)
        found += [] if resource in resources else [f"no resource {resource}"]
        found += _passed(step, resource, pipeline) if kind == "get" else []
        there.add(step[kind])
    elif kind == "task":
        found += _task(step, there)
    else:
        inner = step[kind]["steps"] if kind == "in_parallel" else step[kind]
        found += [] if inner else [f"empty {kind}"]
        found += _keys(kind, step[kind], {"steps"}, {"limit", "fail_fast"}) if kind == "in_parallel" else []
        for each in inner:
            found += _step(each, pipeline, resources, used, there)
    for hook in HOOKS & step.keys():
        found += _step(step[hook], pipeline, resources, used, there)
    return found


def _passed(step: dict[str, Any], resource: str, pipeline: dict[str, Any]) -> list[str]:
    jobs = {job["name"]: job for job in pipeline["jobs"]}
    found = []
    for name in step.get("passed", ()):
        if name not in jobs:
            found.append(f"passed {name} is no job")
        elif resource not in {s.get("resource", s.get("get", s.get("put"))) for s in jobs[name]["plan"]}:
            found.append(f"passed {name} has nothing to do with {resource}")
    return found


def _task(step: dict[str, Any], there: set[str]) -> list[str]:
    config = step["config"]
    found = _keys(
        "task",
        config,
        {"platform", "run", "image_resource"},
        {"inputs", "outputs", "params", "caches", "rootfs_uri"},
    )
    found += _keys("image", config["image_resource"], {"type", "source"}, {"params", "version"})
    found += _keys("run", config["run"], {"path"}, {"args", "dir", "user"})
    found += [
        f"params {key} is no string"
        for key, value in config.get("params", {}).items()
        if type(value) is not str
    ]
    found += [f"arg {each!r}" for each in config["run"].get("args", []) if type(each) is not str]
    found += [f"no input {each['name']}" for each in config.get("inputs", []) if each["name"] not in there]
    there.update(each["name"] for each in config.get("outputs", []))
    return found

"""What jobs of a CI must be as a whole: in an order, for a system that can do it, of what is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.spec.ci import ONLY, Bump, CiSystem, Stage, Trigger
from flakegen.spec.cycles import circles
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.paths import PathProblem
from flakegen.spec.raw import section_of, tables_of, texts_of
from flakegen.spec.schema import keys_of
from flakegen.spec.sections import CargoFormat
from flakegen.spec.values import System

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flakegen.spec.decoding import Decoding

_WORK = tuple(name for name in keys_of(Stage) if name not in {"after", "args", "in-parallel"})
_GITHUB_SECRET = re.compile(r"(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = "(("  # what Concourse puts a variable in the place of, with no way to write it otherwise


def check_ci(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report what is wrong with each CI, beyond its single keys."""
    systems = {each.value: each for each in CiSystem}
    for name, ci in tables_of(raw, "ci"):
        path = ("ci", name)
        written = ci.get("system")
        system = systems.get(written) if isinstance(written, str) else None
        if system is not None:
            _check_keys(run, path, ci, system)
            _check_secrets(run, path, ci, system)
        if system is CiSystem.CONCOURSE:
            _check_concourse(run, path, ci)
        _check_platform(run, raw, path, ci)
        _check_order(run, (*path, "jobs"), {job: [*_afters(table)] for job, table in tables_of(ci, "jobs")})
        for job, table in tables_of(ci, "jobs"):
            _check_stages(run, raw, (*path, "jobs", job), table, ci)
    _check_paths(run, raw)
    _check_built(run, raw)


def _afters(table: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    return texts_of(table, "after")


def _check_keys(run: Decoding, path: KeyPath, ci: Mapping[str, Any], system: CiSystem) -> None:
    """Report keys that only other systems can do something with."""
    for other, (of_ci, of_job) in ONLY.items():
        if other is system:
            continue
        places = [((*path, key), key) for key in ci if key in of_ci]
        for job, table in tables_of(ci, "jobs"):
            places += [((*path, "jobs", job, key), key) for key in table if key in of_job]
        for where, key in places:
            message = f"{show(where)} has no meaning for {system.value}"
            hint = f'{quoted(key)} goes with system = "{other.value}"'
            run.report(where, Code.CONFLICT, message, part=Part.KEY, hint=hint)


def _check_secrets(run: Decoding, path: KeyPath, ci: Mapping[str, Any], system: CiSystem) -> None:
    if system is not CiSystem.GITHUB:
        return
    for variable, name in section_of(ci, "secrets").items():
        if isinstance(name, str) and not _GITHUB_SECRET.fullmatch(name):
            message = f"{quoted(name)} is no secret that GitHub can have"
            hint = "letters, digits and '_', not beginning with a digit or GITHUB_"
            run.report((*path, "secrets", variable), Code.BAD_VALUE, message, hint=hint)


def _check_concourse(run: Decoding, path: KeyPath, ci: Mapping[str, Any]) -> None:
    """Report what Concourse needs, and what it would take for a variable."""
    _need(run, path, ci, "repository", "Concourse fetches it", 'add repository = "owner/name"')
    _check_resources(run, path, ci)
    for job, table in tables_of(ci, "jobs"):
        where = (*path, "jobs", job)
        listed = table.get("on")
        if isinstance(listed, list) and len(listed) > 1:
            message = f"{show(where)} starts for several reasons, and a job of Concourse has one"
            run.report((*where, "on"), Code.BAD_VALUE, message, hint="make several jobs of it")
        if listed in (Trigger.PULL_REQUEST.value, [Trigger.PULL_REQUEST.value]):
            why, hint = f"{show(where)} is for pull requests", 'add access-token = "github.token" or the like'
            _need(run, path, ci, "access-token", why, hint)
        if table.get("version") in {Bump.RC.value, Bump.FINAL.value}:
            why, hint = (
                f"{show(where)} asks for the next version",
                'add version-with = "@{packages.next-version}" or the like',
            )
            _need(run, path, ci, "version-with", why, hint)
        if "version" in table:
            hint = 'add private-key = "github.private-key" or the like'
            _need(
                run, path, ci, "private-key", f"{show(where)} has a version, which the repository keeps", hint
            )
        if "publish" in table:
            why, hint = f"{show(where)} makes a release", 'add access-token = "github.token" or the like'
            _need(run, path, ci, "access-token", why, hint)
        for key in ("tag", "publish"):
            if table.get(key) not in (None, False) and "version" not in table:
                message = f"{show(where)} has no version, which {quoted(key)} needs"
                run.report(
                    (*where, key),
                    Code.MISSING_KEY,
                    message,
                    part=Part.KEY,
                    hint='add version = "final" or "same"',
                )
        texts = [((*where, "status"), table.get("status"))]
        texts += [((*where, "env", name), value) for name, value in section_of(table, "env").items()]
        for at, text in texts:
            if isinstance(text, str) and _VARIABLE in text:
                message = f"Concourse would take what follows {quoted(_VARIABLE)} for a variable, and has no way to write it"
                run.report(
                    at,
                    Code.BAD_VALUE,
                    message,
                    hint="a secret belongs in `secrets`",
                    offset=text.index(_VARIABLE),
                    length=2,
                )


def _check_resources(run: Decoding, path: KeyPath, ci: Mapping[str, Any]) -> None:
    """Report jobs that come after others which know other commits: pull requests', or the branch's."""
    pulls = {
        job: table.get("on") in (Trigger.PULL_REQUEST.value, [Trigger.PULL_REQUEST.value])
        for job, table in tables_of(ci, "jobs")
    }
    for job, table in tables_of(ci, "jobs"):
        for index, other in _afters(table):
            if other in pulls and pulls[other] is not pulls[job]:
                where = (*path, "jobs", job, "after", index)
                message = f"{quoted(job)} and {quoted(other)} are about other commits: only one is for pull requests"
                run.report(where, Code.CONFLICT, message, hint="each job comes after jobs of its own sort")


def _need(run: Decoding, path: KeyPath, ci: Mapping[str, Any], key: str, why: str, hint: str) -> None:
    if key not in ci:
        message = f"{show(path)} has no {quoted(key)}, which it needs: {why}"
        run.report(path, Code.MISSING_KEY, message, part=Part.KEY, hint=hint)


def _check_platform(run: Decoding, raw: Mapping[str, Any], path: KeyPath, ci: Mapping[str, Any]) -> None:
    listed = section_of(raw, "project").get("systems")
    platform = ci.get("platform", System.X86_64_LINUX.value)
    if isinstance(listed, list) and isinstance(platform, str) and platform not in listed:
        message = f"{show(path)} builds for {quoted(platform)}, which the project is not for"
        hint = f"project.systems has {one_of(str(each) for each in listed)}"
        is_written = "platform" in ci
        where = (*path, "platform") if is_written else path
        run.report(
            where, Code.FOREIGN_SYSTEM, message, part=Part.VALUE if is_written else Part.KEY, hint=hint
        )


def _check_stages(
    run: Decoding, raw: Mapping[str, Any], path: KeyPath, job: Mapping[str, Any], ci: Mapping[str, Any]
) -> None:
    edges: dict[str, list[tuple[int | None, str]]] = {}
    before: str | None = None
    for name, stage in tables_of(job, "stages"):
        where = (*path, "stages", name)
        written: list[tuple[int | None, str]] = [*_afters(stage)]
        edges[name] = written if "after" in stage else [(None, each) for each in (before,) if each]
        before = name
        if not any(stage.get(key) not in (None, False, [], {}) for key in _WORK):
            message = f"{show(where)} does nothing"
            run.report(where, Code.NO_KIND, message, part=Part.KEY, hint=f"add {one_of(_WORK)}")
        if stage.get("wait-for") and "wait-with" not in ci:
            message = f"{show(where)} waits, and {show(path[:2])} does not say with which package"
            hint = 'add wait-with = "@{packages.wait-cachix-paths}" or the like to it'
            run.report((*where, "wait-for"), Code.MISSING_KEY, message, part=Part.KEY, hint=hint)
        if stage.get("wait-for") and not _can_wait(raw, str(path[1])):
            message = f"{show(where)} waits for what ci.{path[1]} has no cache for that can be asked"
            hint = "it can wait for caches at cachix.org, or behind https, that it reads or writes"
            run.report((*where, "wait-for"), Code.CACHE, message, part=Part.KEY, hint=hint)
        if stage.get("layers") is True:
            _check_layers(run, raw, (*where, "layers"))
        if stage.get("push-images") and ci.get("system") == CiSystem.GITHUB.value:
            message = f"{show((*where, 'push-images'))} has no meaning for github"
            hint = f"'push-images' goes with system = \"{CiSystem.CONCOURSE.value}\""
            run.report((*where, "push-images"), Code.CONFLICT, message, part=Part.KEY, hint=hint)
        elif stage.get("push-images") and "version" not in job:
            message = f"{show(path)} has no version, which is the tag of its images"
            run.report(
                (*where, "push-images"), Code.MISSING_KEY, message, part=Part.KEY, hint='add version = "same"'
            )
    _check_order(run, (*path, "stages"), edges)


def _can_wait(raw: Mapping[str, Any], ci: str) -> bool:
    for _, cache in tables_of(raw, "caches"):
        url = cache.get("url")
        users = {cache.get("written-by") if isinstance(cache.get("written-by"), str) else None}
        users.update(name for _, name in texts_of(cache, "read-by"))
        if ci in users and not (isinstance(url, str) and url.startswith("s3:")):
            return True
    return False


def _check_layers(run: Decoding, raw: Mapping[str, Any], where: KeyPath) -> None:
    if not run.has_cargo:
        message = f"{show(where)} needs the Cargo workspace, and the spec names none"
        run.report(where, Code.NEEDS_CARGO, message, part=Part.KEY)
    elif section_of(raw, "cargo").get("format") == CargoFormat.CARGO2NIX.value:
        message = f"{show(where)} needs cargo's units, and cargo2nix builds whole crates"
        run.report(where, Code.NEEDS_UNITS, message, part=Part.KEY)


def _check_order(run: Decoding, path: KeyPath, edges: Mapping[str, list[tuple[int | None, str]]]) -> None:
    """Report what is to come after something that is not there, or after itself."""
    graph: dict[KeyPath, dict[KeyPath, None]] = {}
    places: dict[tuple[str, str], KeyPath] = {}
    for name, afters in edges.items():
        for index, other in afters:
            where = (*path, name, "after", index) if index is not None else (*path, name)
            if other not in edges:
                message = f"{show(where)} names {quoted(other)}, which is not among {show(path)}"
                hint = did_you_mean(other, edges) or f"there is {one_of(edges)}"
                run.report(where, Code.DANGLING_REFERENCE, message, hint=hint)
                continue
            places.setdefault((name, other), where)
            graph.setdefault((name,), {})[(other,)] = None
    for circle in circles(graph):
        _report_circle(run, path, [str(node[0]) for node in circle], places)


def _report_circle(
    run: Decoding, path: KeyPath, names: list[str], places: Mapping[tuple[str, str], KeyPath]
) -> None:
    steps = list(zip(names, [*names[1:], names[0]], strict=True))
    written = [places[step] for step in steps if "after" in places[step][len(path) :]]
    shown = " → ".join([*names, names[0]])
    message = (
        f"{show(path)} wait for each other in a circle: {shown}"
        if len(names) > 1
        else f"{show((*path, names[0]))} waits for itself"
    )
    hint = "a stage without `after` comes after the one written before it" if path[-1] == "stages" else None
    run.report(written[-1], Code.CYCLE, message, hint=hint)


def _check_built(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report outputs that the platform of their CI does not have."""
    for use in run.uses:
        where, reference = use.reference.where, use.reference
        if where[:1] != ("ci",):
            continue
        entry = run.entries.get((reference.namespace.value, *reference.name[:1]))
        ci = section_of(section_of(raw, "ci"), str(where[1]))
        platform = ci.get("platform", System.X86_64_LINUX.value)
        if entry is None or entry.systems is None or platform in {each.value for each in entry.systems}:
            continue
        message = (
            f"{show(where)} is about {quoted(reference.written)}, which {quoted(str(platform))} does not have"
        )
        hint = f"it is there on {one_of(each.value for each in entry.systems)}"
        run.report(
            where, Code.FOREIGN_SYSTEM, message, hint=hint, offset=reference.offset, length=reference.length
        )


def _check_paths(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report files that cannot be written where they are wanted."""
    first: dict[str, KeyPath] = {}
    for name, ci in tables_of(raw, "ci"):
        where, written = ("ci", name, "path"), ci.get("path")
        if not isinstance(written, str) or not written.strip():
            continue
        try:
            path = run.layout.relative(written)
        except PathProblem as problem:
            run.report(where, problem.code, problem.message, hint=problem.hint)
            continue
        if path.suffix not in {".yml", ".yaml"}:
            run.report(
                where, Code.BAD_PATH, f"{quoted(written)} is no YAML file", hint="it ends in .yml or .yaml"
            )
        elif run.layout.output in path.parents:
            message = f"{quoted(written)} is in the output folder, where files have their own names"
            run.report(where, Code.BAD_PATH, message, hint="leave the path out")
        elif str(path) in first:
            message = f"{show(where[:2])} is written to {quoted(written)}, as {show(first[str(path)])} is"
            run.report(where, Code.DUPLICATE_OUTPUT, message)
        first.setdefault(str(path), where[:2])

"""Who writes to a cache and who reads from it: one CI the former, and nobody both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Related
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.spec.caches import CACHIX_HOST, CacheKind, address_of, kind_of
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.raw import section_of, tables_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flakegen.spec.decoding import Decoding

_TOKENS = {
    CacheKind.CACHIX: "CACHIX_AUTH_TOKEN",
    CacheKind.S3: "NIX_SIGNING_KEY",
    CacheKind.HTTP: "NIX_SIGNING_KEY",
}


def check_caches(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report caches that nobody writes, that a reader would write, or that are another one."""
    known = section_of(raw, "ci")
    for name, cache in tables_of(raw, "caches"):
        path = ("caches", name)
        _check_users(run, path, cache, known)
        _check_writer(run, path, cache, known)
        if cache.get("pins") and _kind(cache) is not CacheKind.CACHIX:
            message = f"{show(path)} is not at {CACHIX_HOST}, and only caches there have pins"
            run.report((*path, "pins"), Code.CONFLICT, message, part=Part.KEY)
    _check_same(run, raw, "address")
    _check_same(run, raw, "public-key")
    _check_pushes(run, raw)


def _check_users(run: Decoding, path: KeyPath, cache: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    users = [((*path, "written-by"), cache.get("written-by"))]
    users += [((*path, "read-by", index), name) for index, name in texts_of(cache, "read-by")]
    for where, name in users:
        if isinstance(name, str) and name and name not in known:
            message = f"{show(where)} names {quoted(name)}, which is no CI of the spec"
            hint = did_you_mean(name, known) or (
                f"ci has {one_of(known)}" if known else "the spec has no [ci.<name>]"
            )
            run.report(where, Code.DANGLING_REFERENCE, message, hint=hint)
    for where, name in users[1:]:
        if isinstance(name, str) and name == cache.get("written-by"):
            message = f"{quoted(name)} writes {show(path)}, so it cannot be one that never pushes"
            run.report(where, Code.CACHE, message, hint="who writes reads, too: leave it out of read-by")


def _check_writer(run: Decoding, path: KeyPath, cache: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Report a writer that pushes nothing, or has nothing to push with."""
    writer = cache.get("written-by")
    ci = known.get(writer) if isinstance(writer, str) else None
    jobs = ci.get("jobs") if isinstance(ci, dict) else None
    if not isinstance(ci, dict) or not isinstance(jobs, dict) or not jobs:
        return
    where = (*path, "written-by")
    if all(isinstance(job, dict) and job.get("push") is False for job in jobs.values()):
        message = f"nobody writes {show(path)}: no job of ci.{writer} pushes what it builds"
        run.report(where, Code.CACHE, message, hint="remove push = false from the jobs that build for it")
    token = _TOKENS[_kind(cache)]
    if token not in section_of(ci, "secrets"):
        message = f"ci.{writer} cannot write {show(path)}: it has no secret {token}"
        hint = f'add {token} = "…" to ci.{writer}.secrets, with what the secret is called there'
        run.report(where, Code.CACHE, message, hint=hint)


def _kind(cache: Mapping[str, Any]) -> CacheKind:
    url = cache.get("url")
    return kind_of(url if isinstance(url, str) else None)


def _check_same(run: Decoding, raw: Mapping[str, Any], what: str) -> None:
    first: dict[str, KeyPath] = {}
    for name, cache in tables_of(raw, "caches"):
        path = ("caches", name)
        value = _address(name, cache) if what == "address" else cache.get(what)
        if not isinstance(value, str):
            continue
        if value in first:
            related = Related(
                message=f"{show(first[value])} has it", span=run.source.span_of(first[value], Part.KEY)
            )
            message = f"{show(path)} has the {what.replace('-', ' ')} of another cache, {quoted(value)}"
            run.problems.add(
                run.source.diagnose(path, Code.CACHE, message, part=Part.KEY, related=(related,))
            )
        first.setdefault(value, path)


def _address(name: str, cache: Mapping[str, Any]) -> str:
    url, given = cache.get("url"), cache.get("name")
    text = address_of(given if isinstance(given, str) else name, url if isinstance(url, str) else None)
    return text.rstrip("/")


def _check_pushes(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report jobs that push although their CI may only read."""
    writers = {
        cache.get("written-by")
        for _, cache in tables_of(raw, "caches")
        if isinstance(cache.get("written-by"), str)
    }
    for name, ci in tables_of(raw, "ci"):
        for job, table in tables_of(ci, "jobs"):
            if table.get("push") is True and name not in writers:
                path = ("ci", name, "jobs", job, "push")
                message = f"{show(path[:-1])} would push, and ci.{name} writes no cache"
                run.report(path, Code.CACHE, message, hint="a cache has one writer: see its written-by")

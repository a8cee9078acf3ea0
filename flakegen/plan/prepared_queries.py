"""The descriptions of sqlx's queries beside the queries: which are missing, which nobody needs, which are of another text.

What is true of them follows from the sources alone; neither a database nor cargo is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic
from flakegen.diagnostics.source import SourceText, Span
from flakegen.embed.disk import Disk
from flakegen.embed.inputs import PREPARED, FindingKind, PackageInputs, Use, UseKind
from flakegen.embed.paths import join
from flakegen.plan.embed_notes import FindingTexts
from flakegen.plan.problems import shown

FOLDER = ".sqlx"
_NAME = re.compile(PREPARED)


class _Description(Struct):
    query: str


class Prepared(Struct, frozen=True, kw_only=True):
    """What the queries of some packages read; paths are relative to the project's root.

    Attributes:
        described: descriptions that queries of a known text read.
        folders: where descriptions are looked for, and where there are some.
        open_folders: those of them of which any description may be read, as other macros make the text.
    """

    described: frozenset[str]
    folders: tuple[str, ...]
    open_folders: frozenset[str]


def prepared_queries(packages: Iterable[PackageInputs], workspace: str, disk: Disk) -> Prepared:
    """Look through what a scan found of all local packages; ``workspace`` is the folder of the workspace."""
    found = tuple(packages)
    uses = [use for package in found for target in package.targets for use in target.uses]
    described = frozenset(use.path for use in uses if use.present and _is_description(use))
    open_folders = {use.path for use in uses if use.kind is UseKind.FOLDER and use.pattern == PREPARED}
    usual = (join(each, FOLDER) or "" for each in (workspace, *(package.package_dir for package in found)))
    folders = {use.path.rpartition("/")[0] for use in uses if _is_description(use)}
    folders.update(open_folders, (folder for folder in usual if disk.is_folder(folder)))
    return Prepared(
        described=described,
        folders=tuple(sorted({_real(folder, disk) for folder in folders})),
        open_folders=frozenset(_real(folder, disk) for folder in open_folders),
    )


def _real(folder: str, disk: Disk) -> str:
    """Return where a folder really is, if it is there; of what is read, that is what a scan notes."""
    return disk.look(folder).real if disk.is_folder(folder) else folder


def query_faults(
    packages: Iterable[PackageInputs], workspace: str, disk: Disk
) -> tuple[Prepared, tuple[Diagnostic, ...]]:
    """Return what queries read, and an error for each that has no description and for each useless or wrong description."""
    found = tuple(packages)
    prepared = prepared_queries(found, workspace, disk)
    faults = (*_missing(found, disk), *_unused(prepared, workspace, disk), *_of_another_text(prepared, disk))
    return prepared, tuple(sorted(faults, key=lambda each: each.sort_key))


def _is_description(use: Use) -> bool:
    return use.kind is UseKind.FILE and _NAME.fullmatch(use.path.rpartition("/")[2]) is not None


def _missing(packages: Iterable[PackageInputs], disk: Disk) -> Iterator[Diagnostic]:
    texts = FindingTexts(disk)
    findings = {finding for found in packages for target in found.targets for finding in target.findings}
    for finding in sorted(findings):
        if finding.kind is FindingKind.UNPREPARED:
            yield Diagnostic(
                code=Code.EMBED_UNPREPARED,
                message=finding.message,
                span=texts.span(finding),
                hint=finding.hint,
            )


def _unused(prepared: Prepared, workspace: str, disk: Disk) -> Iterator[Diagnostic]:
    """Yield what no query reads; in the workspace's folder, where `prepare --workspace` writes all, what none could."""
    names = {path.rpartition("/")[2] for path in prepared.described}
    shared = _real(join(workspace, FOLDER) or "", disk)
    for path in _descriptions(prepared, disk):
        folder, _, name = path.rpartition("/")
        is_needed = not prepared.described.isdisjoint((path, disk.look(path).real))
        is_needed |= folder in prepared.open_folders or (folder == shared and name in names)
        if not is_needed:
            yield Diagnostic(
                code=Code.UNUSED_PREPARED,
                message="a description that no query of the workspace needs",
                span=_query_span(path, disk),
                hint="run `cargo sqlx prepare`, or remove the file if it was left behind",
            )


def _of_another_text(prepared: Prepared, disk: Disk) -> Iterator[Diagnostic]:
    for path in _descriptions(prepared, disk):
        name = path.rpartition("/")[2]
        query = _query_of(disk.text_of(path) or "")
        if (
            query is None
            or name != f"query-{sha256(query.encode('utf-8', 'surrogatepass')).hexdigest()}.json"
        ):
            what = "a description without its query" if query is None else "a description of another query"
            yield Diagnostic(
                code=Code.DAMAGED_PREPARED,
                message=f"{what} than its name says" if query is not None else what,
                span=_query_span(path, disk),
                hint="run `cargo sqlx prepare` and commit what it writes",
            )


def _descriptions(prepared: Prepared, disk: Disk) -> Iterator[str]:
    for folder in prepared.folders:
        for name, _, _ in disk.entries(folder):
            path = f"{folder}/{name}"
            if _NAME.fullmatch(name) and disk.is_file(path):
                yield path


def _query_of(text: str) -> str | None:
    try:
        return msgspec.json.decode(text, type=_Description).query
    except (msgspec.DecodeError, RecursionError):
        return None


def _query_span(path: str, disk: Disk) -> Span:
    source = SourceText(shown(str(Path(disk.root, path))), disk.text_of(path) or "")
    return source.span(max(source.text.find('"query"'), 0), len('"query"'))

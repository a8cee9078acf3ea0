"""What is remembered of compilations, from one run to the next: see `freshness`, `causes` and `embed.cache`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.memory.freshness import remember, start
from flakegen.memory.program import program, program_stamps
from flakegen.memory.records import record_path

if TYPE_CHECKING:
    from flakegen.embed.cache import ScanCache
    from flakegen.memory.written import Written
    from flakegen.pipeline.project import Project

_MOST_UNITS = 10_000


def known_scans(record: str, *, keep: bool = True) -> ScanCache:
    """Return what earlier runs of this very program have found in a project's sources; ``keep`` what this one finds."""
    from flakegen.embed.cache import ScanCache  # noqa: PLC0415  # not for what is fresh

    stamps = program_stamps(start())
    path = None if stamps is None else record_path(record, "scans", ".msgpack")
    return ScanCache(path, f"{program()} {stamps}", keep=keep)


def standing_result(project: Project, record: str) -> Written | None:
    """Return what an earlier run has written, if compiling again would write the same and it is still there.

    What is wrong with the project is left to the stages to tell, all at once.
    """
    from flakegen.memory.causes import unchanged  # noqa: PLC0415  # not for what is fresh

    cause = project.cause
    return None if cause is None else unchanged(record, cause)


def remember_result(project: Project, record: str, started: int, standing: Written | None) -> None:
    """Remember a project that is up to date by now, in both ways; not what hangs on crates that are not here.

    Args:
        project: what has been compiled.
        record: the name that it is remembered by.
        started: what `freshness.start` returned before anything was read.
        standing: what `standing_result` returned, so that the texts need not be made.
    """
    from flakegen.memory.causes import remember_cause  # noqa: PLC0415  # not for what is fresh

    watched, cause = project.watched, project.cause
    if watched is None:
        return
    written = project.result.written if standing is None else standing
    remember(record, started, watched, written)
    if cause is not None and standing is None:
        remember_cause(record, started, cause, written)
        _remember_graph(project, cause)


def _remember_graph(project: Project, cause: str) -> None:
    """Keep the graph of this machine's system, so that questions about what was compiled are answered at once.

    Of a very large one that would hold up the compilation for long; the first question works it out.
    """
    from flakegen.memory.graphs import record_graph  # noqa: PLC0415  # not for what is fresh
    from flakegen.plan.systems import system_here  # noqa: PLC0415  # not for what is fresh

    cargo = project.plan.cargo
    if cargo is not None and len(cargo.units) <= _MOST_UNITS:
        graph, inputs = project.derivation_inputs(system_here(project.plan.systems))
        record_graph(project.path, cause, graph, inputs)

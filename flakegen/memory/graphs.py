"""Keeps a project's build graph from one run to the next, so that questions about it need no resolving.

It belongs to the result of a compilation, by the digest of what that was made from (`plan.causes`); with another cause, or
another program, it is none. Damaged or foreign records count as none.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from flakegen.memory.program import program, program_stamps
from flakegen.memory.records import keep, record_path
from flakegen.plan.build_graph import BuildGraph


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    program: str
    stamps: str
    cause: str
    graph: BuildGraph


def recorded_graph(spec: str, system: str, cause: str) -> BuildGraph | None:
    """Return the graph of a spec that was kept by this program, if it was made from this cause."""
    try:
        record = msgspec.msgpack.decode(Path(_path(spec, system)).read_bytes(), type=_Record)
    except (OSError, ValueError, RecursionError):
        return None
    is_ours = record.program == repr(program()) and record.stamps == program_stamps(None)
    return record.graph if is_ours and record.cause == cause else None


def record_graph(spec: str, cause: str, graph: BuildGraph) -> None:
    """Keep a graph; without a place to keep it, nothing is lost but time."""
    record = _Record(program=repr(program()), stamps=program_stamps(None) or "", cause=cause, graph=graph)
    try:
        data = msgspec.msgpack.encode(record)
    except UnicodeEncodeError:  # a name that is no UTF-8
        return
    keep(_path(spec, graph.system), data)


def _path(spec: str, system: str) -> str:
    return record_path(spec, f"graph-{system}")

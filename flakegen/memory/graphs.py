"""Keeps a project's build graph from one run to the next, so that questions about it need no resolving.

It belongs to the result of a compilation, by the digest of what that was made from (`plan.causes`); with another cause, or
another program, it is none. Damaged or foreign records count as none. A few causes' graphs are kept: a question can be
about what was compiled before.
"""

from __future__ import annotations

import msgspec

from flakegen.files.sealed import read_sealed, write_sealed
from flakegen.memory.program import program, program_stamps
from flakegen.memory.records import record_path
from flakegen.plan.build_graph import BuildGraph
from flakegen.plan.derivation_inputs import DerivationInputs

_MOST = 64  # records of all specs
_MOST_BYTES = 256 * 1024**2


class _Record(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    program: str
    stamps: str
    cause: str
    graph: msgspec.Raw
    inputs: msgspec.Raw


def recorded_graph(spec: str, system: str, cause: str) -> BuildGraph | None:
    """Return the graph of a spec that was kept by this program, if one was made from this cause."""
    record = _read(spec, system, cause)
    return None if record is None else _graph(record)


def recorded_inputs(spec: str, system: str, cause: str) -> tuple[BuildGraph, DerivationInputs] | None:
    """Return such a graph with what its derivations are told."""
    record = _read(spec, system, cause)
    if record is None:
        return None
    return _graph(record), msgspec.msgpack.decode(record.inputs, type=DerivationInputs)


def record_graph(spec: str, cause: str, graph: BuildGraph, inputs: DerivationInputs) -> None:
    """Keep a graph; without a place to keep it, nothing is lost but time."""
    encode = msgspec.msgpack.encode
    try:
        record = _Record(
            program=repr(program()),
            stamps=program_stamps(None) or "",
            cause=cause,
            graph=msgspec.Raw(encode(graph)),
            inputs=msgspec.Raw(encode(inputs)),
        )
        data = encode(record)
    except UnicodeEncodeError:  # a name that is no UTF-8
        return
    write_sealed(_path(spec, graph.system, cause), data, most=_MOST, most_bytes=_MOST_BYTES)


def _read(spec: str, system: str, cause: str) -> _Record | None:
    data = read_sealed(_path(spec, system, cause))
    try:
        record = None if data is None else msgspec.msgpack.decode(data, type=_Record)
    except msgspec.MsgspecError:  # of another version
        return None
    if record is None or (record.program, record.cause) != (repr(program()), cause):
        return None
    return record if record.stamps == program_stamps(None) else None


def _graph(record: _Record) -> BuildGraph:
    return msgspec.msgpack.decode(record.graph, type=BuildGraph)


def _path(spec: str, system: str, cause: str) -> str:
    return record_path(spec, f"graph-{system}", f"-{cause}.msgpack")

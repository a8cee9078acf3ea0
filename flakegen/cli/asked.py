"""What commands that answer questions about a project have in common: which system is meant, its graph, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.diagnostics.diagnostic import Diagnostic
    from flakegen.pipeline.project import Project
    from flakegen.plan.build_graph import BuildGraph
    from flakegen.plan.derivation_inputs import DerivationInputs


def print_answer(project: Project, answer: Callable[[], str]) -> int:
    """Print the answer on standard output, or else what is wrong; return the exit status."""
    from flakegen.cli.blame import attempt  # noqa: PLC0415  # after the arguments
    from flakegen.cli.console import Console, Verbosity  # noqa: PLC0415  # after the arguments

    console = Console(verbosity=Verbosity.NORMAL, json=False)
    wrong: list[Diagnostic] = []
    text = console.working(f"reading {project.path}", lambda: attempt(answer, wrong))
    if wrong:
        console.blame(wrong)
    if text is None:
        return Exit.BAD_INPUT
    print(text, end="")
    return Exit.FINE


def system_of(project: Project, named: str | None) -> str:
    """Return the system that is meant: the one named, else this machine's, else the spec's first.

    Raises:
        DiagnosticError: the spec has no such system.
    """
    from flakegen.plan.systems import system_here  # noqa: PLC0415  # after the arguments

    systems = [system.value for system in project.spec.project.systems]
    if named is not None:
        if named not in systems:
            raise wrong(f"the project has no system {named!r}", f"it has {', '.join(systems)}")
        return named
    return system_here(systems)


def graph_of(project: Project, system: str) -> BuildGraph:
    """Return a project's build graph, as it was kept from an earlier run where that still holds."""
    from flakegen.memory.graphs import recorded_graph  # noqa: PLC0415  # after the arguments

    cause = cause_of(project)
    known = None if cause is None else recorded_graph(project.path, system, cause)
    return _worked_out(project, system, cause, project.path)[0] if known is None else known


def inputs_of(
    project: Project, system: str, record: str | None = None
) -> tuple[BuildGraph, DerivationInputs]:
    """Return a project's build graph and what its derivations are told, as kept where that still holds.

    Args:
        project: whose they are.
        system: which of its systems.
        record: the spec that it is remembered by, if not its own: for the same project at another time or place.
    """
    from flakegen.memory.graphs import recorded_inputs  # noqa: PLC0415  # after the arguments

    name = project.path if record is None else record
    cause = cause_of(project)
    known = None if cause is None else recorded_inputs(name, system, cause)
    return _worked_out(project, system, cause, name) if known is None else known


@lru_cache(maxsize=2)  # projects do not change while a question is answered
def cause_of(project: Project) -> str | None:
    """Return the digest of all that a project's result is a function of; None where that cannot be told."""
    from flakegen.memory.causes import last_cause  # noqa: PLC0415  # after the arguments
    from flakegen.memory.freshness import is_read_as_before  # noqa: PLC0415  # after the arguments

    is_as_it_stands = project.lock is None and not project.contents
    is_fresh = is_as_it_stands and is_read_as_before(project.path)
    return last_cause(project.path) if is_fresh else project.cause


def _worked_out(
    project: Project, system: str, cause: str | None, record: str
) -> tuple[BuildGraph, DerivationInputs]:
    from flakegen.memory.graphs import record_graph  # noqa: PLC0415  # after the arguments

    graph, inputs = project.derivation_inputs(system)
    if cause is not None:
        record_graph(record, cause, graph, inputs)
    return graph, inputs


def require_units(project: Project, what: str) -> None:
    """Refuse projects whose units are not known; ``what`` is what would be the case with them.

    Raises:
        DiagnosticError: the workspace is built by the overlay of cargo2nix.
    """
    from flakegen.spec.sections import CargoFormat  # noqa: PLC0415  # after the arguments

    cargo = project.spec.cargo
    if cargo is not None and cargo.format is not CargoFormat.UNITS:
        raise wrong(
            f'{what} with cargo.format = "units"',
            "the overlay of cargo2nix decides what it builds when Nix evaluates",
        )


def wrong(message: str, hint: str) -> Exception:
    """Return what is raised for a question that cannot be answered."""
    from flakegen.diagnostics.codes import Code  # noqa: PLC0415
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError  # noqa: PLC0415

    return DiagnosticError([Diagnostic(code=Code.QUESTION, message=message, span=None, hint=hint)])

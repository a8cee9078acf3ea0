"""The unit graph of everything that a spec asks of cargo, one after the other: a big workspace's do not all fit in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flakegen.cargo.alike import GraphMaker
from flakegen.cargo.build_context import platform_of
from flakegen.cargo.errors import CargoError
from flakegen.cargo.package import Package
from flakegen.cargo.replaced_scripts import replaced_scripts
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.diagnostic import Collector, Diagnostic
from flakegen.plan.origins import Origins
from flakegen.plan.places import Downloads
from flakegen.plan.problems import (
    foreign_target,
    nothing_to_build,
    of_cargo,
    of_request,
    unfetchable,
    unknown_profile,
    unknown_registries,
)
from flakegen.plan.requests import CargoRequest
from flakegen.plan.systems import platforms_of
from flakegen.plan.units import Build
from flakegen.spec.model import Spec


def resolve_builds(
    workspace: Workspace,
    requests: Iterable[CargoRequest],
    spec: Spec,
    origins: Origins,
    downloads: Downloads,
) -> Iterator[Build]:
    """Yield the unit graph of every request on each of its platforms.

    Args:
        workspace: whose packages are built.
        requests: what the spec asks of cargo.
        spec: for the places of what is wrong.
        origins: where third-party crates are.
        downloads: where the spec says that registries have their archives.

    Raises:
        DiagnosticError: after the last graph, with all that is wrong with any of the requests.
    """
    problems = Collector()
    used: dict[int, Package] = {}
    graphs = GraphMaker(workspace)
    for request in requests:
        known = _with_known_profile(workspace, request, spec, problems)
        foreign = foreign_target(known, spec)
        if foreign is not None:
            problems.add(foreign)
            continue
        try:
            builds = list(_builds(workspace, graphs, known))
        except CargoError as error:
            problems.extend(of_request(error, known, spec))
            continue
        nothing = nothing_to_build(known, builds, spec)
        if nothing is not None:
            problems.add(nothing)
        for build in builds:
            used |= {id(unit.package): unit.package for unit in build.graph.units if not unit.is_local}
        yield from builds
    try:
        problems.extend(unfetchable(used.values(), origins, spec))
    except CargoError as error:
        problems.extend(of_cargo(error))
    problems.extend(unknown_registries(workspace, downloads, spec))
    problems.raise_errors()


def _with_known_profile(
    workspace: Workspace, request: CargoRequest, spec: Spec, problems: Collector
) -> CargoRequest:
    """Complain about a profile that there is not, and go on with another one, so that what else is wrong is found."""
    unknown: Diagnostic | None = unknown_profile(workspace, request, spec)
    if unknown is None:
        return request
    problems.add(unknown)
    return request.with_profile(None)


def _builds(workspace: Workspace, graphs: GraphMaker, request: CargoRequest) -> Iterator[Build]:
    members = frozenset(package.directory for package in workspace.member_packages())
    for platform in platforms_of(request):
        asked = replace(request.request, host=platform.host)
        if platform.target is not None:
            asked = replace(asked, targets=(platform.target,))
        made = graphs.make(asked)
        triple = platform.target or platform.host
        told = platform_of(workspace, triple, asked.cfg_set, gets_rustflags=True)
        yield Build(
            name=request.name,
            platform=platform,
            graph=made.graph,
            lto=made.lto,
            clippy=request.clippy,
            rustflags=told.rustflags,  # with `--target`, cargo spares units for the machine that builds
            rustdocflags=(*workspace.config.rustflags(triple, told.cfgs, rustdoc=True), *request.rustdoc),
            members=members,
            env=request.env,
            replaced=replaced_scripts(workspace.config, made.graph),
        )

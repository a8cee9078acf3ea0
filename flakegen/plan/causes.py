"""What a compilation's result is a function of, as one digest: most edits change nothing of it.

An edit of a function's body changes a file that was read, but nothing that was found in it: which modules there are,
what they embed, what features exist. Resolving and printing go by what was found alone, so where all that was found is
as it was, the result is. The stages after this one look at nothing else; those before it have been gone through.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b

from msgspec.structs import replace as with_fields

from flakegen.cargo.facts import Facts
from flakegen.cargo.package import Package, SourceKind
from flakegen.cargo.workspace import Workspace
from flakegen.embed.inputs import PackageInputs
from flakegen.plan.building import Building
from flakegen.plan.cargo import WorkspaceFiles
from flakegen.plan.cargo_plan import RustfmtPlan
from flakegen.plan.origins import Origins
from flakegen.plan.project import paths_of, toolchain_file
from flakegen.spec.model import Spec

_HERE = "\0"  # stands for the project's folder; no text has it


def digest_of_causes(
    spec: Spec,
    workspace: Workspace | None,
    files: WorkspaceFiles | None,
    rustfmt: RustfmtPlan | None,
    facts: str | None,
    origins: Origins | None,
    building: Building | None,
) -> str:
    """Return a digest that is another one for everything that could be compiled to another result.

    Where the project lies is none of that, so that the digest of a checkout elsewhere can be compared.

    Args:
        spec: valid, so that of the files which it names only what they are counts.
        workspace: as it was loaded.
        files: what was found in the workspace's own packages.
        rustfmt: what `cargo fmt` looks at.
        facts: the digest of what is known of fetched crates.
        origins: where these are.
        building: what the spec says of units and layers, and what was measured.
    """
    digest = blake2b(digest_size=16)
    parts = _parts(spec, workspace, files, rustfmt, facts, origins)
    here = repr(str(spec.layout.root))[1:-1]  # as it stands in the parts
    for part in (spec.source.text, *(each.replace(here, _HERE) for each in (*parts, repr(building)))):
        text = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(text))
        digest.update(text)
    return digest.hexdigest()


def _parts(
    spec: Spec,
    workspace: Workspace | None,
    files: WorkspaceFiles | None,
    rustfmt: RustfmtPlan | None,
    facts: str | None,
    origins: Origins | None,
) -> Iterator[str]:
    yield repr((spec.layout, toolchain_file(spec, files), rustfmt))
    for path in sorted(paths_of(spec)):
        place = spec.layout.root / path
        yield f"{path} {os.path.isfile(place)} {os.path.isdir(place)}"  # noqa: PTH112, PTH113
    if workspace is not None:
        yield _text_of_workspace(workspace)
    if workspace is not None and origins is not None:
        yield repr([origins.look(package) for package in workspace.packages if not _is_local(package)])
    if files is not None:
        inputs = {directory: _what_counts(found) for directory, found in files.inputs.items()}
        yield repr(with_fields(files, inputs=inputs))
    yield repr(facts)


def _text_of_workspace(workspace: Workspace) -> str:
    """All of a workspace but what follows from its lock, which is guarded as a file, and from the facts."""
    local = tuple(package for package in workspace.packages if _is_local(package))
    rest = with_fields(
        workspace, packages=local, facts=Facts(), dependencies=(), libraries=(), scripts=(), cache={}
    )
    return repr(rest)


def _is_local(package: Package) -> bool:
    return package.id.source.kind is SourceKind.PATH


def _what_counts(found: PackageInputs) -> PackageInputs:
    """Leave out what serves the scan itself, and what is only told: positions in files are among it."""
    targets = tuple(replace(target, uses=(), findings=()) for target in found.targets)
    script = found.build_script_inputs
    if script is not None:
        script = replace(script, uses=(), findings=())
    return replace(found, targets=targets, build_script_inputs=script, exported_macros=())

"""Cargo.nix in the form of cargo2nix, and beside it in cargo/ the fixed Nix that makes a package set of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flakegen.nix import build as nix
from flakegen.nix.ast import Binding, File, Formal, Lambda, Pattern
from flakegen.nix.printer import print_file
from flakegen.outputs.cargo2nix.table import table
from flakegen.outputs.fixed import fixed_files
from flakegen.outputs.header import header
from flakegen.plan.model import BuildPlan

_RUNTIME = ("cfg.nix", "package-set.nix", "packages.nix")
_COMMENTS = {
    "guard": "What this file was made from: evaluation stops when one of these is another file.",
    "profiles": "Profiles as most crates have them: of their own code, and of build scripts and macros.",
    "frame": "What cargo must see of all members to load the workspace: manifests, and the main files of targets.",
    "platforms": "When `[target.…]` tables count.",
    "crates": "One entry for each crate; features and libraries are asked for each role (see package-set.nix).",
}


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield the files of the package set; nothing unless the spec asks for this format."""
    if plan.package_set is None:
        return
    entries = [_entry(name, value) for name, value in table(plan.package_set, plan.to_root).items()]
    made = nix.call(
        "import", nix.path(f"./{plan.runtime}/package-set.nix"), nix.attrs(entries), nix.identifier("args")
    )
    arguments = Pattern((Formal("lib", None),), True, "args")
    yield "Cargo.nix", print_file(File(header(plan), Lambda(arguments, made)))
    for name, text in fixed_files(Path(__file__).with_name("runtime"), _RUNTIME, plan):
        yield f"{plan.runtime}/{name}", text


def _entry(name: str, value: object) -> Binding:
    comment = _COMMENTS.get(name, "")
    return nix.binding(name, value, comment=comment, blank_before=bool(comment))

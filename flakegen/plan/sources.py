"""From what the scanner found to the source of each target: the least that its compilation needs.

A library or program gets its folder's `.rs` files by rule, not by list, so that a module written after the last compile
is there; the modules of the package's other targets are taken out of it. All else is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname

from flakegen.cargo.package import Target, TargetKind
from flakegen.embed.inputs import FolderInput, PackageInputs, ScriptInputs, TargetInputs
from flakegen.plan.model import FolderPlan, SourcePlan

_BY_RULE = frozenset((TargetKind.LIB, TargetKind.BIN))


def target_source(
    target: Target, inputs: PackageInputs, *, testing: bool, extra: Iterable[str] = ()
) -> SourcePlan:
    """Return the source of one target; ``testing`` adds what only `cfg(test)` reads, ``extra`` files beyond the scan's."""
    own = inputs_of(target, inputs)
    modules = set(own.modules)
    files = {*own.files, *own.optional_files, *extra}
    folders = set(own.folders)
    if testing:
        modules.update(own.test_modules)
        files.update(own.test_files, own.test_optional_files)
        folders.update(own.test_folders)
    if target.kind not in _BY_RULE or not dirname(target.src_path):
        return _source(files | modules, (), folders, ())
    folder = _join(inputs.package_dir, dirname(target.src_path))
    inside = f"{folder}/"
    without = {
        module
        for other in inputs.targets
        for module in (*other.modules, *other.test_modules)
        if module.startswith(inside) and module not in modules
    }
    files |= {module for module in modules if not module.startswith(inside) or not module.endswith(".rs")}
    return _source(files, (folder,), folders, without)


def script_source(inputs: PackageInputs, script: ScriptInputs, extra: Iterable[str] = ()) -> SourcePlan:
    """Return what a build script's run reads: what it declares, or like cargo the whole package."""
    manifest = _join(inputs.package_dir, "Cargo.toml")
    return _source(
        {*script.files, *script.optional_files, *extra, manifest}, (), script.folders, script.excluded
    )


def inputs_of(target: Target, inputs: PackageInputs) -> TargetInputs:
    """Return what the scanner found of one target."""
    for found in inputs.targets:
        if found.target.kind.value == target.kind.value and found.target.name == target.name:
            return found
    raise KeyError(target.name)


def _source(
    files: Iterable[str], rust: Iterable[str], folders: Iterable[FolderInput], without: Iterable[str]
) -> SourcePlan:
    return SourcePlan(
        files=tuple(sorted(files)),
        rust=tuple(rust),
        folders=tuple(
            FolderPlan(path=folder.path, recursive=folder.recursive, match=folder.pattern)
            for folder in sorted(folders, key=FolderInput.sort_key)
        ),
        without=tuple(sorted(without)),
    )


def _join(folder: str, name: str) -> str:
    if folder in {"", "."}:
        return name
    return f"{folder}/{name}" if name else folder

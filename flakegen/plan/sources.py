"""From what the scanner found to the source of each target: the least that its compilation needs.

A library or program gets its folder's `.rs` files by rule, not by list, so that a module written after the last compile
is there; the modules of the package's other targets are taken out of it. All else is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname

from msgspec import Struct

from flakegen.cargo.package import Target, TargetKind
from flakegen.embed.inputs import FolderInput, PackageInputs, ScriptInputs, TargetInputs
from flakegen.embed.paths import is_inside
from flakegen.plan.model import FolderPlan, SourcePlan

# Left out by source.nix wherever they are, so that output does not depend on whether somebody has built here.
_WASTE = frozenset(("target", ".git", "node_modules"))
_BY_RULE = frozenset((TargetKind.LIB, TargetKind.BIN))


class Extra(Struct, frozen=True, kw_only=True):
    """What a package reads that no scan can find."""

    files: tuple[str, ...] = ()
    folders: tuple[FolderInput, ...] = ()

    def with_files(self, files: tuple[str, ...]) -> Extra:
        """Return the same and some files more."""
        return Extra(files=(*self.files, *files), folders=self.folders) if files else self


def target_source(target: Target, inputs: PackageInputs, extra: Extra) -> SourcePlan:
    """Return the source of one target of a product."""
    own = inputs_of(target, inputs)
    modules = frozenset(own.modules)
    files = {*own.files, *own.optional_files, *extra.files}
    folders = (*own.folders, *extra.folders)
    ignored = {*left_out(inputs)} - files
    if target.kind not in _BY_RULE or not dirname(target.src_path):
        return _source(files | modules, (), folders, ignored)
    folder = _join(inputs.package_dir, dirname(target.src_path))
    inside = f"{folder}/"
    without = {module for module in _foreign_modules(inputs, modules) if module.startswith(inside)}
    files |= {module for module in modules if not module.startswith(inside) or not module.endswith(".rs")}
    return _source(files, (folder,), folders, without | ignored)


def source_of_test(target: Target, inputs: PackageInputs, nested: Iterable[str], extra: Extra) -> SourcePlan:
    """Return the source of a test: what it is compiled from, and its package's folder, where it may look for fixtures.

    ``nested`` are the folders of packages inside that one.
    """
    own = inputs_of(target, inputs)
    modules = frozenset((*own.modules, *own.test_modules))
    files = {
        *own.files,
        *own.test_files,
        *own.optional_files,
        *own.test_optional_files,
        *modules,
        *extra.files,
    }
    package = FolderInput(path=inputs.package_dir, recursive=True)
    without = {*_foreign_modules(inputs, modules), *nested, *left_out(inputs)} - files
    return _source(
        files, (), (*own.folders, *own.test_folders, *extra.folders, package), without, documents=False
    )


def script_source(
    inputs: PackageInputs, script: ScriptInputs, nested: Iterable[str], extra: Extra
) -> SourcePlan:
    """Return what a build script's run reads: what it declares, or like cargo the whole package."""
    files = {*script.files, *script.optional_files, *extra.files, _join(inputs.package_dir, "Cargo.toml")}
    excluded = (path for path in script.excluded if basename(path) not in _WASTE)
    without = {*nested, *excluded, *left_out(inputs)} - files
    return _source(files, (), (*script.folders, *extra.folders), without, documents=not script.whole_package)


def _foreign_modules(inputs: PackageInputs, modules: frozenset[str]) -> Iterator[str]:
    """Yield the modules that only other targets of the package have."""
    for other in inputs.targets:
        for module in (*other.modules, *other.test_modules):
            if module not in modules:
                yield module


def left_out(inputs: PackageInputs) -> Iterator[str]:
    """Yield what a user has ignored in folders that are taken; not folders of code, as what is compiled must be there."""
    if not inputs.ignored:
        return
    modules = [path for target in inputs.targets for path in (*target.modules, *target.test_modules)]
    script = inputs.build_script_inputs
    read = [folder for target in inputs.targets for folder in (*target.folders, *target.test_folders)]
    read += script.folders if script is not None else ()
    folders = {inputs.package_dir, *(folder.path for folder in read)}
    for path in inputs.ignored:
        is_held = any(is_inside(path, folder) for folder in folders)
        if is_held and not any(is_inside(module, path) for module in modules):
            yield path


def inputs_of(target: Target, inputs: PackageInputs) -> TargetInputs:
    """Return what the scanner found of one target."""
    for found in inputs.targets:
        if found.target.kind.value == target.kind.value and found.target.name == target.name:
            return found
    raise KeyError(target.name)


def _source(
    files: Iterable[str],
    rust: Iterable[str],
    folders: Iterable[FolderInput],
    without: Iterable[str],
    *,
    documents: bool = True,
) -> SourcePlan:
    return SourcePlan(
        files=tuple(sorted(files)),
        rust=tuple(rust),
        folders=tuple(
            FolderPlan(path=folder.path, recursive=folder.recursive, match=folder.pattern)
            for folder in sorted(set(folders), key=FolderInput.sort_key)
        ),
        without=tuple(sorted(without)),
        documents=documents,
    )


def _join(folder: str, name: str) -> str:
    if folder in {"", "."}:
        return name
    return f"{folder}/{name}" if name else folder

"""From what the scanner found to the source of each target: the least that its compilation needs.

A library or program gets its folder's `.rs` files by rule, not by list, so that a module written after the last compile
is there; the modules of the package's other targets are taken out of it. All else is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import dirname

from msgspec import Struct
from msgspec.structs import replace

from flakegen.cargo.package import Target, TargetKind
from flakegen.embed.hashes import Embeds, script_embeds, target_embeds
from flakegen.embed.inputs import FolderInput, InputRole, PackageInputs, ScriptInputs, TargetInputs
from flakegen.embed.paths import is_inside
from flakegen.plan.cargo_plan import FolderPlan, SourcePlan

_BY_RULE = frozenset((TargetKind.LIB, TargetKind.BIN))


class Extra(Struct, frozen=True, kw_only=True):
    """What a package reads that no scan can find.

    Attributes:
        files: single files that count as embedded.
        absent: those of them that are not there.
        folders: folders that count as embedded.
        unhashed: single files that are needed, but are not the package's own to embed.
        generated: files and folders that are made of all this, and part of no folder.
    """

    files: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    folders: tuple[FolderInput, ...] = ()
    unhashed: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()

    def with_files(self, files: tuple[str, ...]) -> Extra:
        """Return the same and some files more, which do not count as embedded."""
        return replace(self, unhashed=(*self.unhashed, *files)) if files else self

    def added_to(self, embeds: Embeds) -> Embeds:
        """Return what is embedded, and what else counts as that."""
        more = embeds.and_also(self.files, self.folders)
        inside = [path for path in self.generated if any(is_inside(path, f.path) for f in more.folders)]
        return more.and_also(without=inside) if inside else more


def target_source(target: Target, inputs: PackageInputs, extra: Extra) -> SourcePlan:
    """Return the source of one target of a product."""
    own = inputs_of(target, inputs)
    embeds = extra.added_to(target_embeds(inputs, own))
    optional = (*own.optional_files, *extra.absent)
    modules = frozenset(own.modules)
    if target.kind not in _BY_RULE or not dirname(target.src_path):
        return _source(embeds, optional, {*extra.unhashed, *modules})
    folder = _join(inputs.package_dir, dirname(target.src_path))
    inside = f"{folder}/"
    without = {module for module in _foreign_modules(inputs, modules) if module.startswith(inside)}
    far = {module for module in modules if not module.startswith(inside) or not module.endswith(".rs")}
    return _source(embeds, optional, {*extra.unhashed, *far}, rust=(folder,), without=without)


def source_of_test(target: Target, inputs: PackageInputs, nested: Iterable[str], extra: Extra) -> SourcePlan:
    """Return the source of a test: what it is compiled from, and its package's folder, where it may look for fixtures.

    ``nested`` are the folders of packages inside that one.
    """
    own = inputs_of(target, inputs)
    embeds = extra.added_to(target_embeds(inputs, own, testing=True))
    modules = frozenset((*own.modules, *own.test_modules))
    without = {*_foreign_modules(inputs, modules), *nested}
    return _source(
        embeds,
        (*own.optional_files, *own.test_optional_files, *extra.absent),
        {*extra.unhashed, *modules},
        without=without,
        packages=(inputs.package_dir,),
    )


def script_source(
    inputs: PackageInputs, script: ScriptInputs, nested: Iterable[str], extra: Extra
) -> SourcePlan:
    """Return what a build script's run reads: what it declares, or like cargo the whole package."""
    found = script_run_embeds(inputs, nested, extra)
    # What the script itself is compiled from is there as well: it may well read that.
    needed = {*script.files, *extra.unhashed, _join(inputs.package_dir, "Cargo.toml")} - found.files
    packages = (inputs.package_dir,) if script.whole_package else ()
    optional = (*script.optional_files, *extra.absent)
    return _source(found, optional, needed, without=nested, packages=packages)


def script_run_embeds(inputs: PackageInputs, nested: Iterable[str], extra: Extra) -> Embeds:
    """Return what the run of a package's build script embeds."""
    return extra.added_to(script_embeds(inputs)).and_also(without=nested)


def embedded_parts(inputs: PackageInputs, nested: Iterable[str], extra: Extra) -> Iterator[Embeds]:
    """Yield what the products of a package embed, target by target, as their sources say it."""
    for target in inputs.targets:
        if target.target.kind.role is InputRole.PRODUCTION:
            yield extra.added_to(target_embeds(inputs, target))
    if inputs.build_script_inputs is not None:
        yield script_run_embeds(inputs, nested, extra)


def _foreign_modules(inputs: PackageInputs, modules: frozenset[str]) -> Iterator[str]:
    """Yield the modules that only other targets of the package have."""
    for other in inputs.targets:
        for module in (*other.modules, *other.test_modules):
            if module not in modules:
                yield module


def inputs_of(target: Target, inputs: PackageInputs) -> TargetInputs:
    """Return what the scanner found of one target."""
    for found in inputs.targets:
        if found.target.kind.value == target.kind.value and found.target.name == target.name:
            return found
    raise KeyError(target.name)


def _source(
    embeds: Embeds,
    optional: Iterable[str],
    needed: Iterable[str],
    *,
    rust: tuple[str, ...] = (),
    without: Iterable[str] = (),
    packages: tuple[str, ...] = (),
) -> SourcePlan:
    files = {*embeds.files, *needed}
    return SourcePlan(
        files=tuple(sorted(files)),
        rust=rust,
        folders=tuple(
            folder_plan(folder, embeds.package_dir)
            for folder in sorted(embeds.folders, key=FolderInput.sort_key)
        ),
        without=tuple(sorted({*without, *embeds.without} - files)),
        packages=packages,
        embedded=tuple(sorted(embeds.files)),
        optional=tuple(sorted(set(optional) & files)),
    )


def folder_plan(folder: FolderInput, package: str) -> FolderPlan:
    """Return a folder that is embedded by a package, whose folder it may hold."""
    holds = is_inside(package, folder.path)
    return FolderPlan(
        path=folder.path,
        recursive=folder.recursive,
        match=folder.pattern,
        package=package if holds else None,
    )


def _join(folder: str, name: str) -> str:
    if folder in {"", "."}:
        return name
    return f"{folder}/{name}" if name else folder

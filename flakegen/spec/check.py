"""What a spec must be as a whole, once each key by itself is decoded.

The checks look at raw names and at the references found, not at the finished model, so that they run although
something else is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Related
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.spec.check_caches import check_caches
from flakegen.spec.check_ci import check_ci
from flakegen.spec.check_tasks import TASKS, check_tasks
from flakegen.spec.cycles import check_cycles
from flakegen.spec.images import check_images
from flakegen.spec.inputs import CARGO2NIX, input_names
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.kinds import Section
from flakegen.spec.names import FORMS
from flakegen.spec.paths import PathProblem
from flakegen.spec.raw import section_of
from flakegen.spec.sections import CargoFormat, ToolchainSource
from flakegen.spec.values import AttrName, EnvName, InputPath, Namespace, Reference, System

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

    from flakegen.spec.decoding import Decoding, Use
    from flakegen.spec.tables import KindTable

_NIXPKGS = ToolchainSource.NIXPKGS.value
_SECTIONS = {Namespace(each.value): each for each in Section}


def check_whole(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report what is wrong between the parts of the spec ``raw``."""
    names = _known_names(raw)
    for use in run.uses:
        _check_use(run, raw, use, names)
    check_cycles(run, raw)
    check_tasks(run, raw)
    _check_outputs(run, raw)
    check_images(run, raw)
    _check_systems(run, raw)
    _check_toolchain(run, raw)
    _check_inputs(run, raw, names[Namespace.INPUTS])
    _check_overlays(run, raw)
    _check_workspace(run, raw)
    _check_format(run, raw, names[Namespace.INPUTS])
    check_caches(run, raw)
    check_ci(run, raw)


def _known_names(raw: Mapping[str, Any]) -> dict[Namespace, tuple[str, ...]]:
    names = {namespace: tuple(section_of(raw, namespace.value)) for namespace in _SECTIONS}
    apps = (*names[Namespace.APPS], *section_of(raw, TASKS))  # a task becomes an app
    return {**names, Namespace.APPS: apps, Namespace.INPUTS: input_names(raw)}


def _check_use(
    run: Decoding, raw: Mapping[str, Any], use: Use, names: dict[Namespace, tuple[str, ...]]
) -> None:
    reference = use.reference
    if reference.namespace is Namespace.ENV:
        _check_env(run, raw, use)
    elif reference.namespace not in use.accepts:
        known = one_of(sorted(each.value for each in use.accepts))
        message = f"{show(reference.where)} cannot refer to {quoted(reference.written)}"
        _report(run, reference, Code.WRONG_REFERENCE, message, f"it takes references to {known}")
    elif reference.namespace is Namespace.PROJECT:
        _check_project(run, raw, reference)
    elif reference.namespace in names and reference.name[0] not in names[reference.namespace]:
        _report_dangling(run, reference, names)
    elif (entry := run.entries.get((reference.namespace.value, *reference.name[:1]))) is not None:
        _check_one_output(run, reference, entry)


def _check_one_output(run: Decoding, reference: Reference, entry: KindTable) -> None:
    if not entry.has_one_output:
        message = (
            f"{show(reference.where)} refers to {quoted(reference.written)}, which becomes several outputs"
        )
        hint = "refer to an entry that becomes one"
        _report(run, reference, Code.WRONG_REFERENCE, message, hint)


def _check_env(run: Decoding, raw: Mapping[str, Any], use: Use) -> None:
    reference = use.reference
    if Namespace.ENV not in use.accepts:
        message = f"{show(reference.where)} cannot read the environment"
        hint = "only `env` of a package with `wrap` and `impure = true` can"
        _report(run, reference, Code.IMPURE, message, hint)
        return
    owner = reference.where[:2]
    entry = section_of(section_of(raw, str(owner[0])), str(owner[1]))
    if entry.get("impure") is not True:
        message = f"{quoted(reference.written)} reads the environment, and {show(owner)} is pure"
        _report(run, reference, Code.IMPURE, message, f"add impure = true to {show(owner)}")
    if not FORMS[EnvName].pattern.fullmatch(reference.name[0]):
        message = f"{quoted(reference.name[0])} is no valid environment variable"
        _report(run, reference, Code.BAD_ENV_NAME, message, FORMS[EnvName].hint)


def _check_project(run: Decoding, raw: Mapping[str, Any], reference: Reference) -> None:
    name = reference.name[0]
    is_from_cargo = name == "version" and run.has_cargo
    if name not in section_of(raw, "project") and not is_from_cargo:
        message = f"{show(reference.where)} refers to {quoted(reference.written)}, which is not set"
        _report(run, reference, Code.DANGLING_REFERENCE, message, f"add {name} to [project]")


def _report_dangling(run: Decoding, reference: Reference, names: dict[Namespace, tuple[str, ...]]) -> None:
    namespace, name = reference.namespace, reference.name[0]
    hint = did_you_mean(name, names[namespace])
    elsewhere = [each.value for each, known in names.items() if name in known]
    if elsewhere:
        hint = f"there is {elsewhere[0]}.{name}"
    elif not hint:
        known = names[namespace]
        hint = (
            f"the spec has {one_of(known)} in {namespace.value}"
            if known
            else f"the spec has no {namespace.value}"
        )
    message = f"{show(reference.where)} refers to {quoted(reference.written)}, which does not exist"
    _report(run, reference, Code.DANGLING_REFERENCE, message, hint)


def _report(run: Decoding, reference: Reference, code: Code, message: str, hint: str | None) -> None:
    where, offset, length = reference.where, reference.offset, reference.length
    run.report(where, code, message, hint=hint, offset=offset, length=length)


def _check_outputs(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report entries that become the same attribute of the flake, as with a suffix they can."""
    first: dict[str, KeyPath] = {}
    for section in Section:
        for name in section_of(raw, section.value):
            path = (section.value, name)
            for output in _outputs_of(run, section, AttrName(name)):
                if output in first:
                    _report_same_output(run, output, first[output], path)
                first.setdefault(output, path)


def _outputs_of(run: Decoding, section: Section, name: AttrName) -> Iterator[str]:
    entry = run.entries.get((section.value, name))
    if entry is None:
        yield f"{section.outputs}.{name}"
        return
    if entry.has_one_output:  # else its names are known when the workspace is
        yield f"{section.outputs}.{entry.output_name(name)}"
    yield from (f"{Section.CHECKS.outputs}.{check}" for check in entry.checks(name))


def _report_same_output(run: Decoding, output: str, first: KeyPath, path: KeyPath) -> None:
    related = Related(message=f"{show(first)} becomes it too", span=run.source.span_of(first, Part.KEY))
    message = f"{show(path)} becomes the output {output}, which is taken"
    hint = "give one of them another name or suffix"
    run.problems.add(
        run.source.diagnose(
            path, Code.DUPLICATE_OUTPUT, message, part=Part.KEY, hint=hint, related=(related,)
        )
    )


def _check_systems(run: Decoding, raw: Mapping[str, Any]) -> None:
    listed = section_of(raw, "project").get("systems")
    if not isinstance(listed, list):
        return  # the default: all there are
    for where, system in _entry_systems(run):
        if system.value not in listed:
            message = f"{show(where[:2])} is for {quoted(system.value)}, which the project is not"
            hint = f"project.systems has {one_of(str(each) for each in listed)}"
            run.report(where, Code.FOREIGN_SYSTEM, message, hint=hint)


def _entry_systems(run: Decoding) -> Iterator[tuple[KeyPath, System]]:
    for path, entry in run.entries.items():
        for index, system in enumerate(entry.systems or ()):
            yield (*path, "systems", index), system


def _check_toolchain(run: Decoding, raw: Mapping[str, Any]) -> None:
    toolchain = section_of(raw, "toolchain")
    if "channel" in toolchain and toolchain.get("source", _NIXPKGS) == _NIXPKGS:
        message = "toolchain.channel has no meaning for the toolchain of nixpkgs, which has one version only"
        hint = f'set source = "{ToolchainSource.RUST_OVERLAY.value}", or leave the channel out'
        run.report(("toolchain", "channel"), Code.CONFLICT, message, part=Part.KEY, hint=hint)


def _check_inputs(run: Decoding, raw: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name, value in section_of(raw, "inputs").items():
        path = ("inputs", name)
        if name == "self":
            message = "an input cannot be called 'self'"
            run.report(path, Code.BAD_ATTR_NAME, message, part=Part.KEY, hint="'self' is the flake itself")
        follows = value.get("follows") if isinstance(value, dict) else None
        for followed, target in follows.items() if isinstance(follows, dict) else ():
            is_name = isinstance(target, str) and FORMS[InputPath].pattern.fullmatch(target)
            if is_name and target.split("/")[0] not in names:
                message = f"{show((*path, 'follows', followed))} follows {quoted(target)}, which is no input"
                hint = did_you_mean(target, names) or f"the inputs are {one_of(names)}"
                run.report((*path, "follows", followed), Code.DANGLING_REFERENCE, message, hint=hint)


def _check_overlays(run: Decoding, raw: Mapping[str, Any]) -> None:
    for name, value in section_of(raw, "overlays").items():
        if isinstance(value, dict) and not {"path", "nix-expr"} & value.keys():
            path = ("overlays", name)
            message = f"{show(path)} does not say what overlay it is"
            run.report(path, Code.NO_KIND, message, part=Part.KEY, hint="add 'path' or 'nix-expr'")


def _check_workspace(run: Decoding, raw: Mapping[str, Any]) -> None:
    written = section_of(raw, "cargo").get("workspace")
    folder = _folder(run, written) if isinstance(written, str) else None
    if folder is None:
        return  # absent, or reported as the key was decoded
    manifest = folder / "Cargo.toml"
    if not run.files.is_file(run.layout.absolute(manifest)):
        message = f"there is no Cargo.toml in {quoted(str(written))}"
        hint = f"it is looked for at {quoted(str(manifest))} in the project root"
        run.report(("cargo", "workspace"), Code.MISSING_FILE, message, hint=hint)


def _folder(run: Decoding, written: str) -> PurePosixPath | None:
    try:
        folder = run.layout.relative(written)
    except PathProblem:
        return None
    return folder if run.files.is_folder(run.layout.absolute(folder)) else None


def _check_format(run: Decoding, raw: Mapping[str, Any], inputs: tuple[str, ...]) -> None:
    """Report what cargo2nix's overlay cannot build, and when there is no such overlay."""
    if section_of(raw, "cargo").get("format") != CargoFormat.CARGO2NIX.value:
        return
    if CARGO2NIX not in inputs:
        message = (
            "cargo.format = 'cargo2nix' needs cargo2nix's overlay, and the spec has no input 'cargo2nix'"
        )
        hint = 'add cargo2nix = "github:cargo2nix/cargo2nix/release-0.12" to [inputs]'
        run.report(("cargo", "format"), Code.MISSING_KEY, message, hint=hint)
    if section_of(raw, "cargo").get("content-addressed") is True:
        _report_units(run, ("cargo", "content-addressed"))
    keys = {kind.table: kind.unit_keys for kind in run.kinds}
    for path, entry in run.entries.items():
        written = section_of(section_of(raw, str(path[0])), str(path[1]))
        for name in keys[type(entry)]:
            if name in written:
                _report_units(run, (*path, name))


def _report_units(run: Decoding, where: KeyPath) -> None:
    message = f"{show(where)} needs cargo's units, and cargo2nix builds whole crates"
    hint = f"leave it out, or set cargo.format = '{CargoFormat.UNITS.value}'"
    run.report(where, Code.NEEDS_UNITS, message, part=Part.KEY, hint=hint)

"""What a spec tells of embedded files: macros that read some, files that no scan can find, and what is not to count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from msgspec import Struct

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, Severity
from flakegen.diagnostics.text import quoted
from flakegen.embed.declared import Declared, Kind, Trigger, UserRules
from flakegen.embed.inputs import PackageInputs
from flakegen.embed.readers import Base
from flakegen.spec.model import Spec
from flakegen.spec.schema import EMPTY
from flakegen.spec.sections import Cargo, EmbedBase, EmbedRule
from flakegen.spec.values import EnvName, Template

_BASES = {
    EmbedBase.FILE: Base.FILE,
    EmbedBase.PACKAGE: Base.PACKAGE,
    EmbedBase.WORKSPACE: Base.WORKSPACE,
}


class Told(Struct, frozen=True, kw_only=True):
    """Paths are relative to the project root.

    Attributes:
        extra: files and folders beyond what a scan can find, by crate name.
        ignored: files and folders that are not read, by crate name.
        declared: macros and attributes that read files.
        variables: the environment of every unit, as far as it is known.
        own_variables: what that of one crate has beside it, by crate name.
    """

    extra: Mapping[str, tuple[str, ...]] = EMPTY
    ignored: Mapping[str, tuple[str, ...]] = EMPTY
    declared: tuple[Declared, ...] = ()
    variables: Mapping[str, str] = EMPTY
    own_variables: Mapping[str, Mapping[str, str]] = EMPTY

    def variables_of(self, crate: str) -> Mapping[str, str]:
        """Return the environment of one crate's units, as far as it is known."""
        own = self.own_variables.get(crate)
        return self.variables if own is None else {**self.variables, **own}

    def rules(self, crate: str) -> UserRules:
        """Return what is told of one crate."""
        return UserRules(self.declared, self.ignored.get(crate, ()))


def told_by(cargo: Cargo) -> Told:
    """Return what the section `[cargo]` of a spec tells."""
    crates = cargo.crates.items()
    return Told(
        extra={name: tuple(str(path.relative) for path in crate.extra_files) for name, crate in crates},
        ignored={
            name: tuple(_plain(str(path.relative)) for path in crate.ignore)
            for name, crate in crates
            if crate.ignore
        },
        declared=(
            ()
            if cargo.embed is None
            else (
                *_declared(Trigger.MACRO, cargo.embed.macros),
                *_declared(Trigger.ATTRIBUTE, cargo.embed.attributes),
            )
        ),
        variables=_literals(cargo.env),
        own_variables={name: _literals(crate.env) for name, crate in crates if crate.env},
    )


def _literals(env: Mapping[EnvName, Template]) -> dict[str, str]:
    return {str(name): value.literal or "" for name, value in env.items()}


def _plain(path: str) -> str:
    return "" if path == "." else path


def _declared(trigger: Trigger, rules: Mapping[Any, EmbedRule]) -> Iterator[Declared]:
    for name, rule in sorted(rules.items()):
        yield Declared(trigger, name, _BASES[rule.base], Kind(rule.kind.value))


def unused_ignores(spec: Spec, inputs: Mapping[str, Iterable[PackageInputs]]) -> Iterator[Diagnostic]:
    """Yield a warning for each `ignore` that nothing is ignored by; ``inputs`` are by crate name."""
    for name, crate in {} if spec.cargo is None else spec.cargo.crates.items():
        matched = {path for found in inputs.get(name, ()) for path in found.ignored}
        for index, path in enumerate(crate.ignore):
            if _plain(str(path.relative)) not in matched:
                message = f"{quoted(path.text)} is nothing that {name} reads, so there is nothing to ignore"
                where = ("cargo", "crates", name, "ignore", index)
                found = spec.diagnose(where, Code.UNUSED_IGNORE, message)
                yield replace(found, severity=Severity.WARNING)

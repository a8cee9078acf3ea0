"""What a lowered expression may name, and how the spec's references are spelled with it.

Every output's value stands where these are bound: ``pkgs`` (nixpkgs for the system), ``lib``, ``system``, ``inputs``,
``toolchain`` (one package with rustc, cargo and their company), ``cargo`` (the workspace, native), ``cargoFor`` (the
same built for another system or target, by its name), and ``packages``, ``checks``, ``apps``, ``devShells`` (this flake's own).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Collector
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.nix.errors import NixSyntaxError
from flakegen.spec.model import Spec
from flakegen.spec.values import Namespace, NixData, NixExpr, Reference, SpecPath, Template

_SELF: Mapping[str, tuple[tuple[str, ...], str]] = {
    "rev": (("rev", "dirtyRev"), "dirty"),
    "shortRev": (("shortRev", "dirtyShortRev"), "dirty"),
    "lastModifiedDate": (("lastModifiedDate",), "19700101000000"),
}
"""What says it of the flake's source: the first that is there, of a tree with changes the last commit marked as dirty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Turns values of a spec into expressions; problems found on the way are collected."""

    spec: Spec
    to_root: str  # from the output folder to the project root
    version: str
    members: tuple[str, ...]  # the packages of the Cargo workspace
    programs: Mapping[str, tuple[str, ...]]  # of each of them
    problems: Collector

    def reference(self, reference: Reference) -> Expr:
        """Return what a reference means: a package, a value of the flake, or a string."""
        name = reference.name
        match reference.namespace:
            case Namespace.PACKAGES | Namespace.CHECKS | Namespace.DEV_SHELLS:
                return nix.select(reference.namespace.value, self._output_name(reference))
            case Namespace.IMAGES:
                return nix.select("packages", name[0])
            case Namespace.APPS:
                return nix.select("apps", name[0], "program")
            case Namespace.PKGS:
                return nix.select("pkgs", *name)
            case Namespace.ENV:
                return nix.call("builtins.getEnv", name[0])
            case Namespace.INPUTS:
                return nix.select("inputs", *name)
            case Namespace.TOOLCHAIN:
                return nix.identifier("toolchain")
            case Namespace.PROJECT:
                return nix.string(self.project_text(reference))
            case Namespace.SELF:
                return of_self(name[0])

    @property
    def source_nix(self) -> Expr:
        """Return the path of the function that takes files of the project: among what builds units, if any are built."""
        folder = "" if self.spec.cargo is None else f"{self.spec.layout.runtime}/"
        return nix.path(f"./{folder}source.nix")

    def references(self, references: Iterable[Reference]) -> list[Expr]:
        """Return what each of several references means."""
        return [self.reference(reference) for reference in references]

    def tools(self, references: Iterable[Reference]) -> list[Expr]:
        """Return what several references mean for the machine that builds, where ``pkgs`` may be for another one."""
        return [
            (
                nix.select("pkgs.buildPackages", *reference.name)
                if reference.namespace is Namespace.PKGS
                else self.reference(reference)
            )
            for reference in references
        ]

    def template(self, template: Template) -> Expr:
        """Return the string that a template makes."""
        return nix.interpolated(*self._parts(template))

    def text(self, template: Template) -> Expr:
        """Return the same string, laid out over lines where it has them."""
        return nix.indented(*self._parts(template))

    def _parts(self, template: Template) -> Iterator[str | Expr]:
        """Yield texts, those of the project among them, and what else is referred to."""
        for part in template.parts:
            if isinstance(part, str):
                yield part
            elif part.namespace is Namespace.PROJECT:
                yield self.project_text(part)
            else:
                yield self.reference(part)

    def literal(self, template: Template) -> str | None:
        """Return the text of a template that refers to nothing but the project, else None."""
        parts = tuple(self._parts(template))
        texts = [part for part in parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(parts) else None

    def templates(self, values: Mapping[Any, Template]) -> dict[str, Expr]:
        """Return the strings of a table, by sorted name."""
        return {name: self.template(values[name]) for name in sorted(values)}

    def data(self, data: NixData) -> Expr:
        """Return a value written in TOML for Nix; a string that is one reference stands for what it refers to."""
        value = data.value
        if isinstance(value, Template):
            sole = value.sole_reference
            return self.template(value) if sole is None else self.reference(sole)
        if isinstance(value, tuple):
            return nix.items([self.data(item) for item in value])
        if isinstance(value, Mapping):
            return nix.attrs({name: self.data(value[name]) for name in sorted(value)})
        return nix.value(value)

    def table(self, values: Mapping[Any, NixData]) -> dict[str, Expr]:
        """Return the values of a table, by sorted name."""
        return {name: self.data(values[name]) for name in sorted(values)}

    def path(self, path: SpecPath) -> Expr:
        """Return a file of the project as a path literal."""
        relative = str(path.relative)
        return nix.path(self.to_root if relative == "." else f"{self.to_root}/{relative}")

    def expression(self, expression: NixExpr) -> Expr:
        """Return an expression that the user wrote; a syntax error is reported where it stands in the spec."""
        from flakegen.nix.parser import parse_expression  # noqa: PLC0415  # brings the grammar in

        try:
            return parse_expression(expression.text)
        except NixSyntaxError as error:
            self.problems.add(
                self.spec.diagnose(
                    expression.where,
                    Code.NIX_SYNTAX,
                    error.message,
                    hint=error.hint or None,
                    offset=error.offset,
                )
            )
            return nix.NULL

    def _output_name(self, reference: Reference) -> str:
        name = reference.name[0]
        entries = {
            Namespace.PACKAGES: self.spec.packages,
            Namespace.CHECKS: self.spec.checks,
            Namespace.DEV_SHELLS: self.spec.dev_shells,
        }[reference.namespace]
        for entry_name, entry in entries.items():
            if entry_name == name:
                return entry.output_name(entry_name)
        return name

    def project_text(self, reference: Reference) -> str:
        """Return what a reference to the project means; Nix need not be asked."""
        project = self.spec.project
        texts = {"name": project.name, "version": self.version, "description": project.description or ""}
        return texts[reference.name[0]]


def of_self(name: str) -> Expr:
    """Return what the flake knows of its source: ``rev``, ``shortRev`` or ``lastModifiedDate``."""
    attributes, default = _SELF[name]
    value: Expr = nix.string(default)
    for attribute in reversed(attributes):
        value = nix.select("inputs.self", attribute, default=value)
    return value

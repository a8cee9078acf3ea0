"""Packages that are one of flakegen's own programs for CI: small shell applications around git and curl."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from flakegen.builders.builder import Builder
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import key
from flakegen.spec.tables import PackageTable
from flakegen.spec.values import Template


class Tool(Enum):
    """A program of outputs/flake/runtime/tools; the value is its name."""

    WAIT_CACHIX_PATHS = "wait-cachix-paths"
    NEXT_VERSION = "next-version"
    CHECK_LATEST_COMMIT = "check-latest-commit"
    REBUILD_NIX_CACHE = "rebuild-nix-cache"

    @property
    def script(self) -> str:
        """The fixed file that holds it."""
        return f"tools/{self.value}.sh"

    @property
    def packages(self) -> tuple[str, ...]:
        """What it runs, in nixpkgs."""
        return _PACKAGES[self]

    @property
    def options(self) -> frozenset[str]:
        """What its arguments may begin with; its own ``--help`` says what they mean."""
        return _OPTIONS[self]


_PACKAGES = {
    Tool.WAIT_CACHIX_PATHS: ("coreutils", "curl"),
    Tool.NEXT_VERSION: ("coreutils", "git"),
    Tool.CHECK_LATEST_COMMIT: ("coreutils", "git", "gnused"),
    Tool.REBUILD_NIX_CACHE: ("coreutils", "curl", "jq"),
}

_OPTIONS = {
    Tool.WAIT_CACHIX_PATHS: frozenset(
        (
            "--cache",
            "--paths-file",
            "--attempts",
            "--delay",
            "--exponential",
            "--max-delay",
            "--timeout",
        )
    ),
    Tool.NEXT_VERSION: frozenset(
        ("--rc", "--prefix", "--manifest", "--initial", "--floor", "--path", "--repository")
    ),
    Tool.CHECK_LATEST_COMMIT: frozenset(
        ("--pull", "--branch", "--ref", "--commit", "--remote", "--timeout", "--repository")
    ),
    Tool.REBUILD_NIX_CACHE: frozenset(
        ("--repository", "--api", "--base", "--skip-drafts", "--delay", "--timeout", "--dry-run")
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPackage(PackageTable):
    """One of the programs, with arguments of its own before the user's."""

    tool: Tool = key("The program; docs/tools.md says what each does.", example='"wait-cachix-paths"')
    args: tuple[Template, ...] = key(
        "Arguments before the user's, which count more.", default=(), example='["--cache", "galoymoney"]'
    )


KIND = Kind(
    section=Section.PACKAGES,
    key="tool",
    table=ToolPackage,
    doc="A program for CI: waits for a cache, tells the next version or the latest commit, has a cache built anew.",
    example='[packages.wait-cachix-paths]\ntool = "wait-cachix-paths"\nargs = ["--cache", "galoymoney"]\n',
)


def lower(name: str, package: ToolPackage, scope: Scope) -> Expr:
    """Return the program under the name of the entry (nixpkgs manual, `writeShellApplication`)."""
    _check_options(package, scope)
    text: Expr = nix.call("builtins.readFile", nix.path(f"./{package.tool.script}"))
    if package.args:
        words = nix.call("lib.escapeShellArgs", [scope.template(argument) for argument in package.args])
        text = nix.indented("set -- ", words, ' "$@"\n', text)
    return nix.call(
        "pkgs.writeShellApplication",
        {
            "name": name,
            "runtimeInputs": [nix.select("pkgs", each) for each in package.tool.packages],
            "text": text,
        },
    )


def _check_options(package: ToolPackage, scope: Scope) -> None:
    """Report options that the program does not have, rather than let it do so when CI runs it."""
    for argument in _options(package.args):
        written, known = argument.literal or "", package.tool.options
        if written not in known:
            hint = did_you_mean(written, known) or f"it takes {one_of(sorted(known), most=20)}"
            message = f"{package.tool.value} has no option {quoted(written)}"
            scope.problems.add(scope.spec.diagnose(argument.where, Code.BAD_VALUE, message, hint=hint))


def _options(arguments: tuple[Template, ...]) -> Iterator[Template]:
    """Yield the arguments that are meant as options: no value begins with two hyphens."""
    return (argument for argument in arguments if (argument.literal or "").startswith("--"))


def files(package: ToolPackage) -> tuple[str, ...]:
    """Return the fixed file that is the program's text."""
    return (package.tool.script,)


BUILDER = Builder(kind=KIND, lower=lower, files=files)

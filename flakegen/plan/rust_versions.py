"""Whether the toolchain that the project names is new enough for what it compiles.

Cargo refuses crates whose `rust-version` is above its compiler's. The graph does not hang on that, and nixpkgs' compiler has a
version only when Nix evaluates; but where the spec or a rust-toolchain.toml names a version, people should know beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from flakegen.cargo.errors import CargoError
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.package import Package
from flakegen.cargo.toml_file import problem_at, read_toml
from flakegen.cargo.workspace import Workspace
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, Severity
from flakegen.plan.problems import of_cargo
from flakegen.plan.project import TOOLCHAIN_FILES
from flakegen.spec.model import Spec
from flakegen.spec.sections import ToolchainSource

_NEWEST_PATCH = 1 << 30  # a channel like 1.85 is the last release of that name
_MOST_NAMED = 5


def old_toolchain(
    workspace: Workspace, compiled: Callable[[], Iterable[Package]], spec: Spec
) -> Iterator[Diagnostic]:
    """Yield a warning if crates that are compiled ask for a newer compiler than the project names.

    ``compiled`` gives these crates; it takes long, and is not asked where no crate of the lock wants a newer one.
    """
    channel, file = _channel(workspace.root, spec)
    version = _numbers(channel, _NEWEST_PATCH)
    if not version or not _newer(workspace.packages, version):
        return
    newer = _newer(compiled(), version)
    if not newer:
        return
    more = f" and {len(newer) - _MOST_NAMED} more" if len(newer) > _MOST_NAMED else ""
    message = (
        f"Rust {channel} is older than the rust-version of {', '.join(newer[:_MOST_NAMED])}{more}: "
        "cargo would refuse to build this"
    )
    if file is None:
        found = [spec.diagnose(("toolchain", "channel"), Code.CARGO, message)]
    else:
        problem = problem_at(file, ("toolchain", "channel"), "rust-version", message)
        found = list(of_cargo(CargoError(problem)))
    yield from (replace(each, severity=Severity.WARNING) for each in found)


def _newer(packages: Iterable[Package], version: tuple[int, ...]) -> list[str]:
    return sorted(
        {
            f"{package.id.name} {package.id.version} ({asked})"
            for package in packages
            if (asked := package.metadata.get("rust_version", "")) and _numbers(asked, 0) > version
        }
    )


def _channel(root: Path, spec: Spec) -> tuple[str, Path | None]:
    """The channel that the project names, and the file that does if it is not the spec."""
    if spec.toolchain.channel is not None:
        return spec.toolchain.channel, None
    is_read = spec.toolchain.source is ToolchainSource.RUST_OVERLAY and spec.toolchain.components is None
    for file in (root / name for name in TOOLCHAIN_FILES if is_read):
        if file.is_file():
            try:
                channel = table_of(read_toml(file), "toolchain").get("channel")
            except CargoError:  # old files hold the bare channel; rust-overlay reads them
                channel = None
            return (channel if isinstance(channel, str) else ""), file
    return "", None


def _numbers(text: str, padding: int) -> tuple[int, ...]:
    """Three numbers of a release; none of a channel like `stable`."""
    parts = text.split(".")
    if not all(part.isdigit() for part in parts):
        return ()
    numbers = [int(part) for part in parts[:3]]
    return (*numbers, *[padding] * (3 - len(numbers)))

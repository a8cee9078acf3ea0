"""Writes small source trees and scans them."""

from pathlib import Path

from flakegen.embed.disk import Disk
from flakegen.embed.inputs import PackageInputs, ScanTarget, TargetInputs, TargetKind
from flakegen.embed.scan import scan_package


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def library(path: str = "src/lib.rs") -> ScanTarget:
    return ScanTarget(name="it", kind=TargetKind.LIB, src_path=path)


def scan(
    root: Path, *targets: ScanTarget, package: str = "", crates: tuple[str, ...] = (), **more
) -> PackageInputs:
    return scan_package(
        Disk(root), package, targets or (library(),), dependency_names=frozenset(crates), **more
    )


def scan_one(root: Path, target: ScanTarget | None = None, **more) -> TargetInputs:
    return scan(root, target or library(), **more).targets[0]

"""Fixed files that go along with generated ones: plain Nix and bash, the same for every project but for the header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from flakegen.outputs.header import header
from flakegen.plan.model import BuildPlan


def fixed_files(folder: Path, names: Iterable[str], plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield name and text of files in a folder of this package."""
    above = "".join(f"# {line}\n" for line in header(plan))
    for name in names:
        yield name, above + (folder / name).read_text(encoding="utf-8")

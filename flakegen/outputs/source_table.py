"""A SourcePlan as the arguments of source.nix, defaults left out."""

from __future__ import annotations

from flakegen.plan.model import FolderPlan, SourcePlan


def source_table(source: SourcePlan) -> dict[str, object]:
    """Return the attributes by name; what source.nix takes when it is told nothing is not said."""
    table: dict[str, object] = {
        "rust": list(source.rust),
        "files": list(source.files),
        "folders": [_folder(folder) for folder in source.folders],
        "without": list(source.without),
    }
    said = {name: value for name, value in table.items() if value}
    return said if source.documents else {**said, "documents": False}


def _folder(folder: FolderPlan) -> dict[str, object]:
    entry: dict[str, object] = {"path": folder.path, "recursive": folder.recursive}
    return entry if folder.match is None else {**entry, "match": folder.match}

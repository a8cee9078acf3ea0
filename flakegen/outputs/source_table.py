"""A SourcePlan as the arguments of source.nix, defaults left out."""

from __future__ import annotations

from flakegen.plan.cargo_plan import FolderPlan, SourcePlan


def source_table(source: SourcePlan) -> dict[str, object]:
    """Return the attributes by name; what source.nix takes when it is told nothing is not said."""
    embedded, optional = set(source.embedded), set(source.optional)
    table: dict[str, object] = {
        "rust": list(source.rust),
        "files": [path for path in source.files if path not in embedded and path not in optional],
        "embedded": [path for path in source.embedded if path not in optional],
        "optional": list(source.optional),
        "folders": [_folder(folder) for folder in source.folders],
        "packages": list(source.packages),
        "without": list(source.without),
    }
    return {name: value for name, value in table.items() if value}


def _folder(folder: FolderPlan) -> dict[str, object]:
    entry: dict[str, object] = {"path": folder.path, "recursive": folder.recursive}
    if folder.match is not None:
        entry["match"] = folder.match
    if folder.package is not None:
        entry["package"] = folder.package
    return entry

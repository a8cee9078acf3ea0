"""The entry: scans the targets of one local package, or of many, for everything that their compilation reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.embed.build_script import script_inputs
from flakegen.embed.collect import Ignored
from flakegen.embed.declared import UserRules
from flakegen.embed.disk import Disk
from flakegen.embed.inputs import PackageInputs, ScriptInputs, TargetKind
from flakegen.embed.macro_table import macro_table
from flakegen.embed.mechanisms import vocabulary
from flakegen.embed.modules import PackageSources, TargetWalk
from flakegen.embed.paths import is_inside, normalise
from flakegen.embed.quiet import QuietFiles
from flakegen.embed.wrappers import Macro

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flakegen.embed.inputs import ScanTarget

_MAX_ROUNDS = 8


def scan_package(  # noqa: PLR0913  # nearly all by name, and most left out
    root: Path | Disk,
    package_dir: str,
    targets: Sequence[ScanTarget],
    *,
    dependency_names: frozenset[str],
    workspace_dir: str = "",
    variables: Mapping[str, str] | None = None,
    imported_macros: Iterable[Macro] = (),
    rules: UserRules = UserRules(),  # noqa: B008  # immutable
    quiet: QuietFiles | None = None,
) -> PackageInputs:
    """What each target of one package reads.

    Args:
        root: the folder that nothing read may leave; pass one `Disk` for several packages, so that it is read once.
        package_dir: the package's folder, relative to `root`.
        targets: in any order; the answer keeps it.
        dependency_names: the crates that the package's code can name (`_` or `-`), which gate mechanisms.
        workspace_dir: the folder of the workspace's root manifest, relative to `root`.
        variables: what cargo sets while compiling, such as `CARGO_PKG_NAME`, for use in `env!`.
        imported_macros: `exported_macros` of the local packages that this one depends on.
        rules: what a user says of it.
        quiet: what is known of files from an earlier scan; what this one finds out is noted there.
    """
    disk = root if isinstance(root, Disk) else Disk(root)
    sources = PackageSources(
        disk=disk,
        package_dir=normalise(package_dir) or "",
        workspace_dir=normalise(workspace_dir) or "",
        vocabulary=vocabulary(dependency_names, rules.declared),
        variables=variables or {},
        ignored=Ignored(rules.ignored),
        quiet=quiet or QuietFiles(),
    )
    walks, own = _walk_until_stable(sources, targets, tuple(imported_macros))
    sources.note_quiet()
    results = tuple(walk.collector.result() for walk in walks)
    scripts = [item for item in results if item.target.kind is TargetKind.BUILD_SCRIPT]
    script = script_inputs(disk, sources.package_dir, scripts[0], sources.ignored) if scripts else None
    return PackageInputs(
        package_dir=sources.package_dir,
        targets=results,
        build_script_inputs=script,
        exported_macros=own,
        ignored=tuple(sorted(_matching(sources, walks, script))) if rules.ignored else (),
    )


def _matching(
    sources: PackageSources, walks: Sequence[TargetWalk], script: ScriptInputs | None
) -> Iterator[str]:
    """Those of the ignored paths that came up, or that are there in a folder which is read."""
    folders = {
        sources.package_dir,
        *(folder.path for folder in (script.folders if script is not None else ())),
    }
    folders |= {
        folder.path for walk in walks for sets in walk.collector.sets.values() for folder in sets.folders
    }
    for path in dict.fromkeys(sources.ignored.paths):
        present = sources.disk.is_file(path) or sources.disk.is_folder(path)
        if path in sources.ignored.seen or (present and any(is_inside(path, folder) for folder in folders)):
            yield path


def _walk_until_stable(
    sources: PackageSources, targets: Sequence[ScanTarget], imported: tuple[Macro, ...]
) -> tuple[list[TargetWalk], tuple[Macro, ...]]:
    """Walk until no walk finds a further macro that reaches a reader: what a macro includes may define macros."""
    readers = frozenset(sources.vocabulary.macros) | {"include"}
    attributes = frozenset(sources.vocabulary.attributes)
    sources.macros = macro_table(imported, readers, attributes)
    for _ in range(_MAX_ROUNDS):
        walks = [TargetWalk(sources, target) for target in targets]
        for walk in walks:
            walk.run()
        files = dict.fromkeys(file for walk in walks for file in walk.visited)
        texts = [item for file in files if file in sources.facts for item in sources.facts[file].facts.macros]
        texts += [item for walk in walks for item in walk.expanded_macros]
        own = [Macro(item.name, item.body) for item in texts]
        found = macro_table([*imported, *own], readers, attributes) if own else sources.macros
        if found == sources.macros:
            break
        sources.macros = found
    return walks, sources.macros.all()

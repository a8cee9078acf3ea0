"""The targets of a package, listed and inferred (Cargo book, "Cargo Targets"; cargo's `util/toml/targets.rs`)."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from flakegen.cargo.errors import Problem
from flakegen.cargo.package import Target, TargetKind
from flakegen.cargo.toml_file import Table, problem_at


class FileTree(Protocol):
    """The files of a package, on disk or in an archive; paths are relative and `/`-separated."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""

    def entries(self, folder: str) -> list[tuple[str, bool]]:
        """Names in a folder, each with whether it is a real folder; empty if there is no such folder."""


class DiskTree:
    """A package folder on disk."""

    def __init__(self, root: str) -> None:
        self._root = root

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        return os.path.exists(f"{self._root}/{path}")  # noqa: PTH110 - hot, and `root` is a string

    def entries(self, folder: str) -> list[tuple[str, bool]]:
        """Names in a folder, each with whether it is a real folder (links to folders are not followed)."""
        try:
            with os.scandir(f"{self._root}/{folder}") as found:
                return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in found]
        except OSError:
            return []


class ManifestContext(Struct, frozen=True, kw_only=True):
    """What the readers of one manifest share; problems are collected in ``problems``.

    ``lost`` are targets without a file, which cargo only minds in members, and leaves out elsewhere.
    """

    path: Path
    tree: FileTree
    name: str
    edition: str
    problems: list[Problem]
    lost: list[Problem]

    def complain(self, keys: Sequence[str], message: str, hint: str | None = None) -> None:
        """Record a problem placed at a key of this manifest."""
        self.problems.append(self._problem(keys, message, hint))

    def lose(self, section: _Section, message: str, hint: str) -> None:
        """Record that a listed target has no file; a package without one of its binaries is always wrong."""
        problems = self.problems if section.kind is TargetKind.BIN else self.lost
        problems.append(self._problem((section.key,), message, hint))

    def _problem(self, keys: Sequence[str], message: str, hint: str | None) -> Problem:
        return problem_at(self.path, keys, "manifest-target", message, hint)


class _Section(Struct, frozen=True):
    """One of the four listed kinds of target."""

    kind: TargetKind
    key: str
    folder: str
    automatic: str
    test: bool = False
    bench: bool = False
    doc: bool = False


_SECTIONS = (
    _Section(TargetKind.BIN, "bin", "src/bin", "autobins", test=True, bench=True, doc=True),
    _Section(TargetKind.EXAMPLE, "example", "examples", "autoexamples"),
    _Section(TargetKind.TEST, "test", "tests", "autotests", test=True),
    _Section(TargetKind.BENCH, "bench", "benches", "autobenches", bench=True),
)
_NON_LIBRARY_EXAMPLE = ("bin",)


def discover_targets(table: Table, package: Table, context: ManifestContext) -> tuple[Target, ...]:
    """All targets of a manifest, in cargo's order: lib, bins, examples, tests, benches, build script."""
    library = _library(table, package, context)
    found = [library] if library else []
    for section in _SECTIONS:
        found += _listed(section, table, package, context, has_lib=library is not None)
    script = _build_script(package, context)
    if script:
        found.append(script)
    return tuple(found)


def _tables(value: Any) -> list[Table] | None:
    """The tables of `[[section]]`; None if the section is absent."""
    if value is None:
        return None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _flag(table: Table, key: str, *, default: bool) -> bool:
    value = table.get(key)
    return value if isinstance(value, bool) else default


def _key(table: Table, name: str) -> Any:
    """A key that may be written with a dash or, as cargo still accepts, an underscore."""
    value = table.get(name)
    return table.get(name.replace("-", "_")) if value is None else value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _text(table: Table, key: str, section: str, context: ManifestContext) -> str | None:
    """A non-empty text, or None if absent; another type is a problem."""
    value = table.get(key)
    if value is None or value == "" or isinstance(value, str):
        return value or None
    context.complain((section, key), f"`{key}` must be a string")
    return None


def _normal(path: str) -> str:
    return posixpath.normpath(path) if path else path


def _library(table: Table, package: Table, context: ManifestContext) -> Target | None:
    listed = table.get("lib")
    if not isinstance(listed, dict):
        if not _flag(package, "autolib", default=True) or not context.tree.exists("src/lib.rs"):
            return None
        listed = {}
    name = _text(listed, "name", "lib", context) or context.name.replace("-", "_")
    if "-" in name:
        hint = f"write `{name.replace('-', '_')}`"
        context.complain(("lib", "name"), f"library target name `{name}` contains a dash", hint)
    path = _text(listed, "path", "lib", context) or _library_path(name, context)
    types, proc_macro = _library_types(listed, context)
    return Target(
        kind=TargetKind.LIB,
        name=name,
        crate_types=types,
        src_path=_normal(path),
        edition=_text(listed, "edition", "lib", context) or context.edition,
        required_features=_texts(_key(listed, "required-features")),
        test=_flag(listed, "test", default=True),
        bench=_flag(listed, "bench", default=True),
        doc=_flag(listed, "doc", default=True),
        doctest=_flag(listed, "doctest", default=True),
        harness=_flag(listed, "harness", default=True),
        proc_macro=proc_macro,
    )


def _library_path(name: str, context: ManifestContext) -> str:
    if context.tree.exists("src/lib.rs"):
        return "src/lib.rs"
    if context.edition == "2015" and context.tree.exists(f"src/{name}.rs"):
        return f"src/{name}.rs"
    hint = "rename the file to `src/lib.rs`, or give lib.path"
    context.complain(("lib",), f"can't find library `{name}`", hint)
    return "src/lib.rs"


def _library_types(listed: Table, context: ManifestContext) -> tuple[tuple[str, ...], bool]:
    """Crate types, and whether it is a proc-macro: that flag alone stays beside an explicit list of types."""
    given = _key(listed, "crate-type")
    flag = _key(listed, "proc-macro")
    types = _texts(given)
    if given is None:
        return (("proc-macro",), True) if flag is True else (("lib",), False)
    if "dylib" in types and "cdylib" in types:
        context.complain(("lib", "crate-type"), "a library cannot be both `dylib` and `cdylib`")
    if "proc-macro" in types:
        if len(types) > 1:
            context.complain(("lib", "crate-type"), "crate type `proc-macro` cannot be mixed with others")
        return ("proc-macro",), flag is not False
    return types, flag is True


def _inferred(section: _Section, context: ManifestContext) -> list[tuple[str, str]]:
    """(name, path) of every file that cargo takes for a target of this section."""
    found: list[tuple[str, str]] = []
    if section.kind is TargetKind.BIN and context.tree.exists("src/main.rs"):
        found.append((context.name, "src/main.rs"))
    for name, is_folder in sorted(context.tree.entries(section.folder)):
        if name.startswith("."):
            continue
        if is_folder:
            path = f"{section.folder}/{name}/main.rs"
            if context.tree.exists(path):
                found.append((name, path))
        elif name.endswith(".rs"):
            found.append((name[:-3], f"{section.folder}/{name}"))
    return found


def _listed(
    section: _Section, table: Table, package: Table, context: ManifestContext, *, has_lib: bool
) -> list[Target]:
    """The targets of one section, listed ones first joined with inferred ones, sorted by name."""
    automatic = package.get(section.automatic)
    tables = _tables(table.get(section.key))
    inferred = _inferred(section, context) if tables or automatic is not False else []
    chosen = [*(tables or ())]
    if tables is None or _infers_more(automatic, context.edition):
        names = {item["name"] for item in chosen if isinstance(item.get("name"), str)}
        paths = {_normal(item["path"]) for item in chosen if isinstance(item.get("path"), str)}
        if automatic is not False:
            chosen += [{"name": n, "path": p} for n, p in inferred if n not in names and p not in paths]
    found = (_target(section, item, inferred, context, has_lib=has_lib) for item in chosen)
    targets = [target for target in found if target is not None]
    _check_unique(section, targets, context)
    return sorted(targets, key=lambda target: target.name)


def _infers_more(automatic: Any, edition: str) -> bool:
    """Whether inferred targets join an explicit list: edition 2015 needs the flag to be set."""
    return automatic if isinstance(automatic, bool) else edition != "2015"


def _check_unique(section: _Section, targets: list[Target], context: ManifestContext) -> None:
    seen: set[str] = set()
    for target in targets:
        if target.name in seen:
            context.complain((section.key,), f"two {section.key} targets are named `{target.name}`")
        seen.add(target.name)


def _target(
    section: _Section,
    item: Table,
    inferred: list[tuple[str, str]],
    context: ManifestContext,
    *,
    has_lib: bool,
) -> Target | None:
    name = _text(item, "name", section.key, context)
    if name is None:
        context.complain((section.key,), f"a {section.key} target needs a name")
        name = context.name
    path = _text(item, "path", section.key, context) or _path_of(
        section, name, inferred, context, has_lib=has_lib
    )
    if path is None:
        return None
    return Target(
        kind=section.kind,
        name=name,
        crate_types=_example_types(section, item),
        src_path=_normal(path),
        edition=_text(item, "edition", section.key, context) or context.edition,
        required_features=_texts(_key(item, "required-features")),
        test=_flag(item, "test", default=section.test),
        bench=_flag(item, "bench", default=section.bench),
        doc=_flag(item, "doc", default=section.doc),
        doctest=_flag(item, "doctest", default=False),
        harness=_flag(item, "harness", default=True),
        proc_macro=_key(item, "proc-macro") is True or "proc-macro" in _texts(_key(item, "crate-type")),
    )


def _example_types(section: _Section, item: Table) -> tuple[str, ...]:
    types = _texts(_key(item, "crate-type")) if section.kind is TargetKind.EXAMPLE else ()
    return types if any(kind != "bin" for kind in types) else _NON_LIBRARY_EXAMPLE


def _path_of(
    section: _Section,
    name: str,
    inferred: list[tuple[str, str]],
    context: ManifestContext,
    *,
    has_lib: bool,
) -> str | None:
    """The path of a target listed without one; None if it has no file."""
    candidates = [path for found, path in inferred if found == name]
    if len(candidates) == 1:
        return candidates[0]
    legacy = _legacy_path(section, name, context, has_lib=has_lib) if context.edition == "2015" else None
    if legacy:
        return legacy
    if candidates:
        message = f"cannot infer the path of {section.key} `{name}`: both {' and '.join(candidates)} exist"
        context.lose(section, message, f"give {section.key}.path")
    else:
        message = f"can't find {section.key} `{name}` at `{section.folder}/{name}.rs` or `{section.folder}/{name}/main.rs`"
        context.lose(section, message, f"create the file, or give {section.key}.path")
    return None


def _legacy_path(section: _Section, name: str, context: ManifestContext, *, has_lib: bool) -> str | None:
    """Where edition 2015 still looks for a listed binary, and for a bench named `bench`."""
    if section.kind is TargetKind.BENCH:
        tries = ["src/bench.rs"] if name == "bench" else []
    elif section.kind is TargetKind.BIN:
        tries = ["src/main.rs", "src/bin/main.rs"]
        if not has_lib:
            tries.insert(0, f"src/{name}.rs")
    else:
        tries = []
    return next((path for path in tries if context.tree.exists(path)), None)


def _build_script(package: Table, context: ManifestContext) -> Target | None:
    value = package.get("build")
    if value is False or isinstance(value, list) or (value is None and not context.tree.exists("build.rs")):
        return None
    path = value if isinstance(value, str) else "build.rs"
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return Target(
        kind=TargetKind.CUSTOM_BUILD,
        name=f"build-script-{stem}",
        crate_types=("bin",),
        src_path=_normal(path),
        edition=context.edition,
    )

"""What is not resolved: what only a nightly cargo takes, and path overrides, of which no lock tells.

It is told by the crate and the line that ask for it, as the graph would be another one.
The lists are those of cargo's `core/features.rs` (Cargo book, "Unstable Features").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flakegen.cargo.config import CargoConfig
from flakegen.cargo.errors import Problem
from flakegen.cargo.inheritance import table_of
from flakegen.cargo.toml_file import Table, problem_at

Complaint = tuple[tuple[str, ...], str, str | None]
"""The keys that lead to it, what is wrong, and a hint."""

_CODE = "cargo-unstable"
_STABLE_FEATURES = frozenset(
    {
        "alternative-registries",
        "default-run",
        "edition",
        "edition2021",
        "edition2024",
        "named-profiles",
        "profile-overrides",
        "rename-dependency",
        "resolver",
        "rust-version",
        "strip",
        "workspace-inheritance",
    }
)
_PACKAGE_KEYS = {
    "default-target": "a package with a target of its own",
    "forced-target": "a package with a target of its own",
    "metabuild": "metabuild",
}
_PROFILE_KEYS = ("codegen-backend", "rustflags", "trim-paths")
_DEPENDENCY_KEYS = ("artifact", "base", "lib", "target")
# Other settings of `[unstable]` change neither what is built nor how: they are about downloads, output and caches.
_CONFIG_KEYS = (
    "build-std",
    "build-std-features",
    "codegen-backend",
    "dual-proc-macros",
    "feature-unification",
    "host-config",
    "panic-abort-tests",
    "panic-immediate-abort",
    "profile-rustflags",
    "target-applies-to-host",
    "trim-paths",
)


def unstable_features(manifest: Table) -> Iterator[Complaint]:
    """`cargo-features` that no stable cargo has."""
    names = manifest.get("cargo-features")
    for name in names if isinstance(names, list) else ():
        if name not in _STABLE_FEATURES:
            message = f"`cargo-features` asks for `{name}`, which is unstable in cargo and not supported"
            yield ("cargo-features",), message, None


def unstable_package(manifest: Table, package: Table) -> Iterator[Complaint]:
    """What a package's own manifest asks for, its dependencies aside."""
    yield from unstable_features(manifest)
    for key, what in _PACKAGE_KEYS.items():
        if key in package:
            yield ("package", key), f"{what} (`{key}`) is unstable in cargo and not supported", None
    if isinstance(package.get("build"), list):
        message = "several build scripts are unstable in cargo and not supported"
        yield ("package", "build"), message, "write one script that does what they do"
    binaries = manifest.get("bin")
    for binary in binaries if isinstance(binaries, list) else ():
        if isinstance(binary, dict) and "filename" in binary:
            message = "a `filename` for a binary is unstable in cargo and not supported"
            yield ("bin", "filename"), message, "name the binary so"


def unstable_dependency(keys: tuple[str, ...], name: str, table: Mapping[str, Any]) -> Iterator[Complaint]:
    """What makes a dependency an artifact, or puts it below a base path."""
    found = [key for key in _DEPENDENCY_KEYS if key in table]
    if not found:
        return
    key = found[0]
    if key == "base":
        message = f"`{name}` has a `base` for its path, which is unstable in cargo and not supported"
        yield (*keys, key), message, "write the path from this manifest's folder"
        return
    message = f"`{name}` is an artifact dependency (`{key}`), which is unstable in cargo and not supported"
    yield (*keys, key), message, "depend on its library, or give the program's path when the script runs"


def _unstable_profiles(profiles: Table) -> Iterator[Complaint]:
    for name, profile in profiles.items():
        for keys, layer in _layers(("profile", name), profile):
            for key in _PROFILE_KEYS:
                if key in layer:
                    yield (*keys, key), f"`{key}` of a profile is unstable in cargo and not supported", None
            if layer.get("panic") == "immediate-abort":
                message = 'panic = "immediate-abort" is unstable in cargo and not supported'
                yield (*keys, "panic"), message, 'the stable strategies are "unwind" and "abort"'


def _layers(keys: tuple[str, ...], profile: Any) -> Iterator[tuple[tuple[str, ...], Table]]:
    """A profile's own table, and those of its overrides."""
    if isinstance(profile, dict):
        yield keys, profile
        yield (*keys, "build-override"), table_of(profile, "build-override")
        for spec, table in table_of(profile, "package").items():
            yield (*keys, "package", spec), table if isinstance(table, dict) else {}


def _unstable_config(table: Table) -> Iterator[Complaint]:
    if table.get("paths"):
        hint = "name the replacement in the root manifest, as [patch.crates-io]"
        yield ("paths",), "path overrides (`paths`) are not supported", hint
    yield from _unstable_profiles(table_of(table, "profile"))
    switches = table_of(table, "unstable")
    for key in _CONFIG_KEYS:
        written = key if key in switches else key.replace("-", "_")
        if switches.get(written, False) is not False:  # an empty list builds the whole library, too
            hint = "stable cargo ignores it: take it out"
            yield ("unstable", written), f"`-Z {key}` is unstable in cargo and not supported", hint


def unstable_settings(root: Table, path: Path, config: CargoConfig) -> list[Problem]:
    """What the workspace's root manifest and the configuration set for all packages."""
    own = list(_unstable_profiles(table_of(root, "profile")))
    if "package" not in root and "project" not in root:
        own = [*unstable_features(root), *own]
    return [*placed(path, own), *_placed_in_config(config)]


def placed(path: Path, complaints: Iterable[Complaint]) -> list[Problem]:
    """Complaints as problems of one file."""
    return [problem_at(path, keys, _CODE, message, hint) for keys, message, hint in complaints]


def _placed_in_config(config: CargoConfig) -> Iterator[Problem]:
    """Each in the nearest file that has the key; none for what a variable says."""
    for keys, message, hint in _unstable_config(config.table):
        problems = [problem_at(file, keys, _CODE, message, hint) for file in config.files]
        found = (problem for problem in problems if problem.line is not None)
        yield next(found, Problem(code=_CODE, message=message, hint=hint))

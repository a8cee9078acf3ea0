"""The part of a unit's rustc command line that is known before anything is built.

The rules are cargo's `core/compiler/mod.rs` (`build_base_args`, `check_cfg_args`, `lto_args`) and the Cargo book,
"Profiles" and "The `[lints]` section".
"""

from __future__ import annotations

from collections.abc import Sequence

from flakegen.cargo.feature_map import feature_map
from flakegen.cargo.lto import Lto
from flakegen.cargo.package import Lint, Package
from flakegen.cargo.profile import Profile


def profile_flags(profile: Profile, lto: Lto) -> tuple[str, ...]:
    """Return the code generation flags of a profile, in cargo's order."""
    flags: list[str] = []

    def codegen(option: str) -> None:
        flags.extend(("-C", option))

    if profile.opt_level != "0":
        codegen(f"opt-level={profile.opt_level}")
    if profile.panic != "unwind":
        codegen(f"panic={profile.panic}")
    flags.extend(lto.flags)
    if profile.codegen_units is not None:
        codegen(f"codegen-units={profile.codegen_units}")
    if profile.debuginfo != 0:
        codegen(f"debuginfo={profile.debuginfo}")
        if profile.split_debuginfo is not None:
            codegen(f"split-debuginfo={profile.split_debuginfo}")
    flags.extend(_assertion_flags(profile))
    if profile.rpath:
        codegen("rpath")
    if profile.strip is not None:
        codegen(f"strip={profile.strip}")
    return tuple(flags)


def _assertion_flags(profile: Profile) -> tuple[str, ...]:
    """Say only what differs from what rustc derives from the optimization level."""
    assertions, overflow = profile.debug_assertions, profile.overflow_checks
    if profile.opt_level == "0":
        if not assertions:
            return ("-C", "debug-assertions=off", *(("-C", "overflow-checks=on") if overflow else ()))
        return () if overflow else ("-C", "overflow-checks=off")
    if assertions:
        return ("-C", "debug-assertions=on", *(() if overflow else ("-C", "overflow-checks=off")))
    return ("-C", "overflow-checks=on") if overflow else ()


def lint_flags(lints: Sequence[Lint]) -> tuple[str, ...]:
    """Return the flags of a `[lints]` table: lower priority first, then names backwards, so that narrower lints win."""
    levels: list[tuple[int, str, str]] = []
    check_cfg: list[str] = []
    for lint in lints:
        if lint.tool == "cargo":
            continue
        name = lint.name if lint.tool == "rust" else f"{lint.tool}::{lint.name}"
        levels.append((lint.priority, lint.name, f"--{lint.level}={name}"))
        for expression in lint.check_cfg:
            check_cfg.extend(("--check-cfg", expression))
    levels.sort(key=lambda entry: entry[2])
    levels.sort(key=lambda entry: entry[1], reverse=True)
    levels.sort(key=lambda entry: entry[0])
    return (*(flag for _, _, flag in levels), *check_cfg)


def feature_check_cfg(package: Package) -> str:
    """Return the `--check-cfg` value that declares the features a package has, implicit ones too."""
    names = ", ".join(f'"{feature}"' for feature in sorted(feature_map(package)))
    return f"cfg(feature, values({names}))"

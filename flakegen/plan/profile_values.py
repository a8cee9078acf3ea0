"""Profiles written back as manifests write them, for builders that hand them to cargo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from flakegen.cargo.inheritance import table_of
from flakegen.cargo.profile import Profile
from flakegen.cargo.profiles import profile_table
from flakegen.cargo.workspace import Workspace
from flakegen.plan.package_set import ProfilePlan, ProfileSettings

BUILT_IN = ("bench", "dev", "release", "test")
_HOST_KEYS = (
    "opt-level",
    "debug",
    "debug-assertions",
    "overflow-checks",
    "codegen-units",
    "strip",
    "split-debuginfo",
)
_SWITCHES = {"true": True, "false": False}
_ANY_TRIPLE = "x86_64-unknown-linux-gnu"  # profiles differ on Apple's only in what is left to cargo below


def profile_names(workspace: Workspace) -> tuple[str, ...]:
    """Cargo's own profiles and the workspace's, sorted."""
    configured = table_of(workspace.config.table, "profile")
    return tuple(sorted({*BUILT_IN, *workspace.profiles, *configured} - {"doc"}))


def plan_profiles(
    workspace: Workspace, packages: Iterable[int]
) -> tuple[dict[str, ProfilePlan], dict[int, dict[str, ProfileSettings]]]:
    """Return each profile as most packages have it, and what single packages have instead, by package and profile."""
    chosen = sorted(packages)
    plans: dict[str, ProfilePlan] = {}
    others: dict[int, dict[str, ProfileSettings]] = {index: {} for index in chosen}
    for name in profile_names(workspace):
        is_release, by_package = _of_packages(workspace, name, chosen)
        counts = Counter(repr(settings) for settings in by_package.values())
        usual = max(counts, key=lambda text: (counts[text], text), default="")
        for index, settings in by_package.items():
            if repr(settings) == usual:
                plans.setdefault(name, ProfilePlan(is_release=is_release, settings=settings))
            else:
                others[index][name] = settings
    return plans, others


def _of_packages(
    workspace: Workspace, name: str, packages: list[int]
) -> tuple[bool, dict[int, ProfileSettings]]:
    members = frozenset(workspace.members)
    table = profile_table(workspace)
    found: dict[int, ProfileSettings] = {}
    is_release = False
    for index in packages:
        of_code, of_host = (
            table.settings(
                name, index, _ANY_TRIPLE, is_member=index in members, host=host, unwind=host
            ).profile
            for host in (False, True)
        )
        is_release = of_code.is_release
        host_values = _values(of_host)
        found[index] = ProfileSettings(
            own=_values(of_code), host={key: host_values[key] for key in _HOST_KEYS if key in host_values}
        )
    return is_release, found


def _values(profile: Profile) -> Mapping[str, object]:
    """The keys of a profile (Cargo book, "Profile settings"), those left out that cargo decides by platform."""
    level = profile.opt_level
    values: dict[str, object] = {
        "codegen-units": profile.codegen_units,
        "debug": profile.debuginfo,
        "debug-assertions": profile.debug_assertions,
        "lto": _SWITCHES.get(profile.lto, profile.lto),
        "opt-level": int(level) if level.isdigit() else level,
        "overflow-checks": profile.overflow_checks,
        "panic": profile.panic if profile.panic != "unwind" else None,
        "rpath": profile.rpath or None,
        "split-debuginfo": profile.split_debuginfo,
        "strip": None if profile.strip_deferred else profile.strip or "none",
    }
    return {key: value for key, value in values.items() if value is not None}

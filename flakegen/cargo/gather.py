"""Putting facts together: those that are kept, those that this machine can tell, and as a last resort cargo's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from flakegen.cargo.cargo_home import Crate
from flakegen.cargo.errors import CargoError, FactsError, Problem, raise_all
from flakegen.cargo.facts import Facts, FactsKey, PackageFacts, key_of, source_text
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.lock import Lock, LockedPackage
from flakegen.cargo.package import Source, SourceKind
from flakegen.cargo.registry_index import RegistryFacts, read_registry
from flakegen.cargo.source import crates_io, parse_source
from flakegen.cargo.source_replacement import Remote

_MOST_NAMES = 10


def gather_facts(
    lock: Lock,
    sources: FactsSources,
    existing: Facts,
    *,
    fetch_with: Path | None = None,
    problems: list[Problem] | None = None,
) -> Facts:
    """The facts of all registry and git packages of a lock: the existing ones that still fit, and new ones.

    Packages that are nowhere are left out, unless ``fetch_with`` (a manifest) allows to ask cargo. Problems of single
    crates are raised together, or put into ``problems`` where that is given.

    Raises:
        CargoError: a crate's manifest or archive is wrong; cargo fails, or leaves crates out.
    """
    found: dict[FactsKey, PackageFacts] = {}
    missing: list[LockedPackage] = []
    complaints: list[Problem] = []
    for locked in lock.packages:
        if locked.source is None:
            continue
        try:
            facts = existing.find(locked)
            if facts is None or not sources.is_kept(locked, facts):
                facts = sources.read(locked)
        except CargoError as error:
            complaints += error.problems
            continue
        if facts is None:
            missing.append(locked)
        else:
            found[key_of(locked)] = facts
    if missing and fetch_with is not None:
        found |= _fetched(missing, sources, fetch_with, complaints)
    if problems is None:
        raise_all(FactsError, complaints)
    else:
        problems += complaints
    return Facts(by_key=found, registries=existing.registries)


def gather_registries(
    lock: Lock, sources: FactsSources, existing: Facts, is_needed: Callable[[Source], bool]
) -> dict[str, RegistryFacts]:
    """Where the archives of a lock's registries are downloaded from, but for crates.io: what is kept, else the index's word.

    Those that ``is_needed`` denies, and those whose index is not on this machine, are left out.
    """
    crates: dict[Source, list[Crate]] = {}
    for locked in lock.packages:
        source = locked.source
        if source is not None and source.kind is SourceKind.REGISTRY and source != crates_io():
            crate = Crate(name=locked.name, version=locked.version, checksum=locked.checksum)
            crates.setdefault(source, []).append(crate)
    found: dict[str, RegistryFacts] = {}
    for source, known in crates.items():
        name = source_text(source)
        facts = existing.registries.get(name)
        if is_needed(source) and (facts := facts or _registry(sources, source, known)) is not None:
            found[name] = facts
    return found


def _registry(sources: FactsSources, source: Source, crates: Sequence[Crate]) -> RegistryFacts | None:
    origin = sources.origin(source)
    mirror = origin.source if isinstance(origin, Remote) else source
    return read_registry(sources.home, mirror, crates) or read_registry(sources.home, source, crates)


def _fetched(
    missing: Sequence[LockedPackage], sources: FactsSources, manifest: Path, complaints: list[Problem]
) -> dict[FactsKey, PackageFacts]:
    folders = ask_cargo(manifest, missing)
    found: dict[FactsKey, PackageFacts] = {}
    for locked in missing:
        folder = folders.get(key_of(locked))
        try:
            if folder is not None and locked.source is not None:
                found[key_of(locked)] = sources.read_folder(locked, locked.source, folder)
        except CargoError as error:
            complaints += error.problems
    return found


def ask_cargo(manifest: Path, missing: Sequence[LockedPackage] = ()) -> dict[FactsKey, Path]:
    """Let `cargo metadata --locked` download what is missing; gives crate folders by their facts' keys.

    Raises:
        FactsError: cargo is not there, or fails.
    """
    import subprocess  # noqa: PLC0415 - the last resort pays for itself

    line = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", str(manifest)]
    place = manifest.parent  # where cargo stands is where it takes its configuration from
    wanted = f" {_named(missing)}" if missing else " crates"
    try:
        done = subprocess.run(line, cwd=place, capture_output=True, check=False)  # noqa: S603 - a list
    except OSError as error:
        message = f"nothing is known of{wanted}, and cargo is not there to fetch them"
        hint = "compile where cargo or a vendor folder has them, and commit the facts file"
        raise FactsError(Problem(code="cargo-missing", message=message, hint=hint)) from error
    if done.returncode != 0:
        message = f"cargo could not fetch the missing crates: {_reason(done.stderr.decode(errors='replace'))}"
        hint = "run `cargo fetch --locked` there to see all that it says"
        if missing:
            hint = f"missing: {_named(missing)}; {hint}"
        raise FactsError(Problem(code="cargo-failed", message=message, path=str(manifest), hint=hint))
    packages = json.loads(done.stdout)["packages"]
    return {_key(p): Path(p["manifest_path"]).parent for p in packages if p.get("source")}


def _key(package: dict[str, str]) -> FactsKey:
    source = parse_source(package["source"])
    return (package["name"], package["version"], source_text(source))


def _named(packages: Iterable[LockedPackage]) -> str:
    names = [f"{locked.name} {locked.version}" for locked in packages]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _reason(said: str) -> str:
    """What is wrong in the words of cargo's standard error: the error, and the cause of all causes, in one line."""
    lines = [line.strip() for line in said.strip().splitlines()]
    error = next((line.removeprefix("error: ") for line in lines if line.startswith("error: ")), None)
    causes = [after for line, after in pairwise(lines) if line == "Caused by:"]
    return ": ".join(filter(None, (error, *causes[-1:]))) or (lines[-1] if lines else "no reason given")

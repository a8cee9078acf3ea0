"""Where cargo's files are for a project: its workspace, its configuration, and the crates that this machine has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flakegen.cargo.cargo_home import default_cargo_home
from flakegen.cargo.config import CargoConfig, ConfigRoots, load_config
from flakegen.cargo.errors import CargoError
from flakegen.cargo.facts import Facts, load_facts
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.gather import gather_facts, gather_registries
from flakegen.cargo.lock import Lock
from flakegen.cargo.source_replacement import Replacements
from flakegen.cargo.workspace import FactsProvider, Workspace, load_workspace
from flakegen.diagnostics.diagnostic import DiagnosticError
from flakegen.plan.places import Downloads, Places
from flakegen.plan.problems import of_cargo


@dataclass(frozen=True, kw_only=True)
class CargoInputs:
    """What is known before a workspace is read.

    Attributes:
        folder: of the workspace's manifest.
        boundary: the project's folder, as far as it is known by then; what lies above it is none of the project's.
        facts: the file with what is known of fetched crates.
        registries: where the spec says that registries have their archives: name and address.
        lock: the Cargo.lock to read, if not the workspace's own.
    """

    folder: Path
    boundary: Path
    facts: Path
    registries: tuple[tuple[str, str], ...] = ()
    lock: Path | None = None

    def workspace(self, facts: Facts | None = None) -> Workspace:
        """Return the Cargo workspace; with ``facts``, no more is known of its fetched crates than these say.

        Raises:
            DiagnosticError: something is wrong with it.
        """
        provider: Facts | FactsProvider = self._facts if facts is None else facts
        manifest = self.folder / "Cargo.toml"
        try:
            return load_workspace(manifest, facts=provider, config_roots=self._config_roots, lock=self.lock)
        except CargoError as error:
            raise DiagnosticError(of_cargo(error)) from None

    @property
    def _config_roots(self) -> ConfigRoots:
        return ConfigRoots(start=self.folder, boundary=self.boundary)

    def _facts(self, lock: Lock, folder: Path) -> Facts:
        sources, existing = self.facts_sources, load_facts(self.facts)
        found = gather_facts(lock, sources, existing, fetch_with=folder / "Cargo.toml")
        registries = gather_registries(lock, sources, existing, self.places(self.boundary).is_downloaded)
        return Facts(by_key=found.by_key, registries=registries)

    @cached_property
    def facts_sources(self) -> FactsSources:
        """Where this machine has crates."""
        return FactsSources(
            cargo_home=default_cargo_home(os.environ),
            replaced=Replacements(self._config),
            project=self.boundary,
        )

    def places(self, root: Path) -> Places:
        """Return where crates come from, seen from a project's folder."""
        return Places(self.facts_sources, root, Downloads(self.registries, self._config.registries))

    @cached_property
    def _config(self) -> CargoConfig:
        """The configuration of the workspace, as far as it is part of the project."""
        return load_config(self._config_roots)

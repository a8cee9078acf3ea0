"""Fixtures of the tests that build the Lana workspace with real Nix."""

import pytest
from lana import Lana, copy_of_lana
from real_nix import Nix
from stand_in import StandIn


@pytest.fixture(scope="session")
def lana(tmp_path_factory: pytest.TempPathFactory, nix: Nix, nixpkgs: StandIn) -> Lana:
    """The project as it is committed; tests do not change it."""
    return copy_of_lana(tmp_path_factory.mktemp("lana"), nix, nixpkgs)


@pytest.fixture
def edited(tmp_path_factory: pytest.TempPathFactory, nix: Nix, nixpkgs: StandIn) -> Lana:
    """A copy of the project to edit."""
    return copy_of_lana(tmp_path_factory.mktemp("edited"), nix, nixpkgs)

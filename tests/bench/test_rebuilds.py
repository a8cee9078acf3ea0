"""What an edit rebuilds of a made-up workspace: exactly the units that cargo's graph says, and with the peers what they are for."""

from collections import Counter
from pathlib import Path

import pytest
from bench_runs import Bench
from part_rebuilds import EMBEDDED, rebuilt
from real_nix import Nix
from rebuild_edits import PROGRAM, bump, edits, with_shared_text
from rebuild_tools import Site, cargo2nix, crane, flakegen
from rebuild_units import cargo_units
from stand_in import StandIn
from synthetic_workspace import Size, make_workspace

SIZE = Size(packages=160, members=13, rust_bytes=60_000)


def changed(before, after) -> Counter[str]:
    [works] = rebuilt([before], [after])
    found = Counter()
    for work in works:
        found[work.what] += work.units
    return found


@pytest.fixture
def site(tmp_path: Path, nix: Nix, nixpkgs: StandIn) -> Site:
    made = make_workspace(tmp_path / "made", SIZE)
    with_shared_text(made)
    return Site(bench=Bench(rounds=1, scratch=tmp_path, nix=nix, nixpkgs=nixpkgs), made=made)


@pytest.mark.nix
@pytest.mark.cargo
def test_exactly_the_units_that_depend_on_an_edit(site: Site):
    tool = flakegen(site)
    tool.generate()
    before, units = tool.derivations(), cargo_units(site.made)
    assert Counter(work.what for work in before.values()) == Counter(units.packages)
    for edit in edits(site.made):
        with edit.made():
            after = tool.derivations()
        expected = units.depending_on(edit.reader) if edit.reader else Counter()
        assert changed(before, after) == expected, edit.what
    bumped = bump(site.made)
    tool.generate()
    assert changed(before, tool.derivations()) == cargo_units(site.made).depending_on(bumped)


@pytest.mark.nix
@pytest.mark.cargo
def test_the_models_of_peers_rebuild_as_these_do(site: Site):
    tools = [cargo2nix(site), crane(site, "crane", *EMBEDDED), crane(site, "its own filter")]
    tools[0].generate()
    before, units = [tool.derivations() for tool in tools], cargo_units(site.made)
    assert {work.what for work in before[0].values()} == set(units.packages)
    for edit in edits(site.made):
        with edit.made():
            packages, kept, filtered = map(changed, before, [tool.derivations() for tool in tools])
        assert set(packages) == units.members, edit.what
        assert set(kept) == (set() if edit.path.suffix == ".md" else {PROGRAM}), edit.what
        assert set(filtered) == ({PROGRAM} if edit.path.suffix == ".rs" else set()), edit.what
    bump(site.made)
    assert set(changed(before[1], tools[1].derivations())) == {f"{PROGRAM}-deps", PROGRAM}

"""The rebuild hash that Nix works out is the one that flakegen does, whatever is embedded, and whatever was there before."""

import json
import shutil
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from real_nix import CHECKOUT, Nix

from flakegen.cargo.package import Target, TargetKind
from flakegen.embed.disk import Disk
from flakegen.embed.hashes import Embeds, entries, hash_of
from flakegen.embed.inputs import FolderInput, PackageInputs, ScanTarget, TargetInputs
from flakegen.embed.inputs import TargetKind as ScannedKind
from flakegen.nix.build import attrs
from flakegen.nix.printer import print_expression
from flakegen.outputs.source_table import source_table
from flakegen.plan.cargo_plan import SourcePlan
from flakegen.plan.sources import Extra, source_of_test

SOURCE_NIX = CHECKOUT / "flakegen/outputs/flake/runtime/source.nix"

NAMES = ("a", "b.txt", "1_a.sql", "README.md", "target", ".git", "node_modules", "c d", "é", "x\ny", "m.rs")
FOLDERS = (
    *("", "pkg", "pkg/data", "pkg/data/deep", "pkg/nested", "other"),
    *("target", "pkg/target", "pkg/data/target", "pkg/node_modules", "pkg/data/.git"),
)
EMBEDDED = ("", "pkg", "pkg", "pkg/data", "pkg/target", "pkg/nested", "other", "absent")
PATTERNS = (None, None, r"[0-9]+_.*\.sql", ".*[.]txt", "a|b.txt")

paths = st.builds(
    lambda folder, name: f"{folder}/{name}".lstrip("/"), st.sampled_from(FOLDERS), st.sampled_from(NAMES)
)
contents = st.sampled_from(["", "1", "file - a"])
trees = st.dictionaries(paths, contents | st.sampled_from(NAMES).map(Path), min_size=2, max_size=16)
folders = st.builds(
    lambda path, recursive, pattern: FolderInput(path=path, recursive=recursive, pattern=pattern),
    st.sampled_from(EMBEDDED),
    st.booleans(),
    st.sampled_from(PATTERNS),
)
cases = st.tuples(
    trees,
    st.frozensets(paths, max_size=3),
    st.frozensets(folders, min_size=1, max_size=2),
    st.frozensets(paths | st.just("pkg/nested"), max_size=2),
)


def write_tree(root: Path, tree: dict[str, str | Path]) -> None:
    """Write texts as files and paths as links; what cannot be there beside the rest is left out."""
    for name, content in sorted(tree.items()):
        place = root / name
        above = [root.joinpath(folder) for folder in Path(name).parents]
        if place.exists() or any(folder.is_symlink() or folder.is_file() for folder in above):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            place.symlink_to(content)
        else:
            place.write_text(content)
    for link in [path for path in root.rglob("*") if path.is_symlink()]:
        try:
            link.stat()
        except FileNotFoundError:
            continue
        except OSError:  # a loop, which neither Nix nor a compiler takes
            link.unlink()


def plan_of(files: frozenset[str], found: frozenset[FolderInput], without: frozenset[str]) -> SourcePlan:
    """The source of a test that embeds these, in the package `pkg`."""
    own = TargetInputs(
        target=ScanTarget(name="it", kind=ScannedKind.TEST, src_path="it.rs"),
        optional_files=tuple(sorted(files)),
        folders=tuple(sorted(found, key=FolderInput.sort_key)),
    )
    target = Target(name="it", kind=TargetKind.TEST, src_path="it.rs", edition="2021", crate_types=("bin",))
    return source_of_test(target, PackageInputs(package_dir="pkg", targets=(own,)), without, Extra())


@given(st.lists(cases, min_size=25, max_size=25))
@settings(
    deadline=None,
    max_examples=6,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # a batch takes a second, so none is shrunk
def test_nix_and_flakegen_agree(tmp_path_factory, nix: Nix, batch):
    top = tmp_path_factory.mktemp("hashes")
    shutil.copy(SOURCE_NIX, top / "source.nix")
    expected, calls = [], []
    for number, (tree, files, found, without) in enumerate(batch):
        root = top / f"root{number}"
        root.mkdir()
        write_tree(root, tree)
        plan = plan_of(files, found, without)
        embeds = Embeds(files=files, folders=found, without=frozenset(plan.without), package_dir="pkg")
        expected.append(hash_of(entries(Disk(root), [embeds])))
        table = print_expression(attrs(source_table(plan)))
        calls.append(f'((import ./source.nix {{ name = "s"; root = ./root{number}; }}) {table}).rebuildHash')
    (top / "all.nix").write_text(f"[ {' '.join(f'({call})' for call in calls)} ]")
    said = json.loads(nix.run("nix-instantiate", "--eval", "--strict", "--json", str(top / "all.nix")))
    assert [case for case, ours, theirs in zip(batch, expected, said, strict=True) if ours != theirs] == []

"""Alternative registries and source replacement: the unit graph is cargo's own, package ids and source paths included."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle import cargo_graph, differences
from ours import load, our_graph
from registries import (
    Crate,
    commit,
    manifest,
    publish,
    publish_in_folder,
    publish_in_git,
    run_cargo,
    served,
    write_files,
)

from flakegen.cargo.cargo_home import Crate as HomeCrate
from flakegen.cargo.config import ConfigRoots, load_config
from flakegen.cargo.errors import ConfigError
from flakegen.cargo.facts import Facts, facts_text, parse_facts
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.gather import gather_facts, gather_registries
from flakegen.cargo.lock import parse_lock
from flakegen.cargo.registry_index import download_address
from flakegen.cargo.source_replacement import Replacements

pytestmark = pytest.mark.cargo

LEAF = Crate(name="leaf", version="1.0.0+a", features={"deep": []}, manifest="[features]\ndeep = []\n")
OUTER = Crate(name="outer")


def mid(index: str, **more: object) -> Crate:
    """A crate as `cargo package` writes it: a dependency on its own registry names the index."""
    table = f'[dependencies.leaf]\nversion = "1"\nregistry-index = "{index}"\n[[bin]]\nname = "tool"\npath = "t.rs"\n'
    files = {"src/lib.rs": "", "t.rs": "fn main() {}\n", "build.rs": "fn main() {}\n"}
    return Crate(name="mid", version="1.2.0", needs={"leaf": "^1"}, manifest=table, files=files, **more)


def project(folder: Path, dependencies: str, config: str) -> Path:
    write_files(
        folder,
        {
            "Cargo.toml": manifest("app", "0.1.0", f"[dependencies]\n{dependencies}"),
            "src/main.rs": "fn main() {}\n",
            ".cargo/config.toml": config,
        },
    )
    return folder


def sources_of(folder: Path, home: Path) -> FactsSources:
    config = load_config(ConfigRoots(start=folder, boundary=folder))
    return FactsSources(cargo_home=home, replaced=Replacements(config))


def check_graph(folder: Path, home: Path) -> None:
    sources = sources_of(folder, home)
    workspace = load(folder, sources)
    assert not workspace.missing
    for arguments in ([], ["--release"], ["--target", "aarch64-unknown-linux-gnu"]):
        theirs = cargo_graph("build", ["--locked", *arguments], folder, CARGO_HOME=str(home))
        assert differences(our_graph(workspace, "build", arguments, sources), theirs) == ""


def registries_of(folder: Path, home: Path, existing: Facts | None = None):
    lock = parse_lock((folder / "Cargo.lock").read_text(), folder / "Cargo.lock")
    return gather_registries(lock, sources_of(folder, home), existing or Facts(), lambda _: True)


def test_an_index_in_git(tmp_path):
    index = publish_in_git(tmp_path / "alt", LEAF, mid((tmp_path / "alt/index").as_uri()))
    dependencies = 'mid = { version = "1", registry = "my-alt" }\nleaf = { version = "1", registry = "my-alt", features = ["deep"] }\n'
    folder = project(tmp_path / "ws", dependencies, f'[registries.my-alt]\nindex = "{index}"\n')
    home = tmp_path / "home"
    run_cargo(folder, home, "fetch")
    check_graph(folder, home)
    (found,) = registries_of(folder, home).items()
    assert found[0] == f"registry+{index}"
    assert found[1].download == f"{(tmp_path / 'alt/crates').as_uri()}/{{crate}}-{{version}}.crate"


def test_a_sparse_index_that_stands_beside_another_of_its_host(tmp_path):
    with served(tmp_path / "www") as address:
        indices = [f"sparse+{address}/{name}/index/" for name in ("one", "two")]
        templates = [
            publish(
                tmp_path / "www" / name,
                Crate(
                    name="leaf",
                    version="1.0.0+a",
                    manifest=f'links = "{name}"\n',
                    files={"src/lib.rs": "", "build.rs": ""},
                ),
                mid(index),
                download=f"{address}/{name}/crates/{{crate}}-{{version}}.crate",
            )
            for name, index in zip(("one", "two"), indices, strict=True)
        ]
        config = "".join(
            f'[registries.{n}]\nindex = "{i}"\n' for n, i in zip(("one", "two"), indices, strict=True)
        )
        dependencies = "".join(
            f'{n} = {{ version = "1", package = "mid", registry = "{n}" }}\n' for n in ("one", "two")
        )
        folder = project(tmp_path / "ws", dependencies, config)
        home = tmp_path / "home"
        run_cargo(folder, home, "fetch")
    check_graph(folder, home)
    found = registries_of(folder, home)
    assert [found[index].download for index in indices] == templates


def test_a_registry_of_copies_depends_on_itself_as_its_index_says(tmp_path):
    copy = Crate(name="mid", needs={"leaf": "^1"}, manifest='[dependencies]\nleaf = "1"\n')
    index = publish_in_git(tmp_path / "alt", LEAF, copy)
    folder = project(
        tmp_path / "ws",
        'mid = { version = "1", registry = "alt" }\n',
        f'[registries.alt]\nindex = "{index}"\n',
    )
    run_cargo(folder, tmp_path / "home", "fetch")
    check_graph(folder, tmp_path / "home")


def test_crates_of_several_registries_depend_on_each_other(tmp_path):
    far = publish_in_git(tmp_path / "far", OUTER)
    near = Crate(
        name="near",
        needs={"outer": "^1"},
        elsewhere={"outer": far},
        manifest=f'[dependencies.outer]\nversion = "1"\nregistry-index = "{far}"\n',
    )
    index = publish_in_git(tmp_path / "alt", near)
    config = f'[registries]\nalt = {{ index = "{index}" }}\nfar = {{ index = "{far}" }}\n'
    folder = project(tmp_path / "ws", 'near = { version = "1", registry = "alt" }\n', config)
    run_cargo(folder, tmp_path / "home", "fetch")
    check_graph(folder, tmp_path / "home")


def test_an_address_relative_to_the_configuration(tmp_path):
    publish_in_git(tmp_path / "ws/alt", LEAF)
    folder = project(
        tmp_path / "ws",
        'leaf = { version = "1", registry = "alt" }\n',
        '[registries.alt]\nindex = "file:alt/index"\n',
    )
    run_cargo(folder, tmp_path / "home", "fetch")
    check_graph(folder, tmp_path / "home")


def everything(tmp_path: Path) -> Path:
    """A workspace with a registry, and a repository of two crates that inherit and depend on each other."""
    index = publish_in_git(tmp_path / "alt", LEAF, mid((tmp_path / "alt/index").as_uri()))
    guest = '[package]\nname = "guest"\nversion.workspace = true\nedition.workspace = true\n'
    repository = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.3.0"\nedition = "2021"\n'
        '[workspace.dependencies]\nsib = { path = "crates/sib" }\n',
        "crates/guest/Cargo.toml": guest
        + '[dependencies]\nsib.workspace = true\n[dev-dependencies]\nnever = "9"\n',
        "crates/guest/src/lib.rs": "",
        "crates/guest/src/bin/also.rs": "fn main() {}\n",
        "crates/guest/examples/e.rs": "fn main() {}\n",
        "crates/sib/Cargo.toml": guest.replace("guest", "sib"),
        "crates/sib/src/lib.rs": "",
        "crates/sib/build.rs": "fn main() {}\n",
    }
    write_files(tmp_path / "repository", repository)
    commit(tmp_path / "repository")
    address = (tmp_path / "repository").as_uri()
    return project(
        tmp_path / "ws",
        f'mid = {{ version = "1", registry = "alt" }}\nguest = {{ git = "{address}", branch = "main" }}\n',
        f'[registries.alt]\nindex = "{index}"\n',
    )


def test_everything_vendored(tmp_path):
    folder, home = everything(tmp_path), tmp_path / "home"
    run_cargo(folder, home, "fetch")
    fetched = gather(folder, home)
    config = folder / ".cargo/config.toml"
    config.write_text(config.read_text() + run_cargo(folder, home, "vendor", "--locked", "third party/all"))
    empty = tmp_path / "empty"
    empty.mkdir()
    check_graph(folder, empty)
    # What is vendored from a registry is what was published; what is vendored from git is written anew by cargo.
    vendored = gather(folder, empty)
    assert {key: facts for key, facts in vendored.items() if facts.checksum} == {
        key: facts for key, facts in fetched.items() if facts.checksum
    }
    assert {facts.name for facts in vendored.values() if facts.vendored} == {"guest", "sib"}


def gather(folder: Path, home: Path, existing: Facts | None = None):
    lock = parse_lock((folder / "Cargo.lock").read_text(), folder / "Cargo.lock")
    return gather_facts(lock, sources_of(folder, home), existing or Facts()).by_key


def test_a_line_is_the_same_wherever_it_was_read(tmp_path, monkeypatch):
    files = (
        "src/old.rs",
        "src/main.rs",
        "src/bin/b.rs",
        "src/bin/c/main.rs",
        "build.rs",
        "examples/e.rs",
        "README",
    )
    files = dict.fromkeys((*files, "tests/t.rs", ".gitignore", "a.orig"), "")
    table = 'links = "x"\n[lib]\npath = "src/old.rs"\n[features]\nb = []\na = ["b"]\n'
    old = Crate(name="old", manifest=table, files=files)
    index = publish_in_git(tmp_path / "alt", old)
    config = f'[registries.alt]\nindex = "{index}"\n'
    folder = project(tmp_path / "ws", 'old = { version = "1", registry = "alt" }\n', config)
    home = tmp_path / "home"
    run_cargo(folder, home, "fetch")
    texts = {"unpacked": facts_text(gather(folder, home).values())}
    (home / "registry/src").rename(tmp_path / "src")
    texts["archive"] = facts_text(gather(folder, home).values())
    (home / "registry/cache").rename(tmp_path / "cache")
    lock = parse_lock((folder / "Cargo.lock").read_text(), folder / "Cargo.lock")
    monkeypatch.setenv("CARGO_HOME", str(home))
    asked = gather_facts(
        lock, FactsSources(cargo_home=tmp_path / "nowhere"), Facts(), fetch_with=folder / "Cargo.toml"
    )
    texts["cargo"] = facts_text(asked)
    vendor = run_cargo(folder, home, "vendor", "--locked")
    (folder / ".cargo/config.toml").write_text(config + vendor)
    texts["vendored"] = facts_text(gather(folder, tmp_path / "nowhere").values())
    assert len(set(texts.values())) == 1, texts
    assert '"name":"old"' in texts["archive"]


def test_a_chain_of_replacements_ends_in_a_local_registry(tmp_path):
    index = publish_in_git(tmp_path / "alt", LEAF)
    folder = project(
        tmp_path / "ws",
        'leaf = { version = "1", registry = "alt" }\n',
        f'[registries.alt]\nindex = "{index}"\n',
    )
    home = tmp_path / "home"
    run_cargo(folder, home, "generate-lockfile")
    publish_in_folder(folder / "crates", LEAF)
    (folder / ".cargo/config.toml").write_text(
        f'[registries.alt]\nindex = "{index}"\n[source.a]\nregistry = "{index}"\nreplace-with = "b"\n'
        '[source.b]\nregistry = "https://nowhere.invalid/index"\nreplace-with = "c"\n[source.c]\nlocal-registry = "crates"\n'
    )
    from_archive = gather(folder, tmp_path / "nowhere")
    run_cargo(folder, home, "fetch", "--locked", "--offline")
    check_graph(folder, home)
    assert gather(folder, home) == from_archive


def test_a_mirror_that_is_called_by_the_name_of_a_registry(tmp_path):
    mirror = publish_in_git(tmp_path / "mirror", LEAF)
    index = publish_in_git(tmp_path / "alt", LEAF)
    folder = project(
        tmp_path / "ws",
        'leaf = { version = "1", registry = "alt" }\n',
        f'[registries.alt]\nindex = "{index}"\n',
    )
    home = tmp_path / "home"
    run_cargo(folder, tmp_path / "other", "generate-lockfile")
    (folder / ".cargo/config.toml").write_text(
        f'[registries]\nalt.index = "{index}"\nmirror.index = "{mirror}"\n'
        f'[source.a]\nregistry = "{index}"\nreplace-with = "mirror"\n'
    )
    run_cargo(folder, home, "fetch", "--locked")
    check_graph(folder, home)
    (found,) = registries_of(folder, home).values()
    assert found.download.startswith((tmp_path / "mirror").as_uri())


def test_what_is_kept_of_registries_is_read_again(tmp_path):
    index = publish_in_git(tmp_path / "alt", LEAF)
    folder = project(
        tmp_path / "ws",
        'leaf = { version = "1", registry = "alt" }\n',
        f'[registries.alt]\nindex = "{index}"\n',
    )
    home = tmp_path / "home"
    run_cargo(folder, home, "fetch")
    publish(tmp_path / "alt", download="https://other.invalid/{crate}", **{"auth-required": True})
    commit(tmp_path / "alt/index")
    run_cargo(folder, tmp_path / "later", "generate-lockfile")
    found = registries_of(folder, home)
    facts = gather(folder, home)
    text = facts_text(facts.values(), found)
    read = parse_facts(text.encode(), Path("crates.json"))
    assert (read.by_key, read.registries) == (facts, found)
    assert len(text.splitlines()) == 5
    # It stays as it is where the index is not there, or says something else by now.
    assert registries_of(folder, tmp_path / "nowhere", read) == found
    assert registries_of(folder, tmp_path / "later", read) == found
    (changed,) = registries_of(folder, tmp_path / "later").values()
    assert (changed.download, changed.auth_required) == ("https://other.invalid/{crate}", True)


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("https://h/api", "https://h/api/Ab-c/1.0.0+x/download"),
        ("https://h/{crate}/{crate}-{version}.crate", "https://h/Ab-c/Ab-c-1.0.0+x.crate"),
        ("https://h/{prefix}/{lowerprefix}", "https://h/Ab/-c/ab/-c"),
        ("https://h/{sha256-checksum}", "https://h/00ff"),
    ],
)
def test_download_addresses_are_made_as_the_cargo_book_says(template, address):
    crate = HomeCrate(name="Ab-c", version="1.0.0+x", checksum="00ff")
    assert download_address(template, crate) == address


WRONG = {
    "a circle": (
        '[source.crates-io]\nreplace-with = "a"\n[source.a]\nregistry = "https://a/"\nreplace-with = "crates-io"\n',
        "itself",
    ),
    "an unknown name": ('[source.crates-io]\nreplace-with = "a"\n', "`a`, which is not configured"),
    "two places": ('[source.a]\nregistry = "https://a/"\ndirectory = "a"\n', "more than one location"),
    "no place": ('[source.a]\nreplace-with = "crates-io"\n', "no location"),
    "no archives": (
        '[source.crates-io]\nreplace-with = "a"\n[source.a]\ngit = "https://a/"\n',
        "cannot be replaced",
    ),
    "no table": ("[source]\na = 1\n", "must be a table"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_replacements_that_cargo_refuses(tmp_path, name):
    config, message = WRONG[name]
    write_files(tmp_path, {".cargo/config.toml": config})
    with pytest.raises(ConfigError, match=message) as caught:
        sources_of(tmp_path, tmp_path / "home")
    assert caught.value.path == str(tmp_path / ".cargo/config.toml")

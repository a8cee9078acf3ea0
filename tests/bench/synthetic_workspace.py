"""A made-up Cargo workspace with a spec, realistic in shape, of any size, and always the same for the same size.

The members stand in layers, inherit from the root, and have what members have: binaries, integration tests, benchmarks,
build scripts, migrations, embedded texts, features, dependencies of some platforms only.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

from synthetic_crates import Crate, asked_features, fetched_crates, write_crates
from synthetic_rust import module

from flakegen.cargo.source import CRATES_IO_NAME

_MODULE_SIZE = 4_000
_LAYERS = 6
_PEOPLE = (
    "core",
    "ledger",
    "deposit",
    "credit",
    "customer",
    "report",
    "notify",
    "access",
    "price",
    "job",
    "audit",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is made up; ``packages`` counts the members too, as a lock does."""

    packages: int = 660
    members: int = 54
    rust_bytes: int = 4_000_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic:
    """A project on disk: its spec, its workspace, and the home folder of a cargo that has all its crates."""

    root: Path
    cargo_home: Path

    @property
    def spec(self) -> Path:
        """What is compiled."""
        return self.root / "bank.toml"

    @property
    def workspace(self) -> Path:
        """Where cargo stands."""
        return self.root / "workspace"

    @property
    def a_source(self) -> Path:
        """A file of a leaf of the workspace, for edits."""
        return self.workspace / "crates/bank-cli-00/src/lib.rs"

    def a_migration(self, number: int) -> Path:
        """One more file in a folder that is embedded as a whole."""
        folder = next(path for path in sorted(self.workspace.glob("crates/*/migrations")))
        return folder / f"9{number:03}_more.sql"

    def environment(self) -> dict[str, str]:
        """What cargo and flakegen are told beyond what they are told anyway."""
        return {"CARGO_HOME": str(self.cargo_home), "XDG_CACHE_HOME": str(self.root.parent / "memory")}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One package of the workspace; which parts it has goes by its number."""

    number: int
    name: str
    layer: int
    crates: tuple[Crate, ...]
    members: tuple[str, ...]
    modules: int

    @property
    def is_macro(self) -> bool:
        """A procedural macro of the workspace's own."""
        return self.number == 1

    def has(self, every: int) -> bool:
        """Tell whether this is one of those that have something which each n-th has."""
        return self.number % every == every - 1


def make_workspace(folder: Path, size: Size) -> Synthetic:
    """Write the project into ``folder/project``, its crates into a cargo home beside it, and let cargo make the lock."""
    made = Synthetic(root=folder / "project", cargo_home=folder / "cargo")
    crates = fetched_crates(size.packages - size.members)
    registry = made.cargo_home / "registry/src" / f"index.{CRATES_IO_NAME}-bench"
    write_crates(crates, registry)
    (made.cargo_home / "config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "bench"\n\n[source.bench]\ndirectory = "{registry}"\n'
    )
    members = _members(crates, size)
    for member in members:
        _write(made.workspace / "crates" / member.name, _files(member, size))
    _write(
        made.workspace, {"Cargo.toml": _root_manifest(members), "README.md": "# Bank\n", "rustfmt.toml": ""}
    )
    _write(made.root, {"bank.toml": _spec(members), "README.md": "# The bank\n"})
    subprocess.run(
        ["cargo", "generate-lockfile", "--offline", "--quiet"],
        cwd=made.workspace,
        env=os.environ | made.environment(),
        check=True,
    )
    return made


def _write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def _members(crates: list[Crate], size: Size) -> list[Member]:
    """Make up the members, so that together they need every fetched crate."""
    needed = {use.crate.number for crate in crates for use in crate.uses if not use.optional}
    left_over = [crate for crate in crates if crate.number not in needed]
    popular = crates[9 : 9 + min(120, len(crates) - 9)]
    modules = max(1, size.rust_bytes // size.members // _MODULE_SIZE)
    members: list[Member] = []
    for number in range(size.members):
        layer = number * _LAYERS // size.members
        random = Random(f"member {number}")
        own = {
            crate.name: crate for crate in random.sample(popular, min(len(popular), random.randint(4, 14)))
        }
        own |= {crate.name: crate for crate in left_over[number :: size.members]}
        own["sqlx"] = crates[19]
        below = [member.name for member in members if member.layer < layer]
        members.append(
            Member(
                number=number,
                name=_name(number, layer),
                layer=layer,
                crates=tuple(own.values()),
                members=tuple(sorted(random.sample(below, min(len(below), random.randint(1, 6))))),
                modules=modules,
            )
        )
    return [*members[:-1], _top(members)]


def _top(members: list[Member]) -> Member:
    """Return the last member, which needs every other that nothing needs: all is part of one program."""
    last = members[-1]
    needed = {name for member in members for name in member.members}
    tops = {member.name for member in members[:-1] if member.name not in needed}
    return dataclasses.replace(last, name="bank-cli-00", members=tuple(sorted(tops)))


def _name(number: int, layer: int) -> str:
    return f"bank-{_PEOPLE[(number + layer) % len(_PEOPLE)]}-{number:02}"


def _files(member: Member, size: Size) -> dict[str, str]:
    """Return the files of a member by path."""
    files = {"Cargo.toml": _manifest(member, size), "README.md": f"# {member.name}\n"}
    files |= dict(_modules(member))
    crate = member.name.replace("-", "_")
    if member.has(6) and not member.is_macro:
        files |= {
            f"migrations/{number:03}_change.sql": f"ALTER TABLE t ADD c{number} int;\n" for number in range(8)
        }
    if member.has(3):
        files |= {"templates/mail.txt": "Dear {{name}}\n", "assets/logo.svg": "<svg/>\n"}
    if member.has(9):
        files["build.rs"] = 'fn main() {\n    println!("cargo:rerun-if-changed=schema.json");\n}\n'
        files["schema.json"] = "{}\n"
    if _has_binary(member):
        files["src/main.rs"] = f'fn main() {{\n    println!("{{}}", {crate}::VERSION);\n}}\n'
    if member.has(2):
        files["tests/flow.rs"] = f'#[test]\nfn flows() {{\n    assert!({crate}::VERSION != "");\n}}\n'
    if member.has(13):
        files["benches/speed.rs"] = "fn main() {}\n"
    if member.has(11):
        files["examples/show.rs"] = "fn main() {}\n"
    return files


def _has_binary(member: Member) -> bool:
    return member.name == "bank-cli-00" or member.has(9)


def _modules(member: Member) -> Iterator[tuple[str, str]]:
    """Yield the library: a root, modules, and modules inside of these."""
    if member.is_macro:
        yield "src/lib.rs", module(member.name, _MODULE_SIZE)
        return
    groups = max(1, (member.modules - 1) // 4)
    extra = '\npub const VERSION: &str = env!("CARGO_PKG_VERSION");\n'
    if member.has(6):
        extra += 'pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");\n'
    if member.has(3):
        extra += 'pub const MAIL: &str = include_str!("../templates/mail.txt");\n'
        extra += 'pub const LOGO: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/logo.svg"));\n'
    yield "src/lib.rs", module(
        member.name, _MODULE_SIZE, tuple(f"part{group}" for group in range(groups)), extra
    )
    for group in range(groups):
        inner = ("model", "store", "error") if member.modules > 4 else ()
        key = f"{member.name}/{group}"
        yield f"src/part{group}/mod.rs", module(key, _MODULE_SIZE, inner)
        for name in inner:
            yield f"src/part{group}/{name}.rs", module(f"{key}/{name}", _MODULE_SIZE)


def _manifest(member: Member, size: Size) -> str:
    text = (
        f'[package]\nname = "{member.name}"\nversion.workspace = true\nedition.workspace = true\n'
        f'license.workspace = true\ndescription = "Member {member.number} of {size.members}"\n'
        "\n[lints]\nworkspace = true\n"
    )
    if member.is_macro:
        text += "\n[lib]\nproc-macro = true\n"
    if member.has(13):
        text += '\n[[bench]]\nname = "speed"\nharness = false\n'
    text += '\n[features]\ndefault = ["journal"]\njournal = []\nsimulate = []\n'
    text += "\n[dependencies]\n" + "".join(f"{name}.workspace = true\n" for name in member.members)
    text += "".join(f"{_alias(crate)}.workspace = true\n" for crate in member.crates)
    if member.has(10):
        text += "\n[target.'cfg(unix)'.dependencies]\nlibc.workspace = true\n"
    if member.has(9):
        text += "\n[build-dependencies]\nautocfg.workspace = true\n"
    if member.has(2):
        text += "\n[dev-dependencies]\nanyhow.workspace = true\n"
    return text


def _alias(crate: Crate) -> str:
    """Return what the workspace calls a crate: second versions have other names."""
    return crate.name if crate.version.startswith("1.") else f"{crate.name}-next"


def _root_manifest(members: list[Member]) -> str:
    used = {_alias(crate): crate for member in members for crate in member.crates}
    random = Random("root")
    lines = [_inherited(name, used[name], random) for name in sorted(used)]
    named = {name.partition(" ")[0] for name in lines}
    lines += [f'{name} = "1"' for name in ("anyhow", "autocfg", "libc") if name not in named]
    lines += [f'{member.name} = {{ path = "crates/{member.name}" }}' for member in members]
    return (
        '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n\n'
        '[workspace.package]\nversion = "0.9.0"\nedition = "2021"\nlicense = "Apache-2.0"\n\n'
        '[workspace.lints.rust]\nunsafe_code = "forbid"\n\n[workspace.lints.clippy]\nall = { level = "warn", priority = -1 }\n\n'
        "[workspace.dependencies]\n" + "\n".join(sorted(lines)) + "\n\n"
        '[profile.dev]\ndebug = "line-tables-only"\n\n[profile.release]\nlto = "thin"\nstrip = true\n'
    )


def _inherited(name: str, crate: Crate, random: Random) -> str:
    parts = [f'version = "{crate.version}"']
    if name != crate.name:
        parts.append(f'package = "{crate.name}"')
    if chosen := asked_features(random, crate):
        parts.append("features = [" + ", ".join(f'"{feature}"' for feature in chosen) + "]")
    return f"{name} = {{ {', '.join(parts)} }}"


def _spec(members: list[Member]) -> str:
    """What users write: packages in two profiles, all dependencies, checks, three systems, a cross build."""
    servers = [member.name for member in members if _has_binary(member) and member.name != "bank-cli-00"][-3:]
    text = (
        '[project]\nname = "bank"\nsystems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]\n\n'
        '[inputs]\nnixpkgs = "github:NixOS/nixpkgs/nixos-unstable"\n\n[cargo]\nworkspace = "workspace"\n\n'
        '[packages]\ndefault = "@{packages.bank-cli}"\n\n'
        '[packages.bank-cli]\ncrate = "bank-cli-00"\n\n'
        '[packages.bank-cli-debug]\ncrate = "bank-cli-00"\nprofile = "dev"\n\n'
        '[packages.bank-deps]\ncrate-deps = "all"\n\n'
        '[packages.bank-cli-aarch64-linux]\ncrate = "bank-cli-00"\ncross = "aarch64-linux"\n'
        'systems = ["x86_64-linux"]\n\n'
    )
    text += "".join(f'[packages.{name}]\ncrate = "{name}"\n\n' for name in servers)
    return (
        text + '[checks.tests]\ncargo = "test"\n\n'
        '[checks.clippy]\ncargo = "clippy"\nargs = ["-D", "warnings"]\n\n[checks.fmt]\ncargo = "fmt"\n\n'
        '[devShells.default]\npackages = ["jq", "@{toolchain}"]\n\n[formatter]\npackage = "nixfmt"\n'
    )

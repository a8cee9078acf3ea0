"""The fixed sections of a spec, and `Document`, which is the whole of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from flakegen.spec.caches import Cache
from flakegen.spec.ci import Ci
from flakegen.spec.schema import EMPTY, OnDisk, Table, key
from flakegen.spec.tables import AppTable, CheckTable, DevShellTable, ImageTable, PackageTable
from flakegen.spec.task import Task
from flakegen.spec.values import (
    AttributePath,
    AttrName,
    Channel,
    Count,
    CrateName,
    DownloadUrl,
    EnvName,
    FlakeUrl,
    InputPath,
    JobName,
    MacroName,
    NixExpr,
    PackageRef,
    RegistryName,
    Seconds,
    SpecPath,
    System,
    TaskName,
    Template,
)


class ToolchainSource(Enum):
    """Where rustc and cargo come from."""

    NIXPKGS = "nixpkgs"
    RUST_OVERLAY = "rust-overlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Table):
    """The project as a whole."""

    name: AttrName = key("The project's name.", example='"lana"')
    description: str | None = key("The flake's description, in one line.", default=None)
    version: str | None = key(
        "The project's version.", default=None, shown_default="`workspace.package.version` of Cargo.toml"
    )
    systems: tuple[System, ...] = key(
        "The systems that the flake has outputs for.",
        default=tuple(System),
        may_be_empty=False,
        example='["x86_64-linux"]',
    )
    root: str | None = key(
        "The project's root folder, relative to the spec's.",
        default=None,
        shown_default="the parent of a folder called `specs`, else the spec's own folder",
    )
    output: str | None = key(
        "The folder to write, relative to the spec's.",
        default=None,
        shown_default="`generated/<spec's name>` in the root",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Table):
    """A flake input."""

    SHORTHAND: ClassVar[str | None] = "url"

    url: FlakeUrl = key("The flake reference.", example='"github:NixOS/nixpkgs/nixos-unstable"')
    follows: Mapping[AttrName, InputPath] = key(
        "Inputs of this input to be replaced by ours.", default=EMPTY, example='{ nixpkgs = "nixpkgs" }'
    )
    flake: bool = key("Whether it is a flake; false for plain sources.", default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain(Table):
    """The Rust toolchain."""

    source: ToolchainSource = key("Where the toolchain comes from.", default=ToolchainSource.NIXPKGS)
    channel: Channel | None = key(
        "The channel or version.", default=None, shown_default="from rust-toolchain.toml", example='"1.85.0"'
    )
    components: tuple[str, ...] | None = key(
        "Components beside rustc and cargo.", default=None, shown_default="from rust-toolchain.toml"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateOverride(Table):
    """What one crate's build needs that Cargo does not know."""

    native_build_inputs: tuple[PackageRef, ...] = key("Tools that run while it builds.", default=())
    build_inputs: tuple[PackageRef, ...] = key("Libraries that it links.", default=())
    env: Mapping[EnvName, Template] = key("Environment of its build script and of rustc.", default=EMPTY)
    extra_files: tuple[SpecPath, ...] = key("Files its build reads that no scan can find.", default=())
    ignore: tuple[SpecPath, ...] = key(
        "Files and folders that do not count as read by it, whatever its code says: no source of its units holds them, and "
        "they are not missed.",
        default=(),
        on_disk=OnDisk.ANYTHING,
    )


class CargoFormat(Enum):
    """What builds the crates."""

    UNITS = "units"
    CARGO2NIX = "cargo2nix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry(Table):
    """What a registry's own index does not tell Nix."""

    SHORTHAND: ClassVar[str | None] = "download"

    download: DownloadUrl = key(
        "Where archives are, with the markers of cargo's `dl`: `{crate}`, `{version}`, `{prefix}`, `{lowerprefix}`, "
        "`{sha256-checksum}`.",
        example='"https://crates.example.org/{crate}/{version}/download"',
    )


class EmbedBase(Enum):
    """What a path in code is relative to."""

    FILE = "file"
    PACKAGE = "package"
    WORKSPACE = "workspace"


class EmbedKind(Enum):
    """What a path in code names."""

    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedRule(Table):
    """How a macro or attribute reads files: its first literal argument is the path."""

    base: EmbedBase = key(
        'What the path is relative to: `"file"` is the folder of the Rust file, `"package"` that of its Cargo.toml, '
        '`"workspace"` that of the root manifest.',
        example='"package"',
    )
    kind: EmbedKind = key(
        "What the path names; of a folder, all that is in it counts.", default=EmbedKind.FILE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed(Table):
    """What embeds files beyond what is known of published crates."""

    macros: Mapping[MacroName, EmbedRule] = key(
        "Macros of proc-macro crates that read files while code is compiled, by name. Those made with `macro_rules!` are "
        "followed anyway.",
        default=EMPTY,
        example='{ include_sql = { base = "package" } }',
    )
    attributes: Mapping[AttributePath, EmbedRule] = key(
        "Attributes that do, as they are written in `#[…]`.",
        default=EMPTY,
        example='{ "schema::load" = { base = "file", kind = "folder" } }',
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers(Table):
    """How what is built is divided into layers, to be kept in a cache one after another, and layers between machines."""

    shards: Count = key(
        "Into how many parts a layer is divided at most, for as many machines; no part needs another of its layer.",
        default=1,
    )
    least_seconds: Seconds = key(
        "How many seconds of one core a layer or a part must have to do to be worth a job of its own; one with less is "
        "joined with another.",
        default=60,
    )
    times: SpecPath | None = key(
        "A table of measured times, for a better division than by estimate: lines with seconds and, after a space, a unit "
        "of `Cargo.nix`, or a crate (`serde` or `serde-1.0.219`) for all its units together. `#` starts a comment.",
        default=None,
        on_disk=OnDisk.FILE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo(Table):
    """The Cargo workspace that crates come from."""

    workspace: SpecPath = key("The folder with the workspace's Cargo.toml.", on_disk=OnDisk.FOLDER)
    format: CargoFormat = key(
        'What `Cargo.nix` is: `"units"` is the table of flakegen\'s own builder, one derivation per cargo unit;'
        ' `"cargo2nix"` is for the overlay of cargo2nix (an input of that name), one derivation per crate.',
        default=CargoFormat.UNITS,
    )
    env: Mapping[EnvName, Template] = key("Environment of every unit's build.", default=EMPTY)
    content_addressed: bool = key(
        "Whether what units are is told by their content, so that an edit ends where it changes nothing; "
        "needs Nix's experimental feature `ca-derivations`.",
        default=False,
    )
    crates: Mapping[CrateName, CrateOverride] = key("What single crates need, by crate name.", default=EMPTY)
    layers: Layers = key(
        "How what is built is divided into caching layers, and these between machines.",
        default=Layers(where=("cargo", "layers")),
    )
    embed: Embed | None = key("What embeds files beyond what is known of published crates.", default=None)
    registries: Mapping[RegistryName, Registry] = key(
        "Where registries have their archives, if not where their index says: by name in cargo's configuration, or by "
        "index address.",
        default=EMPTY,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatter(Table):
    """What ``nix fmt`` runs."""

    SHORTHAND: ClassVar[str | None] = "package"

    package: PackageRef = key("The package whose main program formats the tree.", example='"nixfmt"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay(Table):
    """A nixpkgs overlay that the flake offers: exactly one of ``path`` and ``nix-expr``."""

    path: SpecPath | None = key(
        "A Nix file that holds `final: prev: { … }`.",
        default=None,
        on_disk=OnDisk.FILE,
        excludes=("nix-expr",),
    )
    nix_expr: NixExpr | None = key("The function itself, in Nix.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Table):
    """The whole spec. Entries keep the order of the file."""

    project: Project = key("The project as a whole.")
    inputs: Mapping[AttrName, Input] = key(
        "Flake inputs; a string is short for `{ url = … }`.", default=EMPTY
    )
    toolchain: Toolchain = key("The Rust toolchain.", default=Toolchain(where=("toolchain",)))
    cargo: Cargo | None = key("The Cargo workspace that crates come from.", default=None)
    packages: Mapping[AttrName, PackageTable] = key("What is built.", default=EMPTY)
    dev_shells: Mapping[AttrName, DevShellTable] = key(
        "Where it is worked on.", default=EMPTY, name="devShells"
    )
    checks: Mapping[AttrName, CheckTable] = key("What must hold.", default=EMPTY)
    apps: Mapping[AttrName, AppTable] = key("What is run.", default=EMPTY)
    tasks: Mapping[TaskName, Task] = key(
        "Commands of the project: targets of a `Makefile` in the output folder, and apps of the flake. A string is short for"
        " `{ script = … }`.",
        default=EMPTY,
    )
    images: Mapping[AttrName, ImageTable] = key(
        "Container images; only Linux systems have them.", default=EMPTY
    )
    formatter: Formatter | None = key(
        "What `nix fmt` runs; a string is short for `{ package = … }`.", default=None
    )
    overlays: Mapping[AttrName, Overlay] = key("Overlays that the flake offers.", default=EMPTY)
    caches: Mapping[AttrName, Cache] = key("Binary caches: who writes to them, and who reads.", default=EMPTY)
    ci: Mapping[JobName, Ci] = key("What CI systems do, each in a file of its own.", default=EMPTY)


NOT_YET = {
    "processes": "processes",
    "deploy": "deployments",
    "secrets": "secrets",
    "machines": "machines",
    "nixosModules": "NixOS modules",
    "nixosConfigurations": "NixOS configurations",
}
"""Sections that are part of the language but of no released version yet."""

"""The values that keys of a spec hold, each already checked when a model holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import NewType

from flakegen.spec.keypath import KeyPath

AttrName = NewType("AttrName", str)
"""A Nix identifier: the name of a flake output, an input or a derivation attribute."""
EnvName = NewType("EnvName", str)
"""The name of an environment variable, verbatim."""
MacroName = NewType("MacroName", str)
"""The name of a Rust macro: an identifier."""
AttributePath = NewType("AttributePath", str)
"""A Rust attribute as it is written: an identifier, or several joined by `::`."""
TaskName = NewType("TaskName", str)
"""The name of a task: a target of make, and an app of the flake."""
CrateName = NewType("CrateName", str)
"""The name of a Cargo package; whether the workspace has it, later stages say."""
RegistryName = NewType("RegistryName", str)
"""A registry: `crates-io`, a name of cargo's configuration, or the address of an index as Cargo.lock has it."""
DownloadUrl = NewType("DownloadUrl", str)
"""The address of a registry's archives, with cargo's markers."""
CacheName = NewType("CacheName", str)
"""The name of a binary cache, or of what it keeps for good."""
CacheUrl = NewType("CacheUrl", str)
"""The address of a binary cache: https, http or s3."""
PublicKey = NewType("PublicKey", str)
"""A key that Nix trusts: its name, and 32 bytes in base64."""
JobName = NewType("JobName", str)
"""The name of a CI, a job, a stage or a group, as both CI systems take it."""
SecretName = NewType("SecretName", str)
"""What a CI's store of secrets calls one."""
Branch = NewType("Branch", str)
"""The name of a branch of git."""
Repository = NewType("Repository", str)
"""Owner and name of a repository on GitHub."""
ImagePlace = NewType("ImagePlace", str)
"""A container image: host, path, and a tag if there is one."""
RunnerName = NewType("RunnerName", str)
"""A machine of GitHub's, by its label."""
Amount = NewType("Amount", int)
"""A number of things, at least one."""
ProfileName = NewType("ProfileName", str)
"""The name of a Cargo profile."""
FeatureName = NewType("FeatureName", str)
"""A Cargo feature as ``--features`` takes it: ``name`` or ``dependency/name``."""
TargetTriple = NewType("TargetTriple", str)
"""A rustc target triple."""
Channel = NewType("Channel", str)
"""A Rust toolchain channel: stable, beta, nightly, a version or a dated nightly."""
FlakeUrl = NewType("FlakeUrl", str)
"""A flake reference in URL form."""
InputPath = NewType("InputPath", str)
"""The path of an input for ``follows``: names joined by ``/``."""
Suffix = NewType("Suffix", str)
"""What is appended to an attribute name."""
Count = NewType("Count", int)
"""A whole number from 1 to 100."""

Seconds = NewType("Seconds", int)
"""A whole number from 0 to 86,400: a day's."""

Text = NewType("Text", str)
"""Free text that may span lines and may be empty."""
ImagePath = NewType("ImagePath", str)
"""A path in a container image: absolute, and normal."""
ImageName = NewType("ImageName", str)
"""The name of an image in its registry."""
ImageRegistry = NewType("ImageRegistry", str)
"""Where images are kept: a host, perhaps with a port, and folders."""
ImageReference = NewType("ImageReference", str)
"""An image as `FROM` takes it: name, and a tag or digest."""
ImageUser = NewType("ImageUser", str)
"""Who runs in an image: a name, a number, or the numbers of user and group joined by `:`."""
ImagePort = NewType("ImagePort", str)
"""A port that an image's program listens on, perhaps with `/tcp` or `/udp`."""
ReleaseUrl = NewType("ReleaseUrl", str)
"""Where released programs are, with the markers ``{version}`` and ``{program}``."""
LabelName = NewType("LabelName", str)
"""The name of an image's label."""


class System(Enum):
    """A Nix system that flakegen emits outputs for."""

    X86_64_LINUX = "x86_64-linux"
    AARCH64_LINUX = "aarch64-linux"
    AARCH64_DARWIN = "aarch64-darwin"

    @property
    def is_linux(self) -> bool:
        """Whether it runs Linux, as containers do."""
        return self.value.endswith("-linux")


class Namespace(Enum):
    """The first word of a reference: ``@{packages.x}``."""

    PACKAGES = "packages"
    CHECKS = "checks"
    APPS = "apps"
    DEV_SHELLS = "devShells"
    IMAGES = "images"
    PKGS = "pkgs"
    ENV = "env"
    INPUTS = "inputs"
    TOOLCHAIN = "toolchain"
    PROJECT = "project"
    SELF = "self"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One ``@{namespace.name}``, or a nixpkgs attribute path written plainly (then the namespace is PKGS).

    ``name`` holds what follows the namespace: one name for outputs, inputs and variables, the attribute path for
    nixpkgs, nothing for the toolchain. ``offset`` and ``length`` count characters of the decoded string at ``where``.
    """

    namespace: Namespace
    name: tuple[str, ...]
    where: KeyPath
    offset: int
    length: int

    @property
    def written(self) -> str:
        """The reference in the one long form: ``packages.lana-cli``, without ``@{}``."""
        return ".".join((self.namespace.value, *self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A string with references: literal parts (escapes resolved, never empty) and references, in order."""

    parts: tuple[str | Reference, ...]
    where: KeyPath

    def references(self) -> Iterator[Reference]:
        """Yield the references in the order in which they are written."""
        return (part for part in self.parts if not isinstance(part, str))

    @property
    def literal(self) -> str | None:
        """The text when there is no reference in it, else None."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None

    @property
    def sole_reference(self) -> Reference | None:
        """The reference when the string is exactly one, else None."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Reference) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Reference):
    """Marks a key that takes exactly one ``@{…}``; decoded to a `Reference`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRef(Reference):
    """Marks a key that takes a nixpkgs attribute path or one ``@{…}``; decoded to a `Reference`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NixExpr:
    """The text of a Nix expression, not parsed yet; parse errors are reported with `Spec.diagnose(offset=…)`."""

    text: str
    where: KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecPath:
    """A path that was checked to exist inside the project root.

    ``text`` is as written (relative to the spec's folder); ``relative`` is normal and relative to the project root,
    ``.`` for the root itself.
    """

    text: str
    relative: PurePosixPath
    where: KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class NixData:
    """A value for Nix written in TOML: string (with references), boolean, integer, list or table of these."""

    value: Template | bool | int | tuple[NixData, ...] | Mapping[str, NixData]
    where: KeyPath

"""Container images: programs, files of the project, certificates and an account, as a tar for ``docker load``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from flakegen.builders.builder import Builder
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.text import quoted
from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.scope import Scope, of_self
from flakegen.spec.images import TAG, TAG_HINT
from flakegen.spec.keypath import Part, show
from flakegen.spec.kinds import Kind, Section
from flakegen.spec.schema import EMPTY, OnDisk, Table, key
from flakegen.spec.tables import ImageTable
from flakegen.spec.values import (
    AttrName,
    EnvName,
    ImageName,
    ImagePath,
    ImagePort,
    ImageReference,
    ImageRegistry,
    ImageUser,
    LabelName,
    Namespace,
    PackageRef,
    ReleaseUrl,
    SpecPath,
    Template,
)

_NAMED_ID = 65532
"""The number of an account that has a name only; distroless images have their `nonroot` there."""
_STAMPS = frozenset({Namespace.PROJECT, Namespace.SELF})


class Created(Enum):
    """What an image's time stamp is."""

    EPOCH = "epoch"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dockerfiles(Table):
    """How the image is made with Docker: `Dockerfile.rc` and `Dockerfile.release`."""

    base: ImageReference = key(
        "The image that both are made from.", default=ImageReference("gcr.io/distroless/cc-debian12:nonroot")
    )
    download: ReleaseUrl = key(
        "Where the released program is, with the markers `{version}` and `{program}`.",
        example='"https://github.com/lana/lana/releases/download/{version}/{program}"',
    )
    check_with: ImageReference = key(
        "The image that they look at the program in: it has a shell, `grep` and `sha256sum`.",
        default=ImageReference("debian:bookworm-slim"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(ImageTable):
    """An image of the programs of packages and of files of the project."""

    entrypoint: tuple[Template, ...] = key(
        "The program that it runs, by its path in the image, and its first arguments.",
        may_be_empty=False,
        example='["/bin/lana-cli"]',
    )
    cmd: tuple[Template, ...] = key("Arguments that whoever runs it can replace.", default=())
    contents: tuple[PackageRef, ...] = key(
        "Packages whose programs are in its `/bin`.",
        default=(),
        accepts=frozenset({Namespace.PACKAGES, Namespace.PKGS}),
        example='["@{packages.lana-cli}"]',
    )
    files: Mapping[ImagePath, SpecPath] = key(
        "Files and folders of the project, by their paths in the image.",
        default=EMPTY,
        on_disk=OnDisk.EITHER,
        example='{ "/app" = "apps/admin-panel" }',
    )
    paths: tuple[ImagePath, ...] = key(
        "Further paths that must be there; the image's check holds it to them.", default=()
    )
    certificates: bool = key("Whether the usual certificate authorities are in `/etc/ssl`.", default=True)
    env: Mapping[EnvName, Template] = key("Its environment.", default=EMPTY)
    user: ImageUser = key(
        'Who runs it: a name (its number is 65532), a number, or numbers of user and group; `"root"` if it must be.',
        default=ImageUser("nonroot"),
    )
    work_dir: ImagePath = key("Where its program starts.", default=ImagePath("/"))
    ports: tuple[ImagePort, ...] = key("Ports that it listens on.", default=(), example='["5253"]')
    labels: Mapping[LabelName, Template] = key("Labels for registries and people.", default=EMPTY)
    registry: ImageRegistry | None = key(
        "Where it is kept.", default=None, example='"registry.example.org/team"'
    )
    name: ImageName | None = key("Its name there.", default=None, shown_default="the entry's name")
    tag: Template | None = key(
        "Its tag there; a `+` in it becomes `-`.",
        default=None,
        may_be_empty=False,
        accepts=_STAMPS,
        shown_default="`@{project.version}`",
    )
    created: Created = key(
        'Its time stamp: `"epoch"` is the same for ever, `"commit"` that of the last commit.',
        default=Created.EPOCH,
    )
    dockerfiles: Dockerfiles | None = key(
        "How the image is made with Docker, beside Nix: `Dockerfile.rc` copies the program that Nix built, "
        "`Dockerfile.release` downloads the released one.",
        default=None,
        excludes=("files",),
    )


KIND = Kind(
    section=Section.IMAGES,
    key=None,
    table=Image,
    doc="An image of programs and files: the package `packages.<name>`, and the check `checks.<name>-contract`.",
    example=(
        '[images.docker-image]\ncontents = ["@{packages.lana-cli}"]\nentrypoint = ["/bin/lana-cli"]\n'
        'registry = "registry.example.org/team"\n'
    ),
)


def full_name(name: str, image: Image) -> str:
    """Return the image's name with its registry, without a tag."""
    return "/".join(filter(None, (image.registry, image.name or name)))


def account(user: ImageUser) -> tuple[str, int, int]:
    """Return name and numbers of a user and its group."""
    first, _, second = user.partition(":")
    if user == "root" or first == "0":
        return "root", 0, int(second or 0)
    if first.isdigit():
        return "app", int(first), int(second or first)
    return user, _NAMED_ID, _NAMED_ID


def lower(name: str, image: Image, scope: Scope) -> Expr:
    """Call image.nix with all that is not as usual."""
    user, uid, gid = account(image.user)
    tag = nix.string(scope.version) if image.tag is None else scope.template(image.tag)
    _check_tag(image, scope)
    arguments: dict[str, object] = {
        "name": full_name(name, image),
        "tag": tag,
        "contents": scope.references(image.contents),
        "files": {path: scope.path(image.files[path]) for path in sorted(image.files)},
        "paths": sorted(image.paths),
        "certificates": image.certificates,
        "user": {"name": user, "uid": uid, "gid": gid},
        "entrypoint": [scope.template(word) for word in image.entrypoint],
        "cmd": [scope.template(word) for word in image.cmd],
        "env": scope.templates(image.env),
        "workDir": str(image.work_dir),
        "ports": sorted(image.ports),
        "labels": scope.templates(image.labels),
    }
    if image.created is Created.COMMIT:
        arguments["date"] = of_self("lastModifiedDate")
    said = {argument: value for argument, value in arguments.items() if value not in ([], {}, ())}
    return nix.call(nix.call("import", nix.path("./image.nix"), {"pkgs": nix.identifier("pkgs")}), said)


def _check_tag(image: Image, scope: Scope) -> None:
    """Report a tag that is none once the project's version is known."""
    tag = scope.version if image.tag is None else scope.literal(image.tag)
    if tag is not None and not TAG.fullmatch(tag):
        where = image.where if image.tag is None else image.tag.where
        message = f"{show(where)} gets {quoted(tag)} for a tag, which is none"
        part = Part.KEY if image.tag is None else Part.VALUE
        scope.problems.add(scope.spec.diagnose(where, Code.BAD_VALUE, message, part=part, hint=TAG_HINT))


def checks(name: str, image: Image, _scope: Scope) -> Mapping[str, Expr]:
    """Return the check that looks into the image."""
    return {check: nix.select("packages", name, "contract") for check in image.checks(AttrName(name))}


BUILDER = Builder(kind=KIND, lower=lower, checks=checks, helpers=("image.nix", "image_contract.py"))

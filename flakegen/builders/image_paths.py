"""Paths that images name, and what is in the images: programs at ``/bin``, files of the project, and the usual."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flakegen.builders.image import Image
from flakegen.builders.registry import builder_of
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.plan.scope import Scope
from flakegen.spec.keypath import KeyPath, show
from flakegen.spec.model import Spec
from flakegen.spec.values import AttrName, Namespace, Reference, SpecPath

_TMP = "/tmp"  # noqa: S108  # the image's
_USUAL = frozenset(("/", "/bin", "/etc", "/etc/group", "/etc/nsswitch.conf", "/etc/passwd", _TMP))
_CERTIFICATES = "/etc/ssl/certs/ca-bundle.crt"


@dataclass(frozen=True, kw_only=True)
class KnownPrograms:
    """The programs of packages, as far as they can be told without building; references have no circles."""

    spec: Spec
    of_members: Mapping[str, tuple[str, ...]]
    known: dict[str, frozenset[str] | None] = field(default_factory=dict)

    def of(self, reference: Reference) -> frozenset[str] | None:
        """Return the programs of a package, None where only building it tells."""
        entry = self.spec.packages.get(AttrName(reference.name[0]))
        if reference.namespace is not Namespace.PACKAGES or entry is None or entry.override:
            return None
        name = reference.name[0]
        if name not in self.known:
            tell = builder_of(entry).programs
            self.known[name] = None if tell is None else tell(entry, self)
        return self.known[name]


def check_image_paths(scope: Scope) -> None:
    """Report paths that images name and that are in nothing of them; what only building tells is the contracts' business."""
    programs = KnownPrograms(spec=scope.spec, of_members=scope.programs)
    for image in scope.spec.images.values():
        if isinstance(image, Image):
            _check_image(scope, image, programs)


def _check_image(scope: Scope, image: Image, programs: KnownPrograms) -> None:
    found = [programs.of(reference) for reference in image.contents]
    paths = {f"/bin/{each}" for some in found for each in some or ()}
    is_open = None in found
    for where, path in _named(image):
        if not path.startswith("/"):
            message = f"{show(where)} begins with {quoted(path)}, which is no path in the image"
            hint = f"did you mean {quoted('/bin/' + path)}?" if f"/bin/{path}" in paths else None
            scope.problems.add(scope.spec.diagnose(where, Code.BAD_PATH, message, hint=hint))
        elif not (is_open and _is_of_packages(path)) and not _is_there(scope, image, path, paths):
            _report(scope, where, path, paths)


def _named(image: Image) -> Iterator[tuple[KeyPath, str]]:
    program = image.entrypoint[0]
    if (path := program.literal) is not None:
        yield program.where, path
    for index, each in enumerate(image.paths):
        yield (*image.where, "paths", index), each


def _is_of_packages(path: str) -> bool:
    return path.startswith("/bin/")


def _is_there(scope: Scope, image: Image, path: str, programs: set[str]) -> bool:
    if path in _USUAL or path in programs or path == image.work_dir:
        return True
    if image.certificates and (_CERTIFICATES + "/").startswith(path + "/"):
        return True
    return any(_provides(scope, target, source, path) for target, source in image.files.items())


def _provides(scope: Scope, target: str, source: SpecPath, path: str) -> bool:
    """Tell whether a file or folder of the project that lies at ``target`` is ``path``, or holds it, or lies in it."""
    if path == target or target.startswith(f"{path}/"):
        return True
    inside = target.rstrip("/") + "/"
    if not path.startswith(inside):
        return False
    return os.path.lexists(scope.spec.layout.root / source.relative / path[len(inside) :])


def _report(scope: Scope, where: KeyPath, path: str, programs: set[str]) -> None:
    known = sorted(programs)
    hint = did_you_mean(path, known) or (
        f"its programs are {one_of(known)}" if known else "add to 'contents' or 'files' what it is part of"
    )
    message = f"{show(where)} names {quoted(path)}, and nothing in the image provides it"
    scope.problems.add(scope.spec.diagnose(where, Code.UNPROVIDED_PATH, message, hint=hint))

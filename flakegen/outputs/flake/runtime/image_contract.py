"""Opens the tar of a container image and holds it to what its spec says; all that is wrong is told at once.

Called with the tar and a JSON file of what is expected (see image.nix). It needs Python alone.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

COMPILERS: Final = frozenset(
    (
        *("ar", "as", "c++", "cargo", "cc", "clang", "clang++", "cpp", "g++", "gcc", "go", "javac", "ld"),
        *("ld.bfd", "ld.gold", "ld.lld", "ld.mold", "lld", "mold", "nix", "nix-build", "nix-store"),
        *("rustc", "rustdoc", "tsc"),
    )
)
"""Programs that have no business where others only run; also with a platform's name in front of them."""
BUILD_TIME: Final = re.compile(
    r".*(?:\.drv|\.crate-unit|\.crate-src|\.script-run|-(?:source|src|vendor))"
    r"|(?:rustc|cargo|clang|gcc|binutils|llvm|go|stdenv-[a-z]+)(?:-wrapper|-unwrapped)?-[0-9][^-]*"
)
"""Store paths, without hash, of what programs are built with and from."""
FIXED_TIMES: Final = frozenset((0, 1, 315532800))
"""The epoch, the store's time stamp, and the least that zip files can say."""
MOST_LINKS: Final = 40
TMP: Final = "/tmp"  # noqa: S108  # the image's
TMP_MODE: Final = 0o1777


class BadImageError(Exception):
    """The tar is no image."""


@dataclass(frozen=True)
class Entry:
    """A path of an image: what the last layer that has it says."""

    member: tarfile.TarInfo
    data: bytes

    @property
    def is_file(self) -> bool:
        """Whether it is a file, be it under a second name."""
        return self.member.isreg() or self.member.islnk()

    def may_run(self, uid: int, gid: int) -> bool:
        """Tell whether a user may execute it, as the kernel does."""
        mode = self.member.mode
        if uid == 0:
            return bool(mode & 0o111)
        if uid == self.member.uid:
            return bool(mode & 0o100)
        return bool(mode & (0o010 if gid == self.member.gid else 0o001))


@dataclass
class Image:
    """An image as its tar has it."""

    tags: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def find(self, path: str) -> Entry | None:
        """Return what a program in the image finds at a path, through its links; None where there is nothing."""
        resolved = self.resolve(path)
        return None if resolved is None else self.entries.get(resolved)

    def resolve(self, path: str) -> str | None:
        """Return a path without links, or None if a link leads nowhere."""
        pending, here, links = [part for part in path.split("/") if part][::-1], "/", 0
        while pending:
            part = pending.pop()
            here = posixpath.normpath(posixpath.join(here, part))
            entry = self.entries.get(here)
            if entry is None:
                return None
            if entry.member.issym():
                links += 1
                if links > MOST_LINKS:
                    return None
                target = entry.member.linkname
                here = "/" if target.startswith("/") else posixpath.dirname(here)
                pending += [each for each in target.split("/") if each and each != "."][::-1]
        return here


def read_image(path: Path) -> Image:
    """Read an image, its layers one over the other.

    Raises:
        BadImageError: it is not what `docker load` takes.
    """
    try:
        with tarfile.open(path) as archive:
            manifests = json.load(_file(archive, "manifest.json"))
            [manifest] = manifests
            config = _config(json.load(_file(archive, manifest["Config"])))
            image = Image(tags=list(manifest["RepoTags"] or ()), config=config)
            for name in manifest["Layers"]:
                with tarfile.open(fileobj=_file(archive, name)) as layer:
                    _add_layer(image, layer)
    except (tarfile.TarError, KeyError, ValueError, TypeError, OSError, EOFError, zlib.error) as error:
        raise BadImageError(f"{path.name} is no image: {error!r}") from None
    return image


def _config(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("config") or {}, dict):
        raise TypeError("its configuration is no table")
    return value


def _file(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _add_layer(image: Image, layer: tarfile.TarFile) -> None:
    for member in layer:
        path = posixpath.normpath("/" + member.name.lstrip("/"))
        name = posixpath.basename(path)
        if name.startswith(".wh."):
            image.entries.pop(posixpath.join(posixpath.dirname(path), name.removeprefix(".wh.")), None)
            continue
        content = layer.extractfile(member) if member.isreg() or member.islnk() else None
        image.entries[path] = Entry(member, b"" if content is None else content.read(1 << 20))
        for above in _above(path):  # layers need not have entries for them
            image.entries.setdefault(above, Entry(_folder(above), b""))


def _above(path: str) -> Iterator[str]:
    while path != "/":
        path = posixpath.dirname(path)
        yield path


def _folder(path: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.type, member.mode = tarfile.DIRTYPE, 0o755
    return member


def problems_of(image: Image, expected: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not as the spec says."""
    yield from _wrong_config(image, expected)
    yield from _wrong_paths(image, expected)
    yield from _wrong_user(image, expected)
    if expected["certificates"]:
        yield from _wrong_certificates(image)
    yield from _wrong_tmp(image)
    yield from _wrong_times(image, expected)
    yield from _forbidden(image, expected["store"])


def _wrong_config(image: Image, expected: Mapping[str, Any]) -> Iterator[str]:
    if image.tags != [expected["image"]]:
        yield f"it is called {image.tags}, not {expected['image']}"
    if image.config.get("os") != "linux":
        yield f"it is for {image.config.get('os')!r}, not for Linux"
    if _seconds(image.config.get("created")) != _seconds(expected["created"]):
        yield f"it is from {image.config.get('created')}, not from {expected['created']}"
    config = image.config.get("config") or {}
    for key in ("Entrypoint", "Cmd", "Env", "WorkingDir"):
        found, wanted = config.get(key) or [], expected[key] or []
        if found != wanted:
            yield f"its {key} is {found}, not {wanted}"


def _seconds(text: object) -> int | None:
    """Return a time as the epoch's seconds, however it is written; None for what is no time."""
    try:
        return int(datetime.fromisoformat(str(text)).timestamp())
    except ValueError:
        return None


def _wrong_paths(image: Image, expected: Mapping[str, Any]) -> Iterator[str]:
    uid, gid = _numbers(expected["account"])
    program = expected["Entrypoint"][0]
    entry = image.find(program)
    if entry is None:
        yield f"its entrypoint {program} is not there"
    elif not entry.is_file or not entry.may_run(uid, gid):
        yield f"its entrypoint {program} cannot be executed by {expected['account']}"
    for path in (*expected["paths"], expected["WorkingDir"]):
        if path != "/" and image.find(path) is None:
            yield f"{path} is not there"


def _wrong_user(image: Image, expected: Mapping[str, Any]) -> Iterator[str]:
    account, name = expected["account"], expected["userName"]
    found = (image.config.get("config") or {}).get("User") or "root"
    if found != account:
        yield f"it runs as {found}, not as {account}"
    uid, gid = _numbers(account)
    for path, number in (("/etc/passwd", uid), ("/etc/group", gid)):
        entry = image.find(path)
        lines = [] if entry is None else entry.data.decode("utf-8", "replace").splitlines()
        rows = [line.split(":") for line in lines]
        if not any(row[0] == name and row[2:3] == [str(number)] for row in rows) and (name, number) != (
            "root",
            gid,
        ):
            yield f"{path} has no {name} with the number {number}"


def _numbers(account: str) -> tuple[int, int]:
    uid, _, gid = account.partition(":")
    return int(uid), int(gid)


def _wrong_certificates(image: Image) -> Iterator[str]:
    path = "/etc/ssl/certs/ca-bundle.crt"
    entry = image.find(path)
    if entry is None or b"BEGIN CERTIFICATE" not in entry.data:
        yield f"{path} holds no certificates"


def _wrong_tmp(image: Image) -> Iterator[str]:
    entry = image.find(TMP)
    if entry is None or not entry.member.isdir():
        yield f"{TMP} is not there"
    elif entry.member.mode & 0o7777 != TMP_MODE:
        yield f"{TMP} has the mode {entry.member.mode & 0o7777:o}, not {TMP_MODE:o}"


def _wrong_times(image: Image, expected: Mapping[str, Any]) -> Iterator[str]:
    known = {*FIXED_TIMES, _seconds(expected["created"])}
    late = sorted(path for path, entry in image.entries.items() if int(entry.member.mtime) not in known)
    if late:
        yield f"{_some(late)} tell when they were made"


def _forbidden(image: Image, store: str) -> Iterator[str]:
    programs = sorted(
        path
        for path, entry in image.entries.items()
        if posixpath.basename(posixpath.dirname(path)) in {"bin", "sbin", "libexec"}
        and not entry.member.isdir()
        and _is_compiler(posixpath.basename(path))
    )
    if programs:
        yield f"{_some(programs)} have no business in an image"
    names = (posixpath.relpath(path, store) for path in image.entries if path.startswith(store + "/"))
    built_with = sorted({name for name in names if "/" not in name and BUILD_TIME.fullmatch(name[33:])})
    if built_with:
        yield f"{_some(built_with)} are of the build, not of what runs"
    privileged = sorted(
        path for path, entry in image.entries.items() if entry.is_file and entry.member.mode & 0o6000
    )
    if privileged:
        yield f"{_some(privileged)} run as somebody else (set-uid)"


def _is_compiler(name: str) -> bool:
    return (
        name in COMPILERS
        or re.fullmatch(r"[a-z0-9_]+(?:-[a-z0-9_]+){1,3}-(?:cc|gcc|g\+\+|ld|as|ar)", name) is not None
    )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def main(arguments: list[str]) -> int:
    """Look into an image; return 1 after telling what is wrong with it."""
    image, expected = (Path(each) for each in arguments)
    wanted = json.loads(expected.read_text(encoding="utf-8"))
    try:
        problems = list(problems_of(read_image(image), wanted))
    except BadImageError as error:
        problems = [str(error)]
    for problem in problems:
        sys.stderr.write(f"{wanted['image']}: {problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

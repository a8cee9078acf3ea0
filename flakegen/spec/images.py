"""What images must be beside each other: each has a place of its own in a registry, and a system that can build it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Related
from flakegen.diagnostics.text import quoted
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.kinds import Section
from flakegen.spec.names import FORMS
from flakegen.spec.values import ImageName, System

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flakegen.spec.decoding import Decoding

_SECTION = Section.IMAGES.value
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}")
"""A tag, before a `+` in it becomes `-`."""
TAG_HINT = "a tag is up to 128 letters, digits, '_', '.' and '-', and begins with none of the last two"
_LINUX = frozenset(each.value for each in System if each.is_linux)


def check_images(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report images without a name, tag or system that can be theirs, and those that are in each other's place."""
    first: dict[tuple[str, str, str], KeyPath] = {}
    for name, image in _images(raw):
        path = (_SECTION, name)
        _check_name(run, name, image, path)
        _check_tag(run, image, path)
        _check_systems(run, raw, image, path)
        place = (str(image.get("registry", "")), str(image.get("name", name)), str(image.get("tag", "")))
        other = first.setdefault(place, path)
        if other != path:
            _report_same_place(run, place, other, path)


def _images(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    section = raw.get(_SECTION)
    for name, image in section.items() if isinstance(section, dict) else ():
        if isinstance(image, dict):
            yield name, image


def _check_name(run: Decoding, name: str, image: Mapping[str, Any], path: KeyPath) -> None:
    if "name" not in image and not FORMS[ImageName].pattern.fullmatch(name):
        message = f"{quoted(name)} is no valid image name, and {show(path)} says no other"
        hint = "add name = \"…\": lower-case letters and digits, with '.', '_' or '-' between them"
        run.report(path, Code.BAD_VALUE, message, part=Part.KEY, hint=hint)


def _check_tag(run: Decoding, image: Mapping[str, Any], path: KeyPath) -> None:
    tag = image.get("tag")
    if isinstance(tag, str) and "@{" not in tag and tag.strip() and not TAG.fullmatch(tag):
        message = f"{quoted(tag)} is no valid tag of an image"
        run.report((*path, "tag"), Code.BAD_VALUE, message, hint=TAG_HINT)


def _check_systems(run: Decoding, raw: Mapping[str, Any], image: Mapping[str, Any], path: KeyPath) -> None:
    systems = image.get("systems")
    if isinstance(systems, list):
        for index, system in enumerate(systems):
            if isinstance(system, str) and system not in _LINUX and system in {each.value for each in System}:
                message = f"{show(path)} is for {quoted(system)}, and containers run Linux"
                hint = "name the Linux systems that it is built on"
                run.report((*path, "systems", index), Code.FOREIGN_SYSTEM, message, hint=hint)
        return
    project = raw.get("project")
    listed = project.get("systems") if isinstance(project, dict) else None
    if (
        isinstance(listed, list)
        and listed
        and not _LINUX & {each for each in listed if isinstance(each, str)}
    ):
        message = f"{show(path)} cannot be built: the project has no Linux system, and containers run Linux"
        run.report(path, Code.FOREIGN_SYSTEM, message, part=Part.KEY, hint="add one to project.systems")


def _report_same_place(run: Decoding, place: tuple[str, str, str], first: KeyPath, path: KeyPath) -> None:
    registry, name, tag = place
    where = "/".join(filter(None, (registry, name))) + (f":{tag}" if tag else "")
    related = Related(message=f"{show(first)} is there too", span=run.source.span_of(first, Part.KEY))
    run.problems.add(
        run.source.diagnose(
            path,
            Code.DUPLICATE_IMAGE,
            f"{show(path)} is kept as {quoted(where)}, which is taken",
            part=Part.KEY,
            hint="give one of them another 'registry', 'name' or 'tag'",
            related=(related,),
        )
    )

"""Which outputs read the environment when Nix evaluates, by themselves or through what they are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from flakegen.spec.model import Spec
from flakegen.spec.schema import Table
from flakegen.spec.values import NixData, Reference, Template

_SECTIONS = {
    "packages": "packages",
    "images": "images",
    "checks": "checks",
    "apps": "apps",
    "devShells": "dev_shells",
}


def is_impure(spec: Spec, reference: Reference) -> bool:
    """Tell whether an entry of the spec, or anything that it refers to, has ``impure = true``."""
    seen: set[tuple[str, str]] = set()
    waiting = [reference]
    while waiting:
        each = waiting.pop()
        section = _SECTIONS.get(each.namespace.value)
        if section is None or (section, each.name[0]) in seen:
            continue
        seen.add((section, each.name[0]))
        entries: Mapping[str, Table] = getattr(spec, section)
        tasks: Mapping[Any, Table] = spec.tasks  # which become apps
        entry = entries[each.name[0]] if each.name[0] in entries else tasks[each.name[0]]
        if getattr(entry, "impure", False):
            return True
        waiting += _references(entry)
    return False


def _references(value: object) -> Iterator[Reference]:
    """Yield all references in a value of the spec."""
    match value:
        case Reference():
            yield value
        case Template():
            yield from value.references()
        case NixData():
            yield from _references(value.value)
        case Table():
            for field in dataclasses.fields(value):
                yield from _references(getattr(value, field.name))
        case tuple():
            for each in value:
                yield from _references(each)
        case Mapping():
            for each in value.values():
                yield from _references(each)

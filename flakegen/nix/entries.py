"""Tidying what is generated: ``inherit`` where it says the same, one nested set for keys with a common start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.nix.ast import AttrSet, Binding, Identifier, Inherit, Select
from flakegen.nix.errors import NixValueError
from flakegen.nix.escape import check_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flakegen.nix.ast import AttrName, Expr, Parts


INHERITABLE = (Identifier, Select)
"""Expressions that `inherit` may stand for, where the name is theirs."""


def joined_parts(parts: Iterable[str | Expr]) -> Parts:
    """Return string parts with texts joined that meet, and without empty ones.

    Raises:
        NixValueError: for characters that no Nix string can hold.
    """
    found: list[str | Expr] = []
    for part in parts:
        if not isinstance(part, str):
            found.append(part)
            continue
        check_text(part)
        last = found[-1] if found else None
        if isinstance(last, str):
            found[-1] = last + part
        elif part:
            found.append(part)
    return tuple(found)


def tidied(bindings: Sequence[Binding | Inherit], *, from_scope: bool) -> tuple[Binding | Inherit, ...]:
    """Return the bindings of one set or ``let`` in the form linters ask for, in the same order.

    ``from_scope`` allows ``inherit a`` for ``a = a``, which means something else in recursive sets and ``let``.

    Raises:
        NixValueError: when two bindings have one name.
    """
    if _is_tidy(bindings):
        return tuple(bindings)
    merged = _nested(bindings)
    found: list[Binding | Inherit] = []
    places: dict[Expr | None, int] = {}
    names: set[str] = set()
    for binding in merged:
        entry = _as_inherit(binding, from_scope=from_scope)
        for name in _own_names(entry):
            if name in names:
                raise NixValueError(f"attribute {name!r} is defined twice")
            names.add(name)
        if not isinstance(entry, Inherit):
            found.append(entry)
        elif entry.names:
            _add_inherit(entry, found, places)
    return tuple(found)


def _is_tidy(bindings: Sequence[Binding | Inherit]) -> bool:
    """Tell whether all names are single, different and known, and no value could be inherited: most generated sets."""
    names: set[str] = set()
    for binding in bindings:
        if not isinstance(binding, Binding) or type(binding.value) in INHERITABLE:
            return False
        name = binding.path[0]
        if len(binding.path) > 1 or not isinstance(name, str):
            return False
        names.add(name)
    return len(names) == len(bindings)


def _add_inherit(entry: Inherit, found: list[Binding | Inherit], places: dict[Expr | None, int]) -> None:
    """Append ``entry``, or join it with an earlier one from the same source."""
    if entry.comment or entry.blank_before:
        found.append(entry)
        return
    place = places.setdefault(entry.source, len(found))
    if place == len(found):
        found.append(entry)
        return
    earlier = found[place]
    if isinstance(earlier, Inherit):
        found[place] = Inherit(earlier.names + entry.names, earlier.source)


def bound_names(entries: Iterable[Binding | Inherit]) -> set[str]:
    """Return the known names that bindings define."""
    return {name for entry in entries for name in _own_names(entry)}


def _own_names(entry: Binding | Inherit) -> tuple[str, ...]:
    if isinstance(entry, Inherit):
        return entry.names
    first = entry.path[0]
    return (first,) if isinstance(first, str) else ()


def _as_inherit(binding: Binding | Inherit, *, from_scope: bool) -> Binding | Inherit:
    if isinstance(binding, Inherit) or type(binding.value) not in INHERITABLE:
        return binding
    if len(binding.path) != 1 or not isinstance(binding.path[0], str):
        return binding
    name = binding.path[0]
    match binding.value:
        case Identifier(found) if found == name and from_scope:
            return Inherit((name,), None, binding.comment, binding.blank_before)
        case Select(target, (*path, last), None) if last == name:
            source = Select(target, tuple(path)) if path else target
            return Inherit((name,), source, binding.comment, binding.blank_before)
    return binding


def _nested(bindings: Sequence[Binding | Inherit]) -> list[Binding | Inherit]:
    """Join bindings whose paths start with one name into a binding of a set, where the first of them stands."""
    groups: dict[AttrName, list[Binding]] = {}
    for binding in bindings:
        if isinstance(binding, Binding):
            groups.setdefault(binding.path[0], []).append(binding)
    found: list[Binding | Inherit] = []
    for binding in bindings:
        if isinstance(binding, Inherit):
            found.append(binding)
            continue
        group = groups.pop(binding.path[0], [])
        if len(group) == 1:
            found.append(binding)
        elif group:
            found.append(_one_binding(group))
    return found


def _one_binding(group: list[Binding]) -> Binding:
    first = group[0]
    inner: list[Binding | Inherit] = []
    for binding in group:
        if len(binding.path) > 1:
            inner.append(Binding(binding.path[1:], binding.value, binding.comment, binding.blank_before))
        elif isinstance(binding.value, AttrSet) and not binding.value.recursive:
            inner += binding.value.bindings
        else:
            raise NixValueError(f"attribute {binding.path[0]!r} is defined twice")
    return Binding(first.path[:1], AttrSet(tidied(inner, from_scope=True)))

"""Attributes that are defined twice, which Nix refuses while parsing.

Source of the rules: ``ParserState::addAttr`` of Nix 2.26: paths may share their start, and two sets written out for one
name are joined; anything else is a second definition.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

from flakegen.nix.ast import AttrSet, Binding, Formal, Inherit

if TYPE_CHECKING:
    from collections.abc import Iterable

Known: TypeAlias = "dict[str, Known | None]"
"""The attributes of a set that is written out; None for values that cannot be added to."""


class DuplicateError(ValueError):
    """A name that is defined twice, the second time by the binding or formal with the number ``index``."""

    def __init__(self, what: str, name: str, index: int = 0) -> None:
        self.index = index
        super().__init__(f"{what} {name!r} is defined twice")


def check_bindings(bindings: Iterable[Binding | Inherit]) -> None:
    """Refuse a second definition of an attribute.

    Raises:
        DuplicateError: with the path of the attribute.
    """
    known: Known = {}
    for index, binding in enumerate(bindings):
        try:
            _add_all(known, (binding,), ())
        except DuplicateError as error:
            error.index = index
            raise


def check_formals(formals: Iterable[Formal]) -> None:
    """Refuse a formal argument that is there already.

    Raises:
        DuplicateError: with its name.
    """
    seen: set[str] = set()
    for index, formal in enumerate(formals):
        if formal.name in seen:
            raise DuplicateError("the formal argument", formal.name, index)
        seen.add(formal.name)


def _add_all(known: Known, bindings: Iterable[Binding | Inherit], prefix: tuple[str, ...]) -> None:
    for binding in bindings:
        if isinstance(binding, Binding):
            _add(known, binding, prefix)
            continue
        for name in binding.names:
            if name in known:
                raise DuplicateError("the attribute", ".".join((*prefix, name)))
            known[name] = None


def _add(known: Known, binding: Binding, prefix: tuple[str, ...]) -> None:
    names = [
        name for name in takewhile(lambda name: isinstance(name, str), binding.path) if isinstance(name, str)
    ]
    last = names.pop() if len(names) == len(binding.path) else None  # a computed name may be any
    where = prefix
    for name in names:
        where = (*where, name)
        inner = known.setdefault(name, {})
        if inner is None:
            raise DuplicateError("the attribute", ".".join(where))
        known = inner
    if last is None:
        return
    where = (*where, last)
    value = binding.value
    is_set = isinstance(value, AttrSet)
    if last in known and (known[last] is None or not is_set):
        raise DuplicateError("the attribute", ".".join(where))
    fresh: Known | None = {} if is_set else None
    inner = known.setdefault(last, fresh)
    if isinstance(value, AttrSet) and inner is not None:
        _add_all(inner, value.bindings, where)

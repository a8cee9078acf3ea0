"""Which names an expression mentions."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from flakegen.nix.ast import Binding, Formal, Identifier, Inherit, Lambda, Pattern


def mentions(node: Any, name: str) -> bool:
    """Tell whether ``name`` occurs as a variable parameter or attribute that is bound anywhere in ``node``, shadowed or not."""
    stack = [node]
    while stack:
        top = stack.pop()
        match top:
            case Identifier(found) | Lambda(parameter=str(found)) | Pattern(alias=str(found)) if (
                found == name
            ):
                return True
            case Binding(path=(str(found), *_)) | Formal(name=found) if found == name:
                return True
            case Inherit(names=names) if name in names:
                return True
        if isinstance(top, tuple):
            stack += top
        elif isinstance(top, Struct):
            stack += [getattr(top, field) for field in top.__struct_fields__]
    return False

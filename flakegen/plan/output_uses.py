"""What a flake output is made of, told from its expression: builds of the workspace, other outputs, files of the project.

The expression is looked at rather than the entry of the spec, so that a new kind has nothing to say for itself, and what
a user writes in Nix counts like everything else. Where the expression does not say (a Nix file that reads others), that is
said too: whatever changes in the project may then change the output.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from flakegen.nix.ast import Apply, AttrPath, Expr, Identifier, Item, List, Path, Select, String

_OUTPUTS = frozenset(("packages", "checks", "apps", "devShells"))
_OF_SOURCE = frozenset(
    (
        *("sourceInfo", "outPath", "narHash", "lastModified", "lastModifiedDate"),
        *("rev", "shortRev", "dirtyRev", "dirtyShortRev"),
    )
)
"""What of the flake itself is another value after whatever edit or commit."""
_WORKSPACE = frozenset(("cargo", "cargoFor"))


class CargoCall(Struct, frozen=True, kw_only=True):
    """A call of what default.nix offers: `cargo.package "lana-cli"`.

    Attributes:
        function: its name.
        foreign: the system or triple that is built for, if not this one.
        arguments: in order, as far as they are texts or lists of texts; None for any other argument.
    """

    function: str
    foreign: str | None
    arguments: tuple[str | tuple[str, ...] | None, ...]


class Uses(Struct, frozen=True, kw_only=True):
    """What an expression mentions.

    Attributes:
        calls: calls of the workspace's functions.
        outputs: other outputs, as `packages.lana-cli`.
        paths: path literals, as they are written (relative to the output folder).
        whole_project: the project as it is is an input, every file of it.
        toolchain: the Rust toolchain is.
        is_open: what else is read cannot be told from the expression.
    """

    calls: tuple[CargoCall, ...]
    outputs: tuple[str, ...]
    paths: tuple[str, ...]
    whole_project: bool
    toolchain: bool
    is_open: bool


class _Reader:
    """One expression while it is looked at."""

    def __init__(self) -> None:
        self.calls: list[CargoCall] = []
        self.outputs: set[str] = set()
        self.paths: set[str] = set()
        self.whole_project = False
        self.toolchain = False
        self.is_open = False

    def read(self, value: Expr) -> None:
        """Look at all of it; the stack is not Python's, as users may write deep expressions."""
        stack: list[Any] = [value]
        while stack:
            stack += self._look(stack.pop())

    def _look(self, node: Any) -> Iterable[Any]:
        """Note what a node says; return where else to look."""
        match node:
            case Apply() if (call := _cargo_call(node)) is not None:
                self.calls.append(call)
                return _arguments(node)
            case Select(target=Identifier(name="cargo"), path=("builds",)):
                return ()
            case Select(target=Identifier(name="inputs"), path=("self", *rest)):
                self.whole_project |= not rest or rest[0] in _OF_SOURCE
            case Select(target=Identifier(name=name), path=path) if name in _OUTPUTS:
                return self._output(name, path)
            case Identifier(name=name):
                self.toolchain |= name == "toolchain"
                self.is_open |= name in _WORKSPACE or name in _OUTPUTS  # in none of the forms above
            case Path(parts=parts):
                known = "".join(part for part in parts if isinstance(part, str))
                self.paths.add(known)
                self.is_open |= len(parts) > 1
        return _children(node)

    def _output(self, section: str, path: AttrPath) -> Iterable[Any]:
        if isinstance(path[0], str):
            self.outputs.add(f"{section}.{path[0]}")
        else:
            self.is_open = True
        return path


def uses_of(value: Expr) -> Uses:
    """Look at everything in an expression."""
    reader = _Reader()
    reader.read(value)
    ordered = sorted(reader.calls, key=lambda call: (call.function, call.foreign or "", str(call.arguments)))
    return Uses(
        calls=tuple(ordered),
        outputs=tuple(sorted(reader.outputs)),
        paths=tuple(sorted(reader.paths)),
        whole_project=reader.whole_project,
        toolchain=reader.toolchain,
        is_open=reader.is_open,
    )


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, tuple):
        return node
    if isinstance(node, Struct):
        return [getattr(node, field) for field in node.__struct_fields__]
    return ()


def _cargo_call(node: Apply) -> CargoCall | None:
    function: Expr = node
    while isinstance(function, Apply):
        function = function.function
    if not isinstance(function, Select) or function.default is not None:
        return None
    named = _names(function.path)
    match function.target, named:
        case Identifier(name="cargo"), (name,):
            foreign = None
        case Identifier(name="cargoFor"), (foreign, name):
            pass
        case _:
            return None
    arguments = tuple(_argument(argument) for argument in _arguments(node))
    return CargoCall(function=name, foreign=foreign, arguments=arguments)


def _arguments(node: Apply) -> list[Expr]:
    found: list[Expr] = []
    function: Expr = node
    while isinstance(function, Apply):
        found.append(function.argument)
        function = function.function
    return found[::-1]


def _names(path: AttrPath) -> tuple[str, ...]:
    return tuple(name for name in path if isinstance(name, str))


def _argument(argument: Expr) -> str | tuple[str, ...] | None:
    if isinstance(argument, String) and all(isinstance(part, str) for part in argument.parts):
        return "".join(str(part) for part in argument.parts)
    if isinstance(argument, List):
        texts = [_argument(item) for item in argument.items if not isinstance(item, Item)]
        if all(isinstance(text, str) for text in texts) and len(texts) == len(argument.items):
            return tuple(str(text) for text in texts)
    return None

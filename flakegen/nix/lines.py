"""Entries of sets and lists, one per line: the part of the printer that generated data goes through.

Entries that hold only atoms, and lists and sets of such, are written directly; for all others a document is laid out.
Both ways give the same text (there is a test for that), but the direct one takes microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from flakegen.nix.ast import AttrSet, Binding, Inherit, Item, List, String
from flakegen.nix.atoms import ATOMS
from flakegen.nix.escape import attribute_name, comment_lines, is_identifier, quoted
from flakegen.nix.forms import doc_of
from flakegen.nix.layout import INDENTATION, LINE_WIDTH, render
from flakegen.nix.precedence import SELECT, wrapped

if TYPE_CHECKING:
    from flakegen.nix.ast import Expr

Entry: TypeAlias = "Binding | Inherit | Expr | Item"

_STEP = " " * INDENTATION
LONG_NAME = 80  # names near the line width are left to the layout
_SHORT_PATH = 4


def render_entries(entries: tuple[Entry, ...], indentation: int) -> str:
    """Return the lines of bindings or list items, without a last newline."""
    lines: list[str] = []
    write_entries(entries, " " * indentation, lines)
    return "\n".join(lines)


def write_entries(entries: tuple[Entry, ...], indentation: str, lines: list[str]) -> None:
    """Append the lines of bindings or list items."""
    first = True
    for entry in entries:
        if isinstance(entry, Binding):
            if entry.comment or entry.blank_before:
                _write_above(entry, indentation, lines, first=first)
            text = _plain_line(entry)
            if text is None:
                _write_binding(entry, indentation, lines)
            else:
                lines.append(indentation + text)
        elif isinstance(entry, Inherit | Item):
            _write_above(entry, indentation, lines, first=first)
            if isinstance(entry, Item):
                _write_item(entry.value, indentation, lines)
            else:
                _write_laid_out(entry, indentation, lines)
        else:
            _write_item(entry, indentation, lines)
        first = False


def _write_above(entry: Binding | Inherit | Item, indentation: str, lines: list[str], *, first: bool) -> None:
    if entry.blank_before and not first:
        lines.append("")
    lines += [indentation + line for line in comment_lines(entry.comment)]


def _write_laid_out(entry: Entry, indentation: str, lines: list[str]) -> None:
    lines.append(render(doc_of(entry, 0), len(indentation)))


def _plain_line(binding: Binding) -> str | None:
    """Return ``name = "text";``, which most of what is generated consists of; None for all else."""
    value, path = binding.value, binding.path
    if type(value) is not String or len(path) != 1 or len(value.parts) != 1:
        return None
    name, text = path[0], value.parts[0]
    if not isinstance(name, str) or not isinstance(text, str):
        return None
    head, literal = attribute_name(name), quoted(text)
    if head != name and len(head) + len(literal) + 4 > LINE_WIDTH:
        return None
    return f"{head} = {literal};"


def _write_binding(binding: Binding, indentation: str, lines: list[str]) -> None:
    value = binding.value
    path = binding.path
    name = path[0] if len(path) == 1 else None
    if isinstance(name, str):
        head = attribute_name(name)
        plain = head == name
    else:
        head = ".".join([attribute_name(part) for part in path if isinstance(part, str)])
        plain = len(path) <= _SHORT_PATH and all(
            isinstance(part, str) and is_identifier(part) for part in path
        )
        if not plain:
            _write_laid_out(binding, indentation, lines)
            return
    kind = type(value)
    atom = ATOMS.get(kind)
    if atom is not None:
        text = atom(value)
        if text is not None and (len(head) + len(text) + 4 <= LINE_WIDTH or (plain and kind is String)):
            lines.append(f"{indentation}{head} = {text};")
            return
    elif len(head) <= LONG_NAME and _write_collection(
        f"{head} = ", value, ";", indentation, lines, wide=True
    ):
        return
    _write_laid_out(binding, indentation, lines)


def _write_item(value: Expr, indentation: str, lines: list[str]) -> None:
    atom = ATOMS.get(type(value))
    if atom is not None:
        text = atom(value)
        if text is not None:
            lines.append(indentation + text)
            return
    elif _write_collection("", value, "", indentation, lines, wide=False):
        return
    lines.append(render(doc_of(wrapped(value, SELECT), 0), len(indentation)))


def _write_collection(
    before: str, value: Expr, after: str, indentation: str, lines: list[str], *, wide: bool
) -> bool:
    """Write a list or set that is empty, has one atom, or takes a line per entry; tell whether it is such."""
    if isinstance(value, AttrSet):
        bindings = value.bindings
        opening, closing = ("rec {" if value.recursive else "{"), "}"
        is_spread = len(bindings) > 1 or (wide and len(bindings) == 1 and isinstance(bindings[0], Binding))
        entries: tuple[Entry, ...] = bindings
    elif isinstance(value, List):
        entries = items = value.items
        opening, closing = "[", "]"
        is_spread = len(items) > 1
        if len(items) == 1:
            return _write_one_item(before, value, after, indentation, lines)
    else:
        return False
    if not entries:
        lines.append(f"{indentation}{before}{opening} {closing}{after}")
        return True
    if is_spread:
        lines.append(f"{indentation}{before}{opening}")
        write_entries(entries, indentation + _STEP, lines)
        lines.append(f"{indentation}{closing}{after}")
    return is_spread


def _write_one_item(before: str, value: List, after: str, indentation: str, lines: list[str]) -> bool:
    item = value.items[0]
    atom = ATOMS.get(type(item))
    text = atom(item) if atom is not None else None
    if (
        text is None
        or len(before) + len(text) + len(after) + 4 > LINE_WIDTH
        or value.spread is not value.spread.WHEN_NEEDED
    ):
        return False
    lines.append(f"{indentation}{before}[ {text} ]{after}")
    return True

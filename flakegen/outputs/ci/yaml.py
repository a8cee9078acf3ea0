"""Text as YAML, and the one place where templates of it are rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flakegen.files import templates

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*")
# What YAML 1.1 or 1.2 takes for something else than a string; numbers are never plain here.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_SPECIAL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\uffff]"
)
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def scalar(text: str) -> str:
    """Return ``text`` as a YAML scalar that every parser reads as that very string: plain where it can be, else quoted."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.startswith(("..", "---")):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if _SPECIAL.match(character):
        return f"\\u{ord(character):04x}"
    return character


def block(lines: Iterable[str]) -> str:
    """Return lines as a literal block that is to be indented with its key, or quoted where YAML has no such form for them."""
    text = "".join(f"{line}\n" for line in lines)
    if not text.strip() or text[0] in " \n" or _SPECIAL.search(text):
        return scalar(text)
    return "|\n" + "".join(f"  {line}\n" if line else "\n" for line in text[:-1].split("\n"))[:-1]


def render(template: Path, values: Mapping[str, Any]) -> str:
    """Return a template's text; a name in it that has no value is an error."""
    return templates.render(template, {"scalar": scalar, "block": block}, values)

"""Where the Lark grammars lie: ``grammar/`` of a source checkout, ``flakegen/_grammar`` of an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_grammar", _PACKAGE.parent / "grammar")


@cache
def grammar_text(name: str) -> str:
    """Return the text of the grammar ``name`` (without ``.lark``), for instance ``grammar_text("nix")``.

    Raises:
        FileNotFoundError: when neither place holds the grammar, which means a broken installation.
    """
    for place in _PLACES:
        path = place / f"{name}.lark"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    msg = f"grammar {name}.lark is in none of {', '.join(map(str, _PLACES))}"
    raise FileNotFoundError(msg)

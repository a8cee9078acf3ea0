"""Did you mean: the nearest known name, for hints."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a wrong one; None if none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    found = get_close_matches(name, sorted(set(known)), n=1)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest name, if there is one."""
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else None

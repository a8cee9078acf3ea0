"""Did-you-mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.diagnostics.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(name: str, known: Iterable[str], *, likeness: float = 0.66) -> str | None:
    """Return the one of ``known`` that ``name`` was probably meant to be (at least ``likeness`` of 1), or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - 10 ms that only a mistake costs

    by_folded = {each.casefold().replace("_", "-"): each for each in sorted(known, reverse=True)}
    folded = name[:100].casefold().replace("_", "-")
    found = get_close_matches(folded, by_folded, n=1, cutoff=likeness)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], *, likeness: float = 0.66) -> str | None:
    """Return ``did you mean 'x'?`` for the likeliest of ``known``, or None; see `closest`."""
    found = closest(name, known, likeness=likeness)
    return None if found is None else f"did you mean {quoted(found)}?"


def one_of(known: Iterable[str], *, most: int = 12) -> str:
    """Return ``known`` as a list in words: ``'a', 'b' or 'c'``, cut after ``most``."""
    names = [quoted(each) for each in known]
    if len(names) > most:
        return ", ".join(names[:most]) + f" and {len(names) - most} more"
    return _joined(names, "or") if names else "nothing"


def all_of(known: Iterable[str]) -> str:
    """Return ``known`` as a list in words: ``'a', 'b' and 'c'``."""
    return _joined([quoted(each) for each in known], "and")


def _joined(names: list[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), names[-1])))

"""What the Nix language cannot say, and what is no Nix."""

from __future__ import annotations


class NixValueError(ValueError):
    """A value that no Nix source text can express, such as a string with a NUL character."""


class NixSyntaxError(ValueError):
    """Text that is no Nix expression.

    ``offset`` counts characters from 0, ``line`` and ``column`` from 1; ``hint`` may say what to do.
    """

    def __init__(self, message: str, text: str, offset: int, hint: str | None = None) -> None:
        offset = min(offset, len(text))
        self.message = message
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        self.hint = hint
        super().__init__(f"{self.line}:{self.column}: {message}")

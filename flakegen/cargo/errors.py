"""What a user can get wrong in a Cargo workspace, as data: every problem carries its place and a way out.

Nothing here prints; the command line and the pipeline turn problems into text or into their own diagnostics.
"""

from __future__ import annotations

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """One mistake: a stable ``code``, a lowercase phrase, and where known the file, place (from 1) and remedy."""

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Render as ``path:line:column: error[code]: message`` with the hint on its own line."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        text = (
            f"{place}: error[{self.code}]: {self.message}" if place else f"error[{self.code}]: {self.message}"
        )
        return f"{text}\nhint: {self.hint}" if self.hint else text


class CargoError(Exception):
    """The family of everything a user can cause; holds one or several problems, never none."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    @property
    def path(self) -> str | None:
        """The file of the first problem."""
        return self.problems[0].path

    @property
    def position(self) -> tuple[int, int] | None:
        """Line and column (from 1) of the first problem, where known."""
        first = self.problems[0]
        return None if first.line is None else (first.line, first.column or 1)

    @property
    def message(self) -> str:
        """The message of the first problem."""
        return self.problems[0].message

    @property
    def hint(self) -> str | None:
        """The remedy of the first problem."""
        return self.problems[0].hint

    @property
    def code(self) -> str:
        """The code of the first problem."""
        return self.problems[0].code


class TomlError(CargoError):
    """A file that cannot be read, or is no TOML."""


class ManifestError(CargoError):
    """A manifest that cargo would refuse."""


class LockError(CargoError):
    """A Cargo.lock that is missing, malformed, or does not fit the manifests."""


class WorkspaceError(CargoError):
    """Members, roots or excludes that do not fit together."""


class ConfigError(CargoError):
    """A cargo configuration file or variable with a wrong value."""


class CfgError(CargoError):
    """A `cfg(…)` expression that does not parse."""


class PlatformError(CargoError):
    """A target triple that is not known."""


class ProfileError(CargoError):
    """A profile that does not exist, inherits in a circle, or has an impossible value."""


class SelectionError(CargoError):
    """A package, target or feature selection that fits nothing."""


class FactsError(CargoError):
    """Facts of a registry or git crate that are missing or damaged."""


def raise_all(kind: type[CargoError], problems: list[Problem]) -> None:
    """Raise ``kind`` with all collected problems, or do nothing when there are none."""
    if problems:
        raise kind(*problems)

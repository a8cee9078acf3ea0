"""What is wrong with the input or the machine, as diagnostics: the one place where commands catch errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.diagnostics.render import to_json as one_to_json
from flakegen.diagnostics.text import quoted
from flakegen.nix.errors import NixValueError

Result = TypeVar("Result")


def attempt(work: Callable[[], Result], wrong: list[Diagnostic]) -> Result | None:
    """Return what ``work`` returns; what keeps it from doing so is added to ``wrong``, and None returned.

    A closed standard stream is not the input's fault, and goes on upwards.
    """
    try:
        return work()
    except DiagnosticError as error:
        wrong += error.diagnostics
    except NixValueError as error:  # of an expression in the spec, whose printer has no places
        wrong.append(Diagnostic(code=Code.NIX_SYNTAX, message=str(error), span=None))
    except BrokenPipeError:
        raise
    except OSError as error:
        wrong.append(_of_system(error))
    return None


def no_spec() -> Diagnostic:
    """Return what is said when there is nothing to work on."""
    hint = "name one: flakegen compile path/to/spec.toml"
    return Diagnostic(
        code=Code.MISSING_FILE, message="no spec given, and none in specs/", span=None, hint=hint
    )


def same_output(folder: str, specs: Iterable[str]) -> Diagnostic:
    """Return what is said when several specs would write over each other's files."""
    names = " and ".join(quoted(spec) for spec in specs)
    hint = "give each a folder of its own with project.output"
    return Diagnostic(code=Code.OUTPUT, message=f"{names} write to {quoted(folder)}", span=None, hint=hint)


def to_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return diagnostics as JSON values."""
    return [one_to_json(each) for each in diagnostics]


def _shown(path: str) -> str:
    """Return a path as a user would type it: relative where that is no detour."""
    try:
        relative = os.path.relpath(path)
    except OSError:  # the working directory is gone
        return path
    return path if relative.startswith("..") else relative


def _of_system(error: OSError) -> Diagnostic:
    name = error.filename
    place = f"{quoted(_shown(os.fsdecode(name)), longest=400)}: " if isinstance(name, str | bytes) else ""
    message = f"cannot read or write {place}{(error.strerror or str(error)).lower()}"
    return Diagnostic(code=Code.OUTPUT, message=message, span=None)

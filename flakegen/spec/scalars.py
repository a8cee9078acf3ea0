"""Converters for everything that one TOML string or boolean stands for."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.text import quoted
from flakegen.spec.decoding import INVALID, Converter, Decoding, Invalid, Use
from flakegen.spec.keypath import KeyPath, show
from flakegen.spec.paths import PathProblem, kind_problem
from flakegen.spec.reference import (
    ReferenceSyntaxError,
    parse_package,
    parse_sole_reference,
    parse_template,
)
from flakegen.spec.schema import PACKAGE_LIKE, PURE, Rule
from flakegen.spec.values import NixExpr, PackageRef, Ref, Reference, SpecPath, Template

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 100_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def string(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> str | Invalid:
    """Decode one line of text that says something."""
    return _plain(
        run, _checked(run, value, path, breaks=False, may_be_empty=rule.may_be_empty or False), path
    )


def text(run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> str | Invalid:
    """Decode free text."""
    return _plain(run, _checked(run, value, path, breaks=True, may_be_empty=True), path)


def _plain(run: Decoding, checked: str | Invalid, path: KeyPath) -> str | Invalid:
    """Return ``checked`` unless it holds what would be a reference elsewhere; it must not become text unnoticed."""
    if checked is INVALID or "@{" not in checked:
        return checked
    message = f"{show(path)} takes no references"
    return run.report(path, Code.WRONG_REFERENCE, message, offset=checked.index("@{"), length=2)


def boolean(run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> bool | Invalid:
    """Decode ``true`` or ``false``."""
    return value if isinstance(value, bool) else run.wrong_type(path, "a boolean", value)


def number(least: int, most: int) -> Converter:
    """Return the converter for whole numbers in a range."""

    def convert(run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> int | Invalid:
        if not isinstance(value, int) or isinstance(value, bool):
            return run.wrong_type(path, "a whole number", value)
        if least <= value <= most:
            return value
        message = f"{show(path)} is {value}, which makes no sense"
        return run.report(path, Code.BAD_VALUE, message, hint=f"give a number from {least} to {most}")

    return convert


def template(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> Template | Invalid:
    """Decode a string with references."""
    checked = _checked(run, value, path, breaks=True, may_be_empty=rule.may_be_empty is not False)
    if checked is INVALID:
        return INVALID
    try:
        parsed = parse_template(checked, path)
    except ReferenceSyntaxError as error:
        return _bad_reference(run, path, error)
    if len(parsed.parts) > 1 or parsed.literal is None:
        accepts = rule.accepts or PURE
        run.uses.extend(Use(reference=each, accepts=accepts) for each in parsed.references())
    return parsed


def ref(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> Reference | Invalid:
    """Decode exactly one reference."""
    parse = partial(parse_sole_reference, Ref)
    return _one_reference(run, value, path, rule.accepts or PACKAGE_LIKE, parse)


def package(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> Reference | Invalid:
    """Decode an attribute path of nixpkgs, or one reference."""
    parse = partial(parse_package, PackageRef)
    return _one_reference(run, value, path, rule.accepts or PACKAGE_LIKE, parse)


def _one_reference(
    run: Decoding,
    value: Any,
    path: KeyPath,
    accepts: frozenset[Any],
    parse: Callable[[str, KeyPath], Reference],
) -> Reference | Invalid:
    checked = _checked(run, value, path, breaks=False, may_be_empty=False)
    if checked is INVALID:
        return INVALID
    try:
        parsed = parse(checked, path)
    except ReferenceSyntaxError as error:
        return _bad_reference(run, path, error)
    run.uses.append(Use(reference=parsed, accepts=accepts))
    return parsed


def _bad_reference(run: Decoding, path: KeyPath, error: ReferenceSyntaxError) -> Invalid:
    return run.report(
        path, error.code, error.message, hint=error.hint, offset=error.offset, length=error.length
    )


def nix_expr(run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> NixExpr | Invalid:
    """Decode the text of a Nix expression."""
    checked = _checked(run, value, path, breaks=True, may_be_empty=False)
    return INVALID if checked is INVALID else NixExpr(text=checked, where=path)


def spec_path(run: Decoding, value: Any, path: KeyPath, rule: Rule) -> SpecPath | Invalid:
    """Decode the path of something that is there, inside the project root."""
    written = _checked(run, value, path, breaks=False, may_be_empty=False)
    if written is INVALID:
        return INVALID
    try:
        relative = run.layout.relative(written)
    except PathProblem as problem:
        return run.report(path, problem.code, problem.message, hint=problem.hint)
    if not run.layout.holds(relative, run.files):
        message = f"path {quoted(written)} leaves the project root through a symlink"
        return run.report(path, Code.PATH_LEAVES_ROOT, message)
    problem_kind = kind_problem(run.layout.absolute(relative), rule.on_disk, run.files)
    if problem_kind:
        code = Code.MISSING_FILE if problem_kind == "does not exist" else Code.BAD_PATH
        hint = f"it is looked for at {quoted(str(relative))} in the project root"
        return run.report(path, code, f"{quoted(written)} {problem_kind}", hint=hint)
    return SpecPath(text=written, relative=relative, where=path)


def amount(run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> int | Invalid:
    """Decode how many of something there are: one or more."""
    if not isinstance(value, int) or isinstance(value, bool):
        return run.wrong_type(path, "an integer", value)
    if 1 <= value <= _MOST:
        return value
    return run.report(path, Code.BAD_VALUE, f"{show(path)} is a number from 1 to {_MOST}, not {value}")


def _checked(run: Decoding, value: Any, path: KeyPath, *, breaks: bool, may_be_empty: bool) -> str | Invalid:
    """Return ``value`` when it is a string without control characters, with line breaks only if ``breaks``."""
    if not isinstance(value, str):
        return run.wrong_type(path, "a string", value)
    if not value.strip() and not may_be_empty:
        return run.report(path, Code.EMPTY, f"{show(path)} must not be empty")
    found = (_CONTROL if breaks else _CONTROL_OR_BREAK).search(value)
    if found is None:
        return value
    what = "a line break" if found[0] == "\n" else f"the control character U+{ord(found[0]):04X}"
    message = f"{show(path)} must not hold {what}"
    return run.report(path, Code.CONTROL_CHARACTER, message, offset=found.start())

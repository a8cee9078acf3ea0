"""Makefile: the tasks of the spec as targets, for GNU make and that of the BSDs alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from flakegen.files.templates import render
from flakegen.outputs.header import header
from flakegen.plan.model import BuildPlan, TaskPlan

_TEMPLATE = Path(__file__).with_name("Makefile.jinja")
_NEXT = " \\\n\t  "
"""Where a recipe's line goes on; make leaves what is before it and after it to the shell."""


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield the Makefile; nothing without tasks."""
    if not plan.tasks:
        return
    listed = [("help", "Lists the tasks"), *((task.name, task.description) for task in plan.tasks)]
    widest = max(len(name) for name, _ in listed)
    help_lines = (f"{name:{widest}}  {description}".rstrip() for name, description in listed)
    values = {
        "header": header(plan),
        "spec": _word(plan.spec),
        "tasks": [_target(task) for task in plan.tasks],
        "help": _words(help_lines),
    }
    yield "Makefile", render(_TEMPLATE, {}, values)


def _target(task: TaskPlan) -> dict[str, object]:
    folder = "" if task.directory == "." else f"cd {_word(task.directory)} && "
    return {"name": task.name, "needs": task.needs, "folder": folder, "script": _script(task.text)}


def _script(text: str) -> str:
    """Return a script as one word: a recipe has no line breaks, so that several lines are put together by the shell."""
    lines = text.rstrip("\n").split("\n")
    return _word(lines[0]) if len(lines) == 1 else f"\"$$(printf '%s\\n'{_NEXT}{_words(lines)})\""


def _words(lines: Iterable[str]) -> str:
    return _NEXT.join(_word(line) for line in lines)


def _word(text: str) -> str:
    r"""Return one line as a word of a shell command in a recipe: of what make would read there, only `$` is left."""
    return "'" + text.replace("'", "'\\''").replace("$", "$$") + "'"

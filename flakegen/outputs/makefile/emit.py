"""Makefile: the tasks of the spec as targets, for GNU make and that of the BSDs alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from flakegen.outputs.header import header
from flakegen.plan.model import BuildPlan, TaskPlan

_TEMPLATE = "Makefile.jinja"
_NEXT = " \\\n\t  "
"""Where a recipe's line goes on; make leaves what is before it and after it to the shell."""


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield the Makefile; nothing without tasks."""
    if not plan.tasks:
        return
    import jinja2  # noqa: PLC0415  # only where there are tasks

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # no HTML; what make and the shell read is escaped by `_word`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    listed = [("help", "Lists the tasks"), *((task.name, task.description) for task in plan.tasks)]
    widest = max(len(name) for name, _ in listed)
    yield "Makefile", environment.get_template(_TEMPLATE).render(
        header=header(plan),
        spec=_word(plan.spec),
        tasks=[_target(task) for task in plan.tasks],
        help=_words(f"{name:{widest}}  {description}".rstrip() for name, description in listed),
    )


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

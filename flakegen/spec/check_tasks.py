"""What tasks must be as a whole: they need tasks that there are, and are no app under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Related
from flakegen.diagnostics.suggest import did_you_mean, one_of
from flakegen.diagnostics.text import quoted
from flakegen.spec.keypath import KeyPath, Part, show
from flakegen.spec.values import Namespace, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flakegen.spec.decoding import Decoding

TASKS = "tasks"


def check_tasks(run: Decoding, raw: Mapping[str, Any]) -> None:
    """Report needs that are no tasks, and tasks that become the same app as an entry of `[apps]`."""
    tasks, apps = _section(raw, TASKS), _section(raw, "apps")
    for where, name in _needs(tasks):
        if name not in tasks:
            message = f"{show(where)} is {quoted(name)}, which is no task"
            hint = did_you_mean(name, tasks) or f"the tasks are {one_of(tasks)}"
            run.report(where, Code.DANGLING_REFERENCE, message, hint=hint)
    for name in tasks:
        if name in apps:
            _report_same_app(run, name)


def uses_of_tasks(raw: Mapping[str, Any]) -> Iterator[tuple[KeyPath, KeyPath, Reference]]:
    """Yield for each need the task, the one that it needs, and the need as the reference to an app that it amounts to."""
    tasks = _section(raw, TASKS)
    for where, name in _needs(tasks):
        if name in tasks:
            reference = Reference(
                namespace=Namespace.APPS, name=(name,), where=where, offset=0, length=len(name)
            )
            yield where[:2], (TASKS, name), reference


def _section(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = raw.get(name)
    return section if isinstance(section, dict) else {}


def _needs(tasks: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for name, task in tasks.items():
        needs = task.get("needs") if isinstance(task, dict) else None
        for index, needed in enumerate(needs if isinstance(needs, list) else ()):
            if isinstance(needed, str):
                yield (TASKS, name, "needs", index), needed


def _report_same_app(run: Decoding, name: str) -> None:
    path, first = (TASKS, name), ("apps", name)
    related = Related(message=f"{show(first)} becomes it too", span=run.source.span_of(first, Part.KEY))
    message = f"{show(path)} becomes the output apps.{name}, which is taken"
    run.problems.add(
        run.source.diagnose(
            path,
            Code.DUPLICATE_OUTPUT,
            message,
            part=Part.KEY,
            hint="give one of them another name",
            related=(related,),
        )
    )

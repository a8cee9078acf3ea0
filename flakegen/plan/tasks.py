"""Tasks of a spec: as apps of the flake, and as texts for make, which are the same commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from flakegen.nix import build as nix
from flakegen.nix.ast import Expr
from flakegen.plan.model import Output, TaskPlan
from flakegen.plan.scope import Scope
from flakegen.spec.task import Task
from flakegen.spec.values import Namespace, TaskName, Template

HELPER = "task.nix"
"""The fixed file that makes programs of tasks; it goes to a task's folder as the Makefile does."""


def lower_tasks(scope: Scope) -> tuple[tuple[Output, ...], tuple[TaskPlan, ...]]:
    """Return the apps that the tasks become, and what make is told of them, in the order of the spec."""
    tasks = scope.spec.tasks
    systems = tuple(sorted(system.value for system in scope.spec.project.systems))
    apps = tuple(
        Output(section="apps", name=name, systems=systems, value=_app(name, task, scope))
        for name, task in tasks.items()
    )
    return apps, tuple(_plan(name, task, scope) for name, task in tasks.items())


def _app(name: TaskName, task: Task, scope: Scope) -> Expr:
    app: dict[str, object] = {"type": "app", "program": _program(name, scope)}
    if task.description is not None:
        app["meta"] = {"description": task.description}
    return nix.attrs(app)


def _program(name: TaskName, scope: Scope, *, alone: bool = False) -> Expr:
    """Return the path of a program that runs a task, after all those that it needs, each once, unless it is to run alone."""
    tasks = scope.spec.tasks
    task = tasks[name]
    arguments: dict[str, object] = {
        "name": name,
        "spec": str(scope.spec.layout.spec),
        "directory": _directory(task, scope),
        "script": scope.text(task.script),
    }
    if task.packages:
        arguments["packages"] = scope.references(task.packages)
    if task.env:
        arguments["env"] = scope.templates(task.env)
    if task.needs and not alone:
        arguments["before"] = [
            _program(each, scope, alone=True) if tasks[each].needs else nix.select("apps", each, "program")
            for each in _before(name, tasks)
        ]
    return nix.call(nix.call("import", nix.path(f"./{HELPER}"), {"pkgs": nix.identifier("pkgs")}), arguments)


def _before(name: TaskName, tasks: Mapping[TaskName, Task]) -> list[TaskName]:
    """Return all that a task needs, near or far, in an order in which it can be run."""
    order: dict[TaskName, None] = {}
    stack: list[tuple[TaskName, bool]] = [(each, False) for each in reversed(tasks[name].needs)]
    while stack:
        each, is_done = stack.pop()
        if is_done:
            order[each] = None
        elif each not in order:
            stack.append((each, True))
            stack += [(needed, False) for needed in reversed(tasks[each].needs) if needed not in order]
    return list(order)


def _plan(name: TaskName, task: Task, scope: Scope) -> TaskPlan:
    tasks = scope.spec.tasks
    text = _plain_text(task, scope)
    description = task.description or ""
    if text is None or any(_plain_text(tasks[each], scope) is None for each in _before(name, tasks)):
        call = f"exec nix run {shlex.quote(_flake(scope))}#{name}"
        return TaskPlan(name=name, description=description, needs=(), directory=".", text=call)
    return TaskPlan(
        name=name,
        description=description,
        needs=tuple(task.needs),
        directory=_directory(task, scope),
        text=text,
    )


def _plain_text(task: Task, scope: Scope) -> str | None:
    """Return a task's environment and script as bash; None if it refers to what only Nix can tell."""
    script = _plain(task.script, scope)
    values = {variable: _plain(value, scope) for variable, value in sorted(task.env.items())}
    if script is None or None in values.values():
        return None
    exports = (f"export {variable}={shlex.quote(value or '')}\n" for variable, value in values.items())
    return "".join((*exports, script))


def _plain(template: Template, scope: Scope) -> str | None:
    parts = tuple(_text_of(template, scope))
    return None if None in parts else "".join(part or "" for part in parts)


def _text_of(template: Template, scope: Scope) -> Iterator[str | None]:
    for part in template.parts:
        if isinstance(part, str):
            yield part
        else:
            yield scope.project_text(part) if part.namespace is Namespace.PROJECT else None


def _flake(scope: Scope) -> str:
    """Return the flake, seen from the project's root."""
    return "." if scope.to_root == "." else f"./{scope.spec.layout.output}"


def _directory(task: Task, scope: Scope) -> str:
    """Return a task's folder, seen from the project's root, such that no `cd` takes it for an option."""
    cargo = scope.spec.cargo
    folder = task.directory or (None if cargo is None else cargo.workspace)
    return "." if folder is None or str(folder.relative) == "." else f"./{folder.relative}"

"""Images as Docker makes them: what a Dockerfile can say of an image, and what it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flakegen.builders.image import Dockerfiles, Image, account, full_name
from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.text import quoted
from flakegen.plan.model import DockerfilesPlan
from flakegen.plan.scope import Scope
from flakegen.spec.keypath import show
from flakegen.spec.values import Template

_PROGRAM = re.compile(r"/bin/([A-Za-z0-9_][A-Za-z0-9._+-]*)")


def lower_dockerfiles(scope: Scope) -> Iterator[DockerfilesPlan]:
    """Yield the images that are made with Docker, too; what a Dockerfile cannot say is collected as a problem."""
    for name, image in scope.spec.images.items():
        if isinstance(image, Image) and image.dockerfiles is not None:
            yield _plan(name, image, image.dockerfiles, scope)


def _plan(name: str, image: Image, dockerfiles: Dockerfiles, scope: Scope) -> DockerfilesPlan:
    entrypoint = tuple(_text(word, scope) for word in image.entrypoint)
    program = _program(image.entrypoint[0], entrypoint[0], scope)
    _, uid, gid = account(image.user)
    return DockerfilesPlan(
        folder=f"images/{name}",
        image=full_name(name, image),
        program=program,
        version=scope.version,
        account=f"{uid}:{gid}",
        work_dir=image.work_dir,
        entrypoint=entrypoint,
        cmd=tuple(_text(word, scope) for word in image.cmd),
        env=_lines(image.env, scope),
        labels=_lines(image.labels, scope),
        ports=tuple(sorted(image.ports)),
        base=dockerfiles.base,
        download=dockerfiles.download.replace("{program}", program),
        check_with=dockerfiles.check_with,
    )


def _program(word: Template, path: str, scope: Scope) -> str:
    found = _PROGRAM.fullmatch(path)
    if found is None:
        message = f"a Dockerfile is for a program in /bin, and {show(word.where)} is {quoted(path)}"
        hint = "leave 'dockerfiles' out, or name the program as /bin/name"
        scope.problems.add(scope.spec.diagnose(word.where, Code.BAD_VALUE, message, hint=hint))
        return ""
    return found[1]


def _text(template: Template, scope: Scope) -> str:
    """Return the text; what only Nix knows cannot stand in a Dockerfile."""
    text = scope.literal(template)
    if text is not None:
        return text
    for reference in template.references():
        message = f"{show(template.where)} refers to {quoted(reference.written)}, which no Dockerfile can"
        hint = "with 'dockerfiles', an image refers to nothing but the project"
        scope.problems.add(
            scope.spec.diagnose(
                template.where,
                Code.WRONG_REFERENCE,
                message,
                hint=hint,
                offset=reference.offset,
                length=reference.length,
            )
        )
        break
    return ""


def _lines(values: Mapping[Any, Template], scope: Scope) -> dict[str, str]:
    """Return the texts of a table, by sorted name; instructions are lines, so they cannot span any."""
    texts = {name: _text(values[name], scope) for name in sorted(values)}
    for name, text in texts.items():
        if "\n" in text:
            where = values[name].where
            message = (
                f"{show(where)} must not hold a line break, as an instruction of a Dockerfile is one line"
            )
            scope.problems.add(scope.spec.diagnose(where, Code.CONTROL_CHARACTER, message))
    return texts

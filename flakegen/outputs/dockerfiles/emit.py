"""Dockerfiles of images: one for a release candidate, one for the release, and the variables that both take."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from flakegen.files.templates import render
from flakegen.outputs.header import header
from flakegen.plan.model import BuildPlan

_TEMPLATES = ("Dockerfile.rc", "Dockerfile.release", ".env")
_SPECIAL = re.compile(r"[\\\"'$]")
_NO_VERSION = re.compile(r"[^A-Za-z0-9._+~-]")


def emit(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """Yield the files of each image that Docker makes, too."""
    if not plan.dockerfiles:
        return
    above = "".join(f"# {line}\n" for line in header(plan))
    for image in plan.dockerfiles:
        for name in _TEMPLATES:
            template = Path(__file__).with_name(f"{name.removeprefix('.')}.jinja")
            text = render(template, _FILTERS, {"image": image, "plan": plan})
            yield f"{image.folder}/{name}", above + text


def words(texts: list[str]) -> str:
    r"""Return the arguments of ADD and COPY: a JSON array, whose strings Docker takes for words of a shell.

    ``${…}`` is replaced in them; what is to stand for itself has a ``\`` before it. A marker ``{version}`` becomes the
    argument of that name.
    """
    escaped = (_SPECIAL.sub(r"\\\g<0>", text).replace("{version}", "${VERSION}") for text in texts)
    return json.dumps(list(escaped))


def exec_form(texts: list[str]) -> str:
    """Return a JSON array for RUN, ENTRYPOINT and CMD, in which Docker replaces nothing."""
    return json.dumps(list(texts))


def version_word(text: str) -> str:
    """Return a version that says the same to shells, compose and readers of ``.env`` files."""
    return _NO_VERSION.sub("-", text)


_FILTERS: dict[str, Callable[..., str]] = {
    "words": words,
    "exec": exec_form,
    "shell": shlex.quote,
    "quoted": shlex.quote,  # ENV, LABEL and WORKDIR take single quotes as a shell does, and replace nothing in them
    "version": version_word,
}

"""Templates of texts that are no Nix; each text format brings the filters that escape its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def render(template: Path, filters: Mapping[str, Callable[..., Any]], values: Mapping[str, Any]) -> str:
    """Return a template's text.

    Args:
        template: the file.
        filters: what its values go through; nothing else escapes them.
        values: by name; one that is missing is an error.
    """
    import jinja2  # noqa: PLC0415  # only where a text is made of one

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # no HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters)
    return environment.get_template(template.name).render(values)

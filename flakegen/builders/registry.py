"""The one ordered list of kinds; a new kind is one new file here and one line below."""

from __future__ import annotations

from flakegen.builders import (
    alias,
    cargo_check,
    crate,
    crate_deps,
    dev_shell,
    drift,
    image,
    join,
    nix_expr,
    nix_file,
    program,
    script,
    sqlx_check,
    tool,
    wrap,
)
from flakegen.builders.builder import Builder
from flakegen.spec.kinds import Kind
from flakegen.spec.tables import KindTable

BUILDERS: tuple[Builder, ...] = (
    crate.BUILDER,
    crate_deps.BUILDER,
    wrap.BUILDER,
    join.BUILDER,
    alias.BUILDER,
    tool.BUILDER,
    *nix_file.BUILDERS,
    *nix_expr.BUILDERS,
    dev_shell.BUILDER,
    cargo_check.BUILDER,
    drift.BUILDER,
    sqlx_check.BUILDER,
    image.BUILDER,
    *script.BUILDERS,
    program.BUILDER,
)

KINDS: tuple[Kind, ...] = tuple(builder.kind for builder in BUILDERS)

_BY_TABLE = {builder.kind.table: builder for builder in BUILDERS}


def builder_of(table: KindTable) -> Builder:
    """Return the builder of a decoded entry."""
    return _BY_TABLE[type(table)]

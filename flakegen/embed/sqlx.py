"""What sqlx's macros read: migrations, query files, and the prepared queries in `.sqlx`.

A prepared query is `query-<sha256 of the SQL's text>.json`, looked for per query in $SQLX_OFFLINE_DIR, the package's
`.sqlx` and the workspace's `.sqlx` (sqlx-macros-core, `expand_input`). `.env` files are no inputs: they belong to one
machine, may hold secrets, and a hermetic build has its variables from elsewhere.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from flakegen.embed.inputs import PREPARED, FindingKind, FolderInput
from flakegen.embed.lexer import Token, TokenKind, split_commas, string_value, strings_in
from flakegen.embed.literals import Unknown, added_strings
from flakegen.embed.paths import join
from flakegen.embed.readers import Base, Invocation, inner, named_values
from flakegen.embed.settings import toml_value

if TYPE_CHECKING:
    from flakegen.embed.lexer import Tree

MIGRATION = r"[0-9]+_.*\.sql"
_LONGEST = 48


def read_migrations(use: Invocation) -> None:
    """`migrate!()` and `migrate!("folder")`: one folder, not those below it."""
    settings = join(use.package_dir, "sqlx.toml") or ""
    use.collector.add_file(settings, use.place, named=False)
    parts = split_commas(use.arguments)
    value = use.evaluation.value(parts[0]) if parts else None
    if value is None:
        configured = toml_value(use.disk, settings, "migrate", "migrations-dir")
        value = configured if isinstance(configured, str) else "migrations"
    if isinstance(value, Unknown):
        message = f"the argument of migrate! {value.value}, so its folder is not known"
        use.collector.find(use.place, FindingKind.UNKNOWN, message)
        return
    use.add_folder(use.package_dir, value, recursive=False, pattern=MIGRATION)


def read_query(use: Invocation) -> None:
    """`query!("…")`, `query_scalar!("…")`, `query_as!(Type, "…")`."""
    part = _sql_part(use)
    sql = added_strings(part) if part else None
    _settings(use)
    if sql is None:
        read_all_prepared(use)
    else:
        _prepared(use, sql)


def read_query_file(use: Invocation) -> None:
    """`query_file!("path")`, `query_file_as!(Type, "path")`: the file, and what was prepared for its text."""
    part = _sql_part(use)
    value = use.evaluation.value(part) if part else Unknown.NOT_LITERAL
    _settings(use)
    if isinstance(value, Unknown):
        message = f"the path given to {use.name}! {value.value}, so the file is not known"
        use.collector.find(use.place, FindingKind.UNKNOWN, message)
        read_all_prepared(use)
        return
    path = use.collector.resolve(use.package_dir, value, use.place)
    if path is None:
        return
    use.collector.add_file(path, use.place)
    raw = use.disk.bytes_of(path)
    if raw is not None:
        _prepared(use, raw.decode("utf-8", "surrogateescape"))


def read_all_prepared(use: Invocation) -> None:
    """Queries whose text is made by other macros: every prepared query may be read."""
    for folder in _prepared_folders(use):
        if use.disk.is_folder(folder):
            use.collector.add_folder(FolderInput(path=folder, recursive=False, pattern=PREPARED), use.place)
            _note_offline(use, folder)


def read_test(use: Invocation) -> None:
    """`#[sqlx::test(fixtures("x"), migrations = "folder")]`."""
    migrations: str | None = "migrations"
    named = False
    for name, value in named_values(inner(use)):
        literals = [string_value(token.text) or "" for token in strings_in(value)]
        if name == "migrations":
            migrations = literals[0] if literals else None
            named = True
        elif name == "migrator":
            migrations = None
        elif name == "fixtures":
            _fixtures(use, value, literals)
    if migrations is not None:
        use.add_folder(use.package_dir, migrations, recursive=False, pattern=MIGRATION, named=named)


def _fixtures(use: Invocation, items: tuple[Tree, ...], literals: list[str]) -> None:
    named = dict(named_values(items))
    folder = "fixtures"
    if "path" in named:
        folder, literals = literals[0], literals[1:]
    for name in literals:
        file = name if name.endswith(".sql") else f"{name}.sql"
        use.add_file(use.file_dir, file if "/" in name else f"{folder}/{file}")


def _sql_part(use: Invocation) -> tuple[Tree, ...]:
    parts = split_commas(use.arguments)
    if "_as" not in use.name:
        return parts[0] if parts else ()
    # A type may hold commas: `query_as!(Row<A, B>, "…")`.
    literal = (part for part in parts[1:] if _starts_with_string(part))
    return next(literal, parts[1] if len(parts) > 1 else ())


def _starts_with_string(part: tuple[Tree, ...]) -> bool:
    return bool(part) and isinstance(part[0], Token) and part[0].kind is TokenKind.STRING


def _settings(use: Invocation) -> None:
    use.add_file(use.package_dir, "sqlx.toml", named=False)


def _prepared_folders(use: Invocation) -> list[str]:
    """In the order in which sqlx looks; a relative $SQLX_OFFLINE_DIR counts from where cargo starts rustc."""
    configured = use.evaluation.variables.get("SQLX_OFFLINE_DIR")
    found = [
        *([] if configured is None else [join(use.folder_of(Base.WORKSPACE), configured)]),
        *(join(use.folder_of(base), ".sqlx") for base in (Base.PACKAGE, Base.WORKSPACE)),
    ]
    return list(dict.fromkeys(folder for folder in found if folder is not None))


def _prepared(use: Invocation, sql: str) -> None:
    name = f"query-{sha256(sql.encode('utf-8', 'surrogateescape')).hexdigest()}.json"
    folders = _prepared_folders(use)
    for folder in folders:
        if use.disk.is_file(f"{folder}/{name}"):
            use.collector.add_file(f"{folder}/{name}", use.place)
            _note_offline(use, folder)
            return
    for folder in folders:
        use.collector.add_file(f"{folder}/{name}", use.place, named=False)
    use.collector.find(
        use.place,
        FindingKind.UNPREPARED,
        f"no prepared query for this {use.name}!, `{_beginning(sql)}`, in {' or '.join(folders)}",
        "run `cargo sqlx prepare --workspace`, with `-- --all-targets` for queries in tests",
    )


def _beginning(sql: str) -> str:
    """The first words of a query, on one line."""
    words = " ".join(sql.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"


def _note_offline(use: Invocation, folder: str) -> None:
    """A unit is told of one folder beside its package's own; of two, the one that sqlx looks into first.

    That there is no database it is told where nobody says otherwise.
    """
    use.collector.sqlx_offline |= "SQLX_OFFLINE" not in use.evaluation.variables
    known = use.collector.sqlx_offline_dir
    if folder != join(use.package_dir, ".sqlx") and (known is None or folder == _prepared_folders(use)[0]):
        use.collector.sqlx_offline_dir = folder

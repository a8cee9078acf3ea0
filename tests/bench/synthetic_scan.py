"""A made-up workspace that is much Rust: many crates, thousands of files, embeds of all common kinds.

Crates whose macros read files are stand-ins without code: only their names count for a scan.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from synthetic_rust import module

_FILE_SIZE = 10_000
_FILES = 30  # of each crate
_READERS = ("sqlx", "include_dir", "rust-embed", "askama", "graphql_client", "refinery")
_SQL = "select id, amount from ledger where id = $1"

# What a crate embeds, in turns: dependency, code, files beside the manifest.
_EMBEDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("", 'pub const MAIL: &str = include_str!("../texts/mail.txt");\n', {"texts/mail.txt": "Dear {{name}}\n"}),
    (
        "",
        'pub const LOGO: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/logo.svg"));\n',
        {"logo.svg": "<svg/>\n"},
    ),
    (
        "sqlx",
        'pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");\n',
        {f"migrations/{number:03}_change.sql": f"ALTER TABLE t ADD c{number} int;\n" for number in range(8)},
    ),
    (
        "sqlx",
        f'pub async fn one(db: &Db) {{ sqlx::query!("{_SQL}", 1).fetch_one(db).await }}\n',
        {f".sqlx/query-{sha256(_SQL.encode()).hexdigest()}.json": "{}\n"},
    ),
    (
        "",
        ('macro_rules! text { ($name:literal) => { include_str!(concat!("../texts/", $name, ".txt")) }; }\n'
        'pub const NOTE: &str = text!("note");\n'),
        {"texts/note.txt": "Note\n"},
    ),
    (
        "include_dir",
        'pub static ASSETS: Dir = include_dir::include_dir!("$CARGO_MANIFEST_DIR/assets");\n',
        {f"assets/{number}.css": "a {}\n" for number in range(5)},
    ),
    (
        "rust-embed",
        '#[derive(rust_embed::RustEmbed)]\n#[folder = "web"]\npub struct Web;\n',
        {f"web/{number}.html": "<p>\n" for number in range(5)},
    ),
    (
        "askama",
        '#[derive(askama::Template)]\n#[template(path = "page.html")]\npub struct Page;\n',
        {"templates/page.html": "<p>{{ name }}\n"},
    ),
    (
        "graphql_client",
        '#[derive(GraphQLQuery)]\n#[graphql(schema_path = "schema.graphql", query_path = "q.graphql")]\npub struct Q;\n',
        {"schema.graphql": "type Query { a: Int }\n", "q.graphql": "query Q { a }\n"},
    ),
    (
        "refinery",
        "mod embedded { refinery::embed_migrations!(); }\n",
        {"migrations/V1__first.sql": "CREATE TABLE t (c int);\n"},
    ),
)  # fmt: skip


def make_sources(folder: Path, size: int) -> Path:
    """Write a workspace with ``size`` bytes of Rust and a spec; return the spec."""
    crates = max(1, size // (_FILE_SIZE * _FILES))
    files = {name: text for number in range(crates) for name, text in _crate(number)}
    for name in _READERS:
        files[f"readers/{name}/Cargo.toml"] = f'[package]\nname = "{name}"\nversion = "1.0.0"\n'
        files[f"readers/{name}/src/lib.rs"] = ""
    files["Cargo.toml"] = '[workspace]\nresolver = "2"\nmembers = ["crates/*", "readers/*"]\n'
    files["scan.toml"] = (
        '[project]\nname = "scan"\nroot = "."\n\n[cargo]\nworkspace = "."\n\n[packages.all]\ncrate-deps = "all"\n'
    )
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    subprocess.run(["cargo", "generate-lockfile", "--offline", "--quiet"], cwd=folder, check=True)
    return folder / "scan.toml"


def _crate(number: int) -> Iterator[tuple[str, str]]:
    """Yield the files of one crate: a root, five modules, and five inside each; each third has a build script."""
    name = f"crate-{number:03}"
    here = f"crates/{name}"
    reader, code, files = _EMBEDS[number % len(_EMBEDS)]
    needed = f'{reader} = {{ path = "../../readers/{reader}" }}\n' if reader else ""
    if number >= 10:
        needed += f'crate-{number - 10:03} = {{ path = "../crate-{number - 10:03}" }}\n'
    yield f"{here}/Cargo.toml", (
        f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n{needed}'
    )
    for path, text in files.items():
        yield f"{here}/{path}", text
    if number % 3 == 0:
        yield f"{here}/build.rs", 'fn main() { println!("cargo:rerun-if-changed=proto/a.proto"); }\n'
        yield f"{here}/proto/a.proto", 'syntax = "proto3";\n'
    groups = tuple(f"part{group}" for group in range(_FILES // 6))
    yield f"{here}/src/lib.rs", module(name, _FILE_SIZE, groups, code)
    for group in groups:
        inner = ("model", "store", "error", "job", "view")
        yield f"{here}/src/{group}.rs", module(f"{name}/{group}", _FILE_SIZE, inner)
        for part in inner:
            yield f"{here}/src/{group}/{part}.rs", module(f"{name}/{group}/{part}", _FILE_SIZE)

"""A workspace in which each way of embedding has a crate of its own; its macros read files as the real ones do."""

from __future__ import annotations

from pathlib import Path

from registries import write_files

SPEC = """
[project]
name = "shelf"
systems = ["x86_64-linux"]

[inputs]
nixpkgs = "github:NixOS/nixpkgs/nixos-unstable"

[cargo]
workspace = "code"

[packages.app]
crate = "app"
profile = "dev"

[packages.other]
crate = "other"
profile = "dev"

[checks.tests]
cargo = "test"

[checks.clippy]
cargo = "clippy"
all-targets = true

[checks.docs]
cargo = "doc"
"""

# Each macro gives the contents of files below the package's folder, one after the other by name.
_MACROS = r"""
use proc_macro::TokenStream;
use std::path::PathBuf;

fn read(input: &str, default: &str, prefix: &str) -> TokenStream {
    let named = input.split('"').nth(1).unwrap_or(default);
    let place = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join(prefix).join(named);
    let mut files = vec![place.clone()];
    if place.is_dir() {
        files = std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()).collect();
    }
    files.sort();
    let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    format!("{text:?}").parse().unwrap()
}

#[proc_macro]
pub fn migrate(input: TokenStream) -> TokenStream {
    read(&input.to_string(), "migrations", "")
}

#[proc_macro]
pub fn query_file(input: TokenStream) -> TokenStream {
    read(&input.to_string(), "", "")
}

#[proc_macro]
pub fn i18n(input: TokenStream) -> TokenStream {
    read(&input.to_string(), "locales", "")
}

#[proc_macro_derive(Template, attributes(template))]
pub fn template(input: TokenStream) -> TokenStream {
    let text = read(&input.to_string(), "", "templates");
    format!("impl Page {{ pub const TEXT: &'static str = {text}; }}").parse().unwrap()
}
"""

_BUILD = r"""
mod helper;

fn main() {
    println!("cargo:rerun-if-changed=proto");
    let mut files: Vec<_> = std::fs::read_dir("proto").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{out}/wire.rs"), helper::code(&text)).unwrap();
}
"""


def _manifest(name: str, *needs: str, more: str = "") -> str:
    dependencies = "".join(f"{need}\n" for need in needs)
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}\n[dependencies]\n{dependencies}'


def _macro(name: str) -> str:
    return f'{name} = {{ path = "../macros", package = "reading-macros" }}'


def _local(name: str) -> str:
    return f'{name} = {{ path = "../{name}" }}'


_LIBRARIES = ("store", "pages", "words", "wire")

FILES = {
    "code/Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n',
    "code/crates/macros/Cargo.toml": _manifest("reading-macros", more="[lib]\nproc-macro = true\n"),
    "code/crates/macros/src/lib.rs": _MACROS,
    "code/crates/base/Cargo.toml": _manifest("base"),
    "code/crates/base/src/lib.rs": "/// ```\n/// base::one();\n/// ```\npub fn one() {}\n",
    "code/crates/store/Cargo.toml": _manifest("store", _macro("sqlx"), more='[[bench]]\nname = "speed"\nharness = false\n'),
    "code/crates/store/src/lib.rs": (
        'pub const STEPS: &str = sqlx::migrate!();\npub const QUERY: &str = sqlx::query_file!("queries/all.sql");\n'
    ),
    "code/crates/store/migrations/1_first.sql": "first migration;",
    "code/crates/store/queries/all.sql": "first query;",
    "code/crates/store/tests/it.rs": '#[test]\nfn it() {\n    assert!(include_str!("fixtures/one.txt").is_empty());\n}\n',
    "code/crates/store/tests/fixtures/one.txt": "",
    "code/crates/store/benches/speed.rs": "fn main() {}\n",
    "code/crates/store/examples/shown.rs": "fn main() {}\n",
    "code/crates/pages/Cargo.toml": _manifest("pages", _macro("askama")),
    "code/crates/pages/src/lib.rs": '#[derive(askama::Template)]\n#[template(path = "page.html")]\npub struct Page;\n',
    "code/crates/pages/templates/page.html": "first page;",
    "code/crates/words/Cargo.toml": _manifest("words", _macro("rust-i18n")),
    "code/crates/words/src/lib.rs": (
        'pub const WORDS: &str = rust_i18n::i18n!("locales");\n'
        'pub const FAR: &str = include_str!("../../../../shared/far.yml");\n'
    ),
    "code/crates/words/locales/en.yml": "first locale;",
    "shared/far.yml": "first far;",
    "code/crates/wire/Cargo.toml": _manifest("wire"),
    "code/crates/wire/build.rs": _BUILD,
    "code/crates/wire/helper.rs": 'pub fn code(text: &str) -> String {\n    format!("pub const WIRE: &str = {text:?};")\n}\n',
    "code/crates/wire/src/lib.rs": 'include!(concat!(env!("OUT_DIR"), "/wire.rs"));\n',
    "code/crates/wire/proto/a.proto": "first proto;",
    "code/crates/app/Cargo.toml": _manifest("app", *map(_local, _LIBRARIES)),
    "code/crates/app/src/lib.rs": "pub fn nothing() {}\n",
    "code/crates/app/src/note.txt": "first note;",
    "code/crates/app/src/main.rs": (
        "fn main() {\n    app::nothing();\n"
        '    let all = [store::STEPS, store::QUERY, pages::Page::TEXT, words::WORDS, words::FAR, wire::WIRE];\n'
        '    println!("{}{}", all.concat(), include_str!("note.txt"));\n}\n'
    ),
    "code/crates/other/Cargo.toml": _manifest("other", _local("base"), _local("words")),
    "code/crates/other/src/main.rs": 'fn main() {\n    base::one();\n    println!("{}", words::WORDS);\n}\n',
    "README.md": "# Shelf\n",
    "code/crates/store/README.md": "# Store\n",
    "docs/guide.md": "# Guide\n",
    ".github/workflows/ci.yml": "on: push\n",
    "spec.toml": SPEC,
}  # fmt: skip


def write_workspace(folder: Path) -> None:
    """Write the workspace and its spec, without what is made of them."""
    write_files(folder, FILES)

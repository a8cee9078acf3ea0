"""What macros see of being offline when real Nix has rustc compile them."""

import json
import subprocess
from hashlib import sha256

from lana import flakegen

SPEC = """\
[project]
name = "queries"
systems = ["x86_64-linux", "aarch64-linux"]

[inputs]
nixpkgs = "github:NixOS/nixpkgs/nixos-unstable"

[cargo]
workspace = "../code"

[packages.tool]
crate = "tool"
"""
QUERY = "select 1"
NAME = f"query-{sha256(QUERY.encode()).hexdigest()}.json"
FILES = {
    "specs/queries.toml": SPEC,
    "code/Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["tool", "sqlx"]\n',
    "code/Cargo.lock": (
        'version = 4\n\n[[package]]\nname = "sqlx"\nversion = "0.1.0"\n\n'
        '[[package]]\nname = "tool"\nversion = "0.1.0"\ndependencies = [\n "sqlx",\n]\n'
    ),
    "code/sqlx/Cargo.toml": '[package]\nname = "sqlx"\nversion = "0.1.0"\nedition = "2021"\n',
    # Reads what sqlx's own macro reads, in the same place.
    "code/sqlx/src/lib.rs": (
        '#[macro_export]\nmacro_rules! query { ($sql:literal) => { (env!("SQLX_OFFLINE"), '
        f'include_str!(concat!(env!("SQLX_OFFLINE_DIR"), "/{NAME}"))) }} }}\n'
        'pub const OWN: Option<&str> = option_env!("SQLX_OFFLINE");\n'
    ),
    "code/tool/Cargo.toml": (
        '[package]\nname = "tool"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nsqlx = { path = "../sqlx" }\n'
    ),
    "code/tool/src/main.rs": f'fn main() {{ println!("{{:?}} {{:?}}", sqlx::query!("{QUERY}"), sqlx::OWN); }}\n',
    f"code/.sqlx/{NAME}": json.dumps({"query": QUERY}),
}


def test_the_unit_with_queries_is_offline_and_no_other_one(tmp_path, nix, nixpkgs):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    flakegen("compile", "specs/queries.toml", cwd=tmp_path)
    (built,) = nix.build(*nixpkgs.flake_args, f"path:{tmp_path}?dir=generated/queries#tool")
    printed = subprocess.run([built / "bin/tool"], check=True, capture_output=True, text=True).stdout
    assert printed == f'("true", {json.dumps(FILES[f"code/.sqlx/{NAME}"])}) None\n'

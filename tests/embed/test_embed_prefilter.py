"""Law: how far a file is lexed changes nothing of what is found in it."""

import tempfile
from pathlib import Path
from unittest.mock import patch

from embed_tree import scan, write
from hypothesis import given, settings
from hypothesis import strategies as st

from flakegen.embed import modules
from flakegen.embed.modules import FactScanner

PIECES = (
    *("mod a;", "pub mod b ;", "mod /* x */ a;", "mod a /* x */ ;", '#[path = "b.rs"]', "mod inner {", "mod tests {"),
    *("#[cfg(test)]", "#![cfg(test)]", '#[cfg_attr(test, path = "b.rs")]', "#[test]", "#[allow(dead_code)]"),
    *("/// words", '// include_str!("a.txt")', "/* mod a; */", "/* /* /* /* deep */ */ */ */", "/*", "*/"),
    *('include_str!("a.txt");', 'std::include_bytes ! ["b.txt"];', 'include_str /* x */ ! ("a.txt");', 'include!("b.rs");'),
    *('include_str\n!("b.txt");', 'include_str // x\n!("b.txt");', '#[doc = include_str!("a.txt")]', 'r#include_str!{"a.txt"}'),
    *("sqlx::migrate!();", "#[sqlx::test]", 'query!("x");', 'sqlx::query_as!(T, "y");', "#[derive(Debug, EsRepo)]"),
    *('#[folder = "web"]', '#[template(path = "x")]', '#[cfg_attr(test, folder = "other")]', "struct S;", "struct T {"),
    *("macro_rules! read { ($x:expr) => { include_str!($x) } }", 'read!("a.txt");', 'macro_rules! twice { () => { read!("b.txt") } }'),
    *("macro_rules! module { ($n:ident) => { mod $n; } }", "module!(a);", "twice! {}", 'macro_rules! attr { () => { #[folder = "w"] struct X; } }'),
    *("fn f() {", "}", "}", "}", '"', "'", 'r#"', '"#', "'a", "'x'", ";", ",", "#", "!", "(", "[", "]", ")", 'let x = "mod a;";'),
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).flatmap(
    lambda pieces: st.lists(st.sampled_from(("\n", " ", "")), min_size=len(pieces), max_size=len(pieces)).map(
        lambda gaps: "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=True))
    )
)
CRATES = ("sqlx", "es-entity", "rust-embed", "askama")


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({"src/lib.rs": TEXTS, "src/a.rs": TEXTS, "src/b.rs": TEXTS}))
def test_the_same_is_found_with_and_without_a_horizon(files):
    with tempfile.TemporaryDirectory() as name:
        root = write(Path(name), {**files, "src/a.txt": "", "migrations/1_a.sql": "", "web/x": ""})
        found = scan(root, crates=CRATES)
        with (
            patch.object(modules, "horizon", lambda text, _: len(text)),
            patch.object(modules, "FactScanner", lambda text, wanted, *_: FactScanner(text, wanted)),
        ):
            everything = scan(root, crates=CRATES)
    assert found == everything

"""Small crates on which the scan and rustc's dep-info must agree exactly."""

import pytest
from embed_tree import scan_one, write
from rustc_oracle import dep_info

EMPTY = ""
CASES: dict[str, dict[str, str | bytes]] = {
    "modules_in_both_layouts": {
        "src/lib.rs": "mod a; pub(crate) mod b; pub mod r#type;",
        "src/a.rs": "mod c;",
        "src/a/c.rs": "mod d;",
        "src/a/c/d.rs": EMPTY,
        "src/b/mod.rs": "mod e;",
        "src/b/e.rs": EMPTY,
        "src/type.rs": EMPTY,
        "src/unused.rs": EMPTY,
    },
    "inline_modules_make_folders": {
        "src/lib.rs": "mod outer { pub mod inner { mod leaf; } } mod x;",
        "src/outer/inner/leaf.rs": EMPTY,
        "src/x.rs": "mod deep { mod leaf; }",
        "src/x/deep/leaf.rs": EMPTY,
    },
    "path_attributes_inside_inline_modules": {
        "src/lib.rs": '#[path = "foo"] mod thread { #[path = "tls.rs"] mod data; mod plain; } mod x;',
        "src/foo/tls.rs": "mod child;",
        "src/foo/child.rs": EMPTY,
        "src/foo/plain.rs": EMPTY,
        "src/x.rs": 'mod inline { #[path = "other.rs"] mod inner; } #[path = "beside.rs"] mod b;',
        "src/x/inline/other.rs": EMPTY,
        "src/beside.rs": "mod sibling;",
        "src/sibling.rs": EMPTY,
    },
    "path_out_of_the_source_folder": {
        "src/lib.rs": '#[path = "../shared/one.rs"]\n#[allow(dead_code)]\n/// words\npub mod one;',
        "shared/one.rs": "mod two;",
        "shared/two.rs": EMPTY,
    },
    "test_only_modules": {
        "src/lib.rs": (
            "#[cfg(test)] mod t; #[cfg(all(test, not(windows)))] mod u; #[cfg(any(test, unix))] mod v;"
            '#[cfg(test)] mod tests { mod w; const X: &str = include_str!("x.txt"); }'
            '#[test] fn f() { include_str!("y.txt"); } #[cfg(test)] const Z: &[u8] = include_bytes!("z.txt");'
            'const P: &str = include_str!("p.txt");'
        ),
        **{f"src/{name}.rs": EMPTY for name in ("t", "u", "v", "tests/w")},
        **{f"src/{name}.txt": EMPTY for name in "xyzp"},
    },
    "inner_cfg_test_hides_the_contents_of_a_file": {
        "src/lib.rs": "mod a;",
        "src/a.rs": '#![cfg(test)]\nmod b; const X: &str = include_str!("x.txt");',
        "src/a/b.rs": EMPTY,
        "src/x.txt": EMPTY,
    },
    "spellings_of_include": {
        "src/lib.rs": (
            'const A: &str = include_str ! ( "a.txt" , ); const B: &[u8] = std::include_bytes![r"b.txt"];'
            'const C: &str = core::include_str /* why */ ! { /* not */ r#"c.txt"# };'
            'const D: &str = include_str!("\\u{64}.t\\x78t"); const E: &str = include_str!("sub/\\\n   e.txt");'
            'const F: &str = include_str!(concat!("f", ".", "txt"));'
            'const G: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/g.txt"));'
            'fn f() { g(vec![include_str!("h.txt")]); } fn g(_: Vec<&str>) {}'
            'const I: &str = concat!("<", include_str!("i.txt"), ">");'
        ),
        **{f"src/{name}.txt": "x" for name in ("a", "b", "c", "d", "f", "h", "i", "sub/e")},
        "data/g.txt": "x",
    },
    "nothing_in_comments_and_literals": {
        "src/lib.rs": (
            '// include_str!("no.txt") mod no;\n/* /* mod no; */ include_str!("no.txt") */\n'
            "/// mod no;\n//! mod no;\n" + 'const A: &str = "mod no; include_str!(\\"no.txt\\")";'
            'const B: &str = r##"mod no; "# include_str!("no.txt")"##; const C: char = \'"\';'
            'const D: &[u8] = b"mod no; \\" "; const E: &[u8] = br#""mod no;"#; const F: u8 = b\'\\\'\';'
            "fn f<'a>(x: &'a str) -> &'a str { x } const G: char = '\\u{22}'; const H: char = '{';"
            "mod yes;"
        ).replace("//! mod no;\n", ""),
        "src/yes.rs": EMPTY,
        "src/no.rs": EMPTY,
        "src/no.txt": EMPTY,
    },
    "documentation_attributes": {
        "src/lib.rs": (
            '#![doc = include_str!("../README.md")]\n#[doc = include_str!("item.md")] pub struct S;'
            '#[cfg_attr(all(), doc = include_str!("maybe.md"))] pub struct T;'
        ),
        "README.md": EMPTY,
        "src/item.md": EMPTY,
        "src/maybe.md": EMPTY,
    },
    "included_rust_is_followed_from_its_own_folder": {
        "src/lib.rs": 'include!("parts/one.rs"); fn f() -> u8 { include!("parts/number.in") }',
        "src/parts/one.rs": 'mod child; const X: &str = include_str!("x.txt"); include!("two.rs");',
        "src/parts/two.rs": EMPTY,
        "src/parts/child.rs": EMPTY,
        "src/parts/x.txt": EMPTY,
        "src/parts/number.in": "7",
    },
    "macros_that_wrap_include": {
        "src/lib.rs": (
            "#[macro_use] mod m; mod sub; "
            "macro_rules! outer { ($n:ident, $f:expr) => { const $n: &str = text!($f); }; }"
            'outer!(A, "a.txt"); const B: &str = text!("b.txt"); each! { C => "c", D => "d", }'
            'const E: &str = from_root!("data/e.txt"); const F: &str = no_arguments!();'
        ),
        "src/m.rs": (
            "macro_rules! text { ($($f:tt)+) => { include_str!($($f)+) }; }"
            "macro_rules! each { ($($n:ident => $f:literal),* $(,)?) => {"
            '  $(const $n: &str = include_str!(concat!("each/", $f, ".txt"));)* }; }'
            'macro_rules! from_root { ($f:literal) => { include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $f)) } }'
            'macro_rules! no_arguments { () => { include_str!("f.txt") } }'
            'macro_rules! never_called { () => { include_str!("never.txt") } }'
        ),
        "src/sub/mod.rs": 'const X: &str = text!("x.txt"); const F: &str = no_arguments!();',
        "src/sub/x.txt": EMPTY,
        "src/sub/f.txt": EMPTY,
        "data/e.txt": EMPTY,
        **{f"src/{name}.txt": EMPTY for name in ("a", "b", "each/c", "each/d", "f", "never")},
    },
    "macros_that_declare_modules": {
        "src/lib.rs": (
            "macro_rules! mods { ($($(#[$a:meta])* $v:vis $n:ident;)*) => { $($(#[$a])* $v mod $n;)* } }"
            "mods! { a; pub b; #[cfg(test)] c; }"
            'macro_rules! at { ($n:ident, $p:literal) => { #[path = $p] mod $n; } } at!(d, "deep/d.rs");'
            "macro_rules! pass { ($($i:item)*) => { $($i)* } } pass! { mod e; }"
            "macro_rules! make { ($n:ident) => { macro_rules! $n { ($f:expr) => { include_str!($f) } } } }"
            'make!(made); const X: &str = made!("x.txt");'
        ),
        **{f"src/{name}.rs": EMPTY for name in ("a", "b", "c", "deep/d", "e")},
        "src/x.txt": EMPTY,
    },
    "doc_comments_in_macro_arguments_are_attributes": {
        "src/lib.rs": (
            "macro_rules! files { ($($(#[doc = $d:expr])* $n:ident)+) => {"
            ' $(const $n: &str = include_str!(concat!(stringify!($n), ".txt"));)+ } }'
            'files! { /// One, "quoted"\n /** and more */ A /* plain */ // plain\n //// plain\n B }'
        ),
        "src/A.txt": EMPTY,
        "src/B.txt": EMPTY,
    },
    "attributes_wait_for_their_item_whatever_comes_next": {
        "src/lib.rs": (
            '#[doc = include_str!("a.md")] fn a() {}\nmacro_rules! m { () => {} }\n#[doc = include_str!("b.md")] fn b() {}'
            '\nmod i {}\n#[doc = include_str!("c.md")] #[macro_export] macro_rules! n { () => {} }\n'
            '#[doc = include_str!("d.md")] mod j {}\n#[doc = include_str!("e.md")] struct S;\n#[allow(unused)] mod k {}\n'
            '#[cfg(test)] #[doc = include_str!("f.md")] macro_rules! o { () => {} }\nmod l;'
        ),
        **{f"src/{name}.md": EMPTY for name in "abcdef"},
        "src/l.rs": EMPTY,
    },
    "modules_from_a_macro_with_much_input": {
        "src/lib.rs": (
            'macro_rules! all { ($($x:expr),*) => { [$($x),*]; mod made; include!("i.rs"); } }'
            f"macro_rules! many {{ ($($x:expr),*) => {{ mod made; $(const _: u8 = $x;)* }} }} many!({'1, ' * 3000} 1);"
        ),
        "src/made.rs": EMPTY,
        "src/i.rs": EMPTY,
    },
    "windows_line_ends_marks_and_shebangs": {
        "src/lib.rs": b'\xef\xbb\xbf#!/usr/bin/env run "\r\n#![allow(dead_code)]\r\nmod a;\r\nconst X: &str = include_str!("x\\\r\n  .txt");\r\n',
        "src/a.rs": b"#! [allow(dead_code)]\nmod b;",
        "src/a/b.rs": EMPTY,
        "src/x.txt": EMPTY,
    },
    "items_after_test_items_are_production": {
        "src/lib.rs": (
            "#[cfg(test)] use std::{fmt as f, io as i};\nmod a;\n#[cfg(test)] static N: [u8; 2] = [1, 2];\nmod b;\n"
            "#[cfg(test)] fn g<A, B>(_: A, _: B) where A: Copy { }\nmod c;\n"
            '#[cfg(test)] #[derive(Clone)] struct T(&\'static str); const D: &str = include_str!("d.txt");'
            'struct S { #[cfg(test)] x: u8, y: [u8; { include_bytes!("e.txt"); 1 }] }'
            'fn h(v: u8) -> &\'static str { match v { #[cfg(test)] 1 => include_str!("t.txt"), _ => include_str!("f.txt") } }'
        ),
        **{f"src/{name}.rs": EMPTY for name in "abc"},
        **{f"src/{name}.txt": EMPTY for name in "deft"},
    },
}


@pytest.mark.cargo
@pytest.mark.parametrize("name", CASES)
def test_agrees_with_rustc(name, tmp_path):
    root = write(tmp_path, CASES[name])
    found = scan_one(root)
    for test in (False, True):
        listed = dep_info(root / "src/lib.rs", package=root, cwd=root, test=test)
        assert listed is not None
        ours = {*found.modules, *found.files, *((*found.test_modules, *found.test_files) if test else ())}
        assert ours == {str(path.relative_to(root)) for path in listed}
    assert found.findings == ()


@pytest.mark.cargo
def test_every_alternative_of_a_conditional_path_is_taken(tmp_path):
    code = (
        '#[cfg_attr(windows, path = "w.rs")] #[cfg_attr(unix, path = "u.rs")] mod os;'
        '#[cfg_attr(test, path = "fake.rs")] mod clock; #[cfg(windows)] mod gone; #[cfg(windows)] mod there;'
        "cfg_if! { if #[cfg(unix)] { mod left; } else { mod right; } }"
    )
    names = ("w", "u", "os", "fake", "clock", "there", "left", "right")
    root = write(tmp_path, {"src/lib.rs": code, **{f"src/{name}.rs": EMPTY for name in names}})
    found = scan_one(root)
    assert set(found.modules) == {"src/lib.rs", *(f"src/{name}.rs" for name in names if name != "fake")}
    assert found.test_modules == ("src/fake.rs",)
    assert (found.optional_files, found.findings) == (("src/gone.rs",), ())
    for test in (False, True):
        listed = dep_info(root / "src/lib.rs", package=root, cwd=root, test=test)
        assert listed is not None
        assert {str(path.relative_to(root)) for path in listed} <= {*found.modules, *found.test_modules}

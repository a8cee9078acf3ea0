"""Small crates on which the scan and rustc's dep-info must agree exactly; the cases are the files of cases/."""

from pathlib import Path

import pytest
from embed_cases import Case, cases_in
from embed_tree import library, scan, scan_one, write
from rustc_oracle import compile_macros, dep_info

from flakegen.embed.inputs import FindingKind, TargetInputs

CASES = cases_in(Path(__file__).parent / "cases")


def scanned(root: Path, case: Case) -> TargetInputs:
    """The scan of a case's package, with the macros of its other crates."""
    macros = []
    for main in case.crates.values():
        directory, _, path = main.partition("/")
        macros += scan(root, library(path), package=directory, imported_macros=macros).exported_macros
    return scan_one(root, package=case.package, imported_macros=macros)


@pytest.mark.cargo
@pytest.mark.parametrize("name", CASES)
def test_agrees_with_rustc(name, tmp_path):
    case = CASES[name]
    root = write(tmp_path, dict(case.files))
    for link, target in case.links.items():
        (root / link).symlink_to(target)
    found = scanned(root, case)
    package = root / case.package
    externs = compile_macros(root, case.crates, case.edition)
    for test in (False, True):
        listed = dep_info(
            package / "src/lib.rs",
            package=package,
            cwd=root,
            test=test,
            edition=case.edition,
            externs=externs,
            links=not case.links,
        )
        assert listed is not None, "rustc gave no dep-info"
        ours = {*found.modules, *found.files, *((*found.test_modules, *found.test_files) if test else ())}
        if case.links:
            # A link and what it leads to are one file, which rustc names as the code does.
            ours = {
                str(path.relative_to(root)) for name in ours if (path := (root / name).resolve()).is_file()
            }
        assert case.conditional <= {*found.modules, *found.files}
        assert ours - case.conditional == {str(path.relative_to(root)) for path in listed} - case.conditional
    assert found.optional_files == case.absent
    assert {item.kind for item in found.findings} <= ({FindingKind.ABSENT} if case.absent else set())


@pytest.mark.cargo
def test_modules_from_a_macro_with_much_input(tmp_path):
    numbers = "1, " * 3000
    code = (
        'macro_rules! all { ($($x:expr),*) => { [$($x),*]; mod made; include!("i.rs"); } }'
        f"macro_rules! many {{ ($($x:expr),*) => {{ mod made; $(const _: u8 = $x;)* }} }} many!({numbers} 1);"
    )
    agrees(write(tmp_path, {"src/lib.rs": code, "src/made.rs": "", "src/i.rs": ""}))


@pytest.mark.cargo
def test_windows_line_ends_marks_and_shebangs(tmp_path):
    files = {
        "src/lib.rs": (
            b'\xef\xbb\xbf#!/usr/bin/env run "\r\n#![allow(dead_code)]\r\n'
            b'mod a;\r\nconst X: &str = include_str!("x\\\r\n  .txt");\r\n'
        ),
        "src/a.rs": b"#! [allow(dead_code)]\nmod b;",
        "src/a/b.rs": "",
        "src/x.txt": "",
    }
    agrees(write(tmp_path, files))


def agrees(root: Path) -> None:
    found = scan_one(root)
    listed = dep_info(root / "src/lib.rs", package=root, cwd=root)
    assert listed is not None
    assert {*found.modules, *found.files} == {str(path.relative_to(root)) for path in listed}


@pytest.mark.cargo
def test_every_alternative_of_a_conditional_path_is_taken(tmp_path):
    code = (
        '#[cfg_attr(windows, path = "w.rs")] #[cfg_attr(unix, path = "u.rs")] mod os;'
        '#[cfg_attr(test, path = "fake.rs")] mod clock; #[cfg(windows)] mod gone; #[cfg(windows)] mod there;'
        "cfg_if! { if #[cfg(unix)] { mod left; } else { mod right; } }"
    )
    names = ("w", "u", "os", "fake", "clock", "there", "left", "right")
    root = write(tmp_path, {"src/lib.rs": code, **{f"src/{name}.rs": "" for name in names}})
    found = scan_one(root)
    assert set(found.modules) == {"src/lib.rs", *(f"src/{name}.rs" for name in names if name != "fake")}
    assert found.test_modules == ("src/fake.rs",)
    assert (found.optional_files, found.findings) == (("src/gone.rs",), ())
    for test in (False, True):
        listed = dep_info(root / "src/lib.rs", package=root, cwd=root, test=test)
        assert listed is not None
        assert {str(path.relative_to(root)) for path in listed} <= {*found.modules, *found.test_modules}

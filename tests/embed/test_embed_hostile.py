"""Sources that were damaged, or written to do harm: no crash, no reading elsewhere, and work that grows with their size."""

import os
import time
from functools import cache
from pathlib import Path

import pytest
from embed_tree import scan_one, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flakegen.embed import disk, modules
from flakegen.embed.inputs import TargetInputs
from flakegen.embed.lexer import render, trees
from flakegen.embed.paths import normalise

LANA = Path(__file__).resolve().parents[2] / "specs/workspaces/lana"
CRATES = (
    "sqlx",
    "es_entity",
    "include_dir",
    "rust_embed",
    "askama",
    "rust_i18n",
    "wasmtime",
    "tauri",
    "rstest",
    "insta",
)
PIECES = (
    *(
        "mod a;",
        '#[path = "../../outside.rs"] mod b;',
        'include!("lib.rs");',
        'include_str!("/etc/passwd")',
        "#[cfg(test)]",
    ),
    *(
        'include_bytes!("out/outside.txt")',
        'include_dir!("out")',
        'migrate!("../..")',
        'query!("select 1" + ',
        "wit",
        "!(",
    ),
    *(
        "macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*); include_str!($($t)*) } }",
        "m!(a)",
        "use x as m;",
        "$m!(",
        "$",
    ),
    *(
        'r#"',
        '"',
        "'",
        "/*",
        "*/",
        "//",
        "\n",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "#",
        "#!",
        "\\",
        "\0",
        "é",
        "\u2028",
        ",",
    ),
)


@cache
def sources() -> list[str]:
    cases = Path(__file__).parent / "cases"
    return [path.read_text() for path in (*sorted(LANA.glob("*/*/src/*.rs")), *sorted(cases.glob("*.txt")))]


@cache
def tokens(index: int) -> list[str]:
    return render(trees(sources()[index])).split(" ")


@st.composite
def damaged(draw) -> bytes:
    """A real source with some tokens or bytes left out, put twice, swapped or replaced."""
    index = draw(st.integers(0, len(sources()) - 1))
    words: list = list(tokens(index)) if draw(st.booleans()) else list(sources()[index])
    places = st.integers(0, max(0, len(words) - 1))
    for _ in range(draw(st.integers(1, 6))):
        at, other = draw(places), draw(places)
        match draw(st.integers(0, 4)):
            case 0:
                del words[at : at + draw(st.integers(1, 30))]
            case 1:
                words[at:at] = words[other : other + 40]
            case 2:
                words[at:at] = [draw(st.sampled_from(PIECES))]
            case 3 if words:
                words[at % len(words)] = words[other % len(words)]
            case _:
                words = words[: at + 1]
    text = (" " if words and len(words[0]) > 1 else "").join(words).encode()
    return text + draw(st.binary(max_size=4))


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    top = tmp_path_factory.mktemp("damaged")
    write(top, {"outside.txt": "secret", "outside.rs": 'include_str!("outside.txt");'})
    root = write(
        top / "root", {"src/a.rs": "mod lib;", "migrations/1_x.sql": "", ".sqlx/query-aa.json": "{}"}
    )
    (root / "src/out").symlink_to(top)
    (root / "out").symlink_to("..")
    return root


class WatchedSystem:
    """The module `os`, but that whatever is looked at must lie in one folder, links followed."""

    def __init__(self, root: Path) -> None:
        self.inside = os.path.realpath(root)

    def __getattr__(self, name: str):
        real = getattr(os, name)
        if name not in {"open", "scandir", "lstat", "readlink", "stat", "listdir"}:
            return real

        def call(path, *rest, **more):
            only = name in {"lstat", "readlink"} and path != self.inside
            where = Path(path).parent if only else path
            assert f"{os.path.realpath(where)}/".startswith(f"{self.inside}/"), path
            return real(path, *rest, **more)

        return call


@pytest.fixture
def _watched(tree, monkeypatch):
    monkeypatch.setattr(disk, "os", WatchedSystem(tree))


@pytest.mark.usefixtures("_watched")
@given(damaged())
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_damaged_sources_are_survived_and_nothing_else_is_read(tree, source):
    (tree / "src/lib.rs").write_bytes(source)
    found = scan_one(tree, crates=CRATES)
    assert all(normalise(path) == path for path in paths(found))
    assert not [path for path in paths(found) if "outside" in path]


def paths(found: TargetInputs) -> list[str]:
    single = (found.modules, found.test_modules, found.files, found.test_files, found.optional_files)
    return [path for part in single for path in part] + [folder.path for folder in found.folders]


def chained(size: int) -> str:
    """Macros that each call the one before."""
    first = "macro_rules! m0 { ($x:expr) => { include_str!($x) } }\n"
    rest = (f"macro_rules! m{i + 1} {{ ($x:expr) => {{ m{i}!($x) }} }}\n" for i in range(size // 20))
    return f'{first}{"".join(rest)}m{size // 20}!("a");'


def many(text: str):
    """A piece, repeated; `%` becomes a number."""
    return lambda size: "".join(text.replace("%", str(index)) for index in range(size))


GROWING = {
    "calls in calls": many("include_str!("),
    "calls without a known argument": many("include_str!(X); "),
    "calls of a callback in calls": lambda n: "macro_rules! c { ($m:ident) => { $m!() } } "
    + "c!(" * n
    + "include",
    "documentation without a known file": many("#[doc = include_str!(X)] "),
    "macros of one name": lambda n: (
        many('{ macro_rules! m { ($x:expr) => { include_str!(concat!($x, "%")) } } } ')(n // 20)
        + 'm!("a"); ' * (n // 20)
    ),
    "macros with many arms": lambda n: f"macro_rules! m {{ {many('(a%) => { mod x; };')(n // 10)} }}{'m!(z);' * (n // 10)}",
    "macros in a chain": chained,
    "macros that double": lambda n: "macro_rules! m { ($($x:tt)*) => { m!($($x)* $($x)*); mod x; } } m!(a);"
    + "a" * n,
    "macros that fork": lambda n: "macro_rules! m { ($($x:tt)*) => { m!(a); m!(b); mod x; } } m!();"
    + "a" * n,
    "macros that eat their input": lambda n: (
        "macro_rules! m { () => {}; ($x:tt $($r:tt)*) => { include_str!($x); m!($($r)*); } } m!("
        + '"a" ' * n
        + ");"
    ),
    "imports under other names": many("use x as y%; "),
    "names in comments": many("/**/ as y,"),
    "long words": lambda n: "a" * n * 10 + "!",
    "blanks before a call": lambda n: ("include" + " " * 30 + "\n!(") * (n // 10),
    "deep paths": lambda n: f'include_str!("{"a/" * n}x");',
    "paths up and down": lambda n: f'include_str!("{"../a/" * n}x");',
    "conditions in conditions": lambda n: "#[cfg(" + "not(" * n + "test" + ")" * n + ")] mod x;",
    "concat in concat": lambda n: "include_str!(" + "concat!(" * n + ")" * n + ")",
    "sums of queries": lambda n: "query!(" + '"a" + ' * n + '"b");',
    "long numbers": lambda n: "include_str!(concat!(" + "1_" * n + "));",
    "modules in modules": many("mod a { "),
    "modules with paths": many('#[path = "p%.rs"] mod a%; '),
    "open attributes": many('#[a = "'),
    "open comments": many("/*"),
    "open raw strings": lambda n: "r" + "#" * n + '"' + '"#' * n,
    "test functions": many("#[test] fn f() { "),
    "hashes": many("#"),
    "quotes": many("'"),
}
SLACK = 9  # for four times the size; squared growth would be 16


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_no_faster_than_the_source(name, tmp_path, monkeypatch):
    # What stops a source that asks for endless work is to be reached by small ones.
    monkeypatch.setattr(modules, "_MAX_WORK", 500_000)
    small, large = (spent(tmp_path / str(size), GROWING[name](size)) for size in (2_000, 8_000))
    # Where there is next to nothing to do, nothing is to be compared.
    assert large < 0.25 or large < SLACK * small, (small, large)


def spent(root: Path, text: str) -> float:
    """The seconds of processor time of a scan, the best of three."""
    write(root, {"src/lib.rs": text})
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        scan_one(root, crates=CRATES)
        best = min(best, time.process_time() - begin)
    return best

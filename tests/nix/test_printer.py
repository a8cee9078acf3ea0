"""Printing: the form nixfmt gives, the meaning the tree has, at any width, and silent under linters."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nix_cases import HERE, cases
from real_nix import Nix
from strategies import expressions, plain_text

from flakegen.nix import build, lines
from flakegen.nix.ast import File, Spread, String
from flakegen.nix.parser import parse_expression, parse_file
from flakegen.nix.printer import print_expression, print_file

GOLDEN = sorted((HERE / "golden").glob("*.nix"))
data = st.recursive(
    plain_text
    | st.integers(0, 9)
    | st.booleans()
    | st.sampled_from(["a" * 94, "a" * 95, "a" * 96, "a" * 120]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["a", "b c", "or", "x" * 45, "y" * 95]) | plain_text, inner, max_size=3
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("path", GOLDEN, ids=[path.name for path in GOLDEN])
def test_golden_files_print_as_they_are(path: Path):
    text = path.read_text(encoding="utf-8")
    assert print_file(parse_file(text)) == text


def test_nixfmt_leaves_golden_files_alone(tool: Callable[[str], Path]):
    subprocess.run([tool("nixfmt"), "--check", *GOLDEN], check=True)


@pytest.mark.parametrize("text", cases("identities.txt"))
def test_identities(text: str):
    assert print_expression(parse_expression(text)) == text


def test_nixfmt_leaves_identities_alone(tool: Callable[[str], Path], tmp_path: Path):
    assert_fixed(tool, tmp_path, cases("identities.txt"))


def test_nixfmt_agrees_on_what_is_blank(tool: Callable[[str], Path], tmp_path: Path):
    body = parse_expression("let # two\n# lines\na = b; in a")
    starts = [
        character
        for character in map(chr, range(0x3001))
        if character.isspace() and character not in "\n\r\t"
    ]
    texts = [print_expression(String((start, body))) for start in starts]
    assert_fixed(tool, tmp_path, [text for text in texts if "\n" in text])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions)
def test_what_is_printed_is_read_back_as_the_same_tree(expression):
    printed = print_expression(expression)
    assert parse_expression(printed) == expression


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(expressions, min_size=60, max_size=80))
def test_nixfmt_changes_nothing(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory, many):
    assert_fixed(
        tool, tmp_path_factory.mktemp("printed"), [print_expression(expression) for expression in many]
    )


@pytest.mark.nix
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(expressions, min_size=60, max_size=80))
def test_nix_reads_what_is_printed(nix: Nix, many):
    printed = "\n".join(f"({print_expression(expression)}\n)" for expression in many)
    nix.run("nix-instantiate", "--parse", "-", stdin=f"with {{ }}; [\n{printed}\n]")


@settings(max_examples=200, deadline=None)
@given(data)
def test_data_is_written_directly_as_it_would_be_laid_out(python):
    expression = build.attrs({"top": python, "next": 1})
    direct = print_expression(expression)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "ATOMS", {})
        patch.setattr(lines, "_write_collection", lambda *_, **__: False)
        assert print_expression(expression) == direct


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(data, min_size=50, max_size=60))
def test_nixfmt_changes_no_data(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory, many):
    assert_fixed(
        tool, tmp_path_factory.mktemp("data"), [print_expression(build.value(python)) for python in many]
    )


@pytest.mark.parametrize("width", range(90, 112))
def test_nixfmt_breaks_lines_at_the_same_width(tool: Callable[[str], Path], tmp_path: Path, width: int):
    """Constructs that have one place to break, each as wide as the case says on one line."""
    shapes = [
        "{{ name = {}; }}",
        "{{ name = f {}; }}",
        "{{ name = [ {} ]; }}",
        '{{ "quoted name" = {}; }}',
        '{{ "quoted name" = [ "{}" ]; }}',
        '{{ name = "{}"; }}',
        "{{ name = a // {}; }}",
        "{{ name = if a then b else {}; }}",
        "{{ name = with a; {}; }}",
        "{{ name = a: b: {}; }}",
        "{{ name = {}.b or c; }}",
        "{{ inherit (a) {}; }}",
        "{{ name = f a (g {}); }}",
        "f {{ name = {}; }}",
        "f a [ b {} ]",
        "{{ a, {} }}: b",
        "a == {}",
        "{} ? b",
        '"x ${{f {}}}"',
        "assert f {}; b",
    ]
    texts = [shape.format("x" * (width - len(shape.format("")))) for shape in shapes]
    assert_fixed(tool, tmp_path, [print_expression(parse_expression(text)) for text in texts])


def test_a_call_below_a_header_is_fixed(tool: Callable[[str], Path], tmp_path: Path):
    printed = print_file(File(("header",), build.call("throw", "x" * 100)))
    assert_fixed(tool, tmp_path, [printed.rstrip("\n")])


@pytest.mark.parametrize(
    "inner", ["if a then b else {}", "{{ a }}: f {}", "a ++ f {}", "f (x: {})", "a.b or {}"]
)
def test_short_interpolations_stay_on_their_line(tool: Callable[[str], Path], tmp_path: Path, inner: str):
    texts = [f'"{"y" * 90} ${{{inner.format("x" * width)}}} {"z" * 40}"' for width in range(1, 31)]
    assert_fixed(tool, tmp_path, [print_expression(parse_expression(text)) for text in texts])


def test_spread_is_kept_by_nixfmt(tool: Callable[[str], Path], tmp_path: Path):
    spread = build.items([build.attrs({"a": 1}, spread=Spread.ALWAYS)], spread=Spread.ALWAYS)
    printed = print_expression(build.call("f", spread))
    assert printed.splitlines() == ["f [", "  {", "    a = 1;", "  }", "]"]
    assert_fixed(tool, tmp_path, [printed])


def test_linters_have_nothing_to_say(tool: Callable[[str], Path], tmp_path: Path):
    pkgs = build.identifier("pkgs")
    body = build.let(
        {"lib": build.select("pkgs.lib"), "mul": build.select("pkgs.lib.mul")},
        build.let(
            {"name": "x", "double": build.function("x", build.call("mul", 2, build.identifier("x")))},
            build.attrs(
                {
                    "name": build.identifier("name"),
                    "stdenv": build.select(pkgs, "stdenv"),
                    ("meta", "license"): build.select("lib.licenses.mit"),
                    ("meta", "platforms"): ["x86_64-linux"],
                    ("meta", "mainProgram"): "x",
                    "all": build.call("map", build.identifier("double"), [1, -2]),
                    "each": build.call(
                        "map", build.function("x", build.call("toString", build.identifier("x"))), []
                    ),
                    "merged": build.update(
                        build.attrs({"a": 1}), build.call("f", {"b": build.select("pkgs.b")})
                    ),
                    "scoped": build.with_(pkgs, build.items([build.identifier("hello")])),
                }
            ),
        ),
    )
    path = tmp_path / "default.nix"
    path.write_text(print_file(File(("header",), build.pattern_function(["pkgs", "f"], body, ellipsis=True))))
    subprocess.run([tool("deadnix"), "--fail", path], check=True)
    subprocess.run([tool("nixfmt"), "--check", path], check=True)
    subprocess.run([tool("statix"), "check", path], check=True)


def assert_fixed(tool: Callable[[str], Path], folder: Path, texts: list[str]) -> None:
    """Nixfmt must leave each text as it is; the first that it changes is shown as it wants it."""
    paths = [folder / f"{index}.nix" for index in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(f"{text}\n", encoding="utf-8")
    subprocess.run([tool("nixfmt"), *paths], check=True, capture_output=True)
    for path, text in zip(paths, texts, strict=True):
        assert path.read_text(encoding="utf-8") == f"{text}\n"

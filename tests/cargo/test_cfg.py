"""Platform keys: the grammar, the quick reader that must agree with it, and evaluation."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import cargo_environment

from flakegen.cargo.cfg import (
    Combined,
    Constant,
    Is,
    Operator,
    TargetName,
    _by_grammar,
    _quick,
    holds,
    parse_platform,
)
from flakegen.cargo.errors import CfgError
from flakegen.cargo.platforms import (
    CfgSetKind,
    Platform,
    _table,
    base_cfgs,
    known_triples,
    parse_cfg_lines,
    with_rustflags,
)

LINUX = "x86_64-unknown-linux-gnu"

_names = st.sampled_from(["unix", "windows", "target_os", "r", "all_of", "anything", "x9", "_y"])
_raw = st.sampled_from(["r#unix", "r#all", "r#true", "true", "false"])
_atoms = st.one_of(
    _names, _raw, st.builds('{} = "{}"'.format, _names, st.sampled_from(["linux", "", "a b", "ü"]))
)


def _combined(inner):
    lists = st.lists(inner, max_size=3)
    return st.one_of(
        st.builds(
            lambda kind, items, comma: f"{kind}({', '.join(items)}{',' if comma and items else ''})",
            st.sampled_from(["all", "any"]),
            lists,
            st.booleans(),
        ),
        st.builds("not({})".format, inner),
    )


expressions = st.recursive(_atoms, _combined, max_leaves=12)
noise = st.text(alphabet='alnyotrue#=",() \t_', max_size=24)


@given(expressions)
def test_every_expression_parses_and_the_quick_reader_agrees(text):
    by_grammar = _by_grammar(text, f"cfg({text})")
    assert _quick(text) in (None, by_grammar)
    assert parse_platform(f"cfg({text})") == by_grammar


@given(noise)
def test_the_quick_reader_never_accepts_what_the_grammar_refuses(text):
    quick = _quick(text)
    if quick is not None:
        assert _by_grammar(text, f"cfg({text})") == quick


@given(expressions, st.frozensets(st.sampled_from(["unix", "windows", ("target_os", "linux")])))
def test_not_negates(text, cfgs):
    assert holds(parse_platform(f"cfg(not({text}))"), cfgs) is not holds(parse_platform(f"cfg({text})"), cfgs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cfg(unix)", Is("unix")),
        ('cfg( target_os = "linux" )', Is(("target_os", "linux"))),
        ("cfg(all())", Combined(Operator.ALL, ())),
        ("cfg(any(unix,))", Combined(Operator.ANY, (Is("unix"),))),
        ("cfg(true)", Constant(True)),
        ("cfg(r#true)", Constant(True)),
        ("cfg(r#all)", Is("all")),
        ('cfg(true = "x")', Is(("true", "x"))),
        ("x86_64-pc-windows-msvc", TargetName("x86_64-pc-windows-msvc")),
    ],
)
def test_shapes(text, expected):
    assert parse_platform(text) == expected


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("cfg()", 5),
        ("cfg(not())", 9),
        ("cfg(not(a, b))", 10),
        ("cfg(a b)", 7),
        ("cfg(a,)", 6),
        ("cfg(any(,))", 9),
        ('cfg("x")', 5),
        ("cfg(all)", 8),
        ('cfg(all = "x")', 9),
        ("cfg(a\t= b)", 6),
        ('cfg(a = "x)', 9),
    ],
)
def test_errors_point_at_the_character(text, column):
    with pytest.raises(CfgError) as caught:
        parse_platform(text)
    assert caught.value.code == "cfg-syntax"
    assert caught.value.problems[0].column == column


@pytest.mark.parametrize("text", ["cfg(unix", "unix)", "", "a b", "cfg (unix)"])
def test_what_is_no_target_name_is_an_error(text):
    with pytest.raises(CfgError) as caught:
        parse_platform(text)
    assert caught.value.code == "cfg-target-name"


def test_hostile_nesting_is_an_error_and_no_crash():
    with pytest.raises(CfgError) as caught:
        parse_platform("cfg(" + "not(" * 50_000 + "unix" + ")" * 50_000 + ")")
    assert caught.value.code == "cfg-depth"


def test_all_of_nothing_is_true_and_any_of_nothing_is_false():
    assert holds(parse_platform("cfg(all())"), frozenset())
    assert not holds(parse_platform("cfg(any())"), frozenset())


def test_platforms_know_their_names_and_families():
    platform = Platform(triple=LINUX, cfgs=base_cfgs(LINUX, CfgSetKind.STABLE))
    assert platform.selects(None)
    assert platform.selects(LINUX)
    assert platform.selects('cfg(all(unix, target_env = "gnu"))')
    assert not platform.selects("aarch64-unknown-linux-gnu")
    assert not platform.selects("cfg(proc_macro)")


def test_only_the_unstable_set_has_thread_locals():
    assert "target_thread_local" not in base_cfgs(LINUX, CfgSetKind.STABLE)
    assert "target_thread_local" in base_cfgs(LINUX, CfgSetKind.UNSTABLE)


@pytest.mark.parametrize("triple", known_triples())
def test_every_known_triple_has_the_facts_that_manifests_ask_for(triple):
    cfgs = base_cfgs(triple, CfgSetKind.STABLE)
    keys = {cfg[0] for cfg in cfgs if isinstance(cfg, tuple)}
    assert {"target_arch", "target_os", "target_pointer_width", "target_endian", "panic"} <= keys
    assert ("target_arch", triple.partition("-")[0]) in cfgs or not triple.startswith(("x86_64-", "aarch64-"))
    assert cfgs < base_cfgs(triple, CfgSetKind.UNSTABLE)


def test_rustflags_change_the_set():
    cfgs = base_cfgs(LINUX, CfgSetKind.STABLE)
    flags = (
        "--cfg",
        "special",
        '--cfg=key="v"',
        "-Ctarget-feature=+avx,-sse",
        "-C",
        "debug-assertions=off",
        "-Cpanic=abort",
    )
    changed = with_rustflags(cfgs, flags)
    assert {"special", ("key", "v"), ("target_feature", "avx"), ("panic", "abort")} <= changed
    assert not {"debug_assertions", ("target_feature", "sse"), ("panic", "unwind")} & changed


@pytest.mark.cargo
@pytest.mark.parametrize("kind", CfgSetKind)
@pytest.mark.parametrize(
    "triple",
    [
        LINUX,
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-gnu",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "wasm32-unknown-unknown",
    ],
)
def test_the_table_is_what_rustc_answers_to_cargo(triple, kind):
    words = (
        "rustc - --crate-name ___ --print=file-names --crate-type bin --crate-type rlib --crate-type dylib "
    )
    words += "--crate-type cdylib --crate-type staticlib --crate-type proc-macro --print=cfg --target"
    environment = cargo_environment(RUSTC_BOOTSTRAP="1" if kind is CfgSetKind.UNSTABLE else "0")
    done = subprocess.run(
        [*words.split(), triple], env=environment, input="", capture_output=True, text=True, check=True
    )
    names = (
        "debug_assertions",
        "panic=",
        "target_",
        "unix",
        "windows",
        "overflow_checks",
        "ub_checks",
        "relo",
        "emsc",
        "fmt_",
    )
    told = parse_cfg_lines([line for line in done.stdout.splitlines() if line.startswith(names)])
    table = base_cfgs(triple, kind)
    if _table().rustc not in _rustc_version():  # another rustc: what never changes is the same
        steady = ("target_arch", "target_os", "target_env", "target_family", "target_vendor")
        told, table = ({c for c in cfgs if c[0] in steady} for cfgs in (told, table))
    assert told == table


def _rustc_version() -> str:
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout

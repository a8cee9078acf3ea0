"""The language as a whole: its kinds fit together, and its documentation is the model's."""

import itertools

import pytest
from spec_cases import REPOSITORY, diagnose, expect

from flakegen.builders.registry import KINDS
from flakegen.diagnostics.codes import Code
from flakegen.spec.converters import converter_for
from flakegen.spec.docs import cell, spec_markdown
from flakegen.spec.kinds import Section
from flakegen.spec.schema import keys_of
from flakegen.spec.sections import Document

HEAD = """\
[project]
name = "x"

[cargo]
workspace = "ws"

[packages.tool]
alias = "hello"

[packages.flakegen]
alias = "hello"
"""


def test_docs_are_up_to_date():
    expect(REPOSITORY / "docs" / "spec.md", spec_markdown(KINDS))


def test_a_cell_of_a_table_ends_at_its_bar_only():
    assert cell("`a | b`\nor c") == r"`a \| b` or c"
    rows = [line for line in spec_markdown(KINDS).splitlines() if line.startswith("|")]
    bars = {line.count("|") - line.count(r"\|") for line in rows}
    assert bars == {3, 5}  # the codes and references; the keys


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.section.value}-{kind.key}")
def test_the_example_of_a_kind_is_a_spec(kind, tmp_path):
    (tmp_path / "ws").mkdir()
    for file in ["ws/Cargo.toml", "nix/tool.nix", "nix/links.nix", "nix/docs-shell.nix"]:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    lana = "" if "[packages.lana-cli]\n" in kind.example else '\n[packages.lana-cli]\ncrate = "lana-cli"\n'
    head = (
        HEAD.replace('[packages.tool]\nalias = "hello"\n', "") if "[packages.tool]" in kind.example else HEAD
    )
    text = head + lana + "\n" + kind.example
    assert diagnose(text, str(tmp_path / "x.toml")) == ""


def test_a_key_that_chooses_a_kind_means_nothing_else_in_its_section():
    for section in Section:
        kinds = [kind for kind in KINDS if kind.section is section]
        for one, other in itertools.permutations(kinds, 2):
            assert one.key not in keys_of(other.table)


def test_every_section_has_at_most_one_default_and_one_shorthand():
    for section in Section:
        kinds = [kind for kind in KINDS if kind.section is section]
        assert sum(kind.key is None for kind in kinds) <= 1
        assert sum(kind.shorthand for kind in kinds) <= 1


def test_every_key_can_be_decoded_and_is_documented():
    for table in [Document, *(kind.table for kind in KINDS)]:
        for key in keys_of(table).values():
            assert converter_for(key.annotation)
            assert key.rule.doc.endswith(".")


def test_codes_are_unique_and_said_in_words():
    assert len({code.value for code in Code}) == len(Code)
    assert all(code.meaning for code in Code)

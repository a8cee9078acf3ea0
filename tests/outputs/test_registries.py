"""Nothing is forgotten: every kind of package and every output on disk stands in its list."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import flakegen.builders
import flakegen.outputs
from flakegen.builders.builder import Builder
from flakegen.builders.registry import BUILDERS, KINDS, builder_of
from flakegen.outputs.registry import OUTPUTS
from flakegen.spec.kinds import Kind, Section


def _modules(package):
    names = (found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    return [importlib.import_module(name) for name in names if not name.endswith(".registry")]


def _defined(package, wanted):
    """Every value of a type that stands at the top of a module, alone or in a tuple."""
    for module in _modules(package):
        for value in vars(module).values():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, wanted):
                    yield each


def test_every_kind_is_listed():
    assert {id(kind) for kind in _defined(flakegen.builders, Kind)} == {id(kind) for kind in KINDS}


def test_every_builder_is_listed_once():
    defined = {id(builder) for builder in _defined(flakegen.builders, Builder)}
    assert sorted(defined) == sorted(id(builder) for builder in BUILDERS)


def test_every_output_is_listed_in_one_place():
    modules = [module for module in _modules(flakegen.outputs) if callable(vars(module).get("emit"))]
    assert sorted(module.__name__ for module in modules) == sorted(emit.__module__ for emit in OUTPUTS)


def test_every_folder_of_outputs_emits():
    folders = [
        path for path in Path(flakegen.outputs.__file__).parent.iterdir() if (path / "__init__.py").exists()
    ]
    assert {path.name for path in folders if not (path / "emit.py").exists()} == set()


def test_kinds_of_a_section_have_keys_of_their_own():
    keys = [(kind.section, kind.key) for kind in KINDS]
    assert len(keys) == len(set(keys))
    assert all(sum(k.shorthand for k in KINDS if k.section is section) <= 1 for section in Section)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.section.value}-{kind.key}")
def test_every_kind_is_told_and_shown(kind):
    assert kind.doc.endswith(".")
    assert kind.example.startswith(f"[{kind.section.value}")
    assert issubclass(kind.table, kind.section.base)


def test_every_table_leads_to_its_builder():
    for builder in BUILDERS:
        table = object.__new__(builder.kind.table)
        assert builder_of(table) is builder

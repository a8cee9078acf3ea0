"""Good specs decode to what they say, without costly imports."""

import json
import subprocess
import sys
from pathlib import PurePosixPath

import pytest
from spec_cases import HERE, REPOSITORY, load

from flakegen.builders.registry import KINDS
from flakegen.diagnostics.codes import Code
from flakegen.spec.load import load_spec
from flakegen.spec.schema import keys_of
from flakegen.spec.sections import Document
from flakegen.spec.to_json import spec_to_json


class EverythingIsThere:
    """A file system in which every path exists: a file if its name has a suffix."""

    def is_file(self, path):
        return bool(PurePosixPath(path).suffix)

    def is_folder(self, path):
        return not PurePosixPath(path).suffix

    def real(self, path):
        return path


@pytest.mark.parametrize("name", ["smallest", "everything"])
def test_decodes(name, snapshot):
    path = HERE / "good" / f"{name}.toml"
    assert json.dumps(spec_to_json(load(path.read_bytes(), str(path))), indent=1) == snapshot


def test_everything_uses_every_key():
    path = HERE / "good" / "everything.toml"
    spec = load(path.read_bytes(), str(path))
    used = {where[-1] for where in spec.source.positions.keys}
    tables = [Document, *(kind.table for kind in KINDS)]
    assert {name for table in tables for name in keys_of(table)} - used == set()


def test_lana_decodes():
    path = REPOSITORY / "specs" / "lana.toml"
    text = path.read_text(encoding="utf-8")
    spec = load_spec(text, str(path), kinds=KINDS, files=EverythingIsThere())
    assert spec.layout.output == PurePosixPath("generated/lana")
    assert spec.layout.root == REPOSITORY
    assert spec.cargo.workspace.relative == PurePosixPath("specs/workspaces/lana")


def test_line_ends_of_windows_mean_nothing():
    path = HERE / "good" / "everything.toml"
    data = path.read_bytes()
    unix, windows = load(data, str(path)), load(data.replace(b"\n", b"\r\n"), str(path))
    assert spec_to_json(unix) == spec_to_json(windows)


def test_the_spec_lies_in_specs_or_in_the_root(tmp_path):
    text = '[project]\nname = "x"\n'
    beside = load(text, str(tmp_path / "demo.toml")).layout
    below = load(text, str(tmp_path / "specs" / "demo.toml")).layout
    assert (beside.root, str(beside.spec), str(beside.output)) == (tmp_path, "demo.toml", "generated/demo")
    assert (below.root, str(below.spec), str(below.output)) == (tmp_path, "specs/demo.toml", "generated/demo")


def test_paths_may_leave_the_folder_of_the_spec_for_the_root(tmp_path):
    (tmp_path / "nix").mkdir()
    (tmp_path / "nix" / "a.nix").touch()
    text = '[project]\nname = "x"\n[packages]\na = { nix = "../nix/./b/../a.nix" }\n'
    spec = load(text, str(tmp_path / "specs" / "demo.toml"))
    assert str(spec.packages["a"].nix.relative) == "nix/a.nix"


def test_later_stages_report_at_a_key_and_inside_a_string():
    text = '[project]\nname = "x"\n\n[packages.a]\nnix-expr = """\nlet a = 1;\n\\\n  in \\u0062"""\n'
    spec = load(text)
    expr = spec.packages["a"].nix_expr
    assert expr.text == "let a = 1;\nin b"
    found = spec.diagnose(expr.where, Code.NIX_SYNTAX, "b is not defined", offset=expr.text.index("b"))
    assert (found.span.line, found.span.column, found.span.length) == (8, 6, 6)


@pytest.mark.parametrize("module", ["lark", "tomlkit", "rich", "jinja2", "networkx"])
def test_a_good_spec_imports_nothing_heavy(module):
    script = (
        "import sys\n"
        "from flakegen.builders.registry import KINDS\n"
        "from flakegen.spec.load import load_spec\n"
        'text = \'[project]\\nname = "x"\\n[packages]\\na = "hello"\\nb = "@{packages.a}"\\n\'\n'
        "load_spec(text, 'x.toml', kinds=KINDS)\n"
        f"sys.exit({module!r} in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=False).returncode == 0

"""What the spec tests share: the cases on disk, and the one way to load a spec."""

import os
from pathlib import Path

from flakegen.builders.registry import KINDS
from flakegen.diagnostics.diagnostic import DiagnosticError
from flakegen.diagnostics.render import render_all
from flakegen.spec.load import decode_bytes, load_spec
from flakegen.spec.model import Spec

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
BAD_CASES = sorted(path.parent for path in (HERE / "bad").glob("*/spec.toml"))
UPDATE = bool(os.environ.get("UPDATE_EXPECTED"))


def load(data: bytes | str, path: str = "spec.toml") -> Spec:
    text = data if isinstance(data, str) else decode_bytes(data, path)
    return load_spec(text, path, kinds=KINDS)


def diagnose(data: bytes | str, path: str = "spec.toml") -> str:
    """Return what is rendered of a spec's faults; nothing for a good spec."""
    try:
        load(data, path)
    except DiagnosticError as error:
        return render_all(error.diagnostics)
    return ""


def expect(path: Path, text: str) -> None:
    """Compare ``text`` with the file, or write it when asked to."""
    if UPDATE:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")

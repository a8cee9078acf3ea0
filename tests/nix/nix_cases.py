"""The case files beside the tests: one expression per line, ``#`` lines are comments."""

from pathlib import Path

HERE = Path(__file__).parent


def cases(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line[:2] != "# "]

"""Diffs are what `git apply` makes of the old file the new one with."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakegen.write.diff import Change, file_diff

LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "  c\r\n", "\x0cd\u2028\n", "ä\n"]), max_size=12)
TEXTS = st.tuples(LINES, st.sampled_from(["", "end"])).map(lambda parts: "".join(parts[0]) + parts[1])


def _apply(diff: str, before: str) -> str:
    """Read the diff the other way: an independent, strict reading of its hunks."""
    lines = [f"{line}\n" for line in diff.split("\n")[:-1]]
    source = [f"{line}\n" for line in before.split("\n")]
    source = [*source[:-1], source[-1][:-1]] if source[-1] != "\n" else source[:-1]
    result, at, hunk = [], 0, False
    for index, line in enumerate(lines):
        bare = index + 1 < len(lines) and lines[index + 1].startswith("\\")
        body = line[1:-1] if bare else line[1:]
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            begin = int(start) - (0 if count == "0" else 1)
            result += source[at:begin]
            at, hunk = begin, True
        elif hunk and line[0] in " -":
            assert source[at] == body
            at += 1
            result += [body] if line[0] == " " else []
        elif hunk and line[0] == "+":
            result.append(body)
    return "".join(result + source[at:])


@given(TEXTS, TEXTS)
def test_a_diff_leads_from_one_text_to_the_other(before, after):
    diff = file_diff("f", Change.CHANGED, before.encode(), after.encode())
    assert _apply(diff, before) == after


CASES = {
    "changed": (b"a\nb\nc\n", b"a\nB\nc\n", Change.CHANGED),
    "no-last-line-break": (b"a\nb", b"a\nb\n", Change.CHANGED),
    "carriage-returns": (b"a\r\nb\x0c\n", b"a\nb\n", Change.CHANGED),
    "missing": (None, b"new\n", Change.MISSING),
    "extra": (b"old\n", None, Change.EXTRA),
    "extra-empty": (b"", None, Change.EXTRA),
}


@pytest.mark.parametrize("case", CASES)
def test_git_applies_it(tmp_path, case):
    before, after, change = CASES[case]
    path = tmp_path / "deep/file.nix"
    path.parent.mkdir()
    if before is not None:
        path.write_bytes(before)
    diff = file_diff("deep/file.nix", change, before or b"", after or b"")
    done = subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert (path.read_bytes() if path.exists() else None) == after


def test_git_applies_a_mode(tmp_path):
    path = tmp_path / "run.sh"
    path.write_text("x\n")
    path.chmod(0o755)
    diff = file_diff("run.sh", Change.MODE, b"x\n", b"x\n")
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert path.stat().st_mode & 0o111 == 0


def test_what_is_no_text_still_has_a_diff():
    assert "-\ufffd\n" in file_diff("f", Change.CHANGED, b"\xff\n", b"a\n")


def test_enormous_texts_are_exchanged_as_a_whole():
    before = "".join(f"{number % 90}\n" for number in range(120_000))
    after = "".join(f"{number % 91}\n" for number in range(120_000))
    diff = file_diff("f", Change.CHANGED, before.encode(), after.encode())
    assert diff.count("\n-") == diff.count("\n+") == 120_001  # the name beside them

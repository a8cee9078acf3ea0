"""Small source trees as text files: what a case holds, and what it expects beyond rustc's own answer."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case; the lines above the first file explain it, those with `@` say more.

    Attributes:
        files: by path below the case's root.
        package: the folder of the scanned package (`@package`).
        edition: `@edition`.
        crates: crates to compile first, name to main file (`@crate`), for macros that they export.
        links: symbolic links, path to target (`@link`).
        conditional: found although this build does not read them, being behind a `cfg` or a `cfg_attr` (`@conditional`).
        absent: paths that are inputs because they are not there (`@absent`).
    """

    files: dict[str, str]
    package: str = ""
    edition: str = "2021"
    crates: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    conditional: frozenset[str] = frozenset()
    absent: tuple[str, ...] = ()


def read_case(path: Path) -> Case:
    """A case from its file: `@` lines, words for people, then files below `-- path --` lines."""
    head, *rest = _FILE.split(path.read_text())
    said: dict[str, list[str]] = {}
    for line in head.splitlines():
        if line.startswith("@"):
            key, *words = line[1:].split()
            said.setdefault(key, []).extend(words)
    files = dict(zip(rest[::2], rest[1::2], strict=True))
    pairs = {
        key: dict(zip(said.get(key, [])[::2], said.get(key, [])[1::2], strict=True))
        for key in ("crate", "link")
    }
    known = {"empty", "package", "edition", "crate", "link", "conditional", "absent"}
    assert said.keys() <= known, f"{path.name}: {sorted(said.keys() - known)}"
    return Case(
        files={**files, **dict.fromkeys(said.get("empty", []), "")},
        package="".join(said.get("package", [])),
        edition="".join(said.get("edition", ["2021"])),
        crates=pairs["crate"],
        links=pairs["link"],
        conditional=frozenset(said.get("conditional", [])),
        absent=tuple(sorted(said.get("absent", []))),
    )


def cases_in(folder: Path) -> dict[str, Case]:
    """Every case of a folder, by name."""
    return {path.stem: read_case(path) for path in sorted(folder.glob("*.txt"))}

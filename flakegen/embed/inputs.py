"""The values that a scan gives: what one target of one local package reads when it is compiled.

All paths are root-relative with `/` (the root is the folder that holds the workspace), without `.` or `..` parts;
all tuples are sorted and without duplicates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from flakegen.embed.wrappers import Macro

PREPARED = r"query-[0-9a-f]+\.json"
"""The names of files that describe queries of sqlx, as `FolderInput.pattern`."""


class InputRole(Enum):
    """Whether an input can change a production unit.

    `TEST` inputs are reachable only under `cfg(test)`, or from the targets in `tests/`, `benches/` and `examples/`.
    """

    PRODUCTION = "production"
    TEST = "test"


class TargetKind(Enum):
    """The kind of a scanned target, named as in cargo's own JSON."""

    LIB = "lib"
    BIN = "bin"
    TEST = "test"
    BENCH = "bench"
    EXAMPLE = "example"
    BUILD_SCRIPT = "custom-build"

    @property
    def role(self) -> InputRole:
        """The role of whatever is read outside `cfg(test)`."""
        if self in (TargetKind.TEST, TargetKind.BENCH, TargetKind.EXAMPLE):
            return InputRole.TEST
        return InputRole.PRODUCTION


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTarget:
    """One target to scan; `src_path` is relative to the package's folder (as in Cargo.toml, `..` allowed)."""

    name: str
    kind: TargetKind
    src_path: str
    edition: str = "2021"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderInput:
    """A folder whose listing and contents are read.

    Attributes:
        path: root-relative; the folder may be absent.
        recursive: whether folders below it belong to it.
        pattern: a regular expression that a file's name (not path) must match in full, in the subset shared by
            Python's `re.fullmatch` and POSIX extended expressions (`builtins.match`); None for every file.
    """

    path: str
    recursive: bool = True
    pattern: str | None = None

    def sort_key(self) -> tuple[str, bool, str]:
        """An order that copes with a missing pattern."""
        return (self.path, self.recursive, self.pattern or "")


class UseKind(Enum):
    """What a use reads; a link is read on the way to what it leads to."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


class Use(Struct, frozen=True, kw_only=True):
    """One path that one macro, attribute or literal reads: where an input comes from.

    Attributes:
        rule: the short standard name of what reads it, such as `include_str!` (see mechanisms.py).
        path: root-relative; of what is read through links, where it really is.
        present: whether it is there.
        named: whether the code says this path; else it is looked for by convention (`sqlx.toml`).
        recursive: of a folder, whether those below it belong to it.
        pattern: of a folder, as in `FolderInput`.
        file: the Rust file with the outermost call, root-relative.
        line: of that call, counted from 1.
        column: counted from 1, in characters.
    """

    rule: str
    path: str
    kind: UseKind
    present: bool
    named: bool = True
    role: InputRole
    recursive: bool = False
    pattern: str | None = None
    file: str
    line: int
    column: int

    def sort_key(self) -> tuple[str | int, ...]:
        """By place, then by what is read there."""
        kind, role = self.kind.value, self.role.value
        return (self.file, self.line, self.column, self.path, kind, self.rule, role, self.pattern or "")


class FindingKind(Enum):
    """Why something could not be followed."""

    ABSENT = "absent"  # what the code names is not there, or not of the kind that it must be
    UNKNOWN = "unknown"  # the path is worked out by the compiler
    OUTSIDE = "outside"  # it leads out of the root
    UNPREPARED = "unprepared"  # a query of sqlx without its prepared file


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """Something that the scanner saw and could not follow; the message is a lowercase phrase.

    Attributes:
        file: root-relative path of the Rust file.
        line: counted from 1.
        column: counted from 1, in characters.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    kind: FindingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetInputs:
    """What one target reads.

    Attributes:
        modules: `.rs` files reached by `mod`, `#[path]` and `include!`; may leave the package's folder.
        test_modules: those reached only under `cfg(test)`.
        files: embedded single files that are present.
        test_files: those read only under `cfg(test)`, or by a test, bench or example target.
        folders: embedded folders.
        test_folders: likewise.
        optional_files: read if present, absent now (`.env`, `sqlx.toml`, generated files): hashed as absent.
        test_optional_files: likewise.
        uses: where all these files and folders come from, in the order of `Use.sort_key`.
        findings: what could not be followed.
        sqlx_offline: whether prepared queries are read and no variable says whether there is a database.
        sqlx_offline_dir: the `.sqlx` folder in use when it is the workspace's and not the package's own.
    """

    target: ScanTarget
    modules: tuple[str, ...] = ()
    test_modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    folders: tuple[FolderInput, ...] = ()
    test_folders: tuple[FolderInput, ...] = ()
    optional_files: tuple[str, ...] = ()
    test_optional_files: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    findings: tuple[Finding, ...] = ()
    sqlx_offline: bool = False
    sqlx_offline_dir: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptInputs:
    """What the *run* of a build script reads.

    Attributes:
        declared: the script has a `rerun-if-changed` or `rerun-if-env-changed` literal.
        files: present files that the script's string literals name, and the script's own modules.
        folders: present folders that they name; the package's folder when `whole_package`.
        optional_files: paths declared with `rerun-if-changed` that are absent.
        whole_package: nothing is declared, so cargo watches the package's whole folder.
        excluded: root-relative folders inside `folders` that don't belong to them (nested packages, `target`,
            `.git`); given when the package's whole folder, or one around it, is read.
        uses: where the files and folders come from, but for the script's modules.
        findings: what is declared and could not be followed.
    """

    declared: bool
    files: tuple[str, ...] = ()
    folders: tuple[FolderInput, ...] = ()
    optional_files: tuple[str, ...] = ()
    whole_package: bool = False
    excluded: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageInputs:
    """What the targets of one local package read.

    Attributes:
        package_dir: root-relative; "" for the root itself.
        targets: in the order that was asked for.
        build_script_inputs: None without a build script.
        exported_macros: macros that reach a file-reading macro, for the local packages that depend on this one.
        ignored: those of the paths to be ignored that the package would read otherwise, or that lie in its folder.
    """

    package_dir: str
    targets: tuple[TargetInputs, ...]
    build_script_inputs: ScriptInputs | None = None
    exported_macros: tuple[Macro, ...] = ()
    ignored: tuple[str, ...] = ()

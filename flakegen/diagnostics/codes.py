"""Every code that a diagnostic can carry. A code is never reused for something else."""

from __future__ import annotations

from enum import Enum


class Code(Enum):
    """A diagnostic's code; ``value`` is what is shown, `meaning` one line for the documentation."""

    # The spec: syntax and shape.
    SYNTAX = "E100"
    UNKNOWN_SECTION = "E101"
    UNKNOWN_KEY = "E102"
    NOT_YET = "E103"
    WRONG_TYPE = "E104"
    MISSING_KEY = "E105"
    NO_KIND = "E106"
    AMBIGUOUS_KIND = "E107"
    BAD_CHOICE = "E108"
    CONFLICT = "E109"
    DUPLICATE_ITEM = "E110"
    EMPTY = "E111"
    CONTROL_CHARACTER = "E112"
    NOT_UTF8 = "E113"
    # The spec: names and values.
    BAD_ATTR_NAME = "E120"
    BAD_ENV_NAME = "E121"
    BAD_CARGO_NAME = "E122"
    BAD_FLAKE_URL = "E123"
    BAD_ATTR_PATH = "E124"
    BAD_VALUE = "E125"
    FOREIGN_SYSTEM = "E126"
    BAD_RUST_NAME = "E127"
    # The spec: paths.
    PATH_LEAVES_ROOT = "E130"
    MISSING_FILE = "E131"
    BAD_PATH = "E132"
    # The spec: references between its parts.
    BAD_REFERENCE = "E140"
    DANGLING_REFERENCE = "E141"
    WRONG_REFERENCE = "E142"
    CYCLE = "E143"
    IMPURE = "E144"
    DUPLICATE_OUTPUT = "E145"
    NEEDS_CARGO = "E146"
    NEEDS_UNITS = "E147"
    CACHE = "E148"
    # The spec: images.
    DUPLICATE_IMAGE = "E160"
    # The Cargo workspace.
    CARGO = "E200"
    UNKNOWN_CRATE = "E201"
    UNKNOWN_PROFILE = "E202"
    UNKNOWN_FEATURE = "E203"
    UNKNOWN_BINARY = "E204"
    UNKNOWN_REGISTRY = "E205"
    BAD_TIMES = "E206"
    # Images, once it is known what packages hold.
    UNPROVIDED_PATH = "E250"
    # Embedded files.
    EMBED = "E300"
    EMBED_UNKNOWN = "E301"
    EMBED_OUTSIDE = "E302"
    EMBED_UNPREPARED = "E303"
    UNUSED_IGNORE = "E304"
    UNUSED_PREPARED = "E305"
    DAMAGED_PREPARED = "E306"
    UNTRACKED = "E310"
    # Nix.
    NIX_SYNTAX = "E400"
    # What is written.
    OUTPUT = "E500"
    # What is asked.
    QUESTION = "E600"

    @property
    def meaning(self) -> str:
        """What the code says, in one line."""
        return _MEANINGS[self]


_MEANINGS = {
    Code.SYNTAX: "the spec is not TOML",
    Code.UNKNOWN_SECTION: "a section that the language does not have",
    Code.UNKNOWN_KEY: "a key that its table does not have",
    Code.NOT_YET: "a section that this version does not support yet",
    Code.WRONG_TYPE: "a value of another type than its key takes",
    Code.MISSING_KEY: "a required key is absent",
    Code.NO_KIND: "an entry without the key that says what it is",
    Code.AMBIGUOUS_KIND: "an entry with keys that say different things of what it is",
    Code.BAD_CHOICE: "a value that is none of those to choose from",
    Code.CONFLICT: "two keys that exclude each other",
    Code.DUPLICATE_ITEM: "a list that holds the same item twice",
    Code.EMPTY: "an empty value where something must be said",
    Code.CONTROL_CHARACTER: "a control character or a line break where none can be",
    Code.NOT_UTF8: "the spec is not UTF-8 text",
    Code.BAD_ATTR_NAME: "a name that is no valid Nix attribute",
    Code.BAD_ENV_NAME: "a name that is no valid environment variable",
    Code.BAD_CARGO_NAME: "a name that Cargo does not allow",
    Code.BAD_FLAKE_URL: "a value that is no flake reference",
    Code.BAD_ATTR_PATH: "a value that is no attribute path",
    Code.BAD_VALUE: "a value of the right type that makes no sense",
    Code.FOREIGN_SYSTEM: "a system that the project does not have",
    Code.BAD_RUST_NAME: "a name that no macro or attribute of Rust can have",
    Code.PATH_LEAVES_ROOT: "a path that is absolute or leaves the project root",
    Code.MISSING_FILE: "a file or folder that is not there",
    Code.BAD_PATH: "a path that is not of the form or kind its key takes",
    Code.BAD_REFERENCE: "a reference that is not well formed",
    Code.DANGLING_REFERENCE: "a reference to something that is not in the spec",
    Code.WRONG_REFERENCE: "a reference to something of another sort than its key takes",
    Code.CYCLE: "entries that refer to each other in a circle",
    Code.IMPURE: "the environment is read where that is not allowed",
    Code.DUPLICATE_OUTPUT: "two entries that become the same flake output",
    Code.NEEDS_CARGO: "an entry that needs the `[cargo]` section",
    Code.NEEDS_UNITS: "something that the chosen `cargo.format` cannot build",
    Code.DUPLICATE_IMAGE: "two images that have the same place in a registry",
    Code.CACHE: "a cache that nobody writes, that a reader would write, or that is another one",
    Code.CARGO: "the Cargo workspace cannot be read or resolved",
    Code.UNKNOWN_CRATE: "a crate that is no member of the workspace",
    Code.UNKNOWN_PROFILE: "a profile that the workspace does not define",
    Code.UNKNOWN_FEATURE: "a feature that the crate does not have",
    Code.UNKNOWN_BINARY: "a binary that the crate does not have",
    Code.UNKNOWN_REGISTRY: "a registry that no crate of the workspace comes from",
    Code.BAD_TIMES: "a line of a table of measured times that cannot be read",
    Code.UNPROVIDED_PATH: "a path in an image that nothing in it provides",
    Code.EMBED: "a file that a crate embeds cannot be found",
    Code.EMBED_UNKNOWN: "a crate embeds a file whose path only the compiler knows",
    Code.EMBED_OUTSIDE: "a crate embeds a file that lies outside the project",
    Code.EMBED_UNPREPARED: "a query of sqlx that was not prepared for building offline",
    Code.UNUSED_IGNORE: "an `ignore` of something that is not read",
    Code.UNUSED_PREPARED: "a description of a query of sqlx that no query needs",
    Code.DAMAGED_PREPARED: "a description of a query of sqlx that is not of the query which its name stands for",
    Code.UNTRACKED: "a file that is built and that git does not know, so that a flake does not hold it",
    Code.NIX_SYNTAX: "a Nix expression that does not parse",
    Code.OUTPUT: "the output cannot be written",
    Code.QUESTION: "a question about a project that cannot be answered",
}

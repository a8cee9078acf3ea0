"""Made-up fetched crates in the proportions of real locks: what the workspace of `synthetic_workspace` is built upon.

Counted over 243 crates of a real lock: 3.7 dependencies each, 1.7 of them optional and 0.4 for some platforms only, 7 features,
every sixth with a build script, every fifteenth a procedural macro. Dependencies lead to lower numbers only, most to a
few popular crates, and the depth grows with the logarithm of the number, as in the registry.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from random import Random

_NAMED = (
    "cfg-if", "libc", "unicode-ident", "proc-macro2", "quote", "syn", "autocfg", "cc", "version_check", "memchr",
    "itoa", "serde_derive", "serde", "windows-sys", "core-foundation", "js-sys", "tokio", "tracing", "anyhow", "sqlx",
)  # fmt: skip
_WORDS = (
    "arrow", "basalt", "cobalt", "delta", "ember", "fable", "glyph", "harbor", "ion", "jasper", "kestrel", "lumen",
    "matrix", "nimbus", "onyx", "pivot", "quartz", "ripple", "signal", "tundra", "umbra", "vector", "willow", "zephyr",
)  # fmt: skip
_PLATFORMS = (
    ("cfg(unix)", "libc"),
    ("cfg(windows)", "windows-sys"),
    ('cfg(target_os = "macos")', "core-foundation"),
    ('cfg(target_family = "wasm")', "js-sys"),
    ('cfg(not(target_arch = "wasm32"))', "memchr"),
    ('cfg(all(unix, not(target_os = "macos")))', "itoa"),
)
_MACRO_NEEDS = ("proc-macro2", "quote", "syn")
_SCRIPT_NEEDS = ("autocfg", "cc", "version_check")
_FLAGS = (
    "alloc",
    "rc",
    "simd",
    "unstable",
    "tracing",
    "fs",
    "net",
    "time",
    "macros",
    "sync",
    "testing",
    "io",
)
_MANY_FEATURES = 150  # as windows-sys and web-sys have


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A dependency on another fetched crate."""

    crate: Crate
    features: tuple[str, ...] = ()
    defaults: bool = True
    optional: bool = False
    kind: str = "dependencies"
    platform: str | None = None

    def line(self) -> str:
        """As manifests write it."""
        parts = [f'version = "{self.crate.version}"']
        if self.features:
            parts.append(f"features = [{_quoted(self.features)}]")
        if not self.defaults:
            parts.append("default-features = false")
        if self.optional:
            parts.append("optional = true")
        return f"{self.crate.name} = {{ {', '.join(parts)} }}"

    def table(self) -> str:
        """The table of a manifest that it stands in."""
        return self.kind if self.platform is None else f"target.'{self.platform}'.{self.kind}"


@dataclasses.dataclass(slots=True, kw_only=True, eq=False)
class Crate:
    """A fetched crate while it is made up."""

    number: int
    name: str
    version: str
    is_macro: bool
    has_script: bool
    links: str | None = None
    features: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    uses: list[Use] = dataclasses.field(default_factory=list)

    @property
    def checksum(self) -> str:
        """Of the archive that nobody has."""
        return hashlib.sha256(f"{self.name} {self.version}".encode()).hexdigest()

    def manifest(self) -> str:
        """Its Cargo.toml, as published ones look."""
        script = 'build = "build.rs"\n' if self.has_script else ""
        links = f'links = "{self.links}"\n' if self.links else ""
        text = (
            f'[package]\nedition = "2021"\nrust-version = "1.70"\nname = "{self.name}"\nversion = "{self.version}"\n'
            f'authors = ["Someone Else <someone@example.org>"]\n{script}{links}'
            f'description = "A made-up library, number {self.number}, of which only the manifest counts"\n'
            'readme = "README.md"\nlicense = "MIT OR Apache-2.0"\n'
            f'repository = "https://example.org/{self.name}"\n\n'
            f'[lib]\nname = "{self.name.replace("-", "_")}"\npath = "src/lib.rs"\n'
            + ("proc-macro = true\n" if self.is_macro else "")
        )
        if self.features:
            text += "\n[features]\n" + "".join(
                f"{name} = [{_quoted(values)}]\n" for name, values in self.features.items()
            )
        tables: dict[str, list[str]] = {}
        for use in self.uses:
            tables.setdefault(use.table(), []).append(use.line())
        return text + "".join(f"\n[{name}]\n" + "\n".join(lines) + "\n" for name, lines in tables.items())


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def fetched_crates(count: int) -> list[Crate]:
    """Make up crates: always the same for the same count."""
    crates = [_bare(number) for number in range(count)]
    by_name = {crate.name: crate for crate in reversed(crates)}  # the first of a name
    needed_by = _spanning(count)
    for crate in crates:
        _connect(crate, crates, by_name, needed_by.get(crate.number, ()))
    return crates


def _bare(number: int) -> Crate:
    name = _NAMED[number] if number < len(_NAMED) else f"{_WORDS[number % len(_WORDS)]}-{number:04}"
    version = f"1.{number % 37}.{number % 11}"
    if number % 25 == 7 and number > 100:  # a second major version of its neighbour
        name, version = f"{_WORDS[(number - 1) % len(_WORDS)]}-{number - 1:04}", f"2.{number % 9}.0"
    is_macro = name == "serde_derive" or _is_macro(number)
    has_script = not is_macro and number % 6 == 1 and number > 8
    return Crate(
        number=number,
        name=name,
        version=version,
        is_macro=is_macro,
        has_script=has_script,
        links=f"native-{number}" if has_script and number % 5 == 0 else None,
    )


def _spanning(count: int) -> dict[int, list[int]]:
    """Give every crate one that needs it, by the number of that one; the last ones are left to the members."""
    found: dict[int, list[int]] = {}
    random = Random("spanning")
    for number in range(count):
        needed_by = random.randint(number + 1, 2 * number + 20)
        if needed_by < count and not _is_macro(needed_by):
            found.setdefault(needed_by, []).append(number)
    return found


def _is_macro(number: int) -> bool:
    return number > len(_NAMED) and number % 15 == 4


def _connect(
    crate: Crate, crates: list[Crate], by_name: dict[str, Crate], spanning: list[int] | tuple[()]
) -> None:
    random = Random(f"crate {crate.number}")
    number = crate.number
    chosen = {crates[other].name: crates[other] for other in spanning}
    if crate.is_macro:  # what runs at compile time needs little
        crate.uses = [_use(random, by_name[name]) for name in _MACRO_NEEDS if by_name[name].number < number]
        crate.features = _features(random, crate)
        return
    for _ in range(random.choice((0, 0, 1, 1, 1, 2, 3))):
        other = _lower(random, number, crates)
        if other is not None:
            chosen.setdefault(other.name, other)
    chosen.pop(crate.name, None)
    uses = [_use(random, other) for other in chosen.values()]
    taken = set(chosen) | {crate.name}
    for _ in range(random.choice((0, 1, 1, 2, 2, 4))):
        other = _lower(random, number, crates)
        if other is not None and other.name not in taken:
            taken.add(other.name)
            uses.append(_use(random, other, optional=True))
    platforms = random.sample(_PLATFORMS, random.choice((0, 0, 0, 1, 1)))
    if number % 90 == 21:  # as in cryptography: no two systems have the same graph
        platforms = [('cfg(all(target_arch = "aarch64", target_os = "linux"))', "libc")]
    for platform, name in platforms:
        other = by_name.get(name)
        if other is not None and other.number < number and name not in taken:
            taken.add(name)
            uses.append(_use(random, other, platform=platform))
    if crate.has_script:
        other = by_name[random.choice(_SCRIPT_NEEDS)]
        uses.append(Use(crate=other, kind="build-dependencies"))
    crate.uses = uses
    crate.features = _features(random, crate)


def _lower(random: Random, number: int, crates: list[Crate]) -> Crate | None:
    """Choose a crate to depend on: a popular one, or one not much older."""
    if not number:
        return None
    if random.random() < 0.5:
        return crates[int(number * random.random() ** 4)]
    return crates[random.randrange(number // 2, number)]


def _use(random: Random, crate: Crate, *, optional: bool = False, platform: str | None = None) -> Use:
    return Use(
        crate=crate,
        features=asked_features(random, crate),
        defaults=random.random() > 0.25,
        optional=optional,
        platform=platform,
    )


def asked_features(random: Random, crate: Crate) -> tuple[str, ...]:
    """Choose what a dependent asks for: mostly nothing, else mostly what everybody asks for."""
    features = [name for name in crate.features if name != "default"]
    if len(features) > _MANY_FEATURES:
        return tuple(features[-8:])
    chosen = {
        features[int(len(features) * random.random() ** 3)] for _ in range(random.choice((0, 0, 0, 1, 2)))
    }
    return tuple(sorted(chosen))


def _features(random: Random, crate: Crate) -> dict[str, tuple[str, ...]]:
    """Features as libraries have them: a default, switches, optional dependencies, and what passes on to these."""
    optional = [use.crate for use in crate.uses if use.optional]
    with_std = [
        use.crate.name for use in crate.uses if "std" in use.crate.features and use.kind == "dependencies"
    ]
    passed = tuple(
        f"{name}{'?' if any(name == each.name for each in optional) else ''}/std" for name in with_std[:3]
    )
    found: dict[str, tuple[str, ...]] = {"default": ("std",), "std": ("alloc", *passed), "alloc": ()}
    switches = random.sample(_FLAGS[1:], random.choice((1, 2, 3, 5)))
    found |= {name: ("alloc",) if index == 1 else () for index, name in enumerate(switches)}
    for other in optional:
        found[f"with-{other.name}"] = (f"dep:{other.name}",)
    if len(switches) > 2:
        found["full"] = tuple(switches)
    if crate.number % 100 == 13:
        names = [f"Area_{index}" for index in range(_MANY_FEATURES)]
        found |= {name: (names[index // 2],) if index else () for index, name in enumerate(names)}
    return found


def write_crates(crates: list[Crate], folder: Path) -> None:
    """Write crates as cargo unpacks them; the folder can be a directory source as well."""
    folder.mkdir(parents=True)
    for crate in crates:
        place = folder / f"{crate.name}-{crate.version}"
        (place / "src").mkdir(parents=True)
        (place / "Cargo.toml").write_text(crate.manifest())
        (place / "src/lib.rs").write_text("")
        (place / ".cargo-ok").write_text('{"v":1}')
        (place / ".cargo-checksum.json").write_text(json.dumps({"files": {}, "package": crate.checksum}))
        if crate.has_script:
            (place / "build.rs").write_text("fn main() {}\n")

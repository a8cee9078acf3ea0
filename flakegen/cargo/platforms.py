"""What `rustc --print cfg` says of each known target triple, kept as data so that no rustc is needed.

``data/cfg.json`` was printed by the rustc named in it: "stable" is the plain output, "unstable" what RUSTC_BOOTSTRAP=1
adds to it. Cargo prints unit graphs only under that variable, hence the two sets.

Cargo asks for all crate types at once (`target_info.rs`), and for procedural macros rustc does not take `crt-static` as
the default, so that it is off for dependencies and build scripts even on musl, unless flags turn it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct, field

from flakegen.cargo.cfg import CfgSet, CfgValue, matches, parse_platform
from flakegen.cargo.errors import PlatformError, Problem
from flakegen.cargo.suggest import did_you_mean

_DATA = Path(__file__).parent / "data" / "cfg.json"
_CRATE_TYPES = ("bin", "rlib", "dylib", "cdylib", "staticlib", "proc-macro")
ASKED_WITH = tuple(f"--crate-type={name}" for name in _CRATE_TYPES)
"""The options of rustc that decide what `--print=cfg` says to cargo."""


class CfgSetKind(Enum):
    """Which cfgs rustc lets cargo see: those of a plain build, or those under RUSTC_BOOTSTRAP=1 and on nightly."""

    STABLE = "stable"
    UNSTABLE = "unstable"


class _Target(msgspec.Struct):
    stable: list[str]
    unstable: list[str]


class _Table(msgspec.Struct):
    rustc: str
    targets: dict[str, _Target]


class Platform(Struct, frozen=True, kw_only=True, eq=False):
    """A triple with its cfgs; remembers which platform keys select it."""

    triple: str
    cfgs: CfgSet
    rustflags: tuple[str, ...] = ()
    _answers: dict[str, bool] = field(default_factory=dict)

    def selects(self, key: str | None) -> bool:
        """Whether a dependency under this platform key exists here (no key: everywhere).

        Raises:
            CfgError: the key does not parse.
        """
        if key is None:
            return True
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = matches(parse_platform(key), self.triple, self.cfgs)
        return answer


@lru_cache(maxsize=1)
def _table() -> _Table:
    return msgspec.json.decode(_DATA.read_bytes(), type=_Table)


def known_triples() -> tuple[str, ...]:
    """All triples of the table, sorted."""
    return tuple(sorted(_table().targets))


def parse_cfg_lines(lines: Sequence[str]) -> CfgSet:
    """The cfg set that `rustc --print cfg` lines mean; cargo takes out the bare `proc_macro`."""
    return frozenset(value for value in map(_parse_line, lines) if value != "proc_macro")


def _parse_line(line: str) -> CfgValue:
    name, equals, value = line.partition("=")
    return (name, value.removeprefix('"').removesuffix('"')) if equals else name


def base_cfgs(triple: str, kind: CfgSetKind) -> CfgSet:
    """The cfgs of a triple without any rustflags.

    Raises:
        PlatformError: the triple is not in the table.
    """
    target = _table().targets.get(triple)
    if target is None:
        hint = did_you_mean(triple, known_triples()) or "known triples: " + ", ".join(known_triples())
        raise PlatformError(
            Problem(code="platform-unknown", message=f"unknown target triple `{triple}`", hint=hint)
        )
    return parse_cfg_lines(target.stable + (target.unstable if kind is CfgSetKind.UNSTABLE else []))


def _flag_values(flags: Sequence[str], names: tuple[str, ...]) -> list[str]:
    """The values of options given as `--cfg X`, `--cfg=X`, `-C X` or `-CX`."""
    values: list[str] = []
    for index, flag in enumerate(flags):
        for name in names:
            if flag == name and index + 1 < len(flags):
                values.append(flags[index + 1])
            elif flag.startswith(name + "=") or (name == "-C" and flag.startswith("-C") and flag != "-C"):
                values.append(flag[len(name) :].removeprefix("="))
    return values


def with_rustflags(cfgs: CfgSet, flags: Sequence[str]) -> CfgSet:
    """Add what rustflags change in `--print cfg`: `--cfg`, target features as named, panic and debug assertions.

    Features that rustc implies from others, and `target-cpu`, are not derived: only rustc knows them.
    """
    if not flags:
        return cfgs
    found: set[CfgValue] = {*cfgs, *map(_parse_line, _flag_values(flags, ("--cfg",)))}
    for option in _flag_values(flags, ("-C", "--codegen")):
        name, _, value = option.partition("=")
        match name.replace("_", "-"):
            case "target-feature":
                _apply_features(found, value)
            case "panic":
                found = {c for c in found if not (isinstance(c, tuple) and c[0] == "panic")} | {
                    ("panic", value)
                }
            case "debug-assertions":
                found.discard("debug_assertions")
                found |= {"debug_assertions"} if value in ("", "y", "yes", "on", "true") else set()
            case _:
                pass
    return frozenset(found - {"proc_macro"})


def _apply_features(cfgs: set[CfgValue], value: str) -> None:
    for feature in value.split(","):
        if feature.startswith("+"):
            cfgs.add(("target_feature", feature[1:]))
        elif feature.startswith("-"):
            cfgs.discard(("target_feature", feature[1:]))

"""`[target.…]` keys as Nix expressions over what runtime/cfg.nix knows of a platform."""

from __future__ import annotations

from collections.abc import Iterator

from flakegen.cargo.cfg import CfgValue, Combined, Constant, Expression, Is, Operator, PlatformKey, TargetName
from flakegen.cargo.platforms import CfgSetKind, base_cfgs, known_triples
from flakegen.nix import build as nix
from flakegen.nix.ast import BinaryOperator, Expr, Unary, UnaryOperator
from flakegen.plan.package_set import FlagsPlan, PackageSetPlan

_NAMES = frozenset(("unix", "windows", "debug_assertions"))
_KEYS = frozenset(
    (
        "panic",
        "target_abi",
        "target_arch",
        "target_endian",
        "target_env",
        "target_family",
        "target_feature",
        "target_has_atomic",
        "target_os",
        "target_pointer_width",
        "target_vendor",
    )
)


def platforms(plan: PackageSetPlan) -> Expr:
    """Return the function that decides all keys of a package set."""
    writer = _Writer(plan)
    keys = {key: writer.key(parsed) for key, parsed in plan.platform_keys.items()}
    return nix.function("cfg", nix.attrs(keys)) if keys else nix.function("_", nix.attrs({}))


class _Writer:
    def __init__(self, plan: PackageSetPlan) -> None:
        self._parsed = plan.platform_keys
        self._flags = plan.flags

    def key(self, key: PlatformKey) -> Expr:
        """Return whether a key selects the platform."""
        if isinstance(key, TargetName):
            return nix.operation(BinaryOperator.EQUAL, nix.select("cfg.triple"), nix.string(key.name))
        return self.expression(key)

    def expression(self, expression: Expression) -> Expr:
        """Return a `cfg(…)` expression."""
        match expression:
            case Constant(value):
                return nix.value(value)
            case Is(value):
                return self._any([_known(value), *self._by_flags(value)])
            case Combined(Operator.NOT, items):
                return _negated(self.expression(items[0]))
            case Combined(Operator.ALL, items):
                return self._all([self.expression(item) for item in items])
            case Combined(_, items):
                return self._any([self.expression(item) for item in items])

    @staticmethod
    def _all(parts: list[Expr]) -> Expr:
        if nix.FALSE in parts:
            return nix.FALSE
        return _joined(BinaryOperator.AND, [part for part in parts if part != nix.TRUE], nix.TRUE)

    @staticmethod
    def _any(parts: list[Expr]) -> Expr:
        if nix.TRUE in parts:
            return nix.TRUE
        return _joined(BinaryOperator.OR, [part for part in parts if part != nix.FALSE], nix.FALSE)

    def _by_flags(self, value: CfgValue) -> Iterator[Expr]:
        """Yield when the configuration's `rustflags` set a cfg; those of `[build]` count where no others are set."""
        for flags in self._flags:
            if value in flags.cfgs:
                yield self._selected(flags)

    def _selected(self, flags: FlagsPlan) -> Expr:
        if flags.key is not None:
            return self.key(self._parsed[flags.key])
        others = [self.key(self._parsed[each.key]) for each in self._flags if each.key is not None]
        return _negated(self._any(others))


def _known(value: CfgValue) -> Expr:
    """What a platform's name tells of a cfg. What rustc does not set by itself is false, as it is to cargo."""
    if isinstance(value, str):
        return nix.call("cfg.is", value) if value in _NAMES else nix.FALSE
    name, text = value
    if name not in _KEYS:
        return nix.FALSE
    told = nix.call("cfg.has", name, text)
    if name != "target_feature":
        return told
    having = [t for t in known_triples() if value in base_cfgs(t, CfgSetKind.STABLE)]
    by_name = nix.call("builtins.elem", nix.select("cfg.triple"), having)
    return _joined(BinaryOperator.OR, [told, *([by_name] if having else [])], nix.FALSE)


def _negated(expression: Expr) -> Expr:
    if expression == nix.TRUE:
        return nix.FALSE
    return nix.TRUE if expression == nix.FALSE else Unary(UnaryOperator.NOT, expression)


def _joined(operator: BinaryOperator, parts: list[Expr], nothing: Expr) -> Expr:
    if not parts:
        return nothing
    return parts[0] if len(parts) == 1 else nix.operation(operator, *parts)

"""The units that were asked for (cargo's `ops/cargo_compile/unit_generator.rs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from msgspec import Struct

from flakegen.cargo.build_context import BuildContext
from flakegen.cargo.errors import Problem, SelectionError, raise_all
from flakegen.cargo.globs import is_glob, name_matches
from flakegen.cargo.graph_node import Node, UnitFor
from flakegen.cargo.package import Package, Target, TargetKind
from flakegen.cargo.request import BuildRequest, Every, Intent, TargetRule
from flakegen.cargo.suggest import did_you_mean
from flakegen.cargo.unit import Mode

_DOCTESTABLE = frozenset({"lib", "rlib", "proc-macro"})
_TEST_MODES = (Mode.TEST, Mode.CHECK_TEST, Mode.DOCTEST)


class _Proposal(Struct, frozen=True):
    """A target that may become a root; ``is_named``: missing required features are an error, not a reason to skip."""

    package: int
    target: Target
    mode: Mode
    is_named: bool = False


def _default_mode(intent: Intent) -> Mode:
    match intent:
        case Intent.BUILD:
            return Mode.BUILD
        case Intent.TEST | Intent.BENCH:
            return Mode.TEST
        case Intent.CHECK:
            return Mode.CHECK
        case Intent.DOC:
            return Mode.DOC
        case Intent.DOCTEST:
            return Mode.DOCTEST
    assert_never(intent)


def is_doctestable(target: Target) -> bool:
    """Whether rustdoc can test the target at all."""
    return target.kind is TargetKind.LIB and not _DOCTESTABLE.isdisjoint(target.crate_types)


def _is_documented(target: Target, package: Package) -> bool:
    """Documented by default: a binary of the library's name is left out."""
    if not target.doc or target.kind is TargetKind.CUSTOM_BUILD:
        return False
    libraries = [other.crate_name for other in package.targets if other.kind is TargetKind.LIB]
    return target.kind is not TargetKind.BIN or target.crate_name not in libraries


def _default_filter(intent: Intent, target: Target, package: Package) -> bool:
    """Whether a subcommand without target flags takes a target."""
    match intent:
        case Intent.BUILD | Intent.CHECK:
            return target.kind in (TargetKind.LIB, TargetKind.BIN)
        case Intent.TEST:
            return target.test or target.kind is TargetKind.EXAMPLE
        case Intent.BENCH:
            return target.bench
        case Intent.DOC:
            return _is_documented(target, package)
        case Intent.DOCTEST:
            return is_doctestable(target)
    assert_never(intent)


def _default_proposals(context: BuildContext) -> Iterator[_Proposal]:
    intent = context.request.intent
    mode = _default_mode(intent)
    for index in context.selection.packages:
        package = context.workspace.packages[index]
        for target in package.targets:
            if _default_filter(intent, target, package):
                yield _Proposal(index, target, mode)
            if intent is Intent.TEST and target.doctest and is_doctestable(target):
                yield _Proposal(index, target, Mode.DOCTEST)


def _of_kind(kind: TargetKind) -> Callable[[Target], bool]:
    return lambda target: target.kind is kind


class _Selected:
    """Proposals of explicit target flags."""

    def __init__(self, context: BuildContext) -> None:
        self.context = context
        self.problems: list[Problem] = []
        self.proposals: list[_Proposal] = []

    def add(
        self,
        rule: TargetRule,
        what: str,
        mode: Mode,
        named: Callable[[Target], bool],
        every: Callable[[Target], bool],
    ) -> None:
        """Take all targets of a kind, or those of the given names."""
        if rule is Every.EVERY:
            self._take(every, mode)
            return
        for name in rule:
            found = self._take(lambda t, n=name: named(t) and _is_called(t, n), mode, is_named=True)  # type: ignore[misc]
            if not found:
                self._complain(what, name, named)

    def _take(self, wanted: Callable[[Target], bool], mode: Mode, *, is_named: bool = False) -> bool:
        found = [
            _Proposal(index, target, mode, is_named)
            for index in self.context.selection.packages
            for target in self.context.workspace.packages[index].targets
            if wanted(target)
        ]
        self.proposals += found
        return bool(found)

    def library(self, *, is_required: bool) -> None:
        """`--lib`, which must find one, or the library part of `--all-targets`."""
        if (
            not self._take(_of_kind(TargetKind.LIB), _default_mode(self.context.request.intent))
            and is_required
        ):
            message = "none of the selected packages has a library"
            self.problems.append(Problem(code="target-unknown", message=message))

    def _complain(self, what: str, name: str, wanted: Callable[[Target], bool]) -> None:
        packages = [self.context.workspace.packages[index] for index in self.context.selection.packages]
        names = sorted({target.name for package in packages for target in package.targets if wanted(target)})
        available = "available: " + ", ".join(names) if names else None
        hint = did_you_mean(name, names) or available
        message = f"no {what} target is named `{name}` in the selected packages"
        self.problems.append(Problem(code="target-unknown", message=message, hint=hint))


def _is_called(target: Target, name: str) -> bool:
    return name_matches(name, target.name) if is_glob(name) else target.name == name


def _test_mode(intent: Intent) -> Mode:
    if intent is Intent.CHECK:
        return Mode.CHECK_TEST
    return Mode.TEST if intent is Intent.BUILD else _default_mode(intent)


def _is_tested(target: Target) -> bool:
    return target.test


def _is_benched(target: Target) -> bool:
    return target.bench


def _selected_proposals(context: BuildContext) -> list[_Proposal]:
    request = context.request
    flags = request.selection
    mode, test_mode = _default_mode(request.intent), _test_mode(request.intent)
    found = _Selected(context)
    if flags.lib or flags.all_targets:
        found.library(is_required=not flags.all_targets)

    def rule(own: TargetRule) -> TargetRule:
        return Every.EVERY if flags.all_targets else own

    is_bin, is_example = _of_kind(TargetKind.BIN), _of_kind(TargetKind.EXAMPLE)
    found.add(rule(flags.bins), "bin", mode, is_bin, is_bin)
    found.add(rule(flags.examples), "example", mode, is_example, is_example)
    found.add(rule(flags.tests), "test", test_mode, _of_kind(TargetKind.TEST), _is_tested)
    found.add(rule(flags.benches), "bench", test_mode, _of_kind(TargetKind.BENCH), _is_benched)
    raise_all(SelectionError, found.problems)
    return found.proposals


def _has_required_features(context: BuildContext, proposal: _Proposal, problems: list[Problem]) -> bool:
    required = proposal.target.required_features
    if not required or proposal.target.kind is TargetKind.LIB:
        return True
    missing = context.missing_features(
        proposal.package, required, context.targets, with_dev=context.request.has_dev_units
    )
    if missing and proposal.is_named:
        message = f"target `{proposal.target.name}` requires the features {', '.join(missing)}"
        hint = "turn on " + " and ".join(f'"{feature}"' for feature in missing)
        problems.append(Problem(code="feature-required", message=message, hint=hint))
    return not missing


def _nodes(context: BuildContext, proposal: _Proposal) -> Iterator[Node]:
    """The units of a proposal, one per platform (a single one for the host if it is a proc-macro)."""
    target, package = proposal.target, proposal.package
    mode = proposal.mode
    flags = context.request.selection
    if mode is Mode.TEST and target.kind is TargetKind.EXAMPLE and flags.is_default and not target.test:
        mode = Mode.BUILD  # examples are only built, to see that they compile
    unit_for = UnitFor(unwind=proposal.mode in _TEST_MODES or target.is_for_host)
    features = context.features.of(package, host=target.proc_macro)
    for platform in context.targets:
        settings = context.settings(package, unit_for, platform)
        yield context.node(
            package, target, settings, None if target.is_for_host else platform, mode, features
        )


def root_unit_for(request: BuildRequest, root: Node) -> UnitFor:
    """What a root is built for, as far as its dependencies are concerned."""
    is_test = root.mode in _TEST_MODES or request.intent in (Intent.TEST, Intent.BENCH)
    host = root.target.proc_macro
    return UnitFor(host=host, host_features=host, unwind=is_test or host, root=root.platform)


def make_roots(context: BuildContext) -> list[Node]:
    """All roots of the request, in cargo's order.

    Raises:
        SelectionError: named targets that do not exist, or whose required features are off.
    """
    flags = context.request.selection
    is_default = flags.is_default or context.request.intent is Intent.DOCTEST
    proposals = list(_default_proposals(context)) if is_default else _selected_proposals(context)
    problems: list[Problem] = []
    kept = [proposal for proposal in proposals if _has_required_features(context, proposal, problems)]
    raise_all(SelectionError, problems)
    roots = {id(node): node for proposal in kept for node in _nodes(context, proposal)}
    return sorted(roots.values(), key=Node.sort_key)

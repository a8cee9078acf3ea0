"""Walks one target's module tree: `mod`, `#[path]`, `include!`, own macros; hands every other use to its mechanism.

Source of the rules: the Rust reference, "Modules", and rustc's `rustc_expand::module` where the reference is vague
(folders of inline modules, files that are not mod.rs, `include!`d files).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flakegen.embed.collect import Collector, Ignored, Place
from flakegen.embed.disk import Disk
from flakegen.embed.facts import Call, FileFacts, MacroText, ModuleDeclaration
from flakegen.embed.file_scan import FactScanner
from flakegen.embed.inputs import FindingKind, InputRole, ScanTarget
from flakegen.embed.lexer import DocComments, Group, Token, Tree, group_at, group_end, is_ident, render
from flakegen.embed.literals import Evaluation, Unknown
from flakegen.embed.macro_scope import NO_DEFINITIONS, Definitions
from flakegen.embed.macro_table import NO_MACROS, MacroTable
from flakegen.embed.mechanisms import Vocabulary
from flakegen.embed.paths import join, parent
from flakegen.embed.prefilter import NOWHERE, horizon, horizon_of_macros
from flakegen.embed.quiet import QuietFiles
from flakegen.embed.readers import Base, Invocation, existing_literals, file_argument
from flakegen.embed.wrappers import ExpansionError, Macro, expand

if TYPE_CHECKING:

    from flakegen.embed.facts import InlineModule

_HEADERS = (".h", ".hh", ".hpp", ".hxx")
_WORD = re.compile(r"[^\W\d]\w*+")
_MAX_EXPANSION_DEPTH = 24
_MAX_EXPANSIONS = 5_000
# In characters, roughly: what honest code never comes near, and hostile code is stopped at.
_MAX_WORK = 50_000_000
_PRICE_OF_PARSING = 10


class ModuleDir(NamedTuple):
    """Where a file's child modules are looked for: `folder`, then `relative` (the stem of a file that is no mod.rs)."""

    folder: str
    relative: str = ""


@dataclass(slots=True, kw_only=True)
class PackageSources:
    """What the walks over one package's targets share.

    Attributes:
        package_dir: root-relative, as workspace_dir.
        macros: own and imported macros that matter; grows from round to round.
        ignored: files and folders that do not count as read.
    """

    disk: Disk
    package_dir: str
    workspace_dir: str
    vocabulary: Vocabulary
    variables: Mapping[str, str]
    macros: MacroTable = NO_MACROS
    facts: dict[str, _Scanned] = field(default_factory=dict)
    ignored: Ignored = field(default_factory=Ignored)
    quiet: QuietFiles = field(default_factory=QuietFiles)

    def facts_of(self, path: str) -> FileFacts:
        """What a file holds, as far as anything could matter."""
        known = self.facts.get(path)
        if known is not None and known.macros is self.macros:
            return known.facts
        if self.quiet.is_quiet(self.disk, path, self.macros.reaching, self.macros.callbacks):
            self.facts[path] = known = _Scanned(self.macros, NOWHERE, FileFacts())
            return known.facts
        text = self.disk.text_of(path) or ""
        reached = horizon(text, self.vocabulary.finders) if known is None else known.horizon
        last = horizon_of_macros(text, self.macros.reaching, reached)
        last = horizon_of_macros(text, self.macros.callbacks, last)
        if known is not None and last <= reached:
            facts = known.facts
        else:
            facts = FactScanner(text, self.vocabulary.wanted, last).scan() if last > NOWHERE else FileFacts()
        self.facts[path] = _Scanned(self.macros, last, facts)
        return facts

    def note_quiet(self) -> None:
        """Note which of the files hold nothing of interest, for a later scan."""
        self.quiet.found = tuple(path for path, known in self.facts.items() if known.horizon == NOWHERE)
        self.quiet.macros = (*self.macros.reaching, *self.macros.callbacks)


class _Scanned(NamedTuple):
    """What is known of a file: its facts up to the last offset that could matter when these macros were known."""

    macros: MacroTable
    horizon: int
    facts: FileFacts


class _Visit(NamedTuple):
    """A file in the module tree; `test` when only `cfg(test)` leads there."""

    file: str
    directory: ModuleDir
    test: bool


class TargetWalk:
    """One walk over one target with the macros that are known so far."""

    def __init__(self, sources: PackageSources, target: ScanTarget) -> None:
        self.sources = sources
        self.target = target
        self.collector = Collector(sources.disk, target, sources.ignored)
        self.queue: list[_Visit] = []
        self.seen: set[tuple[str, ModuleDir]] = set()
        self.seen_in_tests: set[tuple[str, ModuleDir]] = set()
        self.visited: dict[str, None] = {}
        self.expansions = 0
        self.work = 0
        self.bodies: set[tuple[Macro, str, bool]] = set()
        self.expanded_macros: list[MacroText] = []
        self.known = frozenset(
            (*sources.vocabulary.macros, *sources.macros.reaching, *sources.macros.callbacks, "include")
        )
        self.evaluation = Evaluation(
            package_dir=sources.package_dir,
            variables=sources.variables,
            macros={**sources.macros.values, **sources.macros.reaching},
        )

    def run(self) -> Collector:
        """Visit everything reachable from the target's root file."""
        place = Place(join(self.sources.package_dir, "Cargo.toml") or "Cargo.toml", 0, InputRole.PRODUCTION)
        path = self.collector.resolve(self.sources.package_dir, self.target.src_path, place)
        if path is not None:
            if not self.collector.add_module(path, place):
                message = f"the {self.target.kind.value} `{self.target.name}` has no file `{path}`"
                self.collector.find(place, FindingKind.ABSENT, message)
            self._enqueue(path, ModuleDir(parent(path)), test=False)
        while self.queue:
            self._visit(self.queue.pop())
        return self.collector

    def _enqueue(self, file: str, directory: ModuleDir, *, test: bool) -> None:
        key = (file, directory)
        if key in self.seen or (test and key in self.seen_in_tests):
            return
        (self.seen_in_tests if test else self.seen).add(key)
        self.queue.append(_Visit(file, directory, test))

    def _visit(self, visit: _Visit) -> None:
        self.visited[visit.file] = None
        facts = self.sources.facts_of(visit.file)
        if facts.calls or facts.modules or facts.uses:
            self._follow(facts, self.sources.disk.text_of(visit.file) or "", visit, None)

    def _follow(self, facts: FileFacts, text: str, visit: _Visit, origin: _Site | None) -> None:
        """Follow everything in one text: a file's, or that of an expansion whose outermost call is `origin`."""
        for declaration in facts.modules:
            self._module(declaration, visit, origin)
        # An expansion's own definitions are rare, and known to all of the package.
        defined = NO_DEFINITIONS if origin is not None else Definitions(text, facts.macros)
        for call in facts.calls:
            if call.name in self.known or "include" in call.name:
                site = _site(visit, origin, call.start, call.inline, test=call.test)
                self._call(call, text, site, defined)
        for use in facts.uses:
            site = _site(visit, origin, use.start, (), test=use.test)
            self._use_attribute(use.attribute.path, use.attribute.arguments, site)

    def _call(self, call: Call, text: str, site: _Site, defined: Definitions) -> None:
        """Follow one call; `defined` are the macros that the same text defines."""
        name, table = call.name, self.sources.macros
        if not self._affords(0):
            return
        end = group_end(text, call.open)
        if not self._affords((end - call.open) * _PRICE_OF_PARSING):
            place = self._invocation(name, (), site, f"{name}!").place
            message = "there are too many calls of macros, too large, to follow all that come after this"
            self.collector.find(place, FindingKind.UNKNOWN, message)
            return
        own = table.reaching.get(name) or (
            table.callbacks.get(name) if self._hands_on(call, text, end) else None
        )
        meant = defined.meant(own or (), call)
        group = group_at(text, call.open, DocComments.ATTRIBUTES if meant else DocComments.DROPPED)
        if meant:
            self._expand(name, meant, group.trees, site)
        if meant is not None:
            self._use_macro(name, group.trees, site)

    def _affords(self, work: int) -> bool:
        self.work += work
        return self.work < _MAX_WORK

    def _hands_on(self, call: Call, text: str, end: int) -> bool:
        """Whether a call names a macro that matters, which the macro called may call in turn."""
        if call.name not in self.sources.macros.callbacks:
            return False
        words = _WORD.findall(text, call.open, end)
        return not self.known.isdisjoint(words)

    def _role(self, *, test: bool) -> InputRole:
        return InputRole.TEST if test else self.target.kind.role

    def _module(self, declaration: ModuleDeclaration, visit: _Visit, origin: _Site | None) -> None:
        site = _site(visit, origin, declaration.start, declaration.inline, test=declaration.test)
        directory = _directory_inside(visit.directory, site.inline)
        found = False
        certain = False
        for choice in declaration.paths:
            only_test = site.test or choice.only_test
            place = Place(visit.file, site.start, _module_role(test=only_test))
            path = self.collector.resolve(directory.folder, choice.path, place)
            if path is not None and self.collector.add_module(path, place):
                found = True
                self._enqueue(path, ModuleDir(parent(path)), test=only_test)
            certain = certain or not choice.conditional
        if not certain:
            found = self._default_module(declaration, site, directory) or found
        if not found:
            self._absent_module(declaration, site, directory)

    def _default_module(self, declaration: ModuleDeclaration, site: _Site, directory: ModuleDir) -> bool:
        test = site.test
        place = Place(site.visit.file, site.start, _module_role(test=test))
        base = join(directory.folder, directory.relative)
        if base is None:
            return False
        flat = join(base, f"{declaration.name}.rs") or ""
        if self.collector.add_module(flat, place):
            self._enqueue(flat, ModuleDir(base, declaration.name), test=test)
            return True
        nested = join(base, f"{declaration.name}/mod.rs") or ""
        if self.collector.add_module(nested, place):
            self._enqueue(nested, ModuleDir(parent(nested)), test=test)
            return True
        return False

    def _absent_module(self, declaration: ModuleDeclaration, site: _Site, directory: ModuleDir) -> None:
        """Behind a cfg a module may be absent on purpose; else it may be generated before the build."""
        names = [choice.path for choice in declaration.paths] or [f"{declaration.name}.rs"]
        base = directory.folder if declaration.paths else join(directory.folder, directory.relative)
        for name in names:
            path = None if base is None else join(base, name)
            if path is not None:
                self.collector.sets[self._role(test=site.test)].optional.add(path)

    def _use_macro(self, name: str, arguments: tuple[Tree, ...], site: _Site) -> None:
        mechanisms = self.sources.vocabulary.macros.get(name, ())
        for mechanism in mechanisms:
            rule = mechanism.rule_of(f"{name}!")
            mechanism.read(self._invocation(name, arguments, site, rule, mechanism.role))
        if name == "include":
            self._include(arguments, site)
        elif "include" in name and not mechanisms:
            # A macro of another crate: `include_image!("x.png")` and its like, whatever they are called.
            existing_literals(self._invocation(name, arguments, site, f"{name}!"))

    def _use_attribute(self, name: str, arguments: tuple[Tree, ...], site: _Site) -> None:
        vocabulary = self.sources.vocabulary
        found = [(f"#[{name}]", mechanism) for mechanism in vocabulary.attributes.get(name, ())]
        if name == "derive" and arguments and isinstance(arguments[0], Group):
            for item in arguments[0].trees:
                if isinstance(item, Token) and is_ident(item):
                    derives = vocabulary.derives.get(item.text, ())
                    found += [(f"#[derive({item.text})]", mechanism) for mechanism in derives]
        for trigger, mechanism in found:
            rule = mechanism.rule_of(trigger)
            mechanism.read(self._invocation(name, arguments, site, rule, mechanism.role))

    def _invocation(
        self,
        name: str,
        arguments: tuple[Tree, ...],
        site: _Site,
        rule: str,
        least: InputRole = InputRole.PRODUCTION,
    ) -> Invocation:
        test = site.test or least is InputRole.TEST
        return Invocation(
            name=name,
            arguments=arguments,
            place=Place(site.visit.file, site.start, self._role(test=test), rule),
            file_dir=parent(site.visit.file),
            package_dir=self.sources.package_dir,
            workspace_dir=self.sources.workspace_dir,
            evaluation=self.evaluation,
            collector=self.collector,
        )

    def _include(self, arguments: tuple[Tree, ...], site: _Site) -> None:
        use = self._invocation("include", arguments, site, "include!")
        value = self.evaluation.value(arguments)
        if isinstance(value, Unknown):
            file_argument(Base.FILE)(use)
            return
        if value.endswith(_HEADERS):  # of a cxx bridge, for the C++ compiler
            return
        path = self.collector.resolve(use.file_dir, value, use.place)
        if path is None:
            return
        if path.endswith(".rs"):
            place = use.place._replace(role=_module_role(test=site.test))
            present = self.collector.add_module(path, place)
            if not present:
                self.collector.add_absent_file(path, use.place)
        else:
            present = self.collector.add_file(path, use.place)
        if present:
            self._enqueue(path, ModuleDir(parent(path)), test=site.test)

    def _expand(self, name: str, macros: Sequence[Macro], arguments: tuple[Tree, ...], site: _Site) -> None:
        """Follow a call of an own macro; what cannot be expanded gives the literals that name present files."""
        self.expansions += 1
        expanded = False
        for macro in macros:
            if (
                site.depth > _MAX_EXPANSION_DEPTH
                or self.expansions > _MAX_EXPANSIONS
                or not self._affords(len(macro.body))
            ):
                break
            try:
                result = expand(macro, arguments)
            except ExpansionError:
                continue
            if result is not None:
                expanded = True
                self._follow_expansion(render(result), site)
        if not expanded:
            existing_literals(self._invocation(name, arguments, site, f"{name}!"))
            if site.depth <= _MAX_EXPANSION_DEPTH:
                self._follow_bodies(macros, site)

    def _follow_bodies(self, macros: Sequence[Macro], site: _Site) -> None:
        """Of a macro that cannot be expanded, follow at least what its arms read without variables."""
        for macro in macros:
            key = (macro, site.visit.file, site.test)
            if key not in self.bodies:
                self.bodies.add(key)
                self._follow_expansion(macro.body, site)

    def _follow_expansion(self, text: str, site: _Site) -> None:
        if not self._affords(len(text) * _PRICE_OF_PARSING):
            return
        facts = FactScanner(text, self.sources.vocabulary.wanted).scan()
        self.expanded_macros += facts.macros
        self._follow(facts, text, site.visit, site)


class _Site(NamedTuple):
    """The outermost place that a use comes from; paths inside macros are relative to its file."""

    visit: _Visit
    start: int
    inline: tuple[InlineModule, ...]
    test: bool
    depth: int = 0  # of expansions


def _site(
    visit: _Visit, origin: _Site | None, start: int, inline: tuple[InlineModule, ...], *, test: bool
) -> _Site:
    if origin is None:
        return _Site(visit, start, inline, test or visit.test)
    return _Site(visit, origin.start, origin.inline + inline, test or origin.test, origin.depth + 1)


def _module_role(*, test: bool) -> InputRole:
    # A test target's own modules are plain ones; only its files are test inputs.
    return InputRole.TEST if test else InputRole.PRODUCTION


def _directory_inside(directory: ModuleDir, inline: tuple[InlineModule, ...]) -> ModuleDir:
    for step in inline:
        if step.path is not None:
            directory = ModuleDir(join(directory.folder, step.path) or directory.folder)
        else:
            below = f"{directory.relative}/{step.name}" if directory.relative else step.name
            directory = ModuleDir(f"{directory.folder}/{below}".lstrip("/"))
    return directory

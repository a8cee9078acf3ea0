"""What a compilation leaves on the disk: the output folder, and the facts beside the spec; written, or compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
from flakegen.memory.written import Written
from flakegen.outputs.embedded_files import EMBEDDED, EmbeddedChange, embedded_changes
from flakegen.spec.paths import Layout
from flakegen.write.diff import Change
from flakegen.write.folder import (
    Drift,
    Refusal,
    RefusedError,
    compare_file,
    compare_tree,
    refusals,
    write_file,
    write_tree,
)
from flakegen.write.shared import beside_refusals, compare_shared, shared_refusals, write_shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The texts that belong into a project's output folder, and its facts file; ``facts`` is None without one."""

    layout: Layout
    outputs: Mapping[str, str]
    facts_path: Path
    facts: str | None
    beside: Mapping[Path, str] = field(default_factory=dict)
    """Further files, by absolute path: they are where other programs look for them."""

    @property
    def folder(self) -> Path:
        """The absolute folder that is written."""
        return self.layout.root / self.layout.output

    @property
    def written(self) -> Written:
        """What writing leaves, to be remembered."""
        facts = {} if self.facts is None else {str(self.facts_path.absolute()): self.facts}
        beside = facts | {str(path): text for path, text in self.beside.items()}
        return Written.of(str(self.folder), self.outputs, beside, shared=self.layout.is_shared)

    def check_writable(self) -> None:
        """Make sure that writing will not meet anything that is not flakegen's.

        Raises:
            DiagnosticError: something else stands where a file would be written.
            OSError: what stands there cannot be read.
        """
        find = shared_refusals if self.layout.is_shared else refusals
        root = self.layout.root
        _raise_refusals((*find(self.folder, self.outputs, root), *beside_refusals(self.beside, root)))

    def write(self) -> tuple[str, ...]:
        """Write what changed and return the paths of it; the facts first, so that a kill leaves nothing unexplained.

        Raises:
            DiagnosticError: something else came to stand where a file would be written.
            OSError: the disk refuses.
        """
        changed = []
        if self.facts is not None and write_file(self.facts_path, self.facts):
            changed.append(self.facts_path.name)
        write = write_shared if self.layout.is_shared else write_tree
        try:
            changed += write(self.folder, self.outputs, self.layout.root)
        except RefusedError as error:
            _raise_refusals(error.refusals)
        changed += [self._shown(path) for path, text in self.beside.items() if write_file(path, text)]
        return tuple(changed)

    def drift(self) -> tuple[Drift, ...]:
        """Return how the committed files differ from what the spec compiles to.

        Raises:
            OSError: something that is committed cannot be read.
        """
        compare = compare_shared if self.layout.is_shared else compare_tree
        found = list(compare(self.folder, self.outputs))
        if self.facts is not None:
            found += compare_file(self.facts_path, self.facts)
        for path, text in self.beside.items():
            found += compare_file(path, text, shown=self._shown(path))
        return tuple(found)

    def _shown(self, path: Path) -> str:
        """Return how a file outside of the output folder is called: by its place in the project."""
        return str(path.relative_to(self.layout.root))

    def embedded_changes(self, drifts: tuple[Drift, ...]) -> tuple[EmbeddedChange, ...]:
        """Return which embedded files made rebuild hashes differ from the committed ones, as far as these can be told."""
        path = str(self.layout.runtime / EMBEDDED)
        if not any(drift.path == path and drift.change is Change.CHANGED for drift in drifts):
            return ()
        try:
            committed = (self.folder / path).read_text(encoding="utf-8", errors="replace")
        except OSError:  # gone in the meantime
            return ()
        return embedded_changes(committed, self.outputs[path])


def _raise_refusals(found: tuple[Refusal, ...]) -> None:
    if found:
        raise DiagnosticError(
            Diagnostic(code=Code.OUTPUT, message=each.message, span=None, hint=each.hint) for each in found
        )

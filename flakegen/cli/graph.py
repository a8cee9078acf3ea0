"""`flakegen graph SPEC -o FILE`: a picture of everything that is built, as a page to look around in, SVG, dot or Mermaid."""

from __future__ import annotations

import argparse
import os
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from flakegen.cli.exit import Exit

if TYPE_CHECKING:
    from flakegen.cli.console import Console
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError
    from flakegen.impact.change import Impact
    from flakegen.pictures.churn import Churn
    from flakegen.pictures.model import Colour, Picture
    from flakegen.pipeline.project import Project
    from flakegen.plan.build_graph import BuildGraph


class Format(Enum):
    """What the picture is written as."""

    HTML = "html"
    SVG = "svg"
    DOT = "dot"
    MERMAID = "mermaid"


class Shown(Enum):
    """What is a node: a crate, of the fetched ones only all together; a crate; a unit."""

    MEMBERS = "members"
    CRATES = "crates"
    UNITS = "units"


_ENDINGS = {
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".svg": Format.SVG,
    ".dot": Format.DOT,
    ".gv": Format.DOT,
    ".mmd": Format.MERMAID,
    ".mermaid": Format.MERMAID,
}
_COLOURS = ("layer", "churn", "impact")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a spec")
    output_help = (
        "the file to write, in the format that its ending says: .html .svg .dot .mmd (- for standard output)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help=output_help)
    parser.add_argument(
        "--format", choices=[each.value for each in Format], help="whatever the file is called"
    )
    of_help = "what is drawn, or unfolded at first in a page (default: members there, else crates)"
    parser.add_argument("--of", choices=[each.value for each in Shown], help=of_help)
    parser.add_argument("--system", metavar="SYSTEM", help="of the spec's systems (default: this machine's)")
    parser.add_argument("--colour", "--color", choices=_COLOURS, help="what colours tell (default: layer)")
    changed_help = "files or crates that change: colour what that rebuilds"
    parser.add_argument("--changed", nargs="+", default=[], metavar="PATH|CRATE", help=changed_help)


def run(arguments: argparse.Namespace) -> int:
    """Draw the picture and write it."""
    from flakegen.cli.blame import attempt  # noqa: PLC0415  # after the arguments
    from flakegen.cli.console import Console, Verbosity  # noqa: PLC0415  # after the arguments
    from flakegen.pipeline.project import Project  # noqa: PLC0415  # after the arguments

    console = Console(verbosity=Verbosity.NORMAL, json=False)
    project = Project(arguments.spec)
    wrong: list[Diagnostic] = []

    def draw() -> bool:
        how = _format_of(arguments)
        text = _text(_picture(project, arguments, console), how, arguments.of, console)
        _write(arguments.output, text)
        return True

    done = console.working(f"drawing {project.path}", lambda: attempt(draw, wrong))
    console.blame(wrong)
    return Exit.FINE if done else Exit.BAD_INPUT


def _format_of(arguments: argparse.Namespace) -> Format:
    if arguments.format is not None:
        return Format(arguments.format)
    ending = os.path.splitext(arguments.output)[1].lower()  # noqa: PTH122  # `-` is no path
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if arguments.output == "-":
        raise _wrong("no format given for standard output", "add --format html, svg, dot or mermaid")
    message = f"no format goes by the ending of {_quoted(arguments.output)}"
    raise _wrong(message, f"end it in {', '.join(_ENDINGS)}, or add --format")


def _picture(project: Project, arguments: argparse.Namespace, console: Console) -> Picture:
    from flakegen.cli.asked import graph_of, system_of  # noqa: PLC0415  # after the arguments
    from flakegen.pictures.of_build import picture_of_build  # noqa: PLC0415  # after the arguments

    system = system_of(project, arguments.system)
    if arguments.colour == "impact" and not arguments.changed:
        raise _wrong("impact of what?", "name what changes: --changed PATH, or a crate")
    graph = graph_of(project, system)
    if not graph.units:
        message = f"{_quoted(project.path)} builds no cargo units on {system}, so there is nothing to draw"
        raise _wrong(message, 'a picture needs [cargo], with format = "units", and a package or check of it')
    impact = _impact(project, graph, arguments.changed)
    churn = _churn(project, graph, arguments, console)
    return picture_of_build(
        graph,
        title=f"{project.spec.project.name} on {system}",
        colour=_colour(arguments, churn),
        churn=churn,
        impact=impact,
    )


def _colour(arguments: argparse.Namespace, churn: Churn | None) -> Colour:
    from flakegen.pictures.model import Colour  # noqa: PLC0415  # after the arguments

    wanted = Colour(arguments.colour or ("impact" if arguments.changed else "layer"))
    return Colour.LAYER if wanted is Colour.CHURN and churn is None else wanted


def _impact(project: Project, graph: BuildGraph, changed: list[str]) -> Impact | None:
    if not changed:
        return None
    from flakegen.impact.change import of_files  # noqa: PLC0415  # only when asked
    from flakegen.impact.question import question  # noqa: PLC0415  # only when asked

    asked = question(changed, graph, str(project.spec.layout.root), os.getcwd())  # noqa: PTH109
    return of_files(graph, asked.touched, asked.units)


def _churn(
    project: Project, graph: BuildGraph, arguments: argparse.Namespace, console: Console
) -> Churn | None:
    """Return how often crates changed, if it is shown: when asked for, and in a page, where one can choose."""
    wanted = arguments.colour == "churn"
    if not wanted and _format_of(arguments) is not Format.HTML:
        return None
    from flakegen.files.git import GitError  # noqa: PLC0415  # only when shown
    from flakegen.pictures.churn import churn_of  # noqa: PLC0415  # only when shown

    cargo = project.spec.cargo
    folder = "" if cargo is None else str(cargo.workspace.relative)
    lock = os.path.normpath(os.path.join(folder, "Cargo.lock"))  # noqa: PTH118
    try:
        return churn_of(graph, project.spec.layout.root, lock)
    except GitError as error:
        if wanted:
            console.say(f"note: without git's history nothing is known of churn: {error}")
        return None


def _text(picture: Picture, how: Format, shown: str | None, console: Console) -> str:
    if how is Format.HTML:
        from flakegen.pictures.html import Opened, html_text  # noqa: PLC0415  # one format's own

        return html_text(picture, Opened(shown or Opened.MEMBERS.value))
    drawn = _drawn(picture, Shown(shown or Shown.CRATES.value))
    match how:
        case Format.SVG:
            from flakegen.pictures.svg import svg_text  # noqa: PLC0415  # one format's own

            return svg_text(drawn)
        case Format.DOT:
            from flakegen.pictures.dot import dot_text  # noqa: PLC0415  # one format's own

            return dot_text(drawn)
        case Format.MERMAID:
            from flakegen.pictures.mermaid import fitting, mermaid_text  # noqa: PLC0415  # one format's own

            left = len(fitting(drawn).nodes)
            if left < len(drawn.nodes):
                console.say(
                    f"note: {len(drawn.nodes)} nodes are more than Mermaid can show; folded to {left}, see --of"
                )
            return mermaid_text(drawn)


def _drawn(picture: Picture, shown: Shown) -> Picture:
    from flakegen.pictures import fold  # noqa: PLC0415  # after the arguments

    match shown:
        case Shown.UNITS:
            return picture
        case Shown.CRATES:
            return fold.folded(picture)
        case Shown.MEMBERS:
            return fold.with_groups_folded(fold.folded(picture), fold.background(picture))


def _write(output: str, text: str) -> None:
    """Write the file as a whole or not at all; what is no plain file (a terminal, a pipe) is written to."""
    data = text.encode("utf-8", "replace")
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    from flakegen.files.replace import replace_file  # noqa: PLC0415  # after the arguments

    path = Path(output).resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    try:
        replace_file(str(path), data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, output) from None


def _quoted(text: str) -> str:
    from flakegen.diagnostics.text import quoted  # noqa: PLC0415  # on a fault

    return quoted(text)


def _wrong(message: str, hint: str) -> DiagnosticError:
    from flakegen.diagnostics.codes import Code  # noqa: PLC0415  # on a fault
    from flakegen.diagnostics.diagnostic import Diagnostic, DiagnosticError  # noqa: PLC0415  # on a fault

    return DiagnosticError([Diagnostic(code=Code.QUESTION, message=message, span=None, hint=hint)])

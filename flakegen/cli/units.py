"""`flakegen units`: the unit graph of any Cargo workspace, in cargo's own JSON, by cargo's own flags."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from flakegen.cargo.cargo_home import default_cargo_home
from flakegen.cargo.cfg_probe import ensure_platform
from flakegen.cargo.config import ConfigRoots, load_config
from flakegen.cargo.errors import CargoError, FactsError, Problem
from flakegen.cargo.facts import Facts, load_facts
from flakegen.cargo.facts_sources import FactsSources
from flakegen.cargo.gather import gather_facts
from flakegen.cargo.lock import Lock
from flakegen.cargo.package import Package, SourceKind
from flakegen.cargo.platforms import CfgSetKind, known_triples
from flakegen.cargo.request import BuildRequest, Every, Intent, TargetRule, TargetSelection
from flakegen.cargo.source_replacement import Replacements
from flakegen.cargo.unit_graph import build_unit_graph
from flakegen.cargo.unit_json import unit_graph_json
from flakegen.cargo.workspace import Workspace, load_workspace
from flakegen.diagnostics.render import render_all
from flakegen.plan.problems import of_cargo

EXIT_BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add cargo's selection flags to a parser."""
    parser.add_argument(
        "--manifest-path", type=Path, default=Path("Cargo.toml"), metavar="PATH", help="a Cargo.toml"
    )
    intents = [intent.value for intent in Intent]
    parser.add_argument(
        "--intent", choices=intents, default="build", help="the cargo subcommand to answer for"
    )
    _add_packages(parser)
    _add_targets(parser)
    features = parser.add_argument_group("features")
    features.add_argument("-F", "--features", action="append", default=[], metavar="FEATURES")
    features.add_argument("--all-features", action="store_true")
    features.add_argument("--no-default-features", action="store_true")
    how = parser.add_argument_group("compilation")
    how.add_argument("-r", "--release", action="store_true")
    how.add_argument("--profile", metavar="NAME")
    how.add_argument("--target", action="append", default=[], metavar="TRIPLE")
    how.add_argument("--host", metavar="TRIPLE", help="the machine that compiles (default: this one)")
    how.add_argument("--no-deps", action="store_true", help="with --intent doc: not the dependencies")
    _add_sources(parser)


def _add_packages(parser: argparse.ArgumentParser) -> None:
    packages = parser.add_argument_group("packages")
    packages.add_argument("-p", "--package", action="append", default=[], metavar="SPEC")
    packages.add_argument("--workspace", "--all", action="store_true")
    packages.add_argument("--exclude", action="append", default=[], metavar="SPEC")


def _add_targets(parser: argparse.ArgumentParser) -> None:
    targets = parser.add_argument_group("targets")
    targets.add_argument("--lib", action="store_true")
    for kind, every in (("bin", "bins"), ("example", "examples"), ("test", "tests"), ("bench", "benches")):
        targets.add_argument(f"--{every}", action="store_true")
        targets.add_argument(f"--{kind}", action="append", default=[], metavar="NAME")
    targets.add_argument("--all-targets", action="store_true")
    targets.add_argument("--doc", action="store_true", help="with --intent test: documentation tests only")


def _add_sources(parser: argparse.ArgumentParser) -> None:
    sources = parser.add_argument_group("what is known")
    sources.add_argument(
        "--facts", type=Path, metavar="FILE", help="a facts file (default: cargo's own registry)"
    )
    sources.add_argument("--fetch", action="store_true", help="let cargo download crates that are missing")
    help_text = "use the cfgs of a stable build; without it those under which cargo prints unit graphs"
    sources.add_argument("--stable-cfg", action="store_true", help=help_text)
    sources.add_argument("--pretty", action="store_true", help="indent the JSON")


def _rule(arguments: argparse.Namespace, kind: str, every: str) -> TargetRule:
    names: list[str] = getattr(arguments, kind)
    return Every.EVERY if getattr(arguments, every) else tuple(names)


def _host() -> str:
    """The triple of this machine, as the running rustc says; else guessed from the kernel."""
    try:
        done = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=False)  # noqa: S607
    except OSError:
        done = None
    for line in done.stdout.splitlines() if done else ():
        if line.startswith("host: "):
            return line.removeprefix("host: ")
    machine = os.uname()
    guesses = {"Linux": f"{machine.machine}-unknown-linux-gnu", "Darwin": "aarch64-apple-darwin"}
    return guesses.get(machine.sysname, known_triples()[0])


def request_of(arguments: argparse.Namespace, build_targets: tuple[str, ...]) -> BuildRequest:
    """The request that parsed arguments mean; ``build_targets`` are the configuration's, for want of `--target`."""
    host = arguments.host or _host()
    chosen = tuple(arguments.target) or build_targets
    selection = TargetSelection(
        lib=arguments.lib,
        bins=_rule(arguments, "bin", "bins"),
        examples=_rule(arguments, "example", "examples"),
        tests=_rule(arguments, "test", "tests"),
        benches=_rule(arguments, "bench", "benches"),
        all_targets=arguments.all_targets,
    )
    intent = Intent(arguments.intent)
    return BuildRequest(
        host=host,
        packages=tuple(arguments.package),
        workspace=arguments.workspace,
        exclude=tuple(arguments.exclude),
        selection=selection,
        features=tuple(arguments.features),
        all_features=arguments.all_features,
        no_default_features=arguments.no_default_features,
        profile=arguments.profile,
        release=arguments.release,
        targets=tuple(host if triple == "host-tuple" else triple for triple in chosen),
        intent=Intent.DOCTEST if arguments.doc and intent is Intent.TEST else intent,
        no_deps=arguments.no_deps,
        cfg_set=CfgSetKind.STABLE if arguments.stable_cfg else CfgSetKind.UNSTABLE,
    )


class Locator:
    """The absolute folders of packages, which the JSON shows but which no result depends on."""

    def __init__(self, workspace: Workspace, sources: FactsSources) -> None:
        self._workspace = workspace
        self._sources = sources
        self._found: dict[int, str] = {}

    def __call__(self, package: Package) -> str:
        """Where a package's sources are on this machine."""
        key = id(package)
        if key not in self._found:
            self._found[key] = self._locate(package)
        return self._found[key]

    def _locate(self, package: Package) -> str:
        if package.id.source.kind is SourceKind.PATH:
            return str(self._workspace.directory(package))
        known = package.id
        folder = self._sources.folder_of(known.name, known.version, known.source, package.checksum)
        name = f"{package.id.name}-{package.id.version}"
        return str(folder or self._sources.cargo_home / "registry" / "src" / "unknown" / name)


def _check(arguments: argparse.Namespace) -> None:
    if arguments.release and arguments.profile:
        message = "--release and --profile cannot be given together"
        raise CargoError(Problem(code="arguments", message=message))
    if not arguments.manifest_path.is_file():
        message, hint = "there is no manifest here", "give --manifest-path"
        raise CargoError(
            Problem(code="arguments", message=message, path=str(arguments.manifest_path), hint=hint)
        )


def units(arguments: argparse.Namespace) -> str:
    """The JSON text for parsed arguments.

    Raises:
        CargoError: the workspace or the request is wrong.
    """
    _check(arguments)
    manifest = Path(os.path.abspath(arguments.manifest_path))  # noqa: PTH100 - as cargo: links are kept
    environment = dict(os.environ)
    home = default_cargo_home(environment)
    roots = ConfigRoots(start=Path.cwd(), cargo_home=home, environment=environment)
    sources = FactsSources(cargo_home=home, replaced=Replacements(load_config(roots)))
    kept = load_facts(arguments.facts) if arguments.facts else Facts()

    def provide(lock: Lock, root: Path) -> Facts:
        fetch_with = root / "Cargo.toml" if arguments.fetch else None
        return gather_facts(lock, sources, kept, fetch_with=fetch_with)

    workspace = load_workspace(manifest, facts=provide, config_roots=roots)
    request = request_of(arguments, workspace.config.build_targets)
    for triple in (request.host, *request.targets):
        ensure_platform(workspace, triple, request.cfg_set)
    graph = build_unit_graph(workspace, request)
    table = unit_graph_json(graph, workspace.root, Locator(workspace, sources))
    return json.dumps(
        table, indent=2 if arguments.pretty else None, separators=None if arguments.pretty else (",", ":")
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the graph, or what is wrong; gives the exit code."""
    try:
        print(units(arguments))
    except CargoError as error:
        print(render_all(of_cargo(error)), end="", file=sys.stderr)
        if isinstance(error, FactsError):
            print("hint: --fetch lets cargo download them", file=sys.stderr)
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # The reader has gone: keep the interpreter from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run as a program of its own."""
    parser = argparse.ArgumentParser(prog="flakegen units", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())

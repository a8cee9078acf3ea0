"""From the stages of a job to steps: what Nix is asked to do, and what is pushed to which cache."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from flakegen.plan.ci import BlockPlan, CachePlan, StepPlan
from flakegen.plan.ci_shell import word, words
from flakegen.plan.impure import is_impure
from flakegen.spec.caches import CacheKind
from flakegen.spec.ci import Ci, CiSystem, Stage
from flakegen.spec.model import Spec
from flakegen.spec.values import AttrName, Namespace, Reference

_BUILD = ("nix", "build", "--no-link", "--print-build-logs")
_QUIET = ("nix", "build", "--no-link", "--print-out-paths")
_SKOPEO = "skopeo"
_REGISTRY_LOGIN = frozenset(("REGISTRY_USER", "REGISTRY_PASSWORD"))
_SECRETS_OF_CACHES = frozenset(
    (
        *("CACHIX_AUTH_TOKEN", "NIX_SIGNING_KEY"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    )
)
_NO_NAME = re.compile(r"[^a-z0-9_-]")


def secrets_of_caches(ci: Ci) -> tuple[str, ...]:
    """Return the names of those among a CI's secrets with which Nix and Cachix read and write caches."""
    return tuple(sorted(_SECRETS_OF_CACHES & ci.secrets.keys()))


def _arguments(args: tuple[str, ...]) -> tuple[str, ...]:
    return ("--", *args) if args else ()


class Maker(Struct, kw_only=True):
    """Makes the steps of one job; ``names`` are those given so far, as each is given once."""

    spec: Spec
    ci: Ci
    pushes: tuple[CachePlan, ...] = ()
    reads: tuple[CachePlan, ...] = ()
    layers: tuple[tuple[str, ...], ...] = ()  # attribute paths of the shards of each layer
    names: set[str] = field(default_factory=set)

    def stage(self, stage: Stage) -> BlockPlan:
        """Return what a stage does: it waits first, and does the rest."""
        work = BlockPlan(items=tuple(self._work(stage)), is_parallel=stage.in_parallel)
        if not stage.wait_for:
            return work
        return BlockPlan(items=(self._wait(stage.wait_for), work), is_parallel=False)

    def release(self, packages: Iterable[Reference]) -> StepPlan:
        """Return the step that puts packages' programs into $RELEASE."""
        lines = []
        for package in packages:
            built = words((*_QUIET, *self._impure(package), self.installable(package)))
            lines += [f"built=$({built})", 'for folder in $built; do cp -L "$folder"/bin/* "$RELEASE"/; done']
        return StepPlan(
            name=self._name("release"),
            lines=tuple(lines),
            is_stamped=True,
            secrets=secrets_of_caches(self.ci),
        )

    def shards(self) -> tuple[tuple[str, ...], ...]:
        """Return the shards of each layer as installables."""
        return tuple(tuple(map(self._of_flake, shards)) for shards in self.layers)

    def installable(self, reference: Reference) -> str:
        """Return what Nix builds for a reference."""
        name, system = reference.name[0], self.ci.platform.value
        match reference.namespace:
            case Namespace.PACKAGES:
                return self._of_flake(self._package(name))
            case Namespace.IMAGES:
                return self._of_flake(name)
            case Namespace.APPS:
                return self._of_flake(f"legacyPackages.{system}.programs.{name}")
            case Namespace.CHECKS:
                return self._of_flake(
                    f"checks.{system}.{self.spec.checks[AttrName(name)].output_name(AttrName(name))}"
                )
            case _:
                return self._of_flake(f"devShells.{system}.{name}")

    def program(self, reference: Reference) -> str:
        """Return what `nix run` runs for a reference."""
        name = reference.name[0]
        if reference.namespace is Namespace.APPS:
            return self._of_flake(name)
        output = self._package(name)
        is_app = output in self.spec.apps
        return self._of_flake(f"packages.{self.ci.platform.value}.{output}" if is_app else output)

    def _work(self, stage: Stage) -> Iterator[StepPlan | BlockPlan]:
        for reference in stage.run:
            line = words(
                ("nix", "run", *self._impure(reference), self.program(reference), *_arguments(stage.args))
            )
            yield self._step(reference.name[0], (line,), (reference,), secrets=tuple(sorted(self.ci.secrets)))
        if stage.layers and self.ci.system is CiSystem.CONCOURSE:
            yield self._layers()
        if stage.flake_check:
            check = ("nix", "flake", "check", "--print-build-logs", self._flake)
            yield self._step("flake-check", (self._watched(check),), ())
        for reference in stage.build:
            installable = self.installable(reference)
            lines = tuple(self._build(installable, self._impure(reference)))
            yield self._step(reference.name[0], lines, (reference,))
        if stage.drift is not None:
            drift = ("nix", "run", self.program(stage.drift), "--", "check", str(self.spec.layout.spec))
            yield self._step("drift", (words(drift),), ())
        for image, reference in stage.push_images.items():
            yield self._push_image(image, reference)

    def _wait(self, references: Iterable[Reference]) -> StepPlan:
        assert self.ci.wait_with is not None  # noqa: S101 - checked with the spec
        paths = [self.installable(reference) for reference in references]
        start = ("nix", "run", self.program(self.ci.wait_with), "--", "--cache")
        caches = (cache for cache in (*self.reads, *self.pushes) if cache.kind is not CacheKind.S3)
        lines = tuple(words((*start, cache.address, *paths)) for cache in caches)
        return self._step("wait", lines, ())

    def _layers(self) -> BlockPlan:
        return BlockPlan(
            items=tuple(
                BlockPlan(
                    items=tuple(
                        self._step(f"layer-{layer}-{shard}", tuple(self._build(self._of_flake(path), ())), ())
                        for shard, path in enumerate(shards)
                    ),
                    is_parallel=True,
                )
                for layer, shards in enumerate(self.layers)
            ),
            is_parallel=False,
        )

    def _build(self, installable: str, options: tuple[str, ...]) -> Iterator[str]:
        """Yield what builds something, pushes it, and has the caches keep it."""
        yield self._watched((*_BUILD, *options, installable))
        kept = [
            cache for cache in self.pushes if cache.kind is not CacheKind.CACHIX or installable in cache.pins
        ]
        if kept:
            yield f"built=$({words((*_QUIET, *options, installable))})"
        for cache in kept:
            if cache.kind is CacheKind.CACHIX:
                yield f'cachix pin {words((cache.name, cache.pins[installable]))} "$built"'
            else:
                yield 'nix store sign --recursive --key-file "$NIX_SIGNING_KEY_FILE" $built'
                yield f"nix copy --to {word(cache.address)} $built"

    def _watched(self, command: tuple[str, ...]) -> str:
        """Return the command with all that it builds pushed as it goes; GitHub's action sees to that by itself."""
        if self.ci.system is CiSystem.CONCOURSE:
            for cache in self.pushes:
                if cache.kind is CacheKind.CACHIX:
                    command = ("cachix", "watch-exec", cache.name, "--", *command)
        return words(command)

    def _push_image(self, image: str, reference: Reference) -> StepPlan:
        built = words((*_QUIET, *self._impure(reference), self.installable(reference)))
        skopeo = words(("nix", "run", "--inputs-from", self._flake, f"nixpkgs#{_SKOPEO}", "--"))
        lines = [f"built=$({built})"]
        if self.ci.secrets.keys() >= _REGISTRY_LOGIN:
            who = f'login --username "$REGISTRY_USER" --password-stdin {word(image.partition("/")[0])}'
            lines.append(f'printf %s "$REGISTRY_PASSWORD" | {skopeo} {who}')
        place = word(f"docker://{image}")
        lines.append(f'{skopeo} --insecure-policy copy "docker-archive:$built" {place}:"$VERSION"')
        name = self._name(f"push-{image.rpartition('/')[2]}")
        secrets = tuple(sorted({*secrets_of_caches(self.ci), *(_REGISTRY_LOGIN & self.ci.secrets.keys())}))
        return StepPlan(name=name, lines=tuple(lines), is_stamped=True, secrets=secrets)

    def _step(
        self,
        name: str,
        lines: tuple[str, ...],
        references: tuple[Reference, ...],
        secrets: tuple[str, ...] | None = None,
    ) -> StepPlan:
        """Return a step that is told the secrets of caches, as Nix needs them, or what its programs are to know."""
        return StepPlan(
            name=self._name(name),
            lines=lines,
            is_stamped=any(self._impure(reference) for reference in references),
            secrets=secrets_of_caches(self.ci) if secrets is None else secrets,
        )

    def _name(self, wanted: str) -> str:
        """Return a name that no other step of the job has, and that both systems take."""
        plain = _NO_NAME.sub("-", wanted.lower())
        wanted = plain if plain[0].isalpha() else f"step-{plain}"
        name, number = wanted, 2
        while name in self.names:
            name, number = f"{wanted}-{number}", number + 1
        self.names.add(name)
        return name

    def _impure(self, reference: Reference) -> tuple[str, ...]:
        """Return the option that packages need which read the environment when Nix evaluates."""
        return ("--impure",) if is_impure(self.spec, reference) else ()

    def _package(self, name: str) -> str:
        return self.spec.packages[AttrName(name)].output_name(AttrName(name))

    def _of_flake(self, attribute: str) -> str:
        return f"{self._flake}#{attribute}"

    @property
    def _flake(self) -> str:
        output = str(self.spec.layout.output)
        return "." if output == "." else f"./{output}"

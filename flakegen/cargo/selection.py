"""Which packages are built, and which members are asked for which features (cargo's `ops/cargo_compile/packages.rs`)."""

from __future__ import annotations

from msgspec import Struct

from flakegen.cargo.errors import Problem, SelectionError, raise_all
from flakegen.cargo.feature_map import (
    DependencyFeature,
    Feature,
    FeatureValue,
    OptionalDependency,
    parse_value,
)
from flakegen.cargo.features import Seed
from flakegen.cargo.globs import is_glob, name_matches
from flakegen.cargo.known_features import known_features
from flakegen.cargo.request import BuildRequest
from flakegen.cargo.source import source_address
from flakegen.cargo.spec import PackageSpec, parse_spec
from flakegen.cargo.suggest import did_you_mean
from flakegen.cargo.workspace import Resolver, Workspace


class Selection(Struct, frozen=True, kw_only=True):
    """Indices of the packages to build, sorted, and the seeds of feature resolution."""

    packages: tuple[int, ...]
    seeds: tuple[Seed, ...]


def _matching(workspace: Workspace, spec: PackageSpec, indices: tuple[int, ...]) -> list[int]:
    packages = workspace.packages
    return [
        i
        for i in indices
        if packages[i].id.name == spec.name  # of ten thousand addresses, few need be put together
        and spec.matches(packages[i].id, source_address(packages[i].id, workspace.root))
    ]


def _not_found(workspace: Workspace, text: str) -> Problem:
    names = {package.id.name for package in workspace.packages}
    hint = did_you_mean(text, names)
    return Problem(code="package-unknown", message=f"no package matches `{text}`", hint=hint)


def _named(workspace: Workspace, text: str, problems: list[Problem]) -> list[int]:
    """The packages that one `-p` means: members for a glob, else exactly one package."""
    packages = workspace.packages
    if is_glob(text) and "/" not in text:
        found = [i for i in workspace.members if name_matches(text, packages[i].id.name)]
        if not found:
            problems.append(
                Problem(code="package-unknown", message=f"no member matches the pattern `{text}`")
            )
        return found
    spec = parse_spec(text)
    found = _matching(workspace, spec, tuple(range(len(packages)))) if spec else []
    if not found:
        problems.append(_not_found(workspace, text))
    elif len(found) > 1:
        ids = ", ".join(f"{packages[i].id.name}@{packages[i].id.version}" for i in found)
        problems.append(
            Problem(code="package-ambiguous", message=f"`{text}` is ambiguous", hint=f"one of {ids}")
        )
    return found[:1]


def _excluded(workspace: Workspace, patterns: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for text in patterns:
        if is_glob(text):
            found |= {i for i in workspace.members if name_matches(text, workspace.packages[i].id.name)}
        elif spec := parse_spec(text):
            found |= set(_matching(workspace, spec, workspace.members))
    return frozenset(found)


def select_packages(workspace: Workspace, request: BuildRequest) -> tuple[int, ...]:
    """The packages to build.

    Raises:
        SelectionError: a specification fits no package, or several; or nothing is left.
    """
    problems: list[Problem] = []
    if request.exclude and not request.workspace:
        message = "--exclude can only be used together with --workspace"
        raise SelectionError(Problem(code="selection", message=message))
    if request.workspace:
        found = set(workspace.members) - _excluded(workspace, request.exclude)
    elif request.packages:
        found = {index for text in request.packages for index in _named(workspace, text, problems)}
    else:
        found = set(workspace.default_members)
    raise_all(SelectionError, problems)
    if not found:
        message = "no packages to compile"
        raise SelectionError(Problem(code="selection", message=message, path=str(workspace.manifest)))
    return tuple(sorted(found))


def _command_line_features(request: BuildRequest) -> list[FeatureValue]:
    """`--features` values, split at commas and whitespace."""
    texts = sorted({text for value in request.features for text in value.replace(",", " ").split()})
    values = [parse_value(text) for text in texts]
    for value in values:
        if isinstance(value, OptionalDependency) or (
            isinstance(value, DependencyFeature) and ":" in value.dependency
        ):
            message = f"`dep:` is not allowed on the command line: `dep:{value.name if isinstance(value, OptionalDependency) else ''}`"
            raise SelectionError(Problem(code="feature-syntax", message=message))
    return values


def _has_feature(workspace: Workspace, index: int, name: str) -> bool:
    if name in known_features(workspace, index):
        return True
    return any(d.optional and d.name == name for d in workspace.packages[index].dependencies)


def _fitting(
    workspace: Workspace, index: int, values: list[FeatureValue], found: set[FeatureValue]
) -> list[FeatureValue]:
    """The command line's values that a member has; they are added to ``found``."""
    package = workspace.packages[index]
    names = {dependency.name for dependency in package.dependencies}
    fitting: list[FeatureValue] = []
    for value in values:
        if isinstance(value, Feature):
            if not _has_feature(workspace, index, value.name):
                continue
            fitting.append(value)
        elif isinstance(value, DependencyFeature):
            if value.dependency in names:
                fitting.append(value)
            elif value.dependency == package.id.name and _has_feature(workspace, index, value.feature):
                fitting.append(Feature(value.feature))
            else:
                continue
        found.add(value)
    return fitting


def _seed(
    workspace: Workspace, index: int, values: list[FeatureValue], *, default: bool, everything: bool
) -> Seed:
    known = known_features(workspace, index)
    asked = list(values)
    if default and "default" in known:
        asked.append(Feature("default"))
    if everything:
        asked += [Feature(name) for name in known]
    return Seed(index, tuple(dict.fromkeys(asked)))


def _text(value: FeatureValue) -> str:
    if isinstance(value, DependencyFeature):
        return f"{value.dependency}{'?' if value.weak else ''}/{value.feature}"
    return value.name


def _new_seeds(workspace: Workspace, request: BuildRequest, selected: list[int]) -> list[Seed]:
    values = _command_line_features(request)
    default = not request.no_default_features
    if not selected:
        if values or request.all_features or not default:
            message = "features cannot be chosen for packages outside of the workspace"
            raise SelectionError(Problem(code="selection", message=message))
        return [_seed(workspace, i, [], default=True, everything=False) for i in workspace.members]
    found: set[FeatureValue] = set()
    seeds = [
        _seed(
            workspace,
            i,
            _fitting(workspace, i, values, found),
            default=default,
            everything=request.all_features,
        )
        for i in selected
    ]
    names = ", ".join(workspace.packages[i].id.name for i in selected)
    unknown = [value for value in values if value not in found]
    raise_all(SelectionError, [_unknown_feature(workspace, value, selected, names) for value in unknown])
    return seeds


def _unknown_feature(workspace: Workspace, value: FeatureValue, selected: list[int], names: str) -> Problem:
    known = {name for index in selected for name in known_features(workspace, index)}
    hint = did_you_mean(_text(value), known)
    message = f"none of the selected packages has the feature `{_text(value)}`: {names}"
    return Problem(code="feature-unknown", message=message, hint=hint)


def _old_seeds(workspace: Workspace, request: BuildRequest, selected: list[int]) -> list[Seed]:
    """Resolver 1 outside of a virtual manifest: features go to the current package, which is always a seed."""
    current = workspace.current
    own: list[FeatureValue] = []
    others: dict[str, list[FeatureValue]] = {}
    names = {workspace.packages[i].id.name for i in selected if i != current}
    for value in _command_line_features(request):
        if isinstance(value, DependencyFeature) and value.dependency in names:
            others.setdefault(value.dependency, []).append(Feature(value.feature))
        else:
            own.append(value)
    _check_dependencies(workspace, current, own)
    seeds: list[Seed] = []
    for index in workspace.members:
        if index == current:
            default = not request.no_default_features
            seeds.append(_seed(workspace, index, own, default=default, everything=request.all_features))
        elif index in selected:
            values = others.get(workspace.packages[index].id.name, [])
            seeds.append(_seed(workspace, index, values, default=True, everything=request.all_features))
    return seeds


def _check_dependencies(workspace: Workspace, current: int | None, values: list[FeatureValue]) -> None:
    """`name/feature` for the current package needs a dependency of that name."""
    if current is None:
        return
    package = workspace.packages[current]
    names = {dependency.name for dependency in package.dependencies}
    unknown = [v for v in values if isinstance(v, DependencyFeature) and v.dependency not in names]
    messages = (
        f"package `{package.id.name}` has no dependency named `{value.dependency}`" for value in unknown
    )
    raise_all(SelectionError, [Problem(code="feature-unknown", message=message) for message in messages])


def select(workspace: Workspace, request: BuildRequest) -> Selection:
    """Packages and seeds of a request.

    Raises:
        SelectionError: packages or features that do not exist.
    """
    packages = select_packages(workspace, request)
    members = frozenset(workspace.members)
    selected = [index for index in packages if index in members]
    if workspace.resolver is Resolver.V1 and workspace.current is not None:
        seeds = _old_seeds(workspace, request, selected)
    else:
        seeds = _new_seeds(workspace, request, selected)
    return Selection(packages=packages, seeds=tuple(seeds))

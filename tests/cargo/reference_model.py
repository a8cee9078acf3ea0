"""Small workspaces and invocations as plain values, with all that the reference resolver is asked about, and as files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

HOST = "x86_64-unknown-linux-gnu"
MUSL = "aarch64-unknown-linux-musl"
MAC = "aarch64-apple-darwin"
WASM = "wasm32-unknown-unknown"
TRIPLES = (HOST, MUSL, MAC, WASM)
# Which platforms a table is for, as the rustc book's platforms say it; no parser of `cfg` takes part.
TABLES: dict[str | None, tuple[str, ...]] = {
    None: TRIPLES,
    "cfg(unix)": (HOST, MUSL, MAC),
    "cfg(windows)": (),
    'cfg(target_os = "linux")': (HOST, MUSL),
    'cfg(not(target_arch = "aarch64"))': (HOST, WASM),
    'cfg(all(unix, target_env = "musl"))': (MUSL,),
    'cfg(any(target_os = "macos", target_family = "wasm"))': (MAC, WASM),
    HOST: (HOST,),
    MUSL: (MUSL,),
}
SECTIONS = {"normal": "dependencies", "build": "build-dependencies", "dev": "dev-dependencies"}


@dataclass(frozen=True)
class Declared:
    """One line of a dependency table; `package` is the index of the package that it means."""

    name: str
    package: int
    kind: str = "normal"
    platform: str | None = None
    optional: bool = False
    features: tuple[str, ...] = ()
    default: bool = True


@dataclass
class Crate:
    """A package; `folder` is below `ws` for members. Targets beside the library are (kind, name, required features)."""

    name: str
    version: str
    folder: str
    member: bool
    library: str | None = "lib"  # "lib", "cdylib", "proc-macro"
    script: bool = False
    links: str | None = None
    targets: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    dependencies: list[Declared] = field(default_factory=list)
    features: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Model:
    """A workspace; with `rooted` the first package stands beside `[workspace]`."""

    resolver: str
    rooted: bool
    crates: list[Crate]

    def members(self) -> list[int]:
        return [index for index, crate in enumerate(self.crates) if crate.member]

    def spec(self, index: int) -> str:
        """What `-p` needs to mean this package."""
        crate = self.crates[index]
        alike = [other for other in self.crates if other.name == crate.name]
        return crate.name if len(alike) == 1 else f"{crate.name}@{crate.version}"


@dataclass
class Question:
    """One invocation."""

    intent: str = "build"
    packages: list[int] = field(default_factory=list)
    workspace: bool = False
    flags: list[str] = field(default_factory=list)  # --lib, --bins, …
    features: list[str] = field(default_factory=list)
    all_features: bool = False
    no_default: bool = False
    targets: list[str] = field(default_factory=list)

    def arguments(self, model: Model) -> list[str]:
        found = [*self.flags]
        for index in self.packages:
            found += ["-p", model.spec(index)]
        found += ["--workspace"] if self.workspace else []
        for text in self.features:
            found += ["--features", text]
        found += ["--all-features"] if self.all_features else []
        found += ["--no-default-features"] if self.no_default else []
        for triple in self.targets:
            found += ["--target", triple]
        return found


def _up(start: str, end: str) -> str:
    return "/".join([".."] * (start.count("/") + 1)) + "/" + end


def _manifest(model: Model, index: int) -> str:
    crate = model.crates[index]
    lines = ["[package]", f'name = "{crate.name}"', f'version = "{crate.version}"', 'edition = "2021"']
    lines += [f"auto{what} = false" for what in ("lib", "bins", "examples", "tests", "benches")]
    lines.append('build = "build.rs"' if crate.script else "build = false")
    lines += [f'links = "{crate.links}"'] if crate.links else []
    if model.rooted and index == 0:
        lines.append(f'resolver = "{model.resolver}"')
    if crate.library:
        lines += ["[lib]", 'path = "lib.rs"', f'crate-type = ["{crate.library}"]']
    for kind, name, required in crate.targets:
        lines += [f"[[{kind}]]", f'name = "{name}"', f'path = "{name}.rs"']
        lines += [f"required-features = {json.dumps(required)}"] if required else []
    lines += ["[features]", *(f"{name} = {json.dumps(values)}" for name, values in crate.features.items())]
    for declared in crate.dependencies:
        lines += _dependency(model, crate, declared)
    return "\n".join(lines) + "\n"


def _dependency(model: Model, crate: Crate, declared: Declared) -> list[str]:
    section = SECTIONS[declared.kind]
    prefix = "" if declared.platform is None else f"target.{json.dumps(declared.platform)}."
    other = model.crates[declared.package]
    lines = [f"[{prefix}{section}.{declared.name}]"]
    lines.append(f'path = "{"." if other is crate else _up(crate.folder, other.folder)}"')
    lines += [f'package = "{other.name}"'] if declared.name != other.name else []
    lines += ["optional = true"] if declared.optional else []
    lines += [f"features = {json.dumps(declared.features)}"] if declared.features else []
    lines += [] if declared.default else ["default-features = false"]
    return lines


def _lock(model: Model) -> str:
    def entry(index: int) -> str:
        crate = model.crates[index]
        alike = [other.name for other in model.crates].count(crate.name)
        return crate.name if alike == 1 else f"{crate.name} {crate.version}"

    lines = ["version = 4"]
    for crate in sorted(model.crates, key=lambda crate: (crate.name, crate.version)):
        counted = (d for d in crate.dependencies if crate.member or d.kind != "dev")
        edges = sorted({entry(declared.package) for declared in counted})
        lines += ["", "[[package]]", f'name = "{crate.name}"', f'version = "{crate.version}"']
        lines += ["dependencies = [", *(f' "{edge}",' for edge in edges), "]"] if edges else []
    return "\n".join(lines) + "\n"


def write_model(model: Model, folder: Path) -> Path:
    """Write manifests and lock; gives the workspace's folder. The sources are empty, as no rule here looks into them."""
    texts = {f"{crate.folder}/Cargo.toml": _manifest(model, i) for i, crate in enumerate(model.crates)}
    members = [c.folder[3:] for i, c in enumerate(model.crates) if c.member and not (model.rooted and i == 0)]
    root = ["[workspace]", f"members = {json.dumps(members)}"]
    root += [] if model.rooted else [f'resolver = "{model.resolver}"']
    texts["ws/Cargo.toml"] = texts.get("ws/Cargo.toml", "") + "\n".join(root) + "\n"
    texts["ws/Cargo.lock"] = _lock(model)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    for crate in model.crates:
        for name in ("lib", "build", *(name for _, name, _ in crate.targets)):
            (folder / crate.folder / f"{name}.rs").touch()
    return folder / "ws"

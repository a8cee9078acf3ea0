"""Random path-only workspaces and invocations of cargo, from a seed: the same seed always gives the same case."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random

from invocations import HOST, Invocations

_CFGS = (
    "cfg(unix)",
    "cfg(windows)",
    'cfg(target_os = "linux")',
    'cfg(any(windows, target_arch = "aarch64"))',
    'cfg(all(unix, not(target_os = "macos")))',
    "cfg(target_thread_local)",
    "cfg(debug_assertions)",
    "cfg(special)",
    HOST,
    "aarch64-unknown-linux-gnu",
)
_CRATE_TYPES = (
    ["lib"],
    ["rlib"],
    ["cdylib"],
    ["staticlib"],
    ["dylib"],
    ["cdylib", "rlib"],
    ["dylib", "rlib"],
)
_TABLES = ("dependencies", "dependencies", "dependencies", "build-dependencies", "dev-dependencies")


@dataclass
class Case:
    """Files to write, and invocations: the folder, cargo's subcommand, its arguments."""

    files: dict[str, str]
    invocations: list[tuple[str, str, list[str]]]


@dataclass
class _Package:
    index: int
    name: str
    folder: str
    edition: str
    is_member: bool
    lib: str | None = None  # "lib", "macro", or None
    tables: dict[str, dict[str, dict]] = field(default_factory=dict)  # table header -> name -> dependency
    optional: dict[str, str] = field(default_factory=dict)  # toml name -> style
    names: dict[str, int] = field(default_factory=dict)  # toml name -> package
    features: dict[str, list[str]] = field(default_factory=dict)
    has_script: bool = False
    links: str | None = None
    bins: list[str] = field(default_factory=list)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)


class _Generator:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - reproducible, not secret
        self.files: dict[str, str] = {}
        self.is_virtual = self.chance(0.5)
        self.resolver = self.random.choice(["1", "2", "2", "3"])
        self.packages: list[_Package] = []
        self.inherited: dict[str, dict] = {}

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def make(self) -> Case:
        for index in range(self.random.randint(2, 7)):
            self.packages.append(self.package(index))
        for package in self.packages:
            self.dependencies(package)
        for package in self.packages:
            self.feature_values(package)
        for package in self.packages:
            self.write(package)
        self.root()
        return Case(self.files, [Invocations(self.random, self.packages).one() for _ in range(6)])

    def package(self, index: int) -> _Package:
        is_root = index == 0 and not self.is_virtual
        name = f"p-{index}" if self.chance(0.3) else f"p{index}"
        package = _Package(
            index=index,
            name=name,
            folder="ws" if is_root else f"ws/{name}" if self.chance(0.85) or index < 2 else name,
            edition=self.random.choice(["2015", "2018", "2021", "2021", "2024"]),
            is_member=is_root or index < 2 or self.chance(0.75),
        )
        package.is_member = package.is_member and package.folder.startswith("ws")
        package.lib = self.random.choice(["lib", "lib", "lib", "lib", "macro", None if index < 3 else "lib"])
        package.features = {f"f{i}": [] for i in range(self.random.randint(0, 3))}
        if self.chance(0.5):
            package.features["default"] = []
        package.has_script = self.chance(0.4)
        if package.has_script and self.chance(0.6):
            package.links = f"link{index}"
        return package

    def dependencies(self, package: _Package) -> None:
        for _ in range(self.random.randint(0, 5)):
            table = self.random.choice(_TABLES)
            later = self.packages[package.index + 1 :]
            pool = self.packages if table.startswith("dev") and package.is_member else later
            if not pool:
                continue
            target = self.random.choice(pool)
            if target.index == package.index and not self.chance(0.3):
                continue
            self.dependency(package, target, table)

    def dependency(self, package: _Package, target: _Package, table: str) -> None:
        name = target.name if self.chance(0.85) else f"ren{target.index}"
        if name in package.names and package.names[name] != target.index:
            return
        entry: dict = {"path": self.relative(package.folder, target.folder)}
        if name != target.name:
            entry["package"] = target.name
        features = self.pick(f for f in target.features if f != "default")
        if features:
            entry["features"] = features
        if self.chance(0.25):
            entry["default-features"] = False
        if not table.startswith("dev") and self.chance(0.4):
            entry["optional"] = True
            package.optional.setdefault(name, self.random.choice(["implicit", "dep", "slash"]))
        if package.is_member and self.chance(0.2) and package.folder.startswith("ws"):
            entry = self.inherit(name, target, entry)
        header = table if self.chance(0.75) else f"target.'{self.random.choice(_CFGS)}'.{table}"
        package.tables.setdefault(header, {})[name] = entry
        package.names[name] = target.index

    def inherit(self, name: str, target: _Package, entry: dict) -> dict:
        base = self.inherited.get(name)
        if base is None:
            base = {"path": self.relative("ws", target.folder)}
            if "package" in entry:
                base["package"] = entry["package"]
            if self.chance(0.3):
                base["default-features"] = False
            if features := self.pick((f for f in target.features if f != "default"), 1):
                base["features"] = features
            self.inherited[name] = base
        own = {key: value for key, value in entry.items() if key in ("features", "optional")}
        if self.chance(0.2):
            own["default-features"] = True
        return {"workspace": True, **own}

    def pick(self, items, most: int = 2) -> list:
        items = list(items)
        return self.random.sample(items, min(len(items), self.random.randint(0, most)))

    @staticmethod
    def relative(start: str, end: str) -> str:
        if start == end:
            return "."
        up = "/".join([".."] * (start.count("/") + 1))
        return f"{up}/{end}"

    def feature_values(self, package: _Package) -> None:
        names = sorted(package.features)
        for name, style in package.optional.items():
            holder = self.random.choice(names) if names else "extra"
            package.features.setdefault(holder, [])
            if style == "dep":
                package.features[holder].append(f"dep:{name}")
                if self.chance(0.3) and name not in package.features:
                    package.features[name] = []
            elif style == "slash":
                self.slash(package, holder, name)
            elif self.chance(0.5):
                package.features[holder].append(name)
        for holder in names:
            later = [n for n in names if n > holder]
            package.features[holder] += self.pick(later, 1)
            for name in self.pick(package.names, 1):
                if not self.is_only_dev_or_missing(package, name):
                    self.slash(package, holder, name)

    def is_only_dev_or_missing(self, package: _Package, name: str) -> bool:
        return not any(name in entries for entries in package.tables.values())

    def slash(self, package: _Package, holder: str, name: str) -> None:
        target = self.packages[package.names[name]]
        features = [f for f in target.features if f.startswith("f")]
        if features:
            weak = "?" if name in package.optional and self.chance(0.4) else ""
            package.features[holder].append(f"{name}{weak}/{self.random.choice(features)}")

    def write(self, package: _Package) -> None:
        lines = [
            "[package]",
            f'name = "{package.name}"',
            f'version = "0.{package.index}.0"',
            f'edition = "{package.edition}"',
        ]
        if package.links:
            lines.append(f'links = "{package.links}"')
        if package.folder == "ws":
            lines.append(f'resolver = "{self.resolver}"')
        lines += self.target_tables(package)
        if package.features:
            lines += [
                "[features]",
                *(f"{name} = {_toml(values)}" for name, values in package.features.items()),
            ]
        for header, entries in package.tables.items():
            lines += [f"[{header}]", *(f"{name} = {_toml(entry)}" for name, entry in entries.items())]
        if package.has_script:
            self.files[f"{package.folder}/build.rs"] = "fn main() {}\n"
        self.files[f"{package.folder}/Cargo.toml"] = "\n".join(lines) + "\n"

    def target_tables(self, package: _Package) -> list[str]:
        lines: list[str] = []
        if package.lib:
            self.files[f"{package.folder}/src/lib.rs"] = ""
            lines += self.library(package)
        if self.chance(0.4) or not package.lib:
            self.files[f"{package.folder}/src/main.rs"] = "fn main() {}\n"
            package.bins.append(package.name)
        for kind, folder in (
            ("bin", "src/bin"),
            ("example", "examples"),
            ("test", "tests"),
            ("bench", "benches"),
        ):
            for number in range(self.random.choice([0, 0, 1, 1, 2])):
                lines += self.target(package, kind, folder, f"{kind[0]}{number}")
        return lines

    def library(self, package: _Package) -> list[str]:
        lines = ["[lib]"]
        if package.lib == "macro":
            lines.append("proc-macro = true")
        elif self.chance(0.25):
            lines.append(f"crate-type = {_toml(self.random.choice(_CRATE_TYPES))}")
        if self.chance(0.1):
            lines.append(f'name = "other_name{package.index}"')
        keys = ("test", "bench", "doctest", "doc")
        lines += [f"{key} = false" for key in keys if self.chance(0.1)]
        return lines if len(lines) > 1 else []

    def target(self, package: _Package, kind: str, folder: str, name: str) -> list[str]:
        path = f"{folder}/{name}.rs" if self.chance(0.7) else f"{folder}/{name}/main.rs"
        self.files[f"{package.folder}/{path}"] = "fn main() {}\n"
        if kind == "bin":
            package.bins.append(name)
        lines = [f"[[{kind}]]", f'name = "{name}"']
        required = (
            self.pick([*package.features, *(f"{n}/f0" for n in package.names)], 1) if self.chance(0.4) else []
        )
        if required:
            lines.append(f"required-features = {_toml(required)}")
        keys = ("test", "bench", "doc", "harness")
        lines += [f"{key} = {_toml(self.chance(0.5))}" for key in keys if self.chance(0.1)]
        if kind == "example" and self.chance(0.2):
            lines.append('crate-type = ["staticlib"]')
        return lines if len(lines) > 2 or self.chance(0.2) else []

    def root(self) -> None:
        members = [p.folder[3:] for p in self.packages if p.is_member and p.folder != "ws"]
        excluded = [p.folder[3:] for p in self.packages if not p.is_member and p.folder.startswith("ws/")]
        lines = ["[workspace]", f"members = {_toml(members)}", f"exclude = {_toml(excluded)}"]
        if self.is_virtual:
            lines.append(f'resolver = "{self.resolver}"')
        if members and self.chance(0.3):
            lines.append(f"default-members = {_toml(self.random.sample(members, 1))}")
        if self.inherited:
            lines.append("[workspace.dependencies]")
            lines += [f"{name} = {_toml(entry)}" for name, entry in self.inherited.items()]
        lines += self.profiles()
        own = self.files.get("ws/Cargo.toml", "")
        self.files["ws/Cargo.toml"] = own + "\n".join(lines) + "\n"
        if self.chance(0.3):
            self.files["ws/.cargo/config.toml"] = self.config()

    def profile_values(self, *, is_override: bool) -> list[str]:
        choices = [
            'opt-level = "s"',
            "opt-level = 1",
            "debug = 1",
            "debug = false",
            'debug = "line-tables-only"',
            "codegen-units = 4",
            "debug-assertions = false",
            "overflow-checks = true",
            "incremental = true",
            "strip = true",
            'strip = "debuginfo"',
            "strip = false",
        ]
        if not is_override:
            choices += ['panic = "abort"', "lto = true", 'lto = "thin"', 'lto = "off"', "rpath = true"]
        values = {line.partition(" ")[0]: line for line in self.pick(choices, 3)}
        return list(values.values())

    def profiles(self) -> list[str]:
        lines: list[str] = []
        for name in self.pick(["dev", "release", "test", "bench"], 2):
            lines += self.profile(name, [])
        lines += self.profile("custom", [f'inherits = "{self.random.choice(["dev", "release", "test"])}"'])
        return lines

    def profile(self, name: str, first: list[str]) -> list[str]:
        lines = [f"[profile.{name}]", *first, *self.profile_values(is_override=False)]
        if self.chance(0.4):
            lines += [f"[profile.{name}.build-override]", *self.profile_values(is_override=True)]
        for spec in self.pick(["*", *(p.name for p in self.packages)], 2):
            lines += [f'[profile.{name}.package."{spec}"]', *self.profile_values(is_override=True)]
        return lines

    def config(self) -> str:
        lines = [
            f"[profile.{self.random.choice(['dev', 'release', 'custom'])}]",
            *self.profile_values(is_override=False),
        ]
        if self.chance(0.5):
            lines += [
                "[build]",
                'rustflags = ["--cfg", "special"]',
                f"incremental = {_toml(self.chance(0.5))}",
            ]
        if self.chance(0.3):
            lines += ["[target.'cfg(unix)']", 'rustflags = "-C debug-assertions=no"']
        links = [p.links for p in self.packages if p.links]
        if links and self.chance(0.6):
            lines += [f"[target.{HOST}.{self.random.choice(links)}]", 'rustc-link-lib = ["x"]']
        return "\n".join(lines) + "\n"


def generate(seed: int) -> Case:
    """The case of a seed."""
    return _Generator(seed).make()

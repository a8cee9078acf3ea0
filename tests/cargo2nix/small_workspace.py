"""A workspace with what the two formats of `Cargo.nix` have to say: both roles of a crate, platforms, weak features, profiles."""

from __future__ import annotations

from pathlib import Path

SPEC = """
[project]
name = "small"
root = "."
output = "out"
systems = ["x86_64-linux", "aarch64-linux"]

[inputs]
cargo2nix = "github:cargo2nix/cargo2nix/release-0.12"

[cargo]
workspace = "ws"
format = "cargo2nix"
env = { EVERYWHERE = "all" }

[cargo.crates.shared]
native-build-inputs = ["jq"]
env = { ONLY_SHARED = "one" }

[packages.app]
crate = "app"

[packages.app-plain]
crate = "app"
profile = "dev"
default-features = false
env = { STAMP = "a ${b}" }

[packages.app-quick]
crate = "app"
profile = "quick"
all-features = true

[packages.app-arm]
crate = "app"
cross = "aarch64-linux"
systems = ["x86_64-linux"]

[packages.shared]
crate = "shared"
features = ["target"]
"""

_INHERITED = "version.workspace = true\nedition.workspace = true\n"

FILES = {
    "ws/texts/hello.txt": "hello",
    "ws/texts/unread.txt": "nobody reads this",
    "ws/Cargo.toml": """
[workspace]
members = ["app", "shared", "mac", "gen"]
exclude = ["beside"]
resolver = "2"

[workspace.package]
version = "0.3.1"
edition = "2021"

[workspace.dependencies]
shared = { path = "shared" }

[workspace.lints.rust]
unused_variables = "deny"

[profile.release]
opt-level = 1

[profile.release.package.shared]
opt-level = 2

[profile.dev.build-override]
opt-level = 1

[profile.quick]
inherits = "release"
debug-assertions = true
""",
    "ws/app/Cargo.toml": f"""
[package]
name = "app"
{_INHERITED}
[lints]
workspace = true

[features]
default = ["loud"]
loud = ["dep:gen", "shared?/target"]
linked = ["dep:shared"]
quiet = []

[dependencies]
mac = {{ path = "../mac" }}
again = {{ package = "beside", path = "../beside" }}
shared = {{ workspace = true, optional = true }}
gen = {{ path = "../gen", optional = true }}

[target.'cfg(all(unix, not(target_env = "musl")))'.dependencies]
again = {{ package = "beside", path = "../beside", features = ["unix"] }}

[target.'cfg(windows)'.dependencies]
gen = {{ path = "../gen", features = ["windows"] }}

[build-dependencies]
gen = {{ path = "../gen", features = ["building"] }}

[dev-dependencies]
shared = {{ workspace = true, features = ["tested"] }}
""",
    "ws/app/build.rs": """
fn main() {
    println!("cargo::rustc-env=MADE={}", gen::features());
    println!("cargo::rerun-if-changed=build.rs");
}
""",
    "ws/app/src/main.rs": """
mod inner;

#[cfg(feature = "linked")]
fn shared() -> String {
    shared::features()
}

#[cfg(not(feature = "linked"))]
fn shared() -> String {
    "none".into()
}

fn main() {
    println!("{} {}", include_str!("../../texts/hello.txt"), inner::WHOM);
    println!("script saw {}", env!("MADE"));
    println!("macro saw {}", mac::seen!());
    println!("beside is {}", beside_features());
    println!("shared is {}", shared());
    println!("loud {} quiet {}", cfg!(feature = "loud"), cfg!(feature = "quiet"));
    println!("debug {}", cfg!(debug_assertions));
    println!("stamp {}", option_env!("STAMP").unwrap_or("none"));
}

fn beside_features() -> String {
    again::features()
}
""",
    "ws/app/src/inner.rs": 'pub const WHOM: &str = "world";\n',
    "ws/app/tests/sees.rs": """
#[test]
fn shared_is_tested() {
    assert!(shared::features().contains("tested"));
    assert_eq!(std::fs::read_to_string("fixture.txt").unwrap(), "fixed");
}
""",
    "ws/app/fixture.txt": "fixed",
    "ws/shared/Cargo.toml": f"""
[package]
name = "shared"
{_INHERITED}
[features]
target = []
host = []
tested = []
""",
    "ws/shared/src/lib.rs": """
pub fn features() -> String {
    let all = [("target", cfg!(feature = "target")), ("host", cfg!(feature = "host")), ("tested", cfg!(feature = "tested"))];
    all.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect::<Vec<_>>().join("+")
}
""",
    "ws/mac/Cargo.toml": f"""
[package]
name = "mac"
{_INHERITED}
[lib]
proc-macro = true

[dependencies]
shared = {{ workspace = true, features = ["host"] }}
""",
    "ws/mac/src/lib.rs": """
use proc_macro::TokenStream;

#[proc_macro]
pub fn seen(_: TokenStream) -> TokenStream {
    format!("{:?}", shared::features()).parse().unwrap()
}
""",
    "ws/gen/Cargo.toml": f"""
[package]
name = "gen"
{_INHERITED}
[features]
windows = []
building = []
""",
    "ws/gen/src/lib.rs": """
pub fn features() -> String {
    format!("windows {} building {}", cfg!(feature = "windows"), cfg!(feature = "building"))
}
""",
    "ws/beside/Cargo.toml": """
[package]
name = "beside"
version = "7.0.0"
edition = "2021"

[features]
unix = []

[workspace]
""",
    "ws/beside/src/lib.rs": """
pub fn features() -> String {
    format!("unix {}", cfg!(feature = "unix"))
}
""",
    "ws/Cargo.lock": """
version = 4

[[package]]
name = "app"
version = "0.3.1"
dependencies = ["beside", "gen", "mac", "shared"]

[[package]]
name = "beside"
version = "7.0.0"

[[package]]
name = "gen"
version = "0.3.1"

[[package]]
name = "mac"
version = "0.3.1"
dependencies = ["shared"]

[[package]]
name = "shared"
version = "0.3.1"
""",
    "small.toml": SPEC,
}


def write(folder: Path) -> Path:
    """Write the project into a folder."""
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.removeprefix("\n"), encoding="utf-8")
    return folder

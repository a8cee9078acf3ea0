"""What flake.nix binds for the Cargo workspace: the toolchain, and the workspace on each platform."""

from __future__ import annotations

from flakegen.nix import build as nix
from flakegen.nix.ast import Binding, Expr
from flakegen.outputs.flake.cross import packages_of
from flakegen.plan.cargo_plan import CargoPlan
from flakegen.plan.model import BuildPlan, ToolchainPlan

_NIXPKGS_TOOLS = ("cargo", "clippy", "rustc", "rustfmt")


def toolchain_bindings(plan: BuildPlan) -> list[Binding]:
    """Return ``toolchain``, one package with rustc, cargo and their company."""
    if plan.toolchain.overlay:
        return [nix.binding("toolchain", _overlay_toolchain(plan, plan.toolchain))]
    joined = nix.call(
        "pkgs.symlinkJoin",
        {"name": "rust-toolchain", "paths": [nix.select("pkgs", tool) for tool in _NIXPKGS_TOOLS]},
    )
    return [nix.binding("toolchain", joined)]


def _overlay_toolchain(plan: BuildPlan, toolchain: ToolchainPlan) -> Expr:
    if toolchain.file is not None:
        file = nix.path(f"{plan.to_root}/{toolchain.file}")
        base = nix.call("pkgs.rust-bin.fromRustupToolchainFile", file)
    else:
        channel = toolchain.channel or "stable"
        version = ("stable", channel) if channel[:1].isdigit() else (channel, "latest")
        base = nix.select("pkgs.rust-bin", *version, "default")
    arguments = {
        name: list(values)
        for name, values in (("extensions", toolchain.components), ("targets", toolchain.targets))
        if values
    }
    return nix.call(nix.select(base, "override"), arguments) if arguments else base


def cargo_bindings(plan: BuildPlan) -> list[Binding]:
    """Return ``cargoFor``, the workspace on a platform, and ``cargo``, the workspace on the system itself."""
    cargo = plan.cargo
    if cargo is None:
        return []
    target_packages = nix.identifier("targetPkgs")
    arguments: dict[str, object] = {
        "table": nix.call("import", nix.path("./Cargo.nix")),
        "root": nix.path(plan.to_root),
        "platform": nix.identifier("platform"),
        "pkgs": nix.identifier("pkgs"),
        "targetPkgs": target_packages,
        "tools": _tools(plan),
        "shared": nix.identifier("shared"),
    }
    if plan.cargo_env:
        arguments["env"] = dict(plan.cargo_env)
    if plan.crate_overrides:
        arguments["overrides"] = nix.function(
            "pkgs",
            nix.update(nix.select("pkgs.defaultCrateOverrides"), nix.attrs(dict(plan.crate_overrides))),
        )
    if cargo.content_addressed:
        arguments["contentAddressed"] = True
    workspace = nix.call("import", nix.path(f"./{plan.runtime}"), arguments)
    on_platform = nix.function("platform", nix.function("targetPkgs", nix.function("shared", workspace)))
    bindings = [
        nix.binding("cargoOn", on_platform, blank_before=True),
    ]
    foreign = _foreign(cargo)
    others = {"others": nix.call("lib.attrValues", nix.identifier("cargoFor"))} if foreign else {}
    bindings.append(
        nix.binding("cargo", nix.call("cargoOn", nix.identifier("system"), nix.identifier("pkgs"), others))
    )
    if foreign:
        bindings.append(nix.binding("cargoFor", nix.attrs(foreign)))
    return bindings


def foreign_names(plan: BuildPlan) -> list[str]:
    """Return what `cargoFor` has: names of the systems and triples that something is built for."""
    platforms = () if plan.cargo is None else plan.cargo.platforms
    return sorted({each.cross.name for each in platforms if each.cross is not None})


def _foreign(cargo: CargoPlan) -> dict[str, object]:
    """Return the workspace built for other machines, by the name of the system or triple."""
    crosses = {each.cross.name: each.cross for each in cargo.platforms if each.cross is not None}
    return {
        name: nix.call(
            "cargoOn",
            nix.interpolated(nix.identifier("system"), f"-to-{name}"),
            packages_of(cross),
            nix.identifier("cargo"),
        )
        for name, cross in sorted(crosses.items())
    }


def _tools(plan: BuildPlan) -> dict[str, object]:
    """Return the paths of the programs that units run; rustc is the one that can compile for the platform."""
    if plan.toolchain.overlay:
        folder: Expr = nix.identifier("toolchain")
        return {
            name: nix.interpolated(folder, f"/bin/{name}")
            for name in ("cargo", "clippy-driver", "rustc", "rustdoc", "rustfmt")
        }
    rustc = nix.select("targetPkgs.buildPackages.rustc")
    return {
        "cargo": nix.interpolated(nix.select("pkgs.cargo"), "/bin/cargo"),
        "clippy-driver": nix.interpolated(nix.select("pkgs.clippy"), "/bin/clippy-driver"),
        "rustc": nix.interpolated(rustc, "/bin/rustc"),
        "rustdoc": nix.interpolated(rustc, "/bin/rustdoc"),
        "rustfmt": nix.interpolated(nix.select("pkgs.rustfmt"), "/bin/rustfmt"),
    }

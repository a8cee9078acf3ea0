"""What flake.nix binds for a workspace that cargo2nix's overlay builds."""

from __future__ import annotations

from flakegen.nix import build as nix
from flakegen.nix.ast import Binding
from flakegen.nix.names import mentions
from flakegen.outputs.flake.cross import packages_of
from flakegen.plan.model import BuildPlan
from flakegen.plan.package_set import PackageSetPlan, ProductPlan


def package_set_bindings(plan: BuildPlan) -> list[Binding]:
    """Return ``cargo``, the workspace on the system itself, and ``cargoFor``, the workspace on other platforms."""
    package_set = plan.package_set
    if package_set is None:
        return []
    arguments: dict[str, object] = {
        "packageFun": nix.call("import", nix.path("./Cargo.nix")),
        "pkgs": nix.identifier("packages"),
        "target": nix.identifier("target"),
        "products": {name: _product(each) for name, each in sorted(package_set.products.items())},
    }
    if plan.toolchain.overlay:
        arguments["toolchain"] = nix.identifier("toolchain")
    if plan.cargo_env:
        arguments["env"] = dict(plan.cargo_env)
    if plan.crate_overrides:
        overrides = nix.attrs(dict(plan.crate_overrides))
        arguments["overrides"] = nix.function("pkgs" if mentions((overrides,), "pkgs") else "_", overrides)
    made = nix.call("import", nix.path(f"./{plan.runtime}/packages.nix"), arguments)
    on_platform = nix.function("packages", nix.function("target", made))
    bindings = [
        nix.binding("cargoOn", on_platform, blank_before=True),
        nix.binding("cargo", nix.call("cargoOn", nix.identifier("pkgs"), None)),
    ]
    foreign = _foreign(package_set)
    if foreign:
        bindings.append(nix.binding("cargoFor", nix.attrs(foreign)))
    return bindings


def _product(product: ProductPlan) -> dict[str, object]:
    entry: dict[str, object] = {
        "crate": product.package,
        "rootFeatures": list(product.root_features),
        "profile": product.profile,
        "release": product.is_release,
    }
    if not product.has_programs:
        entry["library"] = True
    if product.env:
        entry["env"] = dict(product.env)
    return entry


def _foreign(plan: PackageSetPlan) -> dict[str, object]:
    """Return the workspace built for other machines, by the name of the system or triple."""
    crosses = {each.cross.name: each for each in plan.platforms if each.cross is not None}
    return {
        name: nix.call("cargoOn", packages_of(each.cross), each.target)
        for name, each in sorted(crosses.items())
        if each.cross is not None
    }

# The program as cargo2nix builds it: each crate of the workspace has the whole workspace as its source, as its generated
# `src = fetchCrateLocal workspaceSrc` says, with `workspaceSrc = ./.` and `fetchCrateLocal = path: path` (cargo2nix 0.12).
{
  nixpkgs,
  system,
  overlay,
  cargoNix,
  workspace,
  program,
}:
let
  pkgs = import nixpkgs {
    inherit system;
    overlays = [ (import overlay) ];
  };
  packages = pkgs.rustBuilder.makePackageSet {
    packageFun = import cargoNix;
    rustToolchain = pkgs.rustc;
    rootFeatures = [ "${program}/default" ];
    workspaceSrc = builtins.path {
      name = "source";
      path = workspace;
    };
  };
in
packages.workspace.${program} { }

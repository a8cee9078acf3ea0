# The program as crate2nix' own Cargo.nix has it: its sources, features and edges; what it calls, nixpkgs' buildRustCrate,
# is one derivation for each crate here, with what the real one is given of inputs.
{
  nixpkgs,
  system,
  cargoNix,
  program,
}:
let
  pkgs = import nixpkgs { inherit system; };
  lib = pkgs.lib // {
    foldl = builtins.foldl';
  };
  buildRustCrate =
    crate:
    derivation {
      name = "rust_${crate.crateName}-${crate.version}";
      inherit system;
      builder = "/bin/sh";
      inherit (crate)
        src
        features
        dependencies
        buildDependencies
        release
        ;
    };
  generated = import cargoNix {
    inherit nixpkgs lib;
    pkgs = pkgs // {
      buildPackages = pkgs;
    };
    buildRustCrateForPkgs = _: buildRustCrate;
  };
in
generated.workspaceMembers.${program}.build

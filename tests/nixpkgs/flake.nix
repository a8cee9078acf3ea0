{
  description = "A small stand-in for nixpkgs, for tests: it refuses wrong calls and builds with the host's tools";

  outputs =
    { self }:
    let
      lib = import ./lib;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (
        system: import self { inherit system; }
      );
    };
}

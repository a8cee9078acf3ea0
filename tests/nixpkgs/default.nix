# import nixpkgs { inherit system; overlays ? [ ]; config ? { }; crossSystem ? null; }
args:
let
  lib = import ./lib;
  check = import ./check.nix { inherit lib; };
  inherit (check) types;

  given = check.checkArgs {
    function = "import nixpkgs";
    optional = {
      system = types.string;
      localSystem = types.either types.string types.attrs;
      crossSystem = types.nullOr (types.either types.string types.attrs);
      config = types.either types.attrs types.function;
      overlays = types.listOf types.function;
      crossOverlays = types.listOf types.function;
    };
  } args;

  build = lib.systems.elaborate (
    given.system or given.localSystem
      or (throw "import nixpkgs: argument 'system' is missing, and evaluation is pure")
  );
  crossSystem = given.crossSystem or null;
in
import ./pkgs {
  inherit lib check;
  host = import ./host.nix;
  overlays = given.overlays or [ ];
  config = given.config or { };
  buildPlatform = build;
  hostPlatform = if crossSystem == null then build else lib.systems.elaborate crossSystem;
}
